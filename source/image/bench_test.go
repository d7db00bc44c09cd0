package image

import (
	"os"
	"testing"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// BenchmarkImage scans the image that UNLEAK_BENCH_IMAGE names with a detector that does next to nothing, so that what
// is measured is reading, hashing, decompressing and taking apart:
//
//	UNLEAK_BENCH_IMAGE=layout go test -run '^$' -bench Image ./source/image
func BenchmarkImage(b *testing.B) {
	ref := os.Getenv("UNLEAK_BENCH_IMAGE")
	if ref == "" {
		b.Skip("UNLEAK_BENCH_IMAGE is not set")
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := New([]string{ref}, Options{Archives: 8, NoDaemon: true})
		if err != nil {
			b.Fatal(err)
		}
		res, err := scanner.Run(b.Context(), scanner.Options{NewDetector: sourcetest.New}, s)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(res.Coverage.Bytes)
	}
}
