package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
)

// report prints the figures of the cross-validation and puts them into the document.
func report(s *set, o options, elsewhere scored, lines int) error {
	var b strings.Builder
	b.WriteString("| least confidence | found | false | unlabelled | recall | precision | F1 | strict F1 | in clean trees |\n|---|---|---|---|---|---|---|---|---|\n")
	for cut := 10; cut <= 95; cut += 5 {
		f, _ := evaluate(s, float64(cut)/100, elsewhere)
		fmt.Fprintf(&b, "| %.2f | %d of %d | %d | %d | %.3f | %.3f | %.3f | %.3f | %d, %d |\n", float64(cut)/100, f.found, f.total, f.false, f.unlabelled,
			f.recall(), f.precision(), harmonic(f.precision(), f.recall()), harmonic(f.strict(), f.recall()),
			cleanHits(s, float64(cut)/100, false), cleanHits(s, float64(cut)/100, true))
	}
	fmt.Fprintf(&b, "\nClean trees: %d lines; what is reported outside and inside of tests, examples and documentation.\n\n", lines)
	calibration(&b, s)
	_, hit := evaluate(s, o.cut, elsewhere)
	categories(&b, s, hit)
	fmt.Print(b.String())
	if o.misses != "" {
		writeMisses(s, o.misses, hit)
	}
	if o.false != "" {
		writeFalse(s, o.false, o.cut)
	}
	return replaceSection(o.doc, "curve", b.String())
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

func categories(b *strings.Builder, s *set, hit map[int]bool) {
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
	fmt.Fprintf(b, "\n| Labels most often missed | found | of |\n|---|---|---|\n")
	for _, c := range names {
		if got[c] < all[c] {
			fmt.Fprintf(b, "| %s | %d | %d |\n", c, got[c], all[c])
		}
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
func learning(s *set, o options, elsewhere scored) error {
	var b strings.Builder
	b.WriteString("| learned from | found | recall | precision | F1 | strict F1 |\n|---|---|---|---|---|---|\n")
	for _, share := range []int{1, 2, 4, 6, 8} {
		crossValidate(s, o, share)
		f, _ := evaluate(s, o.cut, elsewhere)
		fmt.Fprintf(&b, "| %d/8 of the other repositories | %d of %d | %.3f | %.3f | %.3f | %.3f |\n", share, f.found, f.total,
			f.recall(), f.precision(), harmonic(f.precision(), f.recall()), harmonic(f.strict(), f.recall()))
	}
	fmt.Print(b.String())
	return replaceSection(o.doc, "learning", b.String())
}

// calibration prints how often candidates of about the same confidence are credentials, unlabelled ones left out.
func calibration(b *strings.Builder, s *set) {
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
		k := min(9, int(x.score*10))
		all[k]++
		if kind == isHit {
			pos[k]++
		}
	}
	b.WriteString("| confidence | candidates | share of credentials |\n|---|---|---|\n")
	for k := range all {
		fmt.Fprintf(b, "| %.1f to %.1f | %d | %.3f |\n", float64(k)/10, float64(k+1)/10, all[k], float64(pos[k])/float64(max(1, all[k])))
	}
}
