package main

import (
	"slices"
	"strconv"

	"github.com/spf13/pflag"
)

// narrowing are the flags that make a scan one of a part of its target, or with a part of the rules.
var narrowing = []string{
	"staged", "range", "since", "branch", "unreachable", "depth", "pre-receive", // of a history
	"include", "exclude", "gitignore", "max-file-bytes", // of files
	"platform", "filter", "skip-base", "no-referrers", // of images
	"follow", "state", "from-end", // of logs
	"rule", "disable-rule", "min-confidence",
}

// depths are the flags that leave something out where they are less than what they are by themselves.
var depths = []string{"decode-depth", "archive-depth"}

// partOf returns the flags that leave a part of the target unread, as they were given, in the order of their names.
func partOf(flags *pflag.FlagSet) []string {
	var part []string
	flags.Visit(func(f *pflag.Flag) {
		switch {
		case slices.Contains(depths, f.Name):
			n, err := strconv.Atoi(f.Value.String())
			if all, errAll := strconv.Atoi(f.DefValue); err == nil && errAll == nil && n < all {
				part = append(part, "--"+f.Name+" "+f.Value.String())
			}
		case slices.Contains(narrowing, f.Name):
			part = append(part, asGiven(f)...)
		}
	})
	return part
}

// asGiven returns a flag once for each of its values; none where it says what holds without it.
func asGiven(f *pflag.Flag) []string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		var all []string
		for _, v := range list.GetSlice() {
			all = append(all, "--"+f.Name+" "+v)
		}
		return all
	}
	v := f.Value.String()
	switch {
	case v == f.DefValue:
		return nil
	case v == "true":
		return []string{"--" + f.Name}
	case v == "false":
		return []string{"--" + f.Name + "=false"}
	}
	return []string{"--" + f.Name + " " + v}
}
