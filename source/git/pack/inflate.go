package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Inflater inflates zlib streams. One goroutine uses it at a time.
type Inflater struct {
	source bytes.Reader
	stream io.ReadCloser
}

var errInflate = errors.New("zlib stream is longer than its object claims")

// Inflate reads the stream at the start of data, which must hold exactly len(out) bytes, into out.
func (f *Inflater) Inflate(data, out []byte) error {
	f.source.Reset(data)
	if err := f.reset(&f.source); err != nil {
		return err
	}
	if _, err := io.ReadFull(f.stream, out); err != nil {
		return fmt.Errorf("zlib stream: %w", err)
	}
	var more [1]byte
	n, err := io.ReadFull(f.stream, more[:])
	if n > 0 {
		return errInflate
	}
	if err != io.EOF {
		return fmt.Errorf("zlib stream: %w", err)
	}
	return nil
}

// Open returns a reader of the stream at the start of source, valid until the next call of any method.
func (f *Inflater) Open(source io.Reader) (io.Reader, error) {
	if err := f.reset(source); err != nil {
		return nil, err
	}
	return f.stream, nil
}

func (f *Inflater) reset(source io.Reader) error {
	var err error
	if f.stream == nil {
		f.stream, err = zlib.NewReader(source)
	} else {
		err = f.stream.(zlib.Resetter).Reset(source, nil)
	}
	if err != nil {
		return fmt.Errorf("zlib stream: %w", err)
	}
	return nil
}
