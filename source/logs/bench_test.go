package logs

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// BenchmarkShapes reads generated logs with a detector that does next to nothing.
func BenchmarkShapes(b *testing.B) {
	for name, line := range map[string]func(i int) string{
		"plain": func(i int) string {
			return fmt.Sprintf("2026-11-23 12:00:%02d INFO handler: request %d took %dms path=/api/v1/items/%d\n", i%60, i, i%900, i)
		},
		"docker": func(i int) string {
			return dockerLine(fmt.Sprintf("request %d took %dms path=\"/api/v1/items/%d\" agent=x\n", i, i%900, i), "stdout", noon)
		},
		"cri": func(i int) string {
			return fmt.Sprintf("2026-11-23T12:00:%02d.000000001Z stdout F request %d took %dms path=/api/v1/items/%d\n", i%60, i, i%900, i)
		},
	} {
		var text strings.Builder
		for i := range 200_000 {
			text.WriteString(line(i))
		}
		log := []byte(text.String())
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			b.ReportAllocs()
			for b.Loop() {
				s, err := New([]string{"-"}, Options{Stdin: bytes.NewReader(log)})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := scanner.Run(b.Context(), scanner.Options{NewDetector: sourcetest.New}, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
