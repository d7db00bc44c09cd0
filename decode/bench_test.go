package decode

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// corpus is ordinary source code: the files of UNLEAK_CORPUS, or else the Go standard library, 32 MiB at most.
//
//	go test ./decode -run - -bench . -count 10
func corpus(tb testing.TB) [][]byte {
	root := os.Getenv("UNLEAK_CORPUS")
	if root == "" {
		root = filepath.Join(goroot(), "src")
	}
	var files [][]byte
	total := 0
	filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || total > 32<<20 {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil && len(b) < 4<<20 {
			files = append(files, b)
			total += len(b)
		}
		return nil
	})
	if total < 1<<20 {
		tb.Skipf("no corpus in %s: set UNLEAK_CORPUS to a folder of source code", root)
	}
	return files
}

// BenchmarkCorpus times all files, and those alone that hold nothing encoded: the price of looking.
func BenchmarkCorpus(b *testing.B) {
	all := corpus(b)
	d := New()
	n := 0
	count := func(*Stretch) { n++ }
	var clean [][]byte
	for _, f := range all {
		n = 0
		if d.Find(f, Span{0, len(f)}, count); n == 0 {
			clean = append(clean, f)
		}
	}
	b.Run("all", func(b *testing.B) { benchmarkFiles(b, all) })
	b.Run("clean", func(b *testing.B) { benchmarkFiles(b, clean) })
}

func benchmarkFiles(b *testing.B, files [][]byte) {
	total := 0
	for _, f := range files {
		total += len(f)
	}
	d := New()
	out, n := 0, 0
	count := func(s *Stretch) { out += len(s.Text); n++ }
	b.SetBytes(int64(total))
	b.ReportAllocs()
	for b.Loop() {
		out, n = 0, 0
		for _, f := range files {
			d.Find(f, Span{0, len(f)}, count)
		}
	}
	b.ReportMetric(float64(out)/float64(total)*100, "%decoded")
	b.ReportMetric(float64(n)/float64(total)*1e6, "stretches/MB")
}

// BenchmarkDense is the worst honest case for each decoder: text that is encoded throughout.
func BenchmarkDense(b *testing.B) {
	line := "password=" + token + " and more words of text, as in a settings file\n"
	plain := strings.Repeat(line, 1<<20/len(line))
	random := make([]byte, 1<<20)
	x := uint32(1)
	for i := range random {
		x = x*1664525 + 1013904223
		random[i] = byte(x >> 24)
	}
	for _, c := range []struct{ name, text string }{
		{"base64", wrap(std(plain), 76, "\n")},
		{"base64 of noise", wrap(std(string(random)), 76, "\n")},
		{"base64 of noise, one line", base64.StdEncoding.EncodeToString(random)},
		{"hex digests", wrap(fmt.Sprintf("%x", random), 64, "\n")},
		{"percent", each(plain[:1<<18], "%%%02X", "")},
		{"percent in part", strings.ReplaceAll(plain, "_", "%5F")},
		{"numbers", each(string(random[:1<<18]), "%d", ", ")},
		{"utf-16", utf16le(plain)},
		{"zeros", string(bytes.Repeat([]byte{0}, 1<<20))},
		{"A", strings.Repeat("A", 1<<20)},
		{"quotes", strings.Repeat(`"a" + `, 1<<18)},
		{"spaces", strings.Repeat(" ", 1<<20)},
	} {
		b.Run(c.name, func(b *testing.B) {
			d, text := New(), []byte(c.text)
			out := 0
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				out = 0
				d.Find(text, Span{0, len(text)}, func(s *Stretch) { out += len(s.Text) })
			}
			b.ReportMetric(float64(out)/float64(len(text)), "out/in")
		})
	}
}

// BenchmarkSpan is the price of one small changed span in a large clean text, as a scan of a delta pays it.
func BenchmarkSpan(b *testing.B) {
	var text []byte
	for _, f := range corpus(b) {
		if text = append(text, f...); len(text) > 1<<20 {
			break
		}
	}
	d := New()
	n, at := 0, 0
	count := func(*Stretch) { n++ }
	b.ReportAllocs()
	for b.Loop() {
		at = (at + 7919) % len(text)
		d.Find(text, Span{at, at + 40}, count)
	}
}

// goroot is the folder of the Go distribution, as the go program tells it.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
