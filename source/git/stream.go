package git

import (
	"bytes"
	"context"
	"io"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// stream scans an object that is stored whole without holding all of it. again: its bytes have been covered before.
func (t *table) stream(ctx context.Context, w *scanner.Worker, r *repo.Reader, i int32, again bool, report func(finding.Match, finding.Place)) error {
	text, done, err := t.open(r, i)
	if err != nil {
		return err
	}
	defer done()
	if again {
		w.Cover(-text.left)
	}
	return w.StreamHooked(ctx, text, finding.Origin{Path: t.id(i).String()}, scanner.Hooks{Report: report})
}

// isArchive tells whether an object that is stored whole is to be unpacked.
func (t *table) isArchive(r *repo.Reader, i int32, depth int) bool {
	if depth <= 0 {
		return false
	}
	text, done, err := t.open(r, i)
	if err != nil {
		return false
	}
	defer done()
	head, _ := peeked(text)
	return isArchive(head, depth)
}

// unpack scans what is inside an archive that is stored whole, without holding all of it.
func (t *table) unpack(r *repo.Reader, i int32, u *unpacker) []member {
	text, done, err := t.open(r, i)
	if err != nil {
		u.Problem(archive.Problem{Reason: archive.Unreadable, Err: err})
		return nil
	}
	defer done()
	_ = archive.Walk(u.ctx, archive.Input{Reader: text, Size: text.left}, u.limits, u) // ctx's error, seen by the scan
	return u.found
}

// open returns a stream of the text of an object that is stored whole. Call done when finished with it.
func (t *table) open(r *repo.Reader, i int32) (text *exact, done func(), err error) {
	p, at := t.pack(i)
	if p == nil {
		_, size, stream, done, err := r.OpenLoose(t.store.Loose[at].File)
		if err != nil {
			return nil, nil, err
		}
		return &exact{stream, size}, done, nil
	}
	e, err := pack.ParseEntry(p.Data, t.nodes[i].offset, t.store.Hash)
	if err != nil {
		return nil, nil, err
	}
	var inflate pack.Inflater
	stream, err := inflate.Open(bytes.NewReader(p.Data[e.Data:]))
	if err != nil {
		return nil, nil, err
	}
	return &exact{stream, e.Size}, func() {}, nil
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
