package source

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"path"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/internal/plainfile"
)

// the most members looked at to tell an image archive: its index stands first or behind one entry a blob
const imageArchiveMembers = 10_000

// imageMember is a blob of an image archive: "<hex>.json", "<hex>/...", "<hex>.tar.gz", "blobs/sha256/<hex>".
var imageMember = lazyregexp.New(`^(?:blobs/sha256/|sha256:)?[0-9a-f]{64}(?:$|[./])`)

// isImageArchive tells a tar file, gzipped or not, that holds manifest.json or index.json at its top beside blobs.
func isImageArchive(name string) bool {
	f, err := plainfile.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, archive.HeadSize)
	n, _ := io.ReadFull(f, head)
	kind := archive.Detect(head[:n])
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false
	}
	switch kind {
	case archive.Tar:
		return holdsImage(tar.NewReader(f))
	case archive.Gzip:
		z, err := gzip.NewReader(f)
		if err != nil {
			return false
		}
		return looksLikeImage(tar.NewReader(z))
	}
	return false
}

// holdsImage looks through the whole archive; bodies are passed over, not read.
func holdsImage(tr *tar.Reader) bool {
	for range imageArchiveMembers {
		h, err := tr.Next()
		if err != nil {
			return false
		}
		switch path.Clean(h.Name) {
		case "manifest.json", "oci-layout", "index.json":
			return true
		}
	}
	return false
}

// looksLikeImage looks at the first member only, so that a large compressed archive need not be unpacked twice: writers
// of images put blobs, the layout or a layer's folder first.
func looksLikeImage(tr *tar.Reader) bool {
	h, err := tr.Next()
	if err != nil {
		return false
	}
	name := path.Clean(h.Name)
	switch name {
	case "manifest.json", "oci-layout", "index.json", "blobs", "blobs/sha256":
		return true
	}
	return imageMember.MatchString(name)
}
