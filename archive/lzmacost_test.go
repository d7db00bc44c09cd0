package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
)

// lzma2Tiny is a chunk of one byte, a zero, that resets all there is; properties are of the byte given.
func lzma2Tiny(properties byte) []byte {
	return []byte{0xe0, 0, 0, 0, 5, properties, 0, 0, 0, 0, 0, 0}
}

// xzBlocks is the start of an .xz file without checks, of so many blocks of so many chunks each. The index is not there.
func xzBlocks(blocks, chunks int, chunk []byte) []byte {
	sealed := func(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)) }
	out := []byte(xzMagic)
	out = append(out, sealed([]byte{0, 0})...)
	for range blocks {
		out = append(out, sealed([]byte{2, 0, xzFilter, 1, 0, 0, 0, 0})...)
		data := append(bytes.Repeat(chunk, chunks), 0)
		out = append(out, data...)
		out = append(out, make([]byte, -len(data)&3)...)
	}
	return out
}

// TestLzma2Properties: a table of literals larger than LZMA2 allows, which each chunk would reset, is refused.
func TestLzma2Properties(t *testing.T) {
	for b := range 256 {
		lc, lp := b%9, b/9%5
		got, err := readXz(newXz, xzBlocks(1, 3, lzma2Tiny(byte(b))))
		if b < 9*5*5 && lc+lp <= 4 {
			if !bytes.Equal(got, make([]byte, 3)) || errors.Is(err, errLzma) {
				t.Errorf("lc %d, lp %d: read %v, %v", lc, lp, got, err)
			}
		} else if len(got) > 0 || !errors.Is(err, errLzma) {
			t.Errorf("properties %d, lc %d, lp %d: read %d bytes, %v", b, lc, lp, len(got), err)
		}
	}
	alone := append([]byte{4*9 + 8, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 10)...) // legal in LZMA, which resets once
	if got, err := readXz(newLzmaAlone, alone); err != nil || !bytes.Equal(got, []byte{0}) {
		t.Errorf("lc 8, lp 4 of an .lzma file: %v, %v", got, err)
	}
}

// TestLzmaResetIsWhole: what a chunk has taught the model is gone after a reset: the same bytes come out again.
func TestLzmaResetIsWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	d := &lzmaCore{in: make([]byte, 1000+lzmaPad), end: 1000}
	for range 200 {
		for i := range d.in {
			d.in[i] = byte(rng.Uint32())
		}
		d.in[0], d.in[1] = 0, d.in[1]&0x7f // a literal is first
		lc := rng.IntN(5)
		d.properties(byte(rng.IntN(5-lc)*9 + lc))
		decode := func() []byte {
			d.reset()
			d.forget(1 << 12)
			if d.at = 0; !d.start() {
				t.Fatal("not begun")
			}
			d.decode(600, 900)
			return bytes.Clone(d.window[:d.pos])
		}
		first := decode()
		if again := decode(); !bytes.Equal(first, again) || len(first) == 0 {
			t.Fatalf("lc %d: %d bytes, then %d others", lc, len(first), len(again))
		}
	}
}

// TestXzBlocksShareMemory: many blocks of a few bytes cost no buffers each.
func TestXzBlocksShareMemory(t *testing.T) {
	const blocks = 1000
	packed := xzBlocks(blocks, 1, lzma2Tiny(4))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got, _ := readXz(newXz, packed); len(got) != blocks {
		t.Fatalf("%d of %d blocks read", len(got), blocks)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / blocks; n > 2<<10 {
		t.Errorf("%d bytes of memory a block", n)
	}
}

// TestLzmaMembersAreSmall: an archive may hold many members of a few bytes, each with the largest table of literals that
// LZMA allows: only what is used of it takes up memory.
func TestLzmaMembersAreSmall(t *testing.T) {
	alone := append([]byte{4*9 + 8, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 10)...)
	const members = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range members {
		if got, err := readXz(newLzmaAlone, alone); err != nil || len(got) != 1 {
			t.Fatal(len(got), err)
		}
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / members; n > 256<<10 {
		t.Errorf("%d bytes of memory a member", n)
	}
}

// BenchmarkLzma2Tiny reads a MB of chunks of 12 bytes, each of which resets everything, and of blocks of one such chunk.
func BenchmarkLzma2Tiny(b *testing.B) {
	for name, packed := range map[string][]byte{
		"chunks": xzBlocks(1, 1<<20/12, lzma2Tiny(4)),
		"blocks": xzBlocks(1<<20/28, 1, lzma2Tiny(4)),
		"empty":  xzBlocks(1<<20/16, 0, nil),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(packed)))
			for b.Loop() {
				r, err := newXz(bufio.NewReader(bytes.NewReader(packed)))
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, r)
			}
		})
	}
}
