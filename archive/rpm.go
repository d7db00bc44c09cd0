package archive

import (
	"encoding/binary"
	"errors"
	"io"
)

const (
	rpmLead     = 96
	rpmPreamble = 16
	rpmEntry    = 16
)

// rpm walks a package: the header, which holds the install scripts, and the payload, a compressed cpio archive.
// Layout: rpm.org, "RPM V4 Package format" (2024).
func (w *walker) rpm(s source, path []string, depth int) error {
	if _, err := io.CopyN(io.Discard, s.r, rpmLead); err != nil {
		return notEOF(err)
	}
	signature, err := rpmHeader(s.r)
	if err != nil {
		return err
	}
	if err := drain(signature, -signature.N&7); err != nil {
		return err
	}
	header, err := rpmHeader(s.r)
	if err != nil {
		return err
	}
	if !w.enter() {
		return nil
	}
	w.member(header, path, "(header)", depth)
	if w.done() {
		return nil
	}
	if err := drain(header, 0); err != nil {
		return err
	}
	return w.stream(source{r: s.r}, path, depth, 1)
}

// rpmHeader reads the preamble of a header structure and returns the rest of it.
func rpmHeader(r io.Reader) (*io.LimitedReader, error) {
	var head [rpmPreamble]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, notEOF(err)
	}
	if string(head[:3]) != "\x8e\xad\xe8" {
		return nil, errors.New("rpm: no header where one should be")
	}
	entries := int64(binary.BigEndian.Uint32(head[8:]))
	data := int64(binary.BigEndian.Uint32(head[12:]))
	return &io.LimitedReader{R: r, N: entries*rpmEntry + data}, nil
}
