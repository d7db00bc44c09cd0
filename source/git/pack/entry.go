package pack

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/unleak/unleak/source/git/object"
)

// Entry is the header of one entry of a pack.
type Entry struct {
	Kind object.Kind
	Size int64  // of the inflated entry: the object or, of a delta, the delta
	Data int64  // offset of the zlib stream
	Base int64  // of an OfsDelta: offset of its base
	Ref  []byte // of a RefDelta: raw id of its base; a part of the pack
}

const headSize = 12

var errEntry = errors.New("pack: an entry's header runs past the pack or makes no sense")

// CheckHead checks the first bytes of a pack of ids of hash bytes.
func CheckHead(data []byte, hash int) error {
	if len(data) < headSize+hash || string(data[:4]) != "PACK" {
		return errors.New("pack: no pack header")
	}
	if v := binary.BigEndian.Uint32(data[4:]); v != 2 && v != 3 {
		return fmt.Errorf("pack: version %d is not known", v)
	}
	return nil
}

// ParseEntry reads the header of the entry at offset. The size it returns is what the entry claims; it is bounded
// by what the rest of the pack could inflate to.
func ParseEntry(data []byte, offset int64, hash int) (e Entry, err error) {
	end := int64(len(data) - hash)
	if offset < headSize || offset >= end {
		return e, errEntry
	}
	p := offset
	c := data[p]
	p++
	e.Kind = object.Kind(c >> 4 & 7)
	e.Size = int64(c & 15)
	for shift := 4; c&0x80 != 0; shift += 7 {
		if p >= end || shift > 53 {
			return e, errEntry
		}
		c = data[p]
		p++
		e.Size |= int64(c&0x7f) << shift
	}
	switch e.Kind {
	case object.OfsDelta:
		var back int64
		if back, p = backward(data[:end], p); back <= 0 || back > offset-headSize {
			return e, errEntry
		}
		e.Base = offset - back
	case object.RefDelta:
		if end-p < int64(hash) {
			return e, errEntry
		}
		e.Ref = data[p : p+int64(hash)]
		p += int64(hash)
	case object.Commit, object.Tree, object.Blob, object.Tag:
	default:
		return e, errEntry
	}
	e.Data = p
	if e.Size > (end-p)*maxRatio {
		return e, errEntry
	}
	return e, nil
}

// maxRatio bounds what deflate can expand to: 258 bytes for two bits and some, rounded up (RFC 1951, 3.2.5).
const maxRatio = 1040

// backward reads the distance to the base of an offset delta; -1 if there is none.
func backward(data []byte, p int64) (back, next int64) {
	for {
		if p >= int64(len(data)) || back > 1<<55 {
			return -1, p
		}
		c := data[p]
		p++
		back |= int64(c & 0x7f)
		if c&0x80 == 0 {
			return back, p
		}
		back = (back + 1) << 7
	}
}
