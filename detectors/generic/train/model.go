package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

type options struct {
	others, doc             string
	set, out, misses, false string
	folds, trees, leaves    int
	rate, cut, cleanWeight  float64
	madeWeight              float64
	every                   int
	flags, curve            bool
	clean                   []string
}

func trainModel(o options) error {
	s, err := readSet(o.set)
	if err != nil {
		return err
	}
	lines, err := s.addClean(o.clean, o.cleanWeight)
	if err != nil {
		return err
	}
	balance(s)
	s.augment(o.every, o.madeWeight)
	elsewhere, err := otherRules(s, o)
	if err != nil {
		return err
	}
	every, _ := evaluate(s, -1, scored{})
	fmt.Printf("samples=%d reach of the syntaxes: %v\n", len(s.samples), every)
	if o.flags {
		flags(s)
	}
	if o.folds > 0 {
		if o.curve {
			if err := learning(s, o, elsewhere); err != nil {
				return err
			}
		}
		crossValidate(s, o, 8)
		if err := report(s, o, elsewhere, lines); err != nil {
			return err
		}
	}
	if o.out == "" {
		return nil
	}
	f := fit(s, o, func(*sample) bool { return true })
	b := encode(f)
	fmt.Printf("model: %d trees, %d bytes\n", len(f.trees), len(b))
	return os.WriteFile(o.out, b, 0o644)
}

// addClean adds the candidates of source trees taken to hold no credentials, and returns their number of lines.
func (s *set) addClean(dirs []string, weight float64) (int, error) {
	lines := 0
	d := generic.New()
	for _, dir := range dirs {
		files, err := listFiles(dir)
		if err != nil {
			return 0, err
		}
		for _, name := range files {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || len(b) > 400_000 || strings.Contains(string(b[:min(len(b), 1000)]), "\x00") {
				continue
			}
			lines += len(newlines(b))
			head, _, _ := strings.Cut(name, "/")
			for _, x := range candidates(d, b, dir+"/"+head, filepath.Join(dir, name)) {
				x.clean, x.weight = true, float32(weight)
				if tagged(dir + "/" + name) {
					x.weight = 0 // may be a credential of a test
				}
				s.samples = append(s.samples, x)
			}
		}
	}
	return lines, nil
}

// tagged tells whether a path is one of tests, examples or documentation.
func tagged(name string) bool {
	m := finding.Match{Confidence: 1}
	return generic.Accept(name, &m, 0) && len(m.Tags) > 0
}

// balance lessens the weight of the candidates of repositories with very many, so that none rules the model.
func balance(s *set) {
	type group struct {
		repo string
		y    float32
	}
	n := map[group]float32{}
	for i := range s.samples {
		x := &s.samples[i]
		n[group{x.repo, x.y}] += x.weight
	}
	for i := range s.samples {
		x := &s.samples[i]
		limit := float32(40)
		if x.y == 0 {
			limit = 2000
		}
		if k := n[group{x.repo, x.y}]; k > limit {
			x.weight *= float32(math.Pow(float64(limit/k), 0.6))
		}
	}
}

func fit(s *set, o options, use func(*sample) bool) *forest {
	var rows []*sample
	for i := range s.samples {
		if x := &s.samples[i]; !x.fixed && x.weight > 0 && use(x) {
			rows = append(rows, x)
		}
	}
	return grow(bin(rows), o.trees, o.leaves, o.rate)
}

// folds assigns repositories to folds, the largest first, each to the fold with the fewest positives.
func folds(s *set, n int) map[string]int {
	pos := map[string]int{}
	for i := range s.samples {
		pos[s.samples[i].repo] += int(s.samples[i].y)
	}
	repos := make([]string, 0, len(pos))
	for r := range pos {
		repos = append(repos, r)
	}
	slices.SortFunc(repos, func(a, b string) int { return cmp.Or(cmp.Compare(pos[b], pos[a]), cmp.Compare(a, b)) })
	load := make([]int, n)
	out := map[string]int{}
	for _, r := range repos {
		k := 0
		for i := range load {
			if load[i] < load[k] {
				k = i
			}
		}
		load[k] += pos[r] + 1
		out[r] = k
	}
	return out
}

// ranks numbers the repositories in the order of their names, which are digests and so say nothing of them.
func ranks(fold map[string]int) map[string]int {
	names := make([]string, 0, len(fold))
	for r := range fold {
		names = append(names, r)
	}
	slices.Sort(names)
	out := map[string]int{}
	for i, r := range names {
		out[r] = i
	}
	return out
}

// crossValidate gives each sample the score of a model that saw nothing of its repository, and of share eighths of
// the others.
func crossValidate(s *set, o options, share int) {
	fold := folds(s, o.folds)
	rank := ranks(fold)
	for k := range o.folds {
		f := fit(s, o, func(x *sample) bool { return fold[x.repo] != k && (x.clean || rank[x.repo]%8 < share) })
		for i := range s.samples {
			if x := &s.samples[i]; !x.fixed && fold[x.repo] == k {
				x.score = f.probability((*[featureCount]float32)(&x.x))
			}
		}
	}
}

// otherRules returns what the engine's other rules find of the set, by a report of unleak.
func otherRules(s *set, o options) (scored, error) {
	if o.others == "" {
		return scored{}, nil
	}
	hits, err := readReport(o.others, filepath.Join(o.set, "files"))
	if err != nil {
		return scored{}, err
	}
	ours := map[string]bool{}
	for _, r := range generic.Rules {
		ours[r.ID] = true
	}
	return s.scoreHits(hits, func(h hit) bool { return ours[h.rule] }), nil
}
