package git

import (
	"bytes"
	"context"
	"io"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// stream scans an object that is stored whole without holding all of it.
func (t *table) stream(ctx context.Context, w *scanner.Worker, r *repo.Reader, i int32, o finding.Origin, h scanner.Hooks) error {
	text, done, err := t.open(r, i)
	if err != nil {
		return err
	}
	defer done()
	return w.StreamHooked(ctx, text, o, h)
}

// open returns a stream of the text of an object that is stored whole. Call done when finished with it.
func (t *table) open(r *repo.Reader, i int32) (text io.Reader, done func(), err error) {
	p, at := t.pack(i)
	if p == nil {
		_, size, text, done, err := r.OpenLoose(t.store.Loose[at].File)
		if err != nil {
			return nil, nil, err
		}
		return &exact{text, size}, done, nil
	}
	e, err := pack.ParseEntry(p.Data, t.nodes[i].offset, t.store.Hash)
	if err != nil {
		return nil, nil, err
	}
	var inflate pack.Inflater
	text, err = inflate.Open(bytes.NewReader(p.Data[e.Data:]))
	if err != nil {
		return nil, nil, err
	}
	return &exact{text, e.Size}, func() {}, nil
}

// exact reads a stream that must hold as many bytes as its header claims.
type exact struct {
	from io.Reader
	left int64
}

func (e *exact) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.from.Read(b[:min(int64(len(b)), e.left)])
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}
