package git

import (
	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// root materialises an object that is stored whole.
func (w *walker[S]) root(i int32) {
	n := &w.table.nodes[i]
	p, at := w.table.pack(i)
	var text []byte
	if p == nil {
		var ok bool
		if text, ok = w.loose(i, at); !ok {
			w.pass()
			return
		}
	} else {
		e, err := pack.ParseEntry(p.Data, n.offset, w.table.store.Hash)
		if err == nil && e.Size >= w.table.large && n.child < 0 && w.visitor.whole(i, e.Size) {
			w.pass()
			return
		}
		if err == nil && e.Size > w.limit {
			err = repo.ErrTooLarge
		}
		if err != nil {
			w.fail(i, err)
			return
		}
		text = w.get(int(e.Size))
		if err := w.inflate.Inflate(p.Data[e.Data:], text); err != nil {
			w.put(text)
			w.fail(i, err)
			return
		}
		w.touch()
	}
	var state S
	w.visited(i, text, nil, state)
}

// loose reads an object from its file. It returns false if there is no text to visit.
func (w *walker[S]) loose(i int32, at int) ([]byte, bool) {
	n := &w.table.nodes[i]
	file := w.table.store.Loose[at].File
	kind, size, _, done, err := w.reader.OpenLoose(file)
	if err != nil {
		w.fail(i, err)
		return nil, false
	}
	done()
	n.kind = kind
	if size >= w.table.large && n.child < 0 && w.visitor.whole(i, size) {
		return nil, false
	}
	if size > w.limit {
		w.fail(i, repo.ErrTooLarge)
		return nil, false
	}
	_, text, err := w.reader.ReadLoose(file)
	if err != nil {
		w.fail(i, err)
		return nil, false
	}
	return text, true
}

// child materialises a delta on its base.
func (w *walker[S]) child(i int32, base *buffer, state S) {
	n := &w.table.nodes[i]
	p, _ := w.table.pack(i)
	e, err := pack.ParseEntry(p.Data, n.offset, w.table.store.Hash)
	if err == nil && e.Size > w.limit {
		err = repo.ErrTooLarge
	}
	if err == nil {
		w.raw = grow(w.raw, int(e.Size))
		err = w.inflate.Inflate(p.Data[e.Data:], w.raw)
	}
	if err == nil {
		w.touch()
		err = w.delta.Parse(w.raw, len(base.b))
	}
	if err == nil && int64(w.delta.Size) > w.limit {
		err = repo.ErrTooLarge
	}
	if err != nil {
		w.fail(i, err)
		return
	}
	text := w.delta.Apply(base.b, w.get(w.delta.Size))
	w.visited(i, text, &w.delta, state)
}

func (w *walker[S]) read(i int32) ([]byte, error) {
	_, text, err := w.table.read(w.reader, i)
	return text, err
}

// touchStep is how often a walker reads before it tells the store.
const touchStep = 256

func (w *walker[S]) touch() {
	w.reads++
	w.taken += int64(w.inflate.Consumed())
	if w.reads == touchStep {
		w.table.store.Touch(w.reads, w.taken)
		w.reads, w.taken = 0, 0
	}
}
