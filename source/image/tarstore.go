package image

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
)

// tarStore is an image archive. Its members are found once and read in place.
type tarStore struct {
	file    *os.File
	temp    bool
	members map[string]span
	aliases map[string]string // legacy digest of a layer to its member
	damage  error             // what ended the archive before its end; what is missing is told where it is asked for
}

// span is where a member's bytes lie; a link has the name of its target.
type span struct {
	start, size int64
	link        string
}

// the most members of an image archive
const maxMembers = 1 << 20

// openArchive opens an image archive. One that is compressed is unpacked to a temporary file.
func openArchive(ctx context.Context, path string, limits archive.Limits) (*tarStore, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, archive.HeadSize)
	n, _ := io.ReadFull(f, head)
	if _, err := f.Seek(0, io.SeekStart); err != nil { // a pipe
		defer f.Close()
		return spoolArchive(ctx, io.MultiReader(bytes.NewReader(head[:n]), f), limits)
	}
	if archive.Detect(head[:n]) != archive.Tar {
		defer f.Close()
		return spoolArchive(ctx, f, limits)
	}
	s := &tarStore{file: f}
	if err := s.index(); err != nil {
		_ = f.Close()
		return nil, err
	}
	return s, nil
}

// spoolArchive unpacks what r holds to a temporary file, within the limits of archives.
func spoolArchive(ctx context.Context, r io.Reader, limits archive.Limits) (*tarStore, error) {
	packed := &tally{r: r}
	out, _, err := archive.Decompress(packed)
	if err != nil {
		return nil, noTar(int(packed.n), err)
	}
	defer out.Close()
	head := make([]byte, archive.HeadSize)
	n, err := io.ReadFull(out, head)
	if kind := archive.Detect(head[:n]); kind != archive.Tar { // told before an endless stream fills the disk
		return nil, noTar(n, err)
	}
	whole := limits.Reader(io.MultiReader(bytes.NewReader(head[:n]), out), func() int64 { return packed.n })
	f, err := os.CreateTemp("", "unleak-image-*")
	if err != nil {
		return nil, err
	}
	s := &tarStore{file: f, temp: true}
	in := &sourced{r: &cancelable{ctx, whole}}
	if _, err = io.Copy(f, in); err != nil && err == in.err && ctx.Err() == nil {
		s.damage, err = err, nil // what came before is there
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = s.index()
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// noTar says why what n bytes were read of is no image archive.
func noTar(n int, err error) error {
	switch {
	case n == 0 && (err == nil || err == io.EOF):
		return errors.New("no image archive: it is empty")
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return fmt.Errorf("no image archive, or a damaged one: %w%s", err, asFile)
	}
	return errors.New("no image archive: not a tar archive, packed or not" + asFile)
}

// asFile says what else there is to be done with what is no image archive.
const asFile = `; "unleak scan" reads a file whatever it is`

// sourced keeps the error of a reader, to tell it from that of a writer.
type sourced struct {
	r   io.Reader
	err error
}

func (s *sourced) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != io.EOF {
		s.err = err
	}
	return n, err
}

// index finds the members. A damaged rest leaves what stands before it.
func (s *tarStore) index() error {
	s.members = map[string]span{}
	tr := tar.NewReader(s.file)
	for range maxMembers {
		h, err := tr.Next()
		if err == io.EOF {
			return s.whole()
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			if len(s.members) > 0 {
				s.damage = cmp.Or[error](s.damage, err)
				return nil
			}
			return fmt.Errorf("no image archive: %w%s", err, asFile)
		}
		switch h.Typeflag {
		case tar.TypeReg:
			at, err := s.file.Seek(0, io.SeekCurrent)
			if err != nil {
				return err
			}
			s.members[cleanPath(h.Name)] = span{start: at, size: h.Size}
		case tar.TypeSymlink:
			s.members[cleanPath(h.Name)] = span{link: cleanPath(h.Name + "/../" + h.Linkname)}
		case tar.TypeLink:
			s.members[cleanPath(h.Name)] = span{link: cleanPath(h.Linkname)}
		}
	}
	return fmt.Errorf("more than %d members", maxMembers)
}

// whole finds members that reach beyond the end.
func (s *tarStore) whole() error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	for _, m := range s.members {
		if m.start+m.size > info.Size() {
			s.damage = cmp.Or[error](s.damage, io.ErrUnexpectedEOF)
		}
	}
	return nil
}

// most links from one name to the next
const maxLinks = 8

func (s *tarStore) open(name string) (io.ReadCloser, error) {
	name = cleanPath(name)
	for range maxLinks {
		m, ok := s.members[name]
		if !ok {
			break
		}
		if m.link == "" {
			return io.NopCloser(io.NewSectionReader(s.file, m.start, m.size)), nil
		}
		name = m.link
	}
	return nil, &reasoned{finding.SkipMissing, errors.New("not in the archive")}
}

func (s *tarStore) blob(_ context.Context, digest string) (io.ReadCloser, error) {
	if name, ok := s.aliases[digest]; ok {
		return s.open(name)
	}
	return s.open(blobName(digest))
}

func (s *tarStore) manifest(ctx context.Context, digest string) ([]byte, error) {
	return document(ctx, s, digest)
}

// Close closes the file, and removes it where it is temporary.
func (s *tarStore) Close() error {
	err := s.file.Close()
	if s.temp {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	return err
}

// cancelable fails when ctx is done.
type cancelable struct {
	ctx context.Context // of the one copy it lives for
	r   io.Reader
}

func (c *cancelable) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// tally counts what is read.
type tally struct {
	r io.Reader
	n int64
}

func (t *tally) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	t.n += int64(n)
	return n, err
}
