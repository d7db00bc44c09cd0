package repo

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// unindexed finds out what lies where in a pack that has no index, as git index-pack does: it inflates one entry after
// the other, which tells where the next starts, and hashes every object for its id. Deltas are made along their trees,
// depth first.
type unindexed struct {
	data     []byte
	hash     int
	entries  []unnamed
	waiting  map[object.ID]int32 // first of the deltas that name this base and have not met it
	inflate  pack.Inflater
	delta    pack.Delta
	raw, out []byte
	stack    []branch
	held     int64 // bytes of texts on the stack
	rebuilt  int64 // bytes that were made again, because they were let go of
}

// unnamed is an entry of the pack. child and sibling link the deltas built on it; -1 is none.
type unnamed struct {
	pack.Entry
	offset         int64
	id             object.ID
	child, sibling int32
	named          bool
}

// branch is an object whose deltas are being made.
type branch struct {
	entry int32
	next  int32 // delta to go on with
	text  []byte
}

// bounds on what walking a pack may take
const (
	mostHeld    = 128 << 20 // bytes of texts on the stack
	mostRebuilt = 16 << 30  // bytes made a second time
	mostWhole   = 64 << 20  // from when on a whole object is hashed as a stream; also the most of a buffer that is kept
	mostMade    = 256 << 20 // bytes of a delta, what it is built on and what it makes
)

// walkPack returns the objects of a pack, as many as can be found; the error tells what is wrong with the rest.
func walkPack(data []byte, hash int) ([]pack.Located, error) {
	u := &unindexed{data: data, hash: hash, waiting: map[object.ID]int32{}}
	err := u.scan()
	u.link()
	for i := range u.entries {
		if e := &u.entries[i]; e.named && e.Kind.Whole() && e.child >= 0 && u.rebuilt < mostRebuilt {
			err = errors.Join(err, u.grow(int32(i)))
		}
	}
	var out []pack.Located
	for i := range u.entries {
		if u.entries[i].named {
			out = append(out, pack.Located{ID: u.entries[i].id, Offset: u.entries[i].offset})
		}
	}
	if lost := len(u.entries) - len(out); lost > 0 {
		err = errors.Join(err, fmt.Errorf("%d deltas lead to no object in the pack", lost))
	}
	return out, err
}

// scan reads all entries and names the whole objects.
func (u *unindexed) scan() error {
	at, count := int64(headLen), pack.Count(u.data)
	for int64(len(u.entries)) < count {
		e, err := pack.ParseEntry(u.data, at, u.hash)
		var size int
		var id object.ID
		if err == nil {
			id, size, err = u.read(e)
		}
		if err != nil {
			return fmt.Errorf("%d of %d objects, then at offset %d: %w", len(u.entries), count, at, err)
		}
		u.entries = append(u.entries, unnamed{Entry: e, offset: at, id: id, named: e.Kind.Whole(), child: -1, sibling: -1})
		at = e.Data + int64(size)
	}
	return nil
}

const headLen = 12 // of a pack: "PACK", version, count

// read inflates an entry and returns how many bytes it took and, of a whole object, the id.
func (u *unindexed) read(e pack.Entry) (id object.ID, size int, err error) {
	if e.Size > pack.MaxSize {
		return id, 0, ErrTooLarge
	}
	in := u.data[e.Data : len(u.data)-u.hash]
	if e.Size > mostWhole {
		from := bytes.NewReader(in)
		h := newHash(u.hash, e.Kind, e.Size)
		stream, err := u.inflate.Open(from)
		if err == nil {
			var n int64
			if n, err = io.Copy(h, io.LimitReader(stream, e.Size+1)); err == nil && n != e.Size {
				err = errors.New("zlib stream has not the size its object claims")
			}
		}
		return sum(h), len(in) - from.Len(), err
	}
	u.raw = grow(u.raw, int(e.Size))
	if err := u.inflate.Inflate(in, u.raw); err != nil {
		return id, 0, err
	}
	if e.Kind.Whole() {
		id = idOf(u.hash, e.Kind, u.raw)
	}
	return id, u.inflate.Consumed(), nil
}

// link hangs offset deltas on their bases and lets the others wait for theirs.
func (u *unindexed) link() {
	for i := range slices.Backward(u.entries) {
		e := &u.entries[i]
		switch e.Kind {
		case object.OfsDelta:
			b, ok := slices.BinarySearchFunc(u.entries[:i], e.Base, func(x unnamed, at int64) int { return cmp.Compare(x.offset, at) })
			if ok {
				e.sibling, u.entries[b].child = u.entries[b].child, int32(i)
			}
		case object.RefDelta:
			base := object.FromBytes(e.Ref)
			e.sibling = -1
			if next, ok := u.waiting[base]; ok {
				e.sibling = next
			}
			u.waiting[base] = int32(i)
		}
	}
	for i := range u.entries {
		if u.entries[i].named {
			u.adopt(int32(i))
		}
	}
}

// adopt hangs the deltas that wait for an object on it.
func (u *unindexed) adopt(i int32) {
	e := &u.entries[i]
	first, ok := u.waiting[e.id]
	if !ok {
		return
	}
	delete(u.waiting, e.id)
	last := first
	for u.entries[last].sibling >= 0 {
		last = u.entries[last].sibling
	}
	u.entries[last].sibling, e.child = e.child, first
}

// grow names all deltas below a whole object.
func (u *unindexed) grow(root int32) error {
	r := &u.entries[root]
	text, err := u.text(r)
	if err != nil {
		return err
	}
	u.stack, u.held = append(u.stack[:0], branch{root, r.child, text}), int64(len(text))
	var first error
	for len(u.stack) > 0 && u.rebuilt < mostRebuilt {
		top := &u.stack[len(u.stack)-1]
		if top.next < 0 {
			u.held -= int64(len(top.text))
			u.stack = u.stack[:len(u.stack)-1]
			continue
		}
		c := top.next
		top.next = u.entries[c].sibling
		if err := u.rebuild(); err != nil {
			return err
		}
		if err := u.name(c, r.Kind); err != nil && first == nil {
			first = fmt.Errorf("delta at offset %d: %w", u.entries[c].offset, err)
		}
	}
	return first
}

// name makes a delta on the text on top of the stack, and puts the result there if more is built on it.
func (u *unindexed) name(c int32, kind object.Kind) error {
	e := &u.entries[c]
	out, err := u.apply(e, u.stack[len(u.stack)-1].text, u.out)
	if err != nil {
		return err
	}
	e.id, e.named = idOf(u.hash, kind, out), true
	u.adopt(c)
	u.out = keepable(out)
	if e.child < 0 {
		return nil
	}
	u.out = nil
	u.stack = append(u.stack, branch{c, e.child, out})
	u.held += int64(len(out))
	for k := 0; k < len(u.stack)-1 && u.held > mostHeld; k++ {
		u.held -= int64(len(u.stack[k].text))
		u.stack[k].text = nil
	}
	return nil
}

// rebuild makes the text on top of the stack again if it was let go of.
func (u *unindexed) rebuild() error {
	top := len(u.stack) - 1
	k := top
	for k > 0 && u.stack[k].text == nil {
		k--
	}
	if k == top && u.stack[k].text != nil {
		return nil
	}
	text := u.stack[k].text
	var err error
	if text == nil {
		if text, err = u.text(&u.entries[u.stack[0].entry]); err != nil {
			return err
		}
	}
	for k < top {
		k++
		if text, err = u.apply(&u.entries[u.stack[k].entry], text, nil); err != nil {
			return err
		}
		u.rebuilt += int64(len(text))
	}
	u.stack[top].text = text
	u.held += int64(len(text))
	return nil
}

func (u *unindexed) text(e *unnamed) ([]byte, error) {
	if e.Size > mostMade {
		return nil, ErrTooLarge
	}
	text := make([]byte, e.Size, e.Size+pack.Slack)
	u.rebuilt += e.Size
	return text, u.inflate.Inflate(u.data[e.Data:], text)
}

func (u *unindexed) apply(e *unnamed, base, into []byte) ([]byte, error) {
	if int64(len(base))+e.Size > mostMade {
		return nil, ErrTooLarge
	}
	u.raw = grow(u.raw, int(e.Size))
	defer func() { u.raw = keepable(u.raw) }()
	if err := u.inflate.Inflate(u.data[e.Data:], u.raw); err != nil {
		return nil, err
	}
	if err := u.delta.Parse(u.raw, len(base)); err != nil {
		return nil, err
	}
	if len(base)+len(u.raw)+u.delta.Size > mostMade {
		return nil, ErrTooLarge
	}
	return u.delta.Apply(base, into), nil
}

// keepable lets go of a large buffer.
func keepable(b []byte) []byte {
	if cap(b) > 2*mostWhole {
		return nil
	}
	return b
}
