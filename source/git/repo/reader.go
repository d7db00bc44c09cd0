package repo

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// ErrMissing says that an object is not in the store.
var ErrMissing = errors.New("object is not in the repository")

// ErrTooLarge says that an object is over the reader's limit.
var ErrTooLarge = errors.New("object is over the limit")

// Reader reads single objects. One goroutine uses it at a time.
type Reader struct {
	store   *Store
	Limit   int64 // bytes an object or delta may have; 0: pack.MaxSize
	Keep    int64 // bytes of texts to keep: deltas are often built on what was read shortly before; 0: none
	Chains  bool  // keep what deltas are built on as well: likely it will be asked for
	inflate pack.Inflater
	delta   pack.Delta
	raw     []byte
	swap    []byte
	kept    map[place]text
	order   []place // of kept, oldest first
	held    int64
}

// place is where an entry starts.
type place struct {
	p      *Pack
	offset int64
}

type text struct {
	kind object.Kind
	b    []byte
}

// remember keeps a text for deltas that are built on it.
func (r *Reader) remember(at place, t text) {
	size := int64(cap(t.b))
	if size > r.Keep/4 {
		return
	}
	if r.kept == nil {
		r.kept = map[place]text{}
	}
	for r.held+size > r.Keep {
		old := r.order[0]
		r.order = r.order[1:]
		r.held -= int64(cap(r.kept[old].b))
		delete(r.kept, old)
	}
	if _, ok := r.kept[at]; !ok {
		r.kept[at] = t
		r.order = append(r.order, at)
		r.held += size
	}
}

// NewReader returns a reader of the store's objects.
func (s *Store) NewReader() *Reader { return &Reader{store: s} }

func (r *Reader) limit() int64 {
	if r.Limit > 0 {
		return r.Limit
	}
	return pack.MaxSize
}

// link is one delta of a chain, with its entry.
type link struct {
	place
	entry pack.Entry
}

// maxChain bounds a chain of deltas; git writes at most 4095 (Documentation/config/pack.txt).
const maxChain = 1 << 16

// Read returns an object's kind and content, which must not be changed.
func (r *Reader) Read(id object.ID) (object.Kind, []byte, error) {
	p, at, ok := r.store.Find(id)
	if ok {
		return r.ReadAt(p, p.Index.Offset(at))
	}
	file, ok := r.store.looseFile(id)
	if !ok {
		return 0, nil, fmt.Errorf("%s: %w", id, ErrMissing)
	}
	return r.ReadLoose(file)
}

// ReadAt returns the object whose entry starts at an offset of a pack. Its content must not be changed.
func (r *Reader) ReadAt(p *Pack, offset int64) (object.Kind, []byte, error) {
	at := place{p, offset}
	kind, b, err := r.readAt(p, offset)
	if err == nil && r.Keep > 0 {
		r.remember(at, text{kind, b})
	}
	return kind, b, err
}

func (r *Reader) readAt(p *Pack, offset int64) (object.Kind, []byte, error) {
	var chain []link
	for {
		if t, ok := r.kept[place{p, offset}]; ok {
			b, err := r.unwind(t.kind, chain, t.b, true)
			return t.kind, b, err
		}
		e, err := pack.ParseEntry(p.Data, offset, r.store.Hash)
		if err != nil {
			return 0, nil, err
		}
		if e.Size > r.limit() {
			return 0, nil, ErrTooLarge
		}
		if e.Kind.Whole() {
			text := make([]byte, e.Size, e.Size+pack.Slack)
			if err := r.inflate.Inflate(p.Data[e.Data:], text); err != nil {
				return 0, nil, err
			}
			r.store.Touch(1, int64(r.inflate.Consumed()))
			text, err := r.unwind(e.Kind, chain, text, false)
			return e.Kind, text, err
		}
		if len(chain) == maxChain {
			return 0, nil, errors.New("chain of deltas has no end")
		}
		chain = append(chain, link{place{p, offset}, e})
		if e.Kind == object.OfsDelta {
			offset = e.Base
			continue
		}
		base := object.FromBytes(e.Ref)
		next, at, ok := r.store.Find(base)
		if at2, same := p.Index.Find(e.Ref); same { // a base in the same pack first: that is the one git meant
			next, at, ok = p, at2, true
		}
		if ok {
			p, offset = next, next.Index.Offset(at)
			continue
		}
		file, ok := r.store.looseFile(base)
		if !ok {
			return 0, nil, fmt.Errorf("base %s: %w", base, ErrMissing)
		}
		kind, text, err := r.ReadLoose(file)
		if err == nil {
			text, err = r.unwind(kind, chain, text, false)
		}
		return kind, text, err
	}
}

// unwind applies a chain's deltas to a text, last first. shared: the text itself is in use elsewhere.
func (r *Reader) unwind(kind object.Kind, chain []link, b []byte, shared bool) ([]byte, error) {
	for i := len(chain) - 1; i >= 0; i-- {
		l := chain[i]
		r.raw = grow(r.raw, int(l.entry.Size))
		if err := r.inflate.Inflate(l.p.Data[l.entry.Data:], r.raw); err != nil {
			return nil, err
		}
		r.store.Touch(1, int64(r.inflate.Consumed()))
		if err := r.delta.Parse(r.raw, len(b)); err != nil {
			return nil, err
		}
		if int64(r.delta.Size) > min(r.limit(), pack.MaxMade) {
			return nil, ErrTooLarge
		}
		into := r.swap
		if n := r.delta.Size; cap(into) < n || r.Keep > 0 && cap(into) > n+n/4+pack.Slack { // what is kept wastes no room
			into = make([]byte, 0, n+pack.Slack)
		}
		out := r.delta.Apply(b, into)
		r.swap = nil
		if !shared && cap(b) <= largestSwap {
			r.swap = b
		}
		b, shared = out, false
		if r.Chains && i > 0 {
			r.remember(l.place, text{kind, b})
			shared = true
		}
	}
	return b, nil
}

// largestSwap is the largest buffer kept for the next read.
const largestSwap = 1 << 20

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/4+pack.Slack)
	}
	return b[:n]
}

// ReadLoose returns the object in a file.
func (r *Reader) ReadLoose(file string) (object.Kind, []byte, error) {
	kind, size, stream, done, err := r.OpenLoose(file)
	if err != nil {
		return 0, nil, err
	}
	defer done()
	if size > r.limit() {
		return kind, nil, ErrTooLarge
	}
	if st, err := os.Stat(file); err != nil || size > (st.Size()+1)*mostInflated {
		return kind, nil, errLooseSize
	}
	text := make([]byte, size, size+1)
	if _, err := io.ReadFull(stream, text); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return kind, nil, errLooseSize
		}
		return kind, nil, fmt.Errorf("loose object: %w", err)
	}
	switch n, err := io.ReadFull(stream, text[size:size+1]); { // its checksum is read with the end
	case n > 0:
		return kind, nil, errLooseSize
	case !errors.Is(err, io.EOF):
		return kind, nil, fmt.Errorf("loose object: %w", err)
	}
	return kind, text, nil
}

var errLooseSize = errors.New("loose object has not the size it claims")

// mostInflated is how many bytes one of a zlib stream makes at most (https://zlib.net/zlib_tech.html, 1032).
const mostInflated = 1040

// OpenLoose returns the kind, the claimed size and a stream of the content of the object in a file. Call done when
// finished with the stream, and before any other method.
func (r *Reader) OpenLoose(file string) (kind object.Kind, size int64, stream io.Reader, done func(), err error) {
	f, err := plainfile.Open(file)
	if err != nil {
		return 0, 0, nil, nil, err
	}
	in, err := r.inflate.Open(f)
	if err != nil {
		f.Close()
		return 0, 0, nil, nil, err
	}
	head := make([]byte, 0, object.MaxHeader)
	for len(head) < object.MaxHeader {
		n, err := in.Read(head[len(head) : len(head)+1])
		head = head[:len(head)+n]
		if n > 0 && head[len(head)-1] == 0 || err != nil {
			break
		}
	}
	kind, size, _, err = object.ParseLoose(head)
	if err != nil {
		f.Close()
		return 0, 0, nil, nil, err
	}
	return kind, size, in, func() { f.Close() }, nil
}
