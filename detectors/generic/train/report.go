package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
)

func report(s *set, o options, elsewhere map[int]bool, lines int) {
	fmt.Println("curve: alone | with the labels other rules are made for")
	for _, cut := range []float64{0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9} {
		a, _ := evaluate(s, cut, nil)
		b, _ := evaluate(s, cut, elsewhere)
		fmt.Printf("%.2f  f1=%.3f strict=%.3f | %v  clean=%d+%d/%d lines\n", cut, harmonic(a.precision(), a.recall()), harmonic(a.strict(), a.recall()), b, cleanHits(s, cut, false), cleanHits(s, cut, true), lines)
	}
	calibration(s)
	_, hit := evaluate(s, o.cut, elsewhere)
	categories(s, hit)
	if o.misses != "" {
		writeMisses(s, o.misses, hit)
	}
	if o.false != "" {
		writeFalse(s, o.false, o.cut)
	}
}

// cleanHits counts what is reported in clean trees, outside or inside tests and documentation.
func cleanHits(s *set, cut float64, tests bool) int {
	n := 0
	for i := range s.samples {
		if x := &s.samples[i]; x.clean && x.score >= cut && (x.weight == 0) == tests {
			n++
		}
	}
	return n
}

func categories(s *set, hit map[int]bool) {
	all, got := map[string]int{}, map[string]int{}
	for _, labels := range s.labels {
		for _, l := range labels {
			if l.kind == "T" {
				all[l.category]++
				if hit[l.id] {
					got[l.category]++
				}
			}
		}
	}
	names := make([]string, 0, len(all))
	for c := range all {
		names = append(names, c)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b]-got[b], all[a]-got[a]), cmp.Compare(a, b))
	})
	for _, c := range names[:min(28, len(names))] {
		fmt.Printf("  %-36s %d/%d\n", c, got[c], all[c])
	}
}

func writeMisses(s *set, path string, hit map[int]bool) {
	best := map[int]*sample{}
	for i := range s.samples {
		x := &s.samples[i]
		if x.made {
			continue
		}
		_, ids := judge(s, x)
		for _, id := range ids {
			if best[id] == nil || best[id].score < x.score {
				best[id] = x
			}
		}
	}
	var out []string
	for name, labels := range s.labels {
		for _, l := range labels {
			if l.kind != "T" || hit[l.id] {
				continue
			}
			if x := best[l.id]; x != nil {
				out = append(out, fmt.Sprintf("%.2f %s:%d %s | %q", x.score, name, l.first, l.category, x.line))
			} else {
				out = append(out, fmt.Sprintf("none %s:%d-%d %s", name, l.first, l.last, l.category))
			}
		}
	}
	slices.Sort(out)
	_ = os.WriteFile(path, []byte(strings.Join(out, "\n")+"\n"), 0o600)
}

func writeFalse(s *set, path string, cut float64) {
	var out []string
	for i := range s.samples {
		x := &s.samples[i]
		if x.made || x.score < cut {
			continue
		}
		kind, _ := judge(s, x)
		word := [...]string{"hit", "FALSE", "UNLAB", "ignored"}[kind]
		if x.clean {
			word = "CLEAN"
			if x.weight == 0 {
				word = "TESTS"
			}
		}
		if word == "FALSE" || word == "UNLAB" || word == "CLEAN" || word == "TESTS" {
			out = append(out, fmt.Sprintf("%s %.2f %s:%d %s | %q", word, x.score, x.file, x.first, x.rule, x.line))
		}
	}
	slices.Sort(out)
	_ = os.WriteFile(path, []byte(strings.Join(out, "\n")+"\n"), 0o600)
}

// flags prints, for each feature that is 0 or 1 everywhere, how many positives and negatives have it.
func flags(s *set) {
	names := generic.FeatureNames()
	for f := range featureCount {
		var pos, neg int
		binary := true
		for i := range s.samples {
			x := &s.samples[i]
			if v := x.x[f]; v != 0 && v != 1 {
				binary = false
				break
			} else if v == 1 && x.weight > 0.5 && !x.clean {
				if x.y > 0 {
					pos++
				} else {
					neg++
				}
			}
		}
		if binary {
			fmt.Printf("  %-20s %6d %6d\n", names[f], pos, neg)
		}
	}
}

// learning prints the figures by the share of repositories that were learned from.
func learning(s *set, o options, elsewhere map[int]bool) {
	fmt.Println("learning curve at confidence", o.cut)
	for _, share := range []int{1, 2, 4, 6, 8} {
		crossValidate(s, o, share)
		got, _ := evaluate(s, o.cut, elsewhere)
		fmt.Printf("%d/8 of the other repositories: %v\n", share, got)
	}
}

// calibration prints how often candidates of about the same confidence are credentials, unlabelled ones left out.
func calibration(s *set) {
	var pos, all [10]int
	for i := range s.samples {
		x := &s.samples[i]
		if x.clean || x.made {
			continue
		}
		kind, _ := judge(s, x)
		if kind == isUnlabelled || kind == isIgnored || kind == isHit && x.y == 0 {
			continue
		}
		b := min(9, int(x.score*10))
		all[b]++
		if kind == isHit {
			pos[b]++
		}
	}
	fmt.Println("calibration: confidence, candidates, share of credentials")
	for b := range all {
		fmt.Printf("  %.1f-%.1f %6d %.3f\n", float64(b)/10, float64(b+1)/10, all[b], float64(pos[b])/float64(max(1, all[b])))
	}
}
