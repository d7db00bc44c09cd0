package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// szReader reads numbers; after a failure it yields zeros.
type szReader struct {
	b      []byte
	failed bool
	memory uint64 // the most any coder asks for
}

func (r *szReader) verdict() error {
	switch {
	case r.failed:
		return errSevenZipHeader
	case r.memory > sevenZipMemory:
		return problem(TooLarge, fmt.Sprintf("needs %d bytes of memory", r.memory))
	}
	return nil
}

// coderMemory returns the dictionary of LZMA and LZMA2 and the model of PPMd.
func coderMemory(id, properties []byte) uint64 {
	switch {
	case bytes.Equal(id, []byte{3, 1, 1}) && len(properties) == 5, bytes.Equal(id, []byte{3, 4, 1}) && len(properties) == 5:
		return uint64(binary.LittleEndian.Uint32(properties[1:]))
	case bytes.Equal(id, []byte{0x21}) && len(properties) == 1 && properties[0] <= 40:
		return uint64(2|properties[0]&1) << (properties[0]/2 + 11)
	}
	return 0
}

func (r *szReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.failed, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *szReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads the format's variable-length integer.
func (r *szReader) number() uint64 {
	first := r.byte()
	mask := byte(0x80)
	var n uint64
	for i := range 8 {
		if first&mask == 0 {
			return n | uint64(first&(mask-1))<<(8*i)
		}
		n |= uint64(r.byte()) << (8 * i)
		mask >>= 1
	}
	return n
}

// count reads how many things follow.
func (r *szReader) count() uint64 {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.failed, r.b = true, nil
		return 0
	}
	return n
}

func (r *szReader) numbers(n uint64) (first uint64) {
	for i := range n {
		if v := r.number(); i == 0 {
			first = v
		}
		if r.failed {
			return 0
		}
	}
	return first
}

// digests skips the sums of n things and tells which of them have one.
func (r *szReader) digests(n uint64) []bool {
	if n > uint64(len(r.b))*8 {
		r.failed, r.b = true, nil
		return nil
	}
	has := make([]bool, n)
	all := r.byte() != 0
	var bits []byte
	if !all {
		bits = r.take((n + 7) / 8)
	}
	defined := uint64(0)
	for i := range has {
		has[i] = all || i/8 < len(bits) && bits[i/8]&(0x80>>(i%8)) != 0
		if has[i] {
			defined++
		}
	}
	r.take(4 * defined)
	return has
}
