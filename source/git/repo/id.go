package repo

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/unleak/unleak/source/git/object"
)

// newHash returns the hash of an object's id with what stands before its content.
func newHash(size int, kind object.Kind, length int64) hash.Hash {
	h := sha1.New()
	if size == object.SHA256 {
		h = sha256.New()
	}
	fmt.Fprintf(h, "%s %d\x00", kind, length)
	return h
}

func sum(h hash.Hash) object.ID { return object.FromBytes(h.Sum(nil)) }

func idOf(size int, kind object.Kind, text []byte) object.ID {
	h := newHash(size, kind, int64(len(text)))
	h.Write(text)
	return sum(h)
}
