package source

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// gathering is a side that keeps what it gets, and fails after a number of bytes; 0: never.
type gathering struct {
	got   []byte
	most  int
	ended bool
}

func (g *gathering) Take(b []byte) error {
	if g.got = append(g.got, b...); g.most > 0 && len(g.got) > g.most {
		return errors.New("enough")
	}
	return nil
}

func (g *gathering) End() { g.ended = true }

func TestReadAlong(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	for _, r := range []io.Reader{bytes.NewReader(text), iotest.HalfReader(bytes.NewReader(text)), iotest.DataErrReader(bytes.NewReader(text))} {
		side := &gathering{}
		a := ReadAlong(r, side)
		got, err := io.ReadAll(a)
		if err != nil || !bytes.Equal(got, text) || !bytes.Equal(side.got, text) || !side.ended {
			t.Errorf("%d bytes read, %d handed over, ended: %v, %v", len(got), len(side.got), side.ended, err)
		}
		a.Close() // a second time
	}
	side := &gathering{most: 10}
	if got, err := io.ReadAll(ReadAlong(bytes.NewReader(text), side)); err != nil || len(got) != len(text) || side.ended || len(side.got) > 2*alongMost {
		t.Errorf("a side that has enough: %d bytes read, %d handed over, %v", len(got), len(side.got), err)
	}
	side = &gathering{}
	a := ReadAlong(endless{}, side)
	if _, err := a.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if len(side.got) != 100 || !side.ended {
		t.Errorf("a stream that is left: %d bytes handed over, ended: %v", len(side.got), side.ended)
	}
}
