// Package newline finds line breaks.
package newline

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Last is bytes.LastIndexByte(text, '\n'), eight bytes at a time.
func Last(text []byte) int {
	const (
		low  = 0x7f7f7f7f7f7f7f7f
		line = 0x0a0a0a0a0a0a0a0a
	)
	i := len(text)
	for ; i >= 8; i -= 8 {
		x := binary.LittleEndian.Uint64(text[i-8:]) ^ line
		if zero := ^((x&low + low) | x | low); zero != 0 {
			return i - 1 - bits.LeadingZeros64(zero)/8
		}
	}
	return bytes.LastIndexByte(text[:i], '\n')
}
