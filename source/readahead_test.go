package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"
)

func TestReadAheadIsTransparent(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	for _, n := range []int{0, 1, aheadChunk - 1, aheadChunk, aheadChunk + 1, len(text)} {
		a := ReadAhead(t.Context(), bytes.NewReader(text[:n]))
		got, err := io.ReadAll(a)
		a.Close()
		if err != nil || !bytes.Equal(got, text[:n]) {
			t.Errorf("%d bytes: %d, %v", n, len(got), err)
		}
	}
	a := ReadAhead(t.Context(), bytes.NewReader(text[:1000]))
	defer a.Close()
	if err := iotest.TestReader(a, text[:1000]); err != nil {
		t.Error(err)
	}
}

func TestReadAheadPassesErrors(t *testing.T) {
	broken := errors.New("broken")
	a := ReadAhead(t.Context(), io.MultiReader(bytes.NewReader([]byte("some")), iotest.ErrReader(broken)))
	defer a.Close()
	got, err := io.ReadAll(a)
	if string(got) != "some" || !errors.Is(err, broken) {
		t.Errorf("%q, %v", got, err)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("bad table") }

func TestReadAheadSurvivesAReaderThatBreaksDown(t *testing.T) {
	a := ReadAhead(t.Context(), panicking{})
	defer a.Close()
	if _, err := io.ReadAll(a); err == nil {
		t.Error("no error")
	}
}

func TestReadAheadDoesNotWaitForABlockedReader(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer out.Close()
	a := ReadAhead(ctx, in)
	defer a.Abandon()
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestClosingEarly(t *testing.T) {
	a := ReadAhead(t.Context(), endless{})
	if _, err := a.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { a.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for ever")
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
