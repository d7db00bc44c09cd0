package object

import (
	"bytes"
	"errors"
	"strconv"
)

// MaxHeader is the most bytes the header of a loose object takes, its zero byte included.
const MaxHeader = 32

var errLoose = errors.New("loose object: no header of kind and size")

// ParseLoose reads the header of an inflated loose object, "blob 12\x00", and returns its kind, the size of its
// content and the length of the header.
func ParseLoose(text []byte) (kind Kind, size int64, header int, err error) {
	head := text[:min(len(text), MaxHeader)]
	end := bytes.IndexByte(head, 0)
	if end < 0 {
		return 0, 0, 0, errLoose
	}
	word, digits, ok := bytes.Cut(head[:end], []byte{' '})
	if !ok {
		return 0, 0, 0, errLoose
	}
	kind, ok = ParseKind(word)
	if !ok {
		return 0, 0, 0, errLoose
	}
	size, err = strconv.ParseInt(string(digits), 10, 64)
	if err != nil || size < 0 {
		return 0, 0, 0, errLoose
	}
	return kind, size, end + 1, nil
}
