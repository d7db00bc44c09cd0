package source

import (
	"bytes"
	"errors"

	"github.com/unleak/unleak/archive"
)

// ErrNoText means that a stream is none to be judged line by line.
var ErrNoText = errors.New("no text")

// Head keeps the beginning of a stream until it is known to be text.
type Head struct {
	text  []byte
	known bool
}

// Take returns what is there to judge: nothing yet, all that was kept with b behind it, and from then on b itself.
func (h *Head) Take(b []byte) ([]byte, error) {
	if h.known {
		return b, nil
	}
	h.text = append(h.text, b...)
	if bytes.IndexByte(h.text, '\n') < 0 && len(h.text) < archive.HeadSize {
		return nil, nil
	}
	if archive.Detect(h.text[:min(len(h.text), archive.HeadSize)]) != archive.None || bytes.IndexByte(h.text, 0) >= 0 {
		return nil, ErrNoText
	}
	b, h.text, h.known = h.text, nil, true
	return b, nil
}
