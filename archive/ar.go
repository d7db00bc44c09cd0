package archive

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	arMagic  = 8
	arHeader = 60
	arNames  = 1 << 20 // the most bytes of a table of long names
)

// ar walks a Unix archive (deb, static library). Layout: ar(5); long names as GNU ("/12" into the member "//") and
// BSD ("#1/12": the first bytes of the data) write them.
func (w *walker) ar(s source, path []string, depth int) error {
	if _, err := io.CopyN(io.Discard, s.r, arMagic); err != nil {
		return err
	}
	var long string
	for {
		var head [arHeader]byte
		if _, err := io.ReadFull(s.r, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		size, err := strconv.ParseInt(strings.TrimSpace(string(head[48:58])), 10, 64)
		if err != nil || size < 0 || string(head[58:]) != "`\n" {
			return errors.New("ar: member header is damaged")
		}
		if !w.enter() {
			return nil
		}
		data := &io.LimitedReader{R: s.r, N: size}
		name := strings.TrimRight(string(head[:16]), " ")
		switch {
		case name == "//" || name == "ARFILENAMES/":
			table, err := io.ReadAll(io.LimitReader(data, arNames))
			if err != nil {
				return err
			}
			long = string(table)
		case name == "/" || name == "/SYM64/" || strings.HasPrefix(name, "__.SYMDEF"):
		default:
			if name, err = arName(name, long, data); err != nil {
				return err
			}
			w.member(data, path, name, depth)
		}
		if w.done() {
			return nil
		}
		if err := drain(data, size%2); err != nil {
			return err
		}
	}
}

func arName(field, long string, data io.Reader) (string, error) {
	if n, ok := strings.CutPrefix(field, "#1/"); ok {
		size, err := strconv.Atoi(n)
		if err != nil || size < 0 || size > 1<<16 {
			return "", fmt.Errorf("ar: name length %q", n)
		}
		name := make([]byte, size)
		if _, err := io.ReadFull(data, name); err != nil {
			return "", err
		}
		return strings.TrimRight(string(name), "\x00"), nil
	}
	if n, ok := strings.CutPrefix(field, "/"); ok {
		at, err := strconv.Atoi(n)
		if err != nil || at < 0 || at > len(long) {
			return "", fmt.Errorf("ar: name reference %q", field)
		}
		name, _, _ := strings.Cut(long[at:], "\n")
		return strings.TrimSuffix(name, "/"), nil
	}
	return strings.TrimSuffix(field, "/"), nil
}

// drain skips what is left of a member and pad bytes behind it. A missing pad at the very end is no error.
func drain(data *io.LimitedReader, pad int64) error {
	if _, err := io.Copy(io.Discard, data); err != nil {
		return err
	}
	if data.N > 0 {
		return io.ErrUnexpectedEOF
	}
	if pad > 0 {
		if _, err := io.CopyN(io.Discard, data.R, pad); err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}
