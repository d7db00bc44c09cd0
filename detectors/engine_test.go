package detectors_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/rules/builtin"
)

func engine(tb testing.TB, opts detectors.Options) *detectors.Engine {
	tb.Helper()
	e, err := detectors.New(builtin.Rules(), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// TestExamples is the rules' own self-test: each example is found by its rule, in each negative the rule finds nothing.
func TestExamples(t *testing.T) {
	all, err := builtin.WithExamples()
	if err != nil {
		t.Fatal(err)
	}
	e := engine(t, detectors.Options{MinConfidence: 0.01}) // a rule may be below the default on purpose
	s := e.NewScanner()
	for i := range all {
		for _, f := range detectors.SelfTest(s, &all[i]) {
			t.Error(f)
		}
	}
}

// corpus returns the files of the labelled set, or of the Go distribution where that is absent.
func corpus(b *testing.B) ([][]byte, int64) {
	b.Helper()
	dir := os.Getenv("UNLEAK_CORPUS")
	if dir == "" {
		dir = "../../shared/creddata/files"
	}
	var texts [][]byte
	total := int64(0)
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil {
			texts = append(texts, text)
			total += int64(len(text))
		}
		return nil
	})
	if len(texts) == 0 {
		b.Skipf("no files under %s: set UNLEAK_CORPUS", dir)
	}
	return texts, total
}

func BenchmarkCorpus(b *testing.B) {
	texts, total := corpus(b)
	for _, depth := range []int{-1, detectors.DefaultDecodeDepth} {
		b.Run(map[bool]string{true: "plain", false: "decoding"}[depth < 0], func(b *testing.B) {
			s := engine(b, detectors.Options{DecodeDepth: depth}).NewScanner()
			b.SetBytes(total)
			n := 0
			for b.Loop() {
				n = 0
				for _, t := range texts {
					n += len(s.Scan(t, nil, nil))
				}
			}
			b.ReportMetric(float64(n), "matches")
		})
	}
}
