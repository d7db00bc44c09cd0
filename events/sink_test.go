package events

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFileOfHalfALine appends to a file that a crash left within a line: what it holds ruins one line, not the next.
func TestFileOfHalfALine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(name, []byte("{\"n\":1}\n{\"n\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &file{name}
	for from := range 2 {
		if n, err := f.Send(context.Background(), numbered(from+2, from+3)); n != 1 || err != nil {
			t.Fatalf("%d taken, %v", n, err)
		}
	}
	got, err := os.ReadFile(name)
	if want := "{\"n\":1}\n{\"n\":\n{\"n\":2}\n{\"n\":3}\n"; err != nil || string(got) != want {
		t.Errorf("the file holds %q (%v), want %q", got, err, want)
	}
}

// batches is a sink that notes how much it is given at once, and fails from one call on.
type batches struct {
	sizes []int
	fail  int
}

func (b *batches) Send(_ context.Context, events [][]byte) (int, error) {
	b.sizes = append(b.sizes, len(events))
	if len(b.sizes) == b.fail {
		return 0, errors.New("no more")
	}
	return len(events), nil
}

func TestSendAll(t *testing.T) {
	b := &batches{}
	if err := SendAll(context.Background(), b, numbered(0, batchSize+3)); err != nil || len(b.sizes) != 2 || b.sizes[1] != 3 {
		t.Errorf("batches of %v, %v", b.sizes, err)
	}
	long := bytes.Repeat([]byte("x"), batchByte)
	b = &batches{}
	if err := SendAll(context.Background(), b, [][]byte{long, long, {'y'}}); err != nil || len(b.sizes) != 3 {
		t.Errorf("of long ones batches of %v, %v", b.sizes, err)
	}
	b = &batches{fail: 2}
	if err := SendAll(context.Background(), b, numbered(0, 2*batchSize)); err == nil {
		t.Error("what was not taken is no error")
	}
	if err := SendAll(context.Background(), &flaky{}, nil); err != nil {
		t.Errorf("nothing to send: %v", err)
	}
}
