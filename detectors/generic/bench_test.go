package generic

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// set is the labelled set, if UNLEAK_CREDDATA names it.
func set(b *testing.B) [][]byte {
	dir := os.Getenv("UNLEAK_CREDDATA")
	if dir == "" {
		b.Skip("UNLEAK_CREDDATA does not name the labelled set")
	}
	var out [][]byte
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		out = append(out, text)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkAt calls At at every keyword of the labelled set; the keywords are found beforehand.
//
//	UNLEAK_CREDDATA=DIR go test ./detectors/generic -run '^$' -bench BenchmarkAt
func BenchmarkAt(b *testing.B) {
	type hit struct{ text, pos, n int }
	texts := set(b)
	var hits []hit
	size := 0
	for i, text := range texts {
		size += len(text)
		lower := []byte(foldASCII(text))
		for _, k := range Keywords() {
			for at := 0; ; {
				j := bytes.Index(lower[at:], []byte(k))
				if j < 0 {
					break
				}
				hits = append(hits, hit{i, at + j, len(k)})
				at += j + 1
			}
		}
	}
	d := New()
	candidates := 0
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		candidates = 0
		for _, h := range hits {
			d.collect(texts[h.text], h.pos, h.n)
			for i := range d.found[:d.n] {
				d.judge(texts[h.text], &d.found[i])
			}
			candidates += d.n
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(hits)), "ns/hit")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*max(1, candidates)), "ns/candidate")
}
