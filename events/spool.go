package events

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/unleak/unleak/internal/lockfile"
)

// Spool keeps the events of one sink until they are taken: a file of one event a line that is only appended to, and one
// that says how many bytes of it were taken. When all were, both are emptied.
type Spool struct {
	dir  string
	name string // of the sink, for messages
	base string
}

// bounds of a spool
const (
	maxSpool  = 256 << 20 // bytes that may wait
	batchSize = 500       // events sent at once
	batchByte = 1 << 20
)

// NewSpool returns the spool of an address within a folder, which is made.
func NewSpool(dir, address string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	sum := sha256.Sum256([]byte(address))
	return &Spool{dir: dir, name: address, base: filepath.Join(dir, "events-"+hex.EncodeToString(sum[:8]))}, nil
}

func (s *Spool) queue() string { return s.base + ".jsonl" }
func (s *Spool) taken() string { return s.base + ".taken" }

// Put appends events and syncs them to disk.
func (s *Spool) Put(events [][]byte) error {
	if len(events) == 0 {
		return nil
	}
	unlock, err := lockfile.Take(s.base + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	f, err := os.OpenFile(s.queue(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	err = appendAll(f, events)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("spool %s: %w", s.dir, err)
	}
	return os.WriteFile(s.base+".sink", []byte(s.name+"\n"), 0o600)
}

// appendAll writes behind the last whole line: what a crash left of one is written over.
func appendAll(f *os.File, events [][]byte) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	text := append(bytes.Join(events, []byte("\n")), '\n')
	if info.Size()+int64(len(text)) > maxSpool {
		return fmt.Errorf("%d MiB wait already; is the receiver down for good?", info.Size()>>20)
	}
	end, err := wholeLines(f, info.Size())
	if err != nil {
		return err
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	if _, err := f.WriteAt(text, end); err != nil {
		return err
	}
	return f.Sync()
}

// wholeLines returns where the last whole line of a file ends.
func wholeLines(f *os.File, size int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for end := size; end > 0; {
		start := max(0, end-int64(len(buf)))
		n, err := f.ReadAt(buf[:end-start], start)
		if n < int(end-start) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// Deliver sends what waits, oldest first, and returns how many events were taken and how many still wait.
func (s *Spool) Deliver(ctx context.Context, sink Sink) (sent, waiting int, err error) {
	unlock, err := lockfile.Take(s.base + ".lock")
	if err != nil {
		return 0, 0, err
	}
	defer unlock()
	text, from, err := s.waiting()
	if err != nil {
		return 0, 0, err
	}
	for len(text) > 0 {
		batch, size := cutBatch(text)
		n, err := sink.Send(ctx, batch)
		for _, e := range batch[:n] {
			from += int64(len(e) + 1)
		}
		sent += n
		if n > 0 {
			if e := os.WriteFile(s.taken(), []byte(strconv.FormatInt(from, 10)), 0o600); e != nil {
				return sent, 0, errors.Join(err, e)
			}
		}
		if err != nil || n < len(batch) {
			rest := 0
			for _, e := range batch[:n] {
				rest += len(e) + 1
			}
			return sent, bytes.Count(text[rest:], []byte("\n")), fmt.Errorf("events to %s: %w", withoutQuery(s.name), orShort(err))
		}
		text = text[size:]
	}
	return sent, 0, errors.Join(remove(s.taken()), remove(s.queue()), remove(s.base+".sink"))
}

// withoutQuery leaves out of an address what may be a token.
func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}

func orShort(err error) error {
	if err == nil {
		return errors.New("not all were taken")
	}
	return err
}

// waiting returns the lines that were not taken, and where they start.
func (s *Spool) waiting() ([]byte, int64, error) {
	text, err := os.ReadFile(s.queue())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	from := int64(0)
	if mark, err := os.ReadFile(s.taken()); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(mark)), 10, 64); err == nil && n >= 0 && n <= int64(len(text)) {
			from = n
		}
	}
	end := bytes.LastIndexByte(text, '\n') + 1
	if int64(end) < from {
		return nil, from, nil
	}
	return text[from:end], from, nil
}

// cutBatch returns the first events of a text, and how many bytes they take.
func cutBatch(text []byte) ([][]byte, int) {
	var out [][]byte
	size := 0
	for len(out) < batchSize && size < len(text) && (size < batchByte || len(out) == 0) {
		n := bytes.IndexByte(text[size:], '\n')
		out = append(out, text[size:size+n])
		size += n + 1
	}
	return out, size
}

func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Waiting lists the addresses for which events wait in a folder.
func Waiting(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "events-*.sink"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range names {
		text, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSpace(string(text)))
	}
	return out, nil
}
