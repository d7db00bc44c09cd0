package git

// Run with a bare repository of real size, for instance
//
//	UNLEAK_BENCH_REPO=/path/to/git.git go test -run '^$' -bench Scan -benchtime 3x ./source/git
//
// (UNLEAK_BENCH_CACHE names a folder for the cache: the second round shows what it saves) and compare with the time of `git index-pack --threads=2` on the same pack.

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// cheap is a detector that looks for a few literals: about the least a detector can cost.
type cheap struct{ fake }

var literals = [][]byte{[]byte("AKIA"), []byte("BEGIN RSA"), []byte("ghp_"), []byte("password=")}

func (cheap) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	if dirty == nil {
		dirty = []finding.Span{{Start: 0, End: len(text)}}
	}
	for _, d := range dirty {
		lo := max(0, d.Start-16)
		part := text[lo:min(len(text), d.End+16)]
		for _, l := range literals {
			for from := 0; ; {
				i := bytes.Index(part[from:], l)
				if i < 0 {
					break
				}
				s := finding.Span{Start: lo + from + i, End: lo + from + i + len(l)}
				from += i + len(l)
				if c := (finding.Span{Start: s.Start - 1, End: s.End + 1}); c.Touches(d) {
					end := min(len(text), s.End+20)
					out = append(out, finding.Match{Rule: "cheap", Secret: string(text[s.Start:end]), Span: s, Context: finding.Span{Start: max(0, s.Start-1), End: end}})
				}
			}
		}
	}
	return out
}

func BenchmarkScan(b *testing.B) {
	path := os.Getenv("UNLEAK_BENCH_REPO")
	if path == "" {
		b.Skip("UNLEAK_BENCH_REPO is not set")
	}
	for b.Loop() {
		s, err := New(path, Options{Cache: os.Getenv("UNLEAK_BENCH_CACHE")})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		res, err := scanner.Run(context.Background(), scanner.Options{NewDetector: func() scanner.Detector { return &cheap{} }}, s)
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%v: %d findings, %d MB, %v, skipped %v, for instance %v", time.Since(start), len(res.Findings),
			res.Coverage.Bytes>>20, res.Coverage.Counts, res.Coverage.Skipped, res.Coverage.Examples[:min(len(res.Coverage.Examples), 3)])
	}
}
