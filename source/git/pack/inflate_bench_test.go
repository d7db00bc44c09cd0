package pack

// Run with packs of real size, their files' names joined as in a PATH:
//
//	UNLEAK_BENCH_PACK=/path/to/a.pack:/path/to/b.pack go test -run '^$' -bench Pack -benchtime 3x ./source/git/pack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/unleak/unleak/source/git/object"
)

// benchPacks runs fn with every pack that is named, and its entries in their order.
func benchPacks(b *testing.B, fn func(b *testing.B, data []byte, entries []Entry)) {
	names := os.Getenv("UNLEAK_BENCH_PACK")
	if names == "" {
		b.Skip("UNLEAK_BENCH_PACK is not set")
	}
	for _, name := range filepath.SplitList(names) {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		if err := CheckHead(data, 20); err != nil {
			b.Fatal(err)
		}
		var f Inflater
		var entries []Entry
		var out []byte
		offset := int64(headSize)
		for range Count(data) {
			e, err := ParseEntry(data, offset, 20)
			if err != nil {
				b.Fatal(err)
			}
			out = room(out, int(e.Size))
			if err := f.Inflate(data[e.Data:], out); err != nil {
				b.Fatal(err)
			}
			offset = e.Data + int64(f.Consumed())
			entries = append(entries, e)
		}
		b.Run(filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(name)))), func(b *testing.B) { fn(b, data, entries) })
	}
}

// room returns a buffer of n bytes with Slack behind them, b if that is large enough.
func room(b []byte, n int) []byte {
	if cap(b) < n+Slack {
		return make([]byte, n, n+n/4+Slack)
	}
	return b[:n]
}

func BenchmarkPackInflate(b *testing.B) {
	benchPacks(b, func(b *testing.B, data []byte, entries []Entry) {
		var f Inflater
		var out []byte
		sum := int64(0)
		for _, e := range entries {
			sum += e.Size
		}
		b.SetBytes(sum)
		for b.Loop() {
			for _, e := range entries {
				out = room(out, int(e.Size))
				if err := f.Inflate(data[e.Data:], out); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// benchDeltas runs fn with every delta of the packs.
func benchDeltas(b *testing.B, fn func(d *Delta, delta []byte, base int)) {
	benchPacks(b, func(b *testing.B, data []byte, entries []Entry) {
		var f Inflater
		var deltas [][]byte
		for _, e := range entries {
			if e.Kind == object.OfsDelta || e.Kind == object.RefDelta {
				delta := make([]byte, e.Size)
				if err := f.Inflate(data[e.Data:], delta); err != nil {
					b.Fatal(err)
				}
				deltas = append(deltas, delta)
			}
		}
		var d Delta
		for b.Loop() {
			for _, delta := range deltas {
				base, _ := uvarint(delta, 0)
				fn(&d, delta, base)
				d.Dirty = d.Dirty[:0]
			}
		}
	})
}

func BenchmarkPackDeltaParse(b *testing.B) {
	benchDeltas(b, func(d *Delta, delta []byte, base int) {
		if err := d.Parse(delta, base); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkPackDeltaApply(b *testing.B) {
	var base, out []byte
	benchDeltas(b, func(d *Delta, delta []byte, size int) {
		if err := d.Parse(delta, size); err != nil {
			b.Fatal(err)
		}
		base, out = room(base, size), room(out, d.Size)
		out = d.Apply(base, out)
	})
}
