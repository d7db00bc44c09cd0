//go:build unix

package pack

import (
	"bytes"
	"compress/zlib"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
)

// fenced are bytes with memory on both sides that must not be touched: a read or write behind them is a fault, one
// before them changes a mark.
type fenced struct{ all []byte }

var marks = strings.Repeat("\xa5", 1024)

func newFenced(t testing.TB, size int) fenced {
	t.Helper()
	page := syscall.Getpagesize()
	size = (size + page - 1 + 64) / page * page
	all, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(all) })
	if err := syscall.Mprotect(all[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return fenced{all[:size:size]}
}

// end returns the last n bytes before the fence, and marks what is before them.
func (f fenced) end(n int) []byte {
	start := len(f.all) - n
	copy(f.all[max(0, start-len(marks)):start], marks)
	return f.all[start:]
}

// touched tells whether anything right before the last n bytes was.
func (f fenced) touched(n int) bool {
	start := len(f.all) - n
	return !strings.HasSuffix(marks, string(f.all[max(0, start-len(marks)):start]))
}

// bothWays inflates data with and without what only some processors can do, and compares the results. What one of them may
// write ends at a fence, as does what it may read.
func bothWays(t *testing.T, f *Inflater, in, out fenced, data []byte, size, slack int) {
	t.Helper()
	if !bmi2 {
		t.Skip("this processor lacks BMI2: there is one way only")
	}
	defer func() { bmi2 = true }()
	from := in.end(len(data))
	copy(from, data)
	var texts [2][]byte
	var errs [2]error
	for i := range 2 {
		bmi2 = i == 0
		to := out.end(size + slack)[:size]
		errs[i] = f.Inflate(from, to)
		texts[i] = bytes.Clone(to)
		if out.touched(size + slack) {
			t.Fatalf("BMI2 %v: wrote before the start of its buffer", bmi2)
		}
	}
	if (errs[0] == nil) != (errs[1] == nil) {
		t.Fatalf("%d bytes: %v with BMI2, %v without", size, errs[0], errs[1])
	}
	if errs[0] == nil && !bytes.Equal(texts[0], texts[1]) {
		t.Fatalf("%d bytes: other bytes with BMI2", size)
	}
}

func TestBothWaysAgree(t *testing.T) {
	in, out := newFenced(t, 200_000), newFenced(t, 101_000)
	var f Inflater
	r := rand.New(rand.NewPCG(3, 4))
	for _, text := range samples() {
		for _, level := range []int{zlib.HuffmanOnly, 1, 6, 9} {
			data := compressed(t, text, level)
			for _, slack := range []int{0, 1, 100, Slack} {
				bothWays(t, &f, in, out, data, len(text), slack)
				bothWays(t, &f, in, out, append(bytes.Clone(data), make([]byte, 64)...), len(text), slack)
				bothWays(t, &f, in, out, data, len(text)/2, slack)
				if len(data) > 20_000 {
					continue
				}
				for range 8 { // damage it
					bad := bytes.Clone(data)
					bad[2+r.IntN(len(bad)-2)] ^= 1 << r.IntN(8)
					bothWays(t, &f, in, out, bad, len(text), slack)
				}
			}
		}
	}
}

// TestShortDistances repeats sequences of every length up to 40, which are copied in different ways.
func TestShortDistances(t *testing.T) {
	in, out := newFenced(t, 5000), newFenced(t, 5000)
	var f Inflater
	for period := 1; period <= 40; period++ {
		for length := period; length < period+300; length += 7 {
			text := make([]byte, length)
			for i := range text {
				text[i] = byte('0' + i%period)
			}
			data := compressed(t, append(text, "abc"...), 9)
			bothWays(t, &f, in, out, data, len(text)+3, Slack)
			got := make([]byte, length+3, length+3+Slack)
			if err := f.Inflate(data, got); err != nil || !bytes.Equal(got[:length], text) {
				t.Fatalf("%d bytes repeated to %d: %v", period, length, err)
			}
		}
	}
}

func FuzzBothWays(f *testing.F) {
	for _, text := range samples()[:6] {
		for _, level := range []int{zlib.HuffmanOnly, 0, 1, 9} {
			f.Add(compressed(f, text[:min(len(text), 2000)], level), 2000, 0)
		}
	}
	in, out := newFenced(f, 1<<16), newFenced(f, 1<<16+Slack)
	var inflater Inflater
	f.Fuzz(func(t *testing.T, data []byte, size, slack int) {
		if size < 0 || size > 1<<16 || slack < 0 || slack > Slack || len(data) > 1<<16 {
			return
		}
		bothWays(t, &inflater, in, out, data, size, slack)
	})
}
