package pack

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// compressed returns text as zlib writes it at a level.
func compressed(t testing.TB, text []byte, level int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// samples are texts that compress in different ways.
func samples() [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 80_000) // rare letters get long codes
	for i := range skewed {
		skewed[i] = byte(min(r.ExpFloat64()*9, 255))
	}
	out := [][]byte{{}, {'a'}, []byte("hello hello hello"), bytes.Repeat([]byte{'x'}, 70_000), noise, skewed}
	for n := 1; n < 700; n += 37 {
		out = append(out, []byte(strings.Repeat("the quick brown fox ", n))[:n*7], noise[:n], skewed[:n*3])
	}
	return out
}

func TestInflateAgrees(t *testing.T) {
	var f Inflater
	for i, text := range samples() {
		for _, level := range []int{zlib.HuffmanOnly, 0, 1, 6, 9} {
			data := compressed(t, text, level)
			for _, slack := range []int{0, 7, Slack, 2 * Slack} {
				out := make([]byte, len(text), len(text)+slack)
				if err := f.Inflate(data, out); err != nil {
					t.Fatalf("sample %d level %d slack %d: %v", i, level, slack, err)
				}
				if !bytes.Equal(out, text) {
					t.Fatalf("sample %d level %d slack %d: other bytes", i, level, slack)
				}
				more := append(bytes.Clone(data), "trailing bytes of the next entry"...)
				if err := f.Inflate(more, out); err != nil {
					t.Fatalf("sample %d level %d with more behind: %v", i, level, err)
				}
			}
		}
	}
}

func TestInflateSizes(t *testing.T) {
	var f Inflater
	for _, text := range samples()[1:] {
		data := compressed(t, text, 6)
		if err := f.Inflate(data, make([]byte, len(text)-1)); err == nil {
			t.Errorf("%d bytes fit into one less", len(text))
		}
		if err := f.Inflate(data, make([]byte, len(text)+1)); err == nil {
			t.Errorf("%d bytes fill one more", len(text))
		}
		for cut := 0; cut < len(data); cut += 1 + cut/8 {
			if err := f.Inflate(data[:cut], make([]byte, len(text))); err == nil {
				t.Errorf("%d of %d compressed bytes are enough", cut, len(data))
			}
		}
		flipped := bytes.Clone(data)
		flipped[len(flipped)-1] ^= 1
		if err := f.Inflate(flipped, make([]byte, len(text))); err == nil {
			t.Error("a wrong checksum is not noticed")
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, text := range samples()[:6] {
		for _, level := range []int{zlib.HuffmanOnly, 0, 1, 9} {
			f.Add(compressed(f, text[:min(len(text), 2000)], level), 2000)
		}
	}
	var in Inflater
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		if size < 0 || size > 1<<16 {
			return
		}
		var want []byte
		r, err := zlib.NewReader(bytes.NewReader(data))
		if err == nil {
			want, err = io.ReadAll(io.LimitReader(r, 1<<20))
		}
		if err == nil {
			size = len(want)
		}
		out := make([]byte, size, size+Slack)
		got := in.Inflate(data, out)
		if (got == nil) != (err == nil) && len(want) < 1<<20 {
			t.Fatalf("inflate says %v, the standard library %v", got, err)
		}
		if got == nil && !bytes.Equal(out, want) {
			t.Fatal("other bytes than the standard library")
		}
	})
}

func BenchmarkInflate(b *testing.B) {
	text := []byte(strings.Repeat("func (r *Reader) read(n int) error { return nil }\n\tif err != nil {\n", 8))
	for i := range text {
		if i%13 == 0 {
			text[i] = byte('a' + i*7%26)
		}
	}
	data := compressed(b, text, 6)
	out := make([]byte, len(text), len(text)+Slack)
	var f Inflater
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := f.Inflate(data, out); err != nil {
			b.Fatal(err)
		}
	}
}
