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
	name  string // of the first image that has it, for skips
	hits  []hit
	names names
	links map[string][]string // names that are hard links to a path
}

// hit is a match whose image is not known yet.
type hit struct {
	match finding.Match
	place finding.Place
}

// read scans the layer.
func (s *scanned) read(ctx context.Context, w *scanner.Worker, opts *Options) {
	s.names = newNames()
	s.links = map[string][]string{}
	defer s.names.seal()
	l := s.layer
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
	err = s.content(ctx, w, sum, opts)
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

func (s *scanned) skip(w *scanner.Worker, path string, why finding.SkipReason, detail string) {
	name := s.name + "@" + s.layer.digest
	if path != "" {
		name += ":" + path
	}
	w.Skip(finding.Skip{Name: name, Reason: why, Detail: detail})
}

// content decompresses a blob on a goroutine of its own while what comes out is scanned.
func (s *scanned) content(ctx context.Context, w *scanner.Worker, blob *summed, opts *Options) error {
	out, _, err := archive.Decompress(blob)
	if err != nil {
		return err
	}
	defer out.Close()
	unpacked := opts.Limits.Reader(out, blob.n.Load)
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
		if err = s.tar(ctx, w, stream, opts); err == nil {
			err = s.trailing(ctx, w, stream, opts)
		}
	} else {
		err = s.file(ctx, w, stream, s.layer.title, opts)
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
func (s *scanned) trailing(ctx context.Context, w *scanner.Worker, r io.Reader, opts *Options) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if rest := bytes.TrimLeft(buf[:n], "\x00"); len(rest) > 0 {
			return s.file(ctx, w, io.MultiReader(bytes.NewReader(rest), r), "(behind the end of the layer)", opts)
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
func (s *scanned) tar(ctx context.Context, w *scanner.Worker, r io.Reader, opts *Options) error {
	tr := tar.NewReader(r)
	for ctx.Err() == nil {
		h, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		p := cleanPath(h.Name)
		if !s.names.add(p, h.Typeflag == tar.TypeDir) {
			continue
		}
		if source.Excluded(opts.Exclude, p) {
			if h.Typeflag != tar.TypeDir {
				s.skip(w, p, finding.SkipExcluded, "")
			}
			continue
		}
		switch h.Typeflag {
		case tar.TypeLink:
			target := cleanPath(h.Linkname)
			s.links[target] = append(s.links[target], p)
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
			w.Count("files", 1)
			if h.Size == 0 {
				continue
			}
			if err := s.file(ctx, w, tr, p, opts); err != nil {
				return fmt.Errorf("in %q: %w", p, err)
			}
		}
	}
	return nil
}

// file scans one file, and what is in it where it is an archive. The error is that of r.
func (s *scanned) file(ctx context.Context, w *scanner.Worker, r io.Reader, path string, opts *Options) error {
	origin := finding.Origin{Kind: finding.KindImage, Path: path}
	text := func(ctx context.Context, r io.Reader, origin finding.Origin) error {
		return w.StreamHooked(ctx, r, origin, scanner.Hooks{Report: s.report})
	}
	if opts.Archives <= 0 {
		return text(ctx, r, origin)
	}
	var head [archive.HeadSize]byte
	n, _ := io.ReadFull(r, head[:]) // an error comes again
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	if archive.Detect(head[:n]) == archive.None {
		return text(ctx, whole, origin)
	}
	w.Count("archives", 1)
	under := &remembering{r: whole}
	name := origin
	name.Path = s.name + "@" + s.layer.digest + ":" + path
	_ = source.Unpack(ctx, w, archive.Input{Reader: under}, name, opts.Limits, func(ctx context.Context, r io.Reader, o finding.Origin) error {
		o.Path = path
		return text(ctx, r, o)
	})
	return under.err
}

func (s *scanned) report(m finding.Match, p finding.Place) { s.hits = append(s.hits, hit{m, p}) }

// remembering keeps the error of a reader.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
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
