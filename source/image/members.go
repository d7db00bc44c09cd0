package image

import (
	"bytes"
	"context"
	"io"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// members hands on the members of an archive that is too long to be held, so that they are scanned while it is unpacked.
// It never waits: what no other hand is free for, its own does. Where the archive stands in the layer no further part is
// numbered until it is over.
type members struct {
	hand   *hand
	path   string
	files  []file
	buffer []byte
}

const (
	memberRoom = batchBytes / 4 // bytes left in a buffer that a further member is read into
	memberMost = onceBytes      // bytes of a member that is handed on
)

// long scans the one file of a part as a stream.
func (h *hand) long(ctx context.Context, p *part) {
	p.of.join(h.worker, p.index, nil)
	if ctx.Err() != nil {
		return
	}
	m := &members{hand: h, path: p.files[0].path}
	h.hits = nil
	_, p.err = h.content(ctx, archive.Input{Reader: p.stream, Size: p.files[0].size}, m.path, m.member)
	m.own(ctx)
	m.send(ctx)
}

// member scans a member of the archive, or leaves that to others. It is a source.Text.
func (m *members) member(ctx context.Context, r io.Reader, o finding.Origin) error {
	m.own(ctx) // names
	if len(o.Inside) == 0 {
		return m.alone(ctx, r, o)
	}
	if cap(m.buffer)-len(m.buffer) < memberRoom {
		m.send(ctx)
		m.buffer = m.hand.try(batchBytes)
	}
	start := len(m.buffer)
	for m.buffer != nil {
		n, err := io.ReadFull(r, m.buffer[len(m.buffer):cap(m.buffer)])
		m.buffer = m.buffer[:len(m.buffer)+n]
		if err != nil {
			m.files = append(m.files, file{path: m.path, inside: o.Inside, text: m.buffer[start:len(m.buffer):len(m.buffer)]})
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return nil
			}
			return err
		}
		if !m.grow(ctx, start) {
			break
		}
		start = 0
	}
	head := bytes.Clone(m.buffer[start:])
	m.buffer = m.buffer[:start]
	return m.alone(ctx, io.MultiReader(bytes.NewReader(head), r), o)
}

// grow moves the member that starts there to a buffer of its own, if it may be larger.
func (m *members) grow(ctx context.Context, start int) bool {
	size := 4 * int64(len(m.buffer)-start)
	if size > memberMost {
		return false
	}
	larger := m.hand.try(size)
	if larger == nil {
		return false
	}
	larger = append(larger, m.buffer[start:]...)
	m.buffer = m.buffer[:start]
	m.send(ctx)
	m.buffer = larger
	return true
}

// alone scans a member here and now.
func (m *members) alone(ctx context.Context, r io.Reader, o finding.Origin) error {
	m.send(ctx)
	err := m.hand.plain(ctx, r, o)
	m.own(ctx)
	return err
}

// own joins what the hand itself found, behind all that was gathered.
func (m *members) own(ctx context.Context) {
	h := m.hand
	hits := h.hits
	if h.hits = nil; len(hits) == 0 {
		return
	}
	m.send(ctx)
	p := (&part{of: h.of}).number()
	h.of.join(h.worker, p.index, [][]hit{hits})
}

// send hands on what was gathered.
func (m *members) send(ctx context.Context) {
	h := m.hand
	if len(m.files) == 0 {
		h.release(m.buffer)
	} else {
		p := (&part{of: h.of, files: m.files, buffer: m.buffer}).number()
		if !h.offer(ctx, p) {
			h.scan(ctx, p)
			h.release(p.buffer)
			h.hits = nil
		}
	}
	m.files, m.buffer = nil, nil
}

// try is acquire, but it returns nil where it had to wait.
func (c *crew) try(size int64) []byte {
	class := classOf(size)
	if !c.held.TryAcquire(batchBytes << class) {
		return nil
	}
	return c.buffer(class)
}

// plain scans a text that is no archive.
func (h *hand) plain(ctx context.Context, r io.Reader, o finding.Origin) error {
	return h.worker.StreamHooked(ctx, r, o, scanner.Hooks{Report: h.report})
}
