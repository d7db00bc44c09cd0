// Command train makes the data embedded in package generic, and measures it.
//
//	go run ./detectors/generic/train words DIR...  data/words.bin from source trees and documentation
//	go run ./detectors/generic/train model -set DIR [CLEAN]...  cross-validation by repository, then data/model.bin
//	go run ./detectors/generic/train compare -set DIR NAME=REPORT...  reports of scanners against the labels
//
// The set is a folder with labels.tsv and files/, one folder a repository. The same input gives the same bytes: nothing
// random is used, and work is divided in a fixed way.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: train words|model"))
	}
	switch os.Args[1] {
	case "words":
		fs := flag.NewFlagSet("words", flag.ExitOnError)
		out := fs.String("out", "detectors/generic/data/words.bin", "file to write")
		_ = fs.Parse(os.Args[2:])
		fail(makeWords(*out, fs.Args()))
	case "model":
		var o options
		fs := flag.NewFlagSet("model", flag.ExitOnError)
		fs.StringVar(&o.set, "set", "", "folder of the labelled set")
		fs.StringVar(&o.others, "others", "", "report of unleak (gitleaks shape): what its other rules find counts too")
		fs.StringVar(&o.doc, "doc", "", "document whose sections are replaced")
		fs.StringVar(&o.out, "out", "", "model file to write; empty: only measure")
		fs.IntVar(&o.folds, "folds", 10, "folds of the cross-validation, by repository; 0: none")
		fs.IntVar(&o.trees, "trees", 160, "boosting rounds")
		fs.IntVar(&o.leaves, "leaves", 24, "leaves of a tree")
		fs.Float64Var(&o.rate, "rate", 0.1, "learning rate")
		fs.Float64Var(&o.cut, "cut", 0.5, "confidence at which lists are printed")
		fs.Float64Var(&o.cleanWeight, "clean-weight", 0.1, "weight of a candidate in a clean tree")
		fs.IntVar(&o.every, "made", 2, "make up a credential for every so many candidates; 0: none")
		fs.Float64Var(&o.madeWeight, "made-weight", 0.3, "weight of a made-up credential")
		fs.StringVar(&o.misses, "misses", "", "file for the labels that were missed")
		fs.StringVar(&o.false, "false", "", "file for the false positives")
		fs.BoolVar(&o.curve, "learning", false, "print the learning curve: figures by the share of repositories learned from")
		fs.BoolVar(&o.flags, "flags", false, "print how often each flag is set")
		_ = fs.Parse(os.Args[2:])
		o.clean = fs.Args()
		fail(trainModel(o))
	case "compare":
		fs := flag.NewFlagSet("compare", flag.ExitOnError)
		set := fs.String("set", "", "folder of the labelled set")
		doc := fs.String("doc", "", "document whose section is replaced")
		_ = fs.Parse(os.Args[2:])
		fail(compare(*set, *doc, fs.Args()))
	default:
		fail(fmt.Errorf("unknown command %q (words, model, compare)", os.Args[1]))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(2)
	}
}
