package image

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"io"
	"sync"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source"
)

const (
	onceBytes = 16 << 20 // the most bytes of a file that is compared with others: it is held in memory
	onceFiles = 4 << 20  // the most files that are remembered in a run
)

// once remembers what was found in files, so that one that several layers hold is scanned once.
type once struct {
	seed  maphash.Seed
	known *known // nil: nothing is remembered across runs

	mu    sync.RWMutex
	found map[sum]*outcome // nil outcome: nothing was found
}

// sum stands for a file's content.
type sum [16]byte

// outcome is what a file's content came to.
type outcome struct {
	hits    []hit  // of any path
	bytes   int64  // looked at
	members int64  // of archives
	unit    string // what it is counted as beside a file, "" for plain content
}

const memberUnit = "archive members"

func newOnce(k *known) *once {
	return &once{seed: maphash.MakeSeed(), known: k, found: map[sum]*outcome{}}
}

// of returns the sum of a content: one that lasts where it is remembered across runs, else one that is quick, of 64 bits
// and the length. Nobody can make two contents with the same quick sum, for nobody knows the seed.
func (o *once) of(text []byte) sum {
	var s sum
	if o.known != nil {
		whole := sha256.Sum256(text)
		copy(s[:], whole[:])
		return s
	}
	binary.LittleEndian.PutUint64(s[:], maphash.Bytes(o.seed, text))
	binary.LittleEndian.PutUint64(s[8:], uint64(len(text)))
	return s
}

func (o *once) get(s sum) (*outcome, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	out, ok := o.found[s]
	return out, ok
}

func (o *once) put(s sum, out *outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.found) < onceFiles {
		o.found[s] = out
	}
}

// file scans one file of a layer, or takes what is known of its content.
func (h *hand) file(ctx context.Context, f *file) {
	if f.name != "" {
		h.worker.Name(f.name, finding.Origin{Kind: finding.KindImage, Path: f.path}, h.report)
		return
	}
	h.text.Reset(f.text)
	if f.inside != nil {
		_ = h.plain(ctx, &h.text, finding.Origin{Kind: finding.KindImage, Path: f.path, Inside: f.inside})
		return
	}
	in := archive.Input{Reader: &h.text, At: bytes.NewReader(f.text), Size: int64(len(f.text))}
	if f.cut {
		_, _ = h.content(ctx, in, f.path, nil)
		return
	}
	id := h.once.of(f.text)
	if h.once.known != nil && h.once.known.file(id) {
		h.worker.Count("files known to be clean", 1)
		return
	}
	if out, ok := h.once.get(id); ok {
		h.repeat(out, f.path)
		return
	}
	bytes, members, skips := h.worker.Tally(memberUnit)
	unit, _ := h.content(ctx, in, f.path, nil)
	bytesNow, membersNow, skipsNow := h.worker.Tally(memberUnit)
	if skipsNow > skips || ctx.Err() != nil {
		return // it is told again wherever the file is
	}
	h.once.put(id, &outcome{hits: h.hits, bytes: bytesNow - bytes, members: membersNow - members, unit: unit})
	if h.once.known != nil && len(h.hits) == 0 {
		h.once.known.addFile(id)
	}
}

// repeat reports what was found in the same content elsewhere.
func (h *hand) repeat(out *outcome, path string) {
	h.worker.Cover(out.bytes)
	if out.unit != "" {
		h.worker.Count(out.unit, 1)
		h.worker.Count(memberUnit, out.members)
	}
	for _, found := range out.hits {
		found.place.Origin.Path = path
		h.hits = append(h.hits, found)
	}
}

// content scans one file's content, by text where that is given, and what is in it where it is an archive.
// It returns what it counted the content as, "" for plain content. The error is that of the input.
func (h *hand) content(ctx context.Context, in archive.Input, path string, text source.Text) (unit string, err error) {
	origin := finding.Origin{Kind: finding.KindImage, Path: path}
	if text == nil {
		text = h.plain
	}
	if h.opts.Archives <= 0 {
		return "", text(ctx, in.Reader, origin)
	}
	var head [archive.HeadSize]byte
	n, _ := io.ReadFull(in.Reader, head[:]) // an error comes again
	whole := io.MultiReader(bytes.NewReader(head[:n]), in.Reader)
	kind := archive.Detect(head[:n])
	if kind == archive.None {
		return "", text(ctx, whole, origin)
	}
	h.worker.Count(kind.Unit(), 1)
	under := &remembering{r: whole}
	in.Reader = under
	name := origin
	name.Path = h.of.name + "@" + h.of.layer.digest + ":" + path
	_ = source.Unpack(ctx, h.worker, in, name, h.opts.Limits, func(ctx context.Context, r io.Reader, o finding.Origin) error {
		o.Path = path
		return text(ctx, r, o)
	}, func(m finding.Match, p finding.Place) {
		p.Origin.Path = path
		h.report(m, p)
	})
	return kind.Unit(), under.err
}

func (h *hand) report(m finding.Match, p finding.Place) { h.hits = append(h.hits, hit{m, p}) }

// remembering keeps the error of a reader. It reads as much as it is asked for: how much of an archive is read when a
// limit is reached must not depend on who is quick.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var k int
		k, err = r.r.Read(b[n:])
		n += k
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}
