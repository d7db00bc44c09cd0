package files

import (
	"os"
	"testing"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// BenchmarkFolder scans the folder that UNLEAK_BENCH_DIR names with a detector that does next to nothing, so that what
// is measured is the walk and the reading:
//
//	UNLEAK_BENCH_DIR=$(go env GOROOT)/src go test -run '^$' -bench Folder ./source/files
func BenchmarkFolder(b *testing.B) {
	dir := os.Getenv("UNLEAK_BENCH_DIR")
	if dir == "" {
		b.Skip("UNLEAK_BENCH_DIR is not set")
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := New([]string{dir}, Options{Archives: 8})
		if err != nil {
			b.Fatal(err)
		}
		res, err := scanner.Run(b.Context(), scanner.Options{NewDetector: sourcetest.New}, s)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(res.Coverage.Bytes)
		b.ReportMetric(float64(res.Coverage.Counts["files"]), "files")
	}
}
