package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
)

// store gives blobs by digest.
type store interface {
	blob(ctx context.Context, digest string) (io.ReadCloser, error)
	manifest(ctx context.Context, digest string) ([]byte, error)
	Close() error
}

// reasoned is an error with the skip reason it stands for; see scanner.Reasoned.
type reasoned struct {
	reason finding.SkipReason
	err    error
}

func (e *reasoned) Error() string                  { return e.err.Error() }
func (e *reasoned) Unwrap() error                  { return e.err }
func (e *reasoned) SkipReason() finding.SkipReason { return e.reason }

// reasonOf returns the reason an error carries; without one it is about what was read.
func reasonOf(err error) finding.SkipReason {
	if r, ok := errors.AsType[*reasoned](err); ok {
		return r.reason
	}
	return finding.SkipReason(archive.ReasonOf(err))
}

// the most bytes of a manifest or configuration; registries refuse larger ones
const maxDocument = 16 << 20

// document reads a small blob and checks its digest.
func document(ctx context.Context, s store, digest string) ([]byte, error) {
	r, err := s.blob(ctx, digest)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		return nil, &reasoned{finding.SkipTooLarge, fmt.Errorf("more than %d bytes", maxDocument)}
	}
	sum := sha256.Sum256(text)
	if got := "sha256:" + hex.EncodeToString(sum[:]); strings.HasPrefix(digest, "sha256:") && got != digest {
		return text, fmt.Errorf("the content's digest is %s", got)
	}
	return text, nil
}

// folderStore is an OCI layout on disk.
type folderStore struct{ root *os.Root }

func openFolder(path string) (*folderStore, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &folderStore{root}, nil
}

func (s *folderStore) file(name string) (io.ReadCloser, error) {
	f, err := s.root.Open(filepath.FromSlash(name))
	if errors.Is(err, os.ErrNotExist) {
		err = &reasoned{finding.SkipMissing, errors.New("not in the layout")}
	} else if err != nil {
		err = &reasoned{finding.SkipUnreadable, err}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *folderStore) blob(_ context.Context, digest string) (io.ReadCloser, error) {
	return s.file(blobName(digest))
}

func (s *folderStore) manifest(ctx context.Context, digest string) ([]byte, error) {
	return document(ctx, s, digest)
}

func (s *folderStore) Close() error { return s.root.Close() }

// blobName is where a layout keeps a blob. What is no digest is a path of an old docker archive.
func blobName(digest string) string {
	if alg, hex, ok := strings.Cut(digest, ":"); ok {
		return "blobs/" + alg + "/" + hex
	}
	return digest
}
