// Package object reads git's objects from bytes already inflated: ids, trees, commits, tags and the header of loose
// objects. It does no input or output, keeps no reference to what it reads except where it says so, and never
// panics on bytes that are not what they claim to be.
//
// Formats: gitformat-pack(5), gitformat-index(5), git-hash-object(1) and Documentation/technical/hash-function-transition
// of git 2.51 (2025-08).
package object

import (
	"bytes"
	"encoding/hex"
	"fmt"
)

// ID names an object: 20 bytes of SHA-1 followed by zeros, or 32 bytes of SHA-256.
type ID [32]byte

// The sizes of the two hashes, in bytes.
const (
	SHA1   = 20
	SHA256 = 32
)

// FromBytes takes an id from its raw form of 20 or 32 bytes.
func FromBytes(raw []byte) (id ID) {
	copy(id[:], raw)
	return id
}

// ParseID reads an id in hexadecimal, of either length.
func ParseID(text string) (id ID, err error) {
	if len(text) != 2*SHA1 && len(text) != 2*SHA256 {
		return ID{}, fmt.Errorf("object id %q has %d digits, not 40 or 64", text, len(text))
	}
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return ID{}, fmt.Errorf("object id %q: %w", text, err)
	}
	return id, nil
}

// String returns the id in hexadecimal. A SHA-256 id that ends in twelve zero bytes would be taken for SHA-1; one in
// 2^96 does.
func (id ID) String() string {
	for _, b := range id[SHA1:] {
		if b != 0 {
			return hex.EncodeToString(id[:])
		}
	}
	return hex.EncodeToString(id[:SHA1])
}

// IsZero tells whether id is git's null id, which names no object.
func (id ID) IsZero() bool { return id == ID{} }

// Compare orders ids as git does, by their bytes.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }

// Kind is the type of an object, numbered as in packs.
type Kind uint8

// The kinds of objects and, in packs, of entries.
const (
	Commit   Kind = 1
	Tree     Kind = 2
	Blob     Kind = 3
	Tag      Kind = 4
	OfsDelta Kind = 6
	RefDelta Kind = 7
)

var kindNames = [...]string{Commit: "commit", Tree: "tree", Blob: "blob", Tag: "tag", 5: "", OfsDelta: "delta", RefDelta: "delta"}

// String returns the word git uses.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Whole tells whether k is the kind of an object rather than of a delta.
func (k Kind) Whole() bool { return k >= Commit && k <= Tag }

// ParseKind reads git's word for a kind.
func ParseKind(word []byte) (Kind, bool) {
	for k := Commit; k <= Tag; k++ {
		if string(word) == kindNames[k] {
			return k, true
		}
	}
	return 0, false
}
