package image

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// TestSameForAnyJobs: one layer of small files, large ones, archives that are held and one that is not gives the same
// findings, the same coverage and the same order of telling, whoever scans what.
func TestSameForAnyJobs(t *testing.T) {
	var files, inner []entry
	for i := range 300 {
		text := noise(uint64(i), 100+i*97%5000) + "\n"
		if i%7 == 0 {
			text += sourcetest.Token(i)
		}
		inner = append(inner, entry{name: fmt.Sprintf("m%03d", i), body: text})
		files = append(files, entry{name: fmt.Sprintf("f%03d", i), body: text + "x"})
	}
	large := noise(5, onceBytes+1<<20) + "\n" + sourcetest.Token(1001)
	for _, list := range []*[]entry{&inner, &files} {
		*list = append(*list, entry{name: "named-" + sourcetest.Token(1004) + "/x", body: "nothing to be found"}, entry{name: sourcetest.Token(1005), body: sourcetest.Token(1006)})
	}
	inner = append(inner, entry{name: "large", body: large}, entry{name: "middle", body: large[len(large)-3<<20:]}, entry{name: "last", body: sourcetest.Token(1002)})
	files = append(files,
		entry{name: "in.tar.gz", body: string(gzipped(tarOf(inner[:40]...)))},
		entry{name: "long.tar", body: string(tarOf(inner...))},
		entry{name: "cut.tar.gz", body: string(gzipped(tarOf(inner[:40]...))[:2000])},
		entry{name: "large", body: large},
		entry{name: "z", body: sourcetest.Token(1003)},
	)
	layout := saveLayout(t, build(t, v1.Config{}, addition("ADD all", zstded, files...)))
	var want []string
	for _, jobs := range []int{1, 2, 5} {
		s, err := New([]string{layout}, Options{Archives: 4})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		res, err := scanner.Run(t.Context(), scanner.Options{Jobs: jobs, NewDetector: sourcetest.New, Found: func(told scanner.Told) {
			for _, f := range told.Findings {
				got = append(got, "told "+f.Places[0].Origin.Name())
			}
		}}, s)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, sourcetest.Places(res)...)
		got = append(got, fmt.Sprintf("%d bytes %v %v", res.Coverage.Bytes, res.Coverage.Counts, res.Coverage.Examples))
		if want == nil {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d jobs (-one +many):\n%s", jobs, d)
		}
		if res.Coverage.Skipped[finding.SkipCorrupt] != 2 {
			t.Errorf("skips: %+v", res.Coverage)
		}
	}
	if all := strings.Join(want, "\n"); !strings.Contains(all, "long.tar!large") || !strings.Contains(all, "long.tar!last") || !strings.Contains(all, "told long.tar!named") {
		t.Errorf("found:\n%s", all)
	}
}
