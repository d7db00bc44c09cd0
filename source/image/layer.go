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
	"sync"
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
	names names
	links map[string][]string // names that are hard links to a path
	files int64

	parts  int            // handed on so far
	group  sync.WaitGroup // of the parts
	unread atomic.Bool    // something in it was not read
	mu     sync.Mutex
	apart  map[int][][]hit // of parts that are done before one that comes before them
	joined int             // parts whose hits are in hits
	hits   []hit
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

// read reads the layer and hands on what is in it, unless it is known to hold nothing. It does not wait for what it
// handed on.
func (s *scanned) read(ctx context.Context, c *crew) {
	s.names = newNames()
	if c.once.known != nil {
		var clean bool
		if s.names, clean = c.once.known.layer(s.layer.digest); clean {
			c.sink.Count("layers known to be clean", 1)
			s.unread.Store(true) // nor is it remembered again
			return
		}
	}
	s.links = map[string][]string{}
	s.apart = map[int][][]hit{}
	defer s.names.seal()
	l := s.layer
	if strings.Contains(l.mediaType, "+encrypted") {
		s.skip(c.sink, "", finding.SkipEncrypted, l.mediaType)
		return
	}
	blob, err := l.blobs.blob(ctx, l.digest)
	if err != nil {
		why := reasonOf(err)
		detail := err.Error()
		if len(l.urls) > 0 {
			why, detail = finding.SkipMissing, "foreign layer, to be had at "+strings.Join(l.urls, ", ")
		}
		s.skip(c.sink, "", why, detail)
		return
	}
	defer blob.Close()
	c.sink.Count("layers", 1)
	sum := &summed{r: blob, h: sha256.New()}
	err = s.stream(ctx, c, sum)
	c.sink.Count("files", s.files)
	if ctx.Err() != nil {
		return
	}
	if rest := sum.drain(); err == nil {
		err = rest
	}
	if err != nil {
		s.skip(c.sink, "", reasonOf(err), err.Error())
		return
	}
	if got := sum.digest(); !l.legacy && strings.HasPrefix(l.digest, "sha256:") && got != l.digest {
		s.skip(c.sink, "", finding.SkipCorrupt, "the content's digest is "+got)
	}
}

// finish waits for all that was handed on of the layer, and remembers one that holds nothing.
func (s *scanned) finish(ctx context.Context, c *crew) {
	s.group.Wait()
	s.turn.End()
	if c.once.known != nil && ctx.Err() == nil && len(s.hits) == 0 && !s.unread.Load() {
		c.once.known.addLayer(s.layer.digest, &s.names)
	}
	c.sink.Progress("layers", 1, 0)
}

// join takes what was found in a part, file by file, and tells of it once all before is told: while it is not known yet
// which layers above hide it.
func (s *scanned) join(w *scanner.Worker, part int, found [][]hit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apart[part] = found
	for ; ; s.joined++ {
		found, ok := s.apart[s.joined]
		if !ok {
			return
		}
		delete(s.apart, s.joined)
		for _, hits := range found {
			s.hits = append(s.hits, hits...)
			for i := range hits {
				w.Tell(hits[i].in(s.ref))
			}
			w.SettleAt(s.turn)
		}
	}
}

// skipper is a sink or a worker.
type skipper interface{ Skip(finding.Skip) }

func (s *scanned) skip(to skipper, path string, why finding.SkipReason, detail string) {
	name := s.name + "@" + s.layer.digest
	if path != "" {
		name += ":" + path
	}
	to.Skip(finding.Skip{Name: name, Reason: why, Detail: detail})
	s.unread.Store(true)
}

// stream decompresses a blob on a goroutine of its own while what comes out is taken apart.
func (s *scanned) stream(ctx context.Context, c *crew, blob *summed) error {
	out, _, err := archive.Decompress(blob)
	if err != nil {
		return err
	}
	defer out.Close()
	unpacked := c.opts.Limits.Reader(out, blob.n.Load)
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
		if err = s.tar(ctx, c, stream); err == nil {
			err = s.trailing(ctx, c, stream)
		}
	} else {
		err = c.stream(ctx, s, stream, s.layer.title, 0)
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
func (s *scanned) trailing(ctx context.Context, c *crew, r io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if rest := bytes.TrimLeft(buf[:n], "\x00"); len(rest) > 0 {
			return c.stream(ctx, s, io.MultiReader(bytes.NewReader(rest), r), "(behind the end of the layer)", 0)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// tar hands on every file of a layer.
func (s *scanned) tar(ctx context.Context, c *crew, r io.Reader) error {
	b := batch{crew: c, of: s}
	defer b.send(ctx)
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
		if source.Excluded(c.opts.Exclude, p) {
			if e.Typeflag != tar.TypeDir {
				s.skip(c.sink, p, finding.SkipExcluded, "")
			}
			continue
		}
		names.Each([]string{p}, func(_ []string, name string) {
			b.name(ctx, p, name)
		})
		switch e.Typeflag {
		case tar.TypeLink:
			target := cleanPath(e.Linkname)
			s.links[target] = append(s.links[target], p)
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
			s.files++
			if e.Size == 0 {
				continue
			}
			if err := b.file(ctx, tr, p, e.Size); err != nil {
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
