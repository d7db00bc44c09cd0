package git

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1" // git's object format of the test repositories
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
)

// forged is a pack written by hand, with an index that fits it.
type forged struct {
	data    []byte
	offsets map[object.ID]int
	zlib    *zlib.Writer
}

func newForged() *forged {
	return &forged{data: []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x00"), offsets: map[object.ID]int{}, zlib: zlib.NewWriter(nil)}
}

// add writes an entry and returns its offset; claim is the size its header tells, extra what follows the header.
func (p *forged) add(id object.ID, kind object.Kind, claim int, extra, text []byte) int {
	at := len(p.data)
	p.offsets[id] = at
	c := byte(kind)<<4 | byte(claim&15)
	for claim >>= 4; claim > 0; claim >>= 7 {
		p.data = append(p.data, c|0x80)
		c = byte(claim & 0x7f)
	}
	p.data = append(append(p.data, c), extra...)
	var z bytes.Buffer
	p.zlib.Reset(&z)
	_, _ = p.zlib.Write(text)
	_ = p.zlib.Close()
	p.data = append(p.data, z.Bytes()...)
	return at
}

func back(distance int) []byte {
	out := []byte{byte(distance & 0x7f)}
	for distance >>= 7; distance > 0; distance >>= 7 {
		distance--
		out = append([]byte{byte(distance&0x7f) | 0x80}, out...)
	}
	return out
}

func fakeID(n int) (id object.ID) {
	binary.BigEndian.PutUint32(id[:], uint32(n)*0x01010101)
	binary.BigEndian.PutUint32(id[16:], uint32(n))
	return id
}

// write puts pack and index into a repository.
func (p *forged) write(t *testing.T, dir string) {
	t.Helper()
	sum := sha1.Sum(p.data)
	data := append(bytes.Clone(p.data), sum[:]...)
	ids := make([]object.ID, 0, len(p.offsets))
	for id := range p.offsets {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, object.ID.Compare)
	idx := []byte("\xfftOc\x00\x00\x00\x02")
	for b := range 256 {
		n := 0
		for _, id := range ids {
			if int(id[0]) <= b {
				n++
			}
		}
		idx = binary.BigEndian.AppendUint32(idx, uint32(n))
	}
	for _, id := range ids {
		idx = append(idx, id[:20]...)
	}
	idx = append(idx, make([]byte, 4*len(ids))...)
	for _, id := range ids {
		idx = binary.BigEndian.AppendUint32(idx, uint32(p.offsets[id]))
	}
	idx = append(append(idx, sum[:]...), make([]byte, 20)...)
	name := filepath.Join(dir, ".git", "objects", "pack", "pack-forged")
	for ext, b := range map[string][]byte{".pack": data, ".idx": idx} {
		if err := os.WriteFile(name+ext, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// delta makes a delta from parts: []byte is inserted, [2]int copies length bytes from an offset.
func delta(base, result int, parts ...any) []byte {
	size := func(out []byte, n int) []byte {
		for ; n >= 0x80; n >>= 7 {
			out = append(out, byte(n)|0x80)
		}
		return append(out, byte(n))
	}
	out := size(size(nil, base), result)
	for _, part := range parts {
		switch p := part.(type) {
		case string:
			out = append(append(out, byte(len(p))), p...)
		case [2]int:
			out = append(out, 0xff, byte(p[0]), byte(p[0]>>8), byte(p[0]>>16), byte(p[0]>>24), byte(p[1]), byte(p[1]>>8), byte(p[1]>>16))
		}
	}
	return out
}

// TestHostilePack: each broken entry costs a line of coverage, and no other object.
func TestHostilePack(t *testing.T) {
	good := "good tok_goodie\n"
	for name, forge := range map[string]func(p *forged, base int){
		"size too large": func(p *forged, _ int) { p.add(fakeID(2), object.Blob, 1<<40, nil, []byte("x")) },
		"size lies up":   func(p *forged, _ int) { p.add(fakeID(2), object.Blob, 10, nil, []byte("x")) },
		"size lies down": func(p *forged, _ int) { p.add(fakeID(2), object.Blob, 1, nil, []byte("xxxxxxx")) },
		"no such kind":   func(p *forged, _ int) { p.add(fakeID(2), 5, 1, nil, []byte("x")) },
		"base before the pack": func(p *forged, _ int) {
			p.add(fakeID(2), object.OfsDelta, 1, back(1<<20), []byte("x"))
		},
		"base inside an entry": func(p *forged, base int) {
			d := delta(len(good), 1, "x")
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base-3), d)
		},
		"base is itself": func(p *forged, _ int) {
			id := fakeID(2)
			p.add(id, object.RefDelta, 4, id[:20], delta(1, 1, "x"))
		},
		"bases in a ring": func(p *forged, _ int) {
			a, b := fakeID(2), fakeID(3)
			p.add(a, object.RefDelta, 4, b[:20], delta(1, 1, "x"))
			p.add(b, object.RefDelta, 4, a[:20], delta(1, 1, "x"))
		},
		"base is missing": func(p *forged, _ int) {
			a := fakeID(77)
			p.add(fakeID(2), object.RefDelta, 4, a[:20], delta(1, 1, "x"))
		},
		"copy past the base": func(p *forged, base int) {
			d := delta(len(good), 20, [2]int{5, 20})
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"copy from far": func(p *forged, base int) {
			d := delta(len(good), 20, [2]int{-1, 20})
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"result too long": func(p *forged, base int) {
			d := delta(len(good), 2, "xxx")
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"result too short": func(p *forged, base int) {
			d := delta(len(good), 5, "xxx")
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"result of terabytes": func(p *forged, base int) {
			d := delta(len(good), 1<<42, "xxx")
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"result of gigabytes by copies": func(p *forged, _ int) {
			base := strings.Repeat("zeros\n", 1<<16)
			at := p.add(fakeID(3), object.Blob, len(base), nil, []byte(base))
			var parts []any
			for range 3000 {
				parts = append(parts, [2]int{0, len(base)})
			}
			d := delta(len(base), 3000*len(base), parts...)
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-at), d)
		},
		"another base size": func(p *forged, base int) {
			d := delta(len(good)+1, 3, "xxx")
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"insert of nothing": func(p *forged, base int) {
			d := append(delta(len(good), 3, "xxx"), 0)
			p.add(fakeID(2), object.OfsDelta, len(d), back(len(p.data)-base), d)
		},
		"tree of noise":   func(p *forged, _ int) { p.add(fakeID(2), object.Tree, 9, nil, []byte("100644 no")) },
		"commit of noise": func(p *forged, _ int) { p.add(fakeID(2), object.Commit, 5, nil, []byte("noise")) },
		"delta on broken": func(p *forged, _ int) {
			at := p.add(fakeID(2), object.Blob, 10, nil, []byte("x"))
			d := delta(10, 3, "xxx")
			p.add(fakeID(3), object.OfsDelta, len(d), back(len(p.data)-at), d)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.write("a", "tok_beside\n")
			f.commit("beside")
			p := newForged()
			base := p.add(fakeID(1), object.Blob, len(good), nil, []byte(good))
			forge(p, base)
			p.add(fakeID(9), object.Blob, 11, nil, []byte("tok_behind\n"))
			p.write(t, f.dir)
			res := scan(t, f.dir, Options{})
			expect(t, res, "tok_beside", "tok_goodie", "tok_behind")
			if !res.Coverage.Incomplete() {
				t.Errorf("nothing is told: %+v", res.Coverage)
			}
		})
	}
}

// TestDeepChain: a chain as long as an attacker likes takes no stack, and no memory for its links.
func TestDeepChain(t *testing.T) {
	f := newFixture(t)
	p := newForged()
	text := strings.Repeat("some text that stays. ", 100) + "tok_rooted\n"
	at := p.add(fakeID(1), object.Blob, len(text), nil, []byte(text))
	for i := range 20_000 {
		d := delta(len(text), len(text), fmt.Sprintf("%06d", i), [2]int{6, len(text) - 6})
		at = p.add(fakeID(2+i), object.OfsDelta, len(d), back(len(p.data)-at), d)
	}
	p.write(t, f.dir)
	res := scanWith(t, f.dir, Options{}, scanner.Options{Jobs: 2, MaxMemory: 1 << 20})
	expect(t, res, "tok_rooted")
	if n := res.Coverage.Counts["blobs"]; n != 20_001 || res.Coverage.Incomplete() {
		t.Errorf("%d blobs, %+v", n, res.Coverage)
	}
}

// TestDamagedRepository flips and cuts bytes of every file of a repository. Nothing may panic or hang, and where
// something was lost it must be told.
func TestDamagedRepository(t *testing.T) {
	f := newFixture(t)
	r := rand.New(rand.NewPCG(5, 6))
	scribble(f, r, 12)
	f.git("repack", "-adfkq", "--depth=50")
	f.write("loose.txt", "tok_loosee\n")
	f.commit("loose")
	whole := describe(scan(t, f.dir, Options{}))
	var files []string
	for _, pattern := range []string{"objects/pack/*.pack", "objects/pack/*.idx", "objects/??/*", "refs/heads/*", "index", "HEAD"} {
		names, err := filepath.Glob(filepath.Join(f.dir, ".git", pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no file: %v", pattern, err)
		}
		files = append(files, names...)
	}
	for round := range 60 {
		name := files[r.IntN(len(files))]
		if round%3 > 0 { // packs most of the time
			name = files[round%2]
		}
		old := mustRead(t, name)
		bad := bytes.Clone(old)
		if r.IntN(4) == 0 {
			bad = bad[:r.IntN(len(bad))]
		} else {
			for range 1 + r.IntN(3) {
				bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
			}
		}
		_ = os.Chmod(name, 0o600)
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{}, {Staged: true}} {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			s, err := New(f.dir, o)
			if err != nil {
				cancel()
				continue // told
			}
			s.opts.Name = "repo"
			res, err := scanner.Run(ctx, scanner.Options{Jobs: 2, NewDetector: newFake}, s)
			if ctx.Err() != nil {
				t.Fatalf("damage to %s: no end", name)
			}
			cancel()
			if err == nil && !o.Staged && describe(res) != whole && !res.Coverage.Incomplete() && len(res.Findings) > 0 &&
				strings.Contains(name, "pack") && strings.HasSuffix(name, ".pack") {
				t.Errorf("damage to %s changes the report and is not told", name)
			}
		}
		if err := os.WriteFile(name, old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := describe(scan(t, f.dir, Options{})); got != whole {
		t.Error("the repository was not put back")
	}
}

// TestCopyOfBroken: an object that is broken in one pack and whole in another is not lost.
func TestCopyOfBroken(t *testing.T) {
	f := newFixture(t)
	f.write("a", "tok_copied\n")
	f.commit("one")
	id, err := object.ParseID(f.git("rev-parse", "HEAD:a"))
	if err != nil {
		t.Fatal(err)
	}
	p := newForged()
	p.add(id, object.Blob, 3, nil, []byte("broken"))
	p.write(t, f.dir)
	res := scan(t, f.dir, Options{})
	expect(t, res, "tok_copied")
	if res.Coverage.Skipped[finding.SkipCorrupt] != 0 {
		t.Errorf("%+v", res.Coverage)
	}
}
