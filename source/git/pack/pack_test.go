package pack

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// makeIndex writes an index of version 1 or 2 for sorted ids.
func makeIndex(version int, ids []object.ID, offsets []uint64) []byte {
	var out []byte
	if version == 2 {
		out = []byte("\xfftOc\x00\x00\x00\x02")
	}
	for b := range 256 {
		n := uint32(0)
		for _, id := range ids {
			if int(id[0]) <= b {
				n++
			}
		}
		out = binary.BigEndian.AppendUint32(out, n)
	}
	var far []byte
	for i, id := range ids {
		if version == 1 {
			out = binary.BigEndian.AppendUint32(out, uint32(offsets[i]))
		}
		out = append(out, id[:object.SHA1]...)
	}
	if version == 2 {
		out = append(out, make([]byte, 4*len(ids))...)
		for _, o := range offsets {
			if o < 1<<31 {
				out = binary.BigEndian.AppendUint32(out, uint32(o))
				continue
			}
			out = binary.BigEndian.AppendUint32(out, 1<<31|uint32(len(far)/8))
			far = binary.BigEndian.AppendUint64(far, o)
		}
		out = append(out, far...)
	}
	return append(out, bytes.Repeat([]byte{9}, 2*object.SHA1)...)
}

func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	ids := make([]object.ID, 500)
	offsets := make([]uint64, len(ids))
	for i := range ids {
		binary.BigEndian.PutUint64(ids[i][:], uint64(i)<<55|r.Uint64()>>10)
		offsets[i] = r.Uint64() >> 33
	}
	offsets[7] = 1 << 40
	for _, version := range []int{1, 2} {
		if version == 1 {
			offsets[7] = 77
		}
		x, err := ParseIndex(makeIndex(version, ids, offsets), object.SHA1)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			at, ok := x.Find(id[:object.SHA1])
			if !ok || at != i || x.ID(i) != id || x.Offset(i) != int64(offsets[i]) {
				t.Fatalf("version %d: object %d is found at %d, %v, offset %d", version, i, at, ok, x.Offset(i))
			}
			id[19] ^= 1
			if _, ok := x.Find(id[:object.SHA1]); ok {
				t.Fatal("an id that is not there is found")
			}
		}
		offsets[7] = 1 << 40
	}
}

func TestHeaders(t *testing.T) {
	data := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), bytes.Repeat([]byte{0}, 200)...)
	if err := CheckHead(data, object.SHA1); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, data[:10], []byte("KCAP\x00\x00\x00\x02\x00\x00\x00\x01aaaaaaaaaaaaaaaaaaaaaaaa"), append([]byte("PACK\x00\x00\x00\x09"), data[8:]...)} {
		if CheckHead(bad, object.SHA1) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	copy(data[12:], []byte{0xbf, 0x0f}) // a blob of 0xff bytes
	e, err := ParseEntry(data, 12, object.SHA1)
	if err != nil || e.Kind != object.Blob || e.Size != 0xff || e.Data != 14 {
		t.Errorf("%+v %v", e, err)
	}
	copy(data[150:], []byte{0x61, 0x80, 0x0a}) // a delta of one byte whose base is 128+10 bytes back
	e, err = ParseEntry(data, 150, object.SHA1)
	if err != nil || e.Base != 12 || e.Data != 153 {
		t.Errorf("%+v %v", e, err)
	}
	for _, at := range []int64{-1, 0, 11, int64(len(data)) - 20, 1 << 40} {
		if _, err := ParseEntry(data, at, object.SHA1); err == nil {
			t.Errorf("an entry at %d", at)
		}
	}
}

func TestDelta(t *testing.T) {
	base := []byte("0123456789abcdef")
	copies := func(from, n int) []byte { return []byte{0x91, byte(from), byte(n)} }
	for _, c := range []struct {
		name  string
		ops   [][]byte
		want  string
		dirty []finding.Span
		runs  int
	}{
		{name: "all copied", ops: [][]byte{copies(0, 16)}, want: "0123456789abcdef", runs: 1},
		{name: "copied in parts", ops: [][]byte{copies(0, 7), copies(7, 9)}, want: "0123456789abcdef", runs: 1},
		{name: "inserted", ops: [][]byte{copies(0, 4), []byte("\x02XY"), copies(4, 12)}, want: "0123XY456789abcdef",
			dirty: []finding.Span{{Start: 4, End: 6}}, runs: 2},
		{name: "deleted", ops: [][]byte{copies(0, 4), copies(8, 8)}, want: "012389abcdef", dirty: []finding.Span{{Start: 4, End: 4}}, runs: 2},
		{name: "start cut", ops: [][]byte{copies(2, 14)}, want: "23456789abcdef", dirty: []finding.Span{{}}, runs: 1},
		{name: "end cut", ops: [][]byte{copies(0, 14)}, want: "0123456789abcd", dirty: []finding.Span{{Start: 14, End: 14}}, runs: 1},
		{name: "doubled", ops: [][]byte{copies(0, 16), copies(0, 16)}, want: "0123456789abcdef0123456789abcdef",
			dirty: []finding.Span{{Start: 16, End: 16}}, runs: 2},
		{name: "all new", ops: [][]byte{[]byte("\x01X"), []byte("\x01Y")}, want: "XY", dirty: []finding.Span{{Start: 0, End: 2}}},
		{name: "emptied", want: "", dirty: []finding.Span{{}}},
	} {
		delta := append([]byte{16, byte(len(c.want))}, bytes.Join(c.ops, nil)...)
		var d Delta
		if err := d.Parse(delta, len(base)); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := string(d.Apply(base, nil)); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
		if len(d.Runs) != c.runs || len(d.Dirty) != len(c.dirty) || len(c.dirty) > 0 && d.Dirty[0] != c.dirty[0] {
			t.Errorf("%s: runs %v dirty %v, want %d and %v", c.name, d.Runs, d.Dirty, c.runs, c.dirty)
		}
	}
}

func FuzzIndex(f *testing.F) {
	ids := []object.ID{{1, 2}, {1, 3}, {200}}
	for _, version := range []int{1, 2} {
		f.Add(makeIndex(version, ids, []uint64{12, 99, 1 << 20}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, hash := range []int{object.SHA1, object.SHA256} {
			x, err := ParseIndex(data, hash)
			if err != nil {
				continue
			}
			if x.Len()*hash > len(data) {
				t.Fatalf("%d ids in %d bytes", x.Len(), len(data))
			}
			for i := range x.Len() {
				_ = x.Offset(i)
				if at, ok := x.Find(x.Raw(i)); ok && x.ID(at) != x.ID(i) {
					t.Fatalf("id %d is found at %d, where another is", i, at)
				}
			}
			_ = x.PackSum()
		}
	})
}

func FuzzEntry(f *testing.F) {
	f.Add(append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\xbf\x0f"), make([]byte, 60)...), int64(12))
	f.Add(append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\x61\x80\x0a"), make([]byte, 60)...), int64(12))
	f.Fuzz(func(t *testing.T, data []byte, at int64) {
		if CheckHead(data, object.SHA1) != nil {
			return
		}
		e, err := ParseEntry(data, at, object.SHA1)
		if err != nil {
			return
		}
		if e.Data <= at || e.Data > int64(len(data)) || e.Size < 0 || e.Size > maxRatio*int64(len(data)) {
			t.Fatalf("%+v", e)
		}
		if e.Kind == object.OfsDelta && (e.Base < headSize || e.Base >= at) {
			t.Fatalf("base at %d of an entry at %d", e.Base, at)
		}
		if e.Kind == object.RefDelta && len(e.Ref) != object.SHA1 {
			t.Fatalf("%+v", e)
		}
	})
}

// FuzzDelta: what is accepted can be applied; runs and dirty spans cover the result, and runs hold the base's bytes.
func FuzzDelta(f *testing.F) {
	f.Add([]byte("\x04\x06\x91\x00\x02\x02xy\x91\x02\x02"), 4)
	f.Add([]byte("\x04\x04\x91\x02\x02\x91\x00\x02"), 4)
	f.Fuzz(func(t *testing.T, delta []byte, n int) {
		if n < 0 || n > 1<<12 {
			return
		}
		base := make([]byte, n)
		for i := range base {
			base[i] = byte(i * 7)
		}
		var d Delta
		if d.Parse(delta, n) != nil || d.Size > 1<<22 {
			return
		}
		out := d.Apply(base, nil)
		if len(out) != d.Size {
			t.Fatalf("%d bytes, not %d", len(out), d.Size)
		}
		at, seams := 0, 0
		for i, r := range d.Runs {
			if !bytes.Equal(out[r.Out:r.Out+r.Len], base[r.Base:r.Base+r.Len]) {
				t.Fatalf("run %+v is no copy", r)
			}
			if r.Out < at {
				t.Fatalf("run %+v overlaps what is before", r)
			}
			if r.Out > at || i > 0 || r.Base > 0 {
				seams++
				if !touches(d.Dirty, finding.Span{Start: at, End: r.Out}) {
					t.Fatalf("seam before %+v is clean: %v", r, d.Dirty)
				}
			}
			at = r.Out + r.Len
		}
		if at < d.Size && !touches(d.Dirty, finding.Span{Start: at, End: d.Size}) {
			t.Fatalf("end is clean: %v", d.Dirty)
		}
	})
}

// touches tells whether one of the spans covers s.
func touches(spans []finding.Span, s finding.Span) bool {
	for _, t := range spans {
		if t.Start <= s.Start && s.End <= t.End {
			return true
		}
	}
	return false
}

// makeMulti writes a multi-pack-index of one pack.
func makeMulti(ids []object.ID, offsets []uint64) []byte {
	idx := makeIndex(2, ids, offsets)
	var located, far []byte
	for _, o := range offsets {
		located = binary.BigEndian.AppendUint32(located, 0)
		if o < 1<<31 {
			located = binary.BigEndian.AppendUint32(located, uint32(o))
			continue
		}
		located = binary.BigEndian.AppendUint32(located, 1<<31|uint32(len(far)/8))
		far = binary.BigEndian.AppendUint64(far, o)
	}
	chunks := []struct {
		id   string
		text []byte
	}{
		{"PNAM", []byte("pack-1.idx\x00\x00")}, {"OIDF", idx[v2Head : v2Head+fanSize]},
		{"OIDL", idx[v2Head+fanSize:][:len(ids)*object.SHA1]}, {"OOFF", located}, {"LOFF", far},
	}
	out := append([]byte("MIDX\x01\x01"), byte(len(chunks)), 0, 0, 0, 0, 1)
	at := uint64(len(out) + multiChunk*(len(chunks)+1))
	for _, c := range chunks {
		out = binary.BigEndian.AppendUint64(append(out, c.id...), at)
		at += uint64(len(c.text))
	}
	out = binary.BigEndian.AppendUint64(append(out, 0, 0, 0, 0), at)
	for _, c := range chunks {
		out = append(out, c.text...)
	}
	return append(out, make([]byte, object.SHA1)...)
}

// TestBuildIndex: an index made from a multi-pack-index says what it was made of.
func TestBuildIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	ids := make([]object.ID, 300)
	offsets := make([]uint64, len(ids))
	for i := range ids {
		binary.BigEndian.PutUint64(ids[i][:], uint64(i)<<55|r.Uint64()>>10)
		offsets[i] = r.Uint64() >> 33
	}
	offsets[7], offsets[70] = 1<<40, 1<<33
	m, err := ParseMulti(makeMulti(ids, offsets), object.SHA1)
	if err != nil || m.Len() != len(ids) || len(m.Packs) != 1 || m.Packs[0] != "pack-1.idx" {
		t.Fatal(m, err)
	}
	x := BuildIndex(m.Located(0), object.SHA1, nil)
	for i, id := range ids {
		at, ok := x.Find(id[:object.SHA1])
		if !ok || at != i || x.ID(at) != id || x.Offset(at) != int64(offsets[i]) {
			t.Fatalf("object %d: found %v at %d, offset %d of %d", i, ok, at, x.Offset(at), offsets[i])
		}
	}
	if n := len(m.Located(1)); n != 0 {
		t.Errorf("%d objects in a pack that is not named", n)
	}
}

// FuzzMulti: whatever is accepted can be read, and every object is in at most one pack.
func FuzzMulti(f *testing.F) {
	ids := []object.ID{{1}, {2, 3}, {200}}
	f.Add(makeMulti(ids, []uint64{12, 1 << 40, 99}))
	f.Add(makeMulti(nil, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, hash := range []int{object.SHA1, object.SHA256} {
			m, err := ParseMulti(data, hash)
			if err != nil {
				continue
			}
			total := 0
			for k := range min(len(m.Packs), 16) {
				all := m.Located(k)
				total += len(all)
				for _, l := range all {
					if l.Offset < 0 {
						t.Fatal("negative offset")
					}
				}
				BuildIndex(all, hash, nil)
			}
			if total > m.Len() {
				t.Fatal("more objects in packs than there are")
			}
		}
	})
}

// A delta of more runs than are remembered is new throughout, and makes the same.
func TestDeltaOfManyRuns(t *testing.T) {
	size := 2*maxRuns + 3
	text := []byte{2, byte(size&0x7f | 0x80), byte(size>>7&0x7f | 0x80), byte(size>>14&0x7f | 0x80), byte(size >> 21)}
	for range size { // the first byte of the base, each time
		text = append(text, 0x90, 1)
	}
	var d Delta
	if err := d.Parse(text, 2); err != nil {
		t.Fatal(err)
	}
	if len(d.Runs) != 0 || len(d.Dirty) != 1 || d.Dirty[0].Len() != size {
		t.Errorf("%d runs, %d new stretches", len(d.Runs), len(d.Dirty))
	}
	if out := d.Apply([]byte("ab"), nil); len(out) != size || strings.Trim(string(out), "a") != "" {
		t.Errorf("made %d bytes", len(out))
	}
	if err := d.Parse([]byte{2, 3, 0x90, 2, 1, 'x'}, 2); err != nil || len(d.Runs) != 1 || len(d.Dirty) != 1 {
		t.Errorf("%v: the next one has %v, %v", err, d.Runs, d.Dirty)
	}
}
