package repo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// makePack writes a pack of entries, given as header and what is to be deflated behind it.
func makePack(entries ...[2][]byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(entries)))
	for _, e := range entries {
		out = append(out, e[0]...)
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		_, _ = w.Write(e[1])
		_ = w.Close()
		out = append(out, b.Bytes()...)
	}
	return append(out, make([]byte, object.SHA1)...)
}

// small is an entry's header for a size below 16.
func small(kind object.Kind, size int, more ...byte) []byte {
	return append([]byte{byte(kind)<<4 | byte(size)}, more...)
}

// hello is the id of a blob "hello\n", which git tells.
var hello = mustID("ce013625030ba8dba906f756967f9e9ca394464a")

func mustID(text string) object.ID {
	id, err := object.ParseID(text)
	if err != nil {
		panic(err)
	}
	return id
}

func walkSeeds() [][]byte {
	blob := [2][]byte{small(object.Blob, 6), []byte("hello\n")}
	copyAll := []byte{6, 12, 0x90, 6, 0x90, 6} // twice the base
	back := len(makePack(blob)) - headLen - object.SHA1
	return [][]byte{
		makePack(blob),
		makePack(blob, [2][]byte{small(object.OfsDelta, len(copyAll), byte(back)), copyAll}),
		makePack([2][]byte{append(small(object.RefDelta, len(copyAll)), hello[:object.SHA1]...), copyAll}, blob),
		makePack([2][]byte{append(small(object.RefDelta, len(copyAll)), make([]byte, object.SHA1)...), copyAll}),
	}
}

func TestWalkPack(t *testing.T) {
	twice := idOf(object.SHA1, object.Blob, []byte("hello\nhello\n"))
	for i, want := range [][]object.ID{{hello}, {hello, twice}, {twice, hello}, nil} {
		all, err := walkPack(walkSeeds()[i], object.SHA1)
		var got []object.ID
		for _, l := range all {
			got = append(got, l.ID)
		}
		if len(got) != len(want) || (err != nil) != (i == 3) {
			t.Fatalf("%d: %v, %v", i, got, err)
		}
		for k := range want {
			if got[k] != want[k] {
				t.Errorf("%d: object %d is %s, want %s", i, k, got[k], want[k])
			}
		}
	}
}

// FuzzWalkPack: every object that is found can be read where it is said to be, and has its id.
func FuzzWalkPack(f *testing.F) {
	for _, s := range walkSeeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if pack.CheckHead(data, object.SHA1) != nil {
			return
		}
		all, _ := walkPack(data, object.SHA1)
		index := pack.BuildIndex(all, object.SHA1, data[len(data)-object.SHA1:])
		p := &Pack{Name: "fuzz", Data: data, Index: index}
		s := &Store{Hash: object.SHA1, Packs: []*Pack{p}}
		reader := s.NewReader()
		for i := range index.Len() {
			kind, text, err := reader.ReadAt(p, index.Offset(i))
			if err != nil {
				t.Fatalf("object %d: %v", i, err)
			}
			if id := idOf(object.SHA1, kind, text); id != index.ID(i) {
				t.Fatalf("object %d is %s, not %s", i, id, index.ID(i))
			}
		}
	})
}

// Deltas that would take more memory than a pack is worth are refused, one by one.
func TestWalkPackBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("inflates 130 MB")
	}
	const size = mostMade/2 + 1
	varint := func(out []byte, n int) []byte {
		for ; n > 0x7f; n >>= 7 {
			out = append(out, byte(n&0x7f|0x80))
		}
		return append(out, byte(n))
	}
	head := func(kind object.Kind, n int) []byte {
		return varint([]byte{0x80 | byte(kind)<<4 | byte(n&15)}, n>>4)
	}
	blob := [2][]byte{head(object.Blob, size), make([]byte, size)}
	id := idOf(object.SHA1, object.Blob, blob[1])
	same := varint(varint(nil, size), size)
	for left := size; left > 0; left -= min(left, 0xffffff) {
		n := min(left, 0xffffff)
		same = append(same, 0xf0, byte(n), byte(n>>8), byte(n>>16))
	}
	all, err := walkPack(makePack(blob, [2][]byte{append(head(object.RefDelta, len(same)), id[:object.SHA1]...), same}), object.SHA1)
	if !errors.Is(err, ErrTooLarge) || len(all) != 1 || all[0].ID != id {
		t.Errorf("%d objects, %v", len(all), err)
	}
}
