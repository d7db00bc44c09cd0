package image

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
)

// scanned is a layer and what was found in it.
type scanned struct {
	layer *layer
	name  string           // of the first image that has it, for skips
	ref   finding.ImageRef // its place there
	turn  *scanner.Turn
	hits  []hit
	told  int // of hits
	names names
	links map[string][]string // names that are hard links to a path
}

// hit is a match whose image is not known yet.
type hit struct {
	match finding.Match
	place finding.Place
}

// ref says where the layer of an index is.
func (p *picture) ref(index int) finding.ImageRef {
	l := &p.layers[index]
	return finding.ImageRef{
		Name: p.name, Digest: p.digest, Platform: p.platform,
		Layer: l.digest, LayerIndex: index, CreatedBy: l.createdBy, Base: l.base,
	}
}

// in returns the match and its place in an image.
func (h *hit) in(ref finding.ImageRef) (finding.Match, finding.Place) {
	m, place := h.match, h.place
	place.Origin.Image = &ref
	m.Tags = slices.Clone(m.Tags)
	if isManual(place.Origin.Path) {
		m.Tags = withDocs(m.Tags)
	}
	return m, place
}

// read scans the layer, unless it is known to hold nothing.
func (s *scanned) read(ctx context.Context, h *hand) {
	l, w := s.layer, h.worker
	if h.once.known != nil {
		var clean bool
		if s.names, clean = h.once.known.layer(l.digest); clean {
			w.Count("layers known to be clean", 1)
			return
		}
	}
	_, _, before := w.Tally("")
	s.scan(ctx, h)
	s.tell(h)
	if h.once.known != nil && ctx.Err() == nil && len(s.hits) == 0 {
		if _, _, after := w.Tally(""); after == before {
			h.once.known.addLayer(l.digest, &s.names)
		}
	}
}

func (s *scanned) scan(ctx context.Context, h *hand) {
	s.names = newNames()
	s.links = map[string][]string{}
	defer s.names.seal()
	l, w := s.layer, h.worker
	if strings.Contains(l.mediaType, "+encrypted") {
		s.skip(w, "", finding.SkipEncrypted, l.mediaType)
		return
	}
	blob, err := l.blobs.blob(ctx, l.digest)
	if err != nil {
		why := reasonOf(err)
		detail := err.Error()
		if len(l.urls) > 0 {
			why, detail = finding.SkipMissing, "foreign layer, to be had at "+strings.Join(l.urls, ", ")
		}
		s.skip(w, "", why, detail)
		return
	}
	defer blob.Close()
	w.Count("layers", 1)
	sum := &summed{r: blob, h: sha256.New()}
	err = s.stream(ctx, h, sum)
	if ctx.Err() != nil {
		return
	}
	if rest := sum.drain(); err == nil {
		err = rest
	}
	if err != nil {
		s.skip(w, "", reasonOf(err), err.Error())
		return
	}
	if got := sum.digest(); !l.legacy && strings.HasPrefix(l.digest, "sha256:") && got != l.digest {
		s.skip(w, "", finding.SkipCorrupt, "the content's digest is "+got)
	}
}

// tell tells of what was found since the last time, while it is not known yet which layers above hide it.
func (s *scanned) tell(h *hand) {
	for ; s.told < len(s.hits); s.told++ {
		h.worker.Tell(s.hits[s.told].in(s.ref))
	}
	h.worker.Settle()
}

func (s *scanned) skip(w *scanner.Worker, path string, why finding.SkipReason, detail string) {
	name := s.name + "@" + s.layer.digest
	if path != "" {
		name += ":" + path
	}
	w.Skip(finding.Skip{Name: name, Reason: why, Detail: detail})
}

// stream decompresses a blob on a goroutine of its own while what comes out is scanned.
func (s *scanned) stream(ctx context.Context, h *hand, blob *summed) error {
	out, _, err := archive.Decompress(blob)
	if err != nil {
		return err
	}
	defer out.Close()
	unpacked := h.opts.Limits.Reader(out, blob.n.Load)
	var inner *summed
	if s.layer.legacy {
		inner = &summed{r: unpacked, h: sha256.New()}
		unpacked = inner
	}
	ahead := source.ReadAhead(ctx, unpacked)
	defer ahead.Close()
	head := make([]byte, archive.HeadSize)
	n, _ := io.ReadFull(ahead, head) // an error comes again
	stream := io.MultiReader(bytes.NewReader(head[:n]), ahead)
	if archive.Detect(head[:n]) == archive.Tar || allZero(head[:n]) {
		if err = s.tar(ctx, h, stream); err == nil {
			err = s.trailing(ctx, h, stream)
		}
	} else {
		_, err = s.content(ctx, h, archive.Input{Reader: stream}, s.layer.title)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, stream) // the decompressor checks its sums at the end
	}
	if err == nil && inner != nil {
		if got := inner.digest(); got != s.layer.diffID {
			err = fmt.Errorf("the content's digest is %s", got)
		}
	}
	return err
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// trailing scans what stands behind the end mark of a layer's tar stream, which no runtime unpacks.
func (s *scanned) trailing(ctx context.Context, h *hand, r io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if rest := bytes.TrimLeft(buf[:n], "\x00"); len(rest) > 0 {
			in := archive.Input{Reader: io.MultiReader(bytes.NewReader(rest), r)}
			_, err := s.content(ctx, h, in, "(behind the end of the layer)")
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// tar scans every file of a layer.
func (s *scanned) tar(ctx context.Context, h *hand, r io.Reader) error {
	w := h.worker
	tr := tar.NewReader(r)
	var names archive.Names
	for ctx.Err() == nil {
		e, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		p := cleanPath(e.Name)
		if !s.names.add(p, e.Typeflag == tar.TypeDir) {
			continue
		}
		if source.Excluded(h.opts.Exclude, p) {
			if e.Typeflag != tar.TypeDir {
				s.skip(w, p, finding.SkipExcluded, "")
			}
			continue
		}
		names.Each([]string{p}, func(_ []string, name string) {
			w.Name(name, finding.Origin{Kind: finding.KindImage, Path: p}, s.report)
		})
		switch e.Typeflag {
		case tar.TypeLink:
			target := cleanPath(e.Linkname)
			s.links[target] = append(s.links[target], p)
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
			w.Count("files", 1)
			if e.Size == 0 {
				continue
			}
			if err := s.file(ctx, h, tr, p, e.Size); err != nil {
				return fmt.Errorf("in %q: %w", p, err)
			}
		}
	}
	return nil
}

// summed hashes what is read. It keeps an error of the reader below for drain.
type summed struct {
	r   io.Reader
	h   hash.Hash
	n   atomic.Int64 // bytes read
	err error
}

func (s *summed) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	s.h.Write(b[:n])
	s.n.Add(int64(n))
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// digest is that of what was read.
func (s *summed) digest() string { return "sha256:" + hex.EncodeToString(s.h.Sum(nil)) }

// drain reads to the end.
func (s *summed) drain() error {
	if s.err != nil {
		return s.err
	}
	_, err := io.Copy(io.Discard, s)
	return err
}
