package archive

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// spooled is a stream that can be read at random.
type spooled struct {
	io.ReaderAt
	size int64
	temp *os.File
}

// spool makes s readable at random: as it is where it comes from a file, else in memory, else in a temporary file.
func (w *walker) spool(s source) (*spooled, error) {
	if s.at != nil {
		return &spooled{ReaderAt: s.at, size: s.size}, nil
	}
	limit := min(w.limits.Spool, w.limits.Bytes)
	var buf bytes.Buffer
	n, err := io.Copy(&buf, io.LimitReader(s.r, min(w.limits.Memory, limit+1)))
	w.spend(n)
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, tooLarge(limit)
	}
	if n < w.limits.Memory {
		return &spooled{ReaderAt: bytes.NewReader(buf.Bytes()), size: n}, nil
	}
	f, err := os.CreateTemp("", "unleak-*")
	if err != nil {
		return nil, &problemError{Unreadable, err}
	}
	sp := &spooled{ReaderAt: f, temp: f}
	if _, err = f.Write(buf.Bytes()); err == nil {
		var more int64
		more, err = io.Copy(&spending{w, f}, io.LimitReader(s.r, limit-n+1))
		sp.size = n + more
	}
	if err == nil && sp.size > limit {
		err = tooLarge(limit)
	}
	if err != nil {
		sp.Close()
		return nil, err
	}
	return sp, nil
}

// reader reads the stream from its start.
func (s *spooled) reader() io.Reader { return io.NewSectionReader(s, 0, s.size) }

// Close removes the temporary file.
func (s *spooled) Close() {
	if s.temp != nil {
		_ = s.temp.Close()
		_ = os.Remove(s.temp.Name())
	}
}

// spending counts what is written against the limits of the walk.
type spending struct {
	w *walker
	f io.Writer
}

func (s *spending) Write(b []byte) (int, error) {
	if err := s.w.ctx.Err(); err != nil {
		return 0, err
	}
	s.w.spend(int64(len(b)))
	if err := s.w.over(); err != nil {
		return 0, err
	}
	return s.f.Write(b)
}

func tooLarge(limit int64) error { return problem(TooLarge, fmt.Sprintf("more than %d bytes", limit)) }
