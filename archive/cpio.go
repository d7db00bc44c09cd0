package archive

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	cpioNewHeader = 110
	cpioOldHeader = 76
	cpioTrailer   = "TRAILER!!!"
	cpioMaxName   = 64 << 10
	cpioTypeMask  = 0o170000
	cpioRegular   = 0o100000
)

// cpioEntry is one header.
type cpioEntry struct {
	mode, size int64
	name       string
	pad        int64 // after the data
}

// cpio walks a portable ASCII cpio archive (newc, crc, odc). Layout: cpio(5) of FreeBSD.
func (w *walker) cpio(s source, path []string, depth int) error {
	for {
		e, err := readCpio(s.r)
		if err != nil {
			return err
		}
		if e.name == cpioTrailer {
			return w.rest(s.r, path, depth)
		}
		if !w.enter() {
			return nil
		}
		data := &io.LimitedReader{R: s.r, N: e.size}
		if e.mode&cpioTypeMask == cpioRegular && e.size > 0 {
			w.member(data, path, strings.TrimPrefix(e.name, "./"), depth)
		}
		if w.done() {
			return nil
		}
		if err := drain(data, e.pad); err != nil {
			return err
		}
	}
}

func readCpio(r io.Reader) (cpioEntry, error) {
	var e cpioEntry
	var head [cpioNewHeader]byte
	if _, err := io.ReadFull(r, head[:6]); err != nil {
		return e, notEOF(err)
	}
	var nameSize, namePad int64
	var err error
	switch string(head[:6]) {
	case "070701", "070702":
		if _, err = io.ReadFull(r, head[6:]); err != nil {
			return e, notEOF(err)
		}
		e.mode, e.size, nameSize, err = numbers(head[14:22], head[54:62], head[94:102], 16)
		namePad = -(cpioNewHeader + nameSize) & 3
		e.pad = -e.size & 3
	case "070707":
		if _, err = io.ReadFull(r, head[6:cpioOldHeader]); err != nil {
			return e, notEOF(err)
		}
		e.mode, e.size, nameSize, err = numbers(head[18:24], head[65:76], head[59:65], 8)
	default:
		err = errors.New("cpio: no header where one should be")
	}
	if err != nil {
		return e, err
	}
	if nameSize <= 0 || nameSize > cpioMaxName {
		return e, fmt.Errorf("cpio: name of %d bytes", nameSize)
	}
	name := make([]byte, nameSize+namePad)
	if _, err := io.ReadFull(r, name); err != nil {
		return e, notEOF(err)
	}
	e.name = strings.TrimRight(string(name), "\x00")
	return e, nil
}

func numbers(a, b, c []byte, base int) (x, y, z int64, err error) {
	for _, f := range []struct {
		text []byte
		to   *int64
	}{{a, &x}, {b, &y}, {c, &z}} {
		n, perr := strconv.ParseUint(string(f.text), base, 40)
		if perr != nil {
			return 0, 0, 0, fmt.Errorf("cpio: number %q", f.text)
		}
		*f.to = int64(n)
	}
	return x, y, z, nil
}

// notEOF makes an end within a structure an error.
func notEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
