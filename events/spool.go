package events

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

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
	if err := s.sign(); err != nil { // first: whatever happens then, those who look what waits learn where it belongs
		return fmt.Errorf("spool %s: %w", s.dir, err)
	}
	f, err := os.OpenFile(s.queue(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	err = appendAll(f, events)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("spool %s: %w", s.dir, err)
	}
	return nil
}

// sign writes down whose events these are, whole or not at all.
func (s *Spool) sign() error {
	text, name := s.name+"\n", s.base+".sink"
	if old, err := os.ReadFile(name); err == nil && string(old) == text {
		return nil
	}
	tmp, err := os.CreateTemp(s.dir, "sink-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
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

// Deliver sends what waits, oldest first, and returns how many events were taken and how many still wait. It locks the
// spool only to read a batch and to note what was taken, so that nobody who appends waits for the network. While another
// process delivers it does nothing: that one, or the next delivery, takes what waits.
func (s *Spool) Deliver(ctx context.Context, sink Sink) (sent, waiting int, err error) {
	release, err := lockfile.Try(s.base + ".delivery")
	if err != nil {
		return 0, 0, err
	}
	if release == nil {
		waiting, err = s.count()
		return 0, waiting, err
	}
	release = sync.OnceFunc(release)
	defer release()
	for {
		text, from, err := s.next(release)
		if err != nil || len(text) == 0 {
			return sent, 0, err
		}
		batch, _ := cutBatch(text)
		n, err := sink.Send(ctx, batch)
		size := 0
		for _, e := range batch[:n] {
			size += len(e) + 1
		}
		sent += n
		if n > 0 {
			if e := s.mark(from, text[:size]); e != nil {
				return sent, 0, errors.Join(err, e)
			}
		}
		if err != nil || n < len(batch) {
			waiting, e := s.count()
			return sent, waiting, errors.Join(fmt.Errorf("events to %s: %w", withoutQuery(s.name), orShort(err)), e)
		}
	}
}

// next returns whole lines that were not taken, a batch or more, and where they start. When there are none it empties the
// spool, and calls done before anybody can append: whoever does then finds that nobody delivers.
func (s *Spool) next(done func()) ([]byte, int64, error) {
	unlock, err := lockfile.Take(s.base + ".lock")
	if err != nil {
		return nil, 0, err
	}
	defer unlock()
	f, from, size, err := s.open()
	if err != nil {
		return nil, 0, err
	}
	if f != nil {
		text, err := linesAt(f, from, size)
		if err = errors.Join(err, f.Close()); err != nil || len(text) > 0 {
			return text, from, err
		}
	}
	err = errors.Join(remove(s.queue()), remove(s.taken()), remove(s.base+".sink"))
	done()
	return nil, 0, err
}

// mark notes that text, which starts at from, was taken. Where it no longer stands there, another delivery was quicker.
func (s *Spool) mark(from int64, text []byte) error {
	unlock, err := lockfile.Take(s.base + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	f, now, size, err := s.open()
	if f == nil || err != nil {
		return err
	}
	defer f.Close()
	there := make([]byte, len(text))
	if now != from || size < from+int64(len(text)) {
		return nil
	}
	if _, err := f.ReadAt(there, from); err != nil || !bytes.Equal(there, text) {
		return err
	}
	return os.WriteFile(s.taken(), []byte(strconv.FormatInt(from+int64(len(text)), 10)), 0o600)
}

// count returns how many events wait.
func (s *Spool) count() (int, error) {
	unlock, err := lockfile.Take(s.base + ".lock")
	if err != nil {
		return 0, err
	}
	defer unlock()
	f, from, size, err := s.open()
	if f == nil || err != nil {
		return 0, err
	}
	defer f.Close()
	r := io.NewSectionReader(f, from, size-from)
	buf := make([]byte, 64<<10)
	for lines := 0; ; {
		n, err := r.Read(buf)
		lines += bytes.Count(buf[:n], []byte("\n"))
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
	}
}

// open opens the queue, nil if there is none, and tells where what was not taken starts and where the file ends.
func (s *Spool) open() (f *os.File, from, size int64, err error) {
	f, err = os.Open(s.queue())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, 0, nil
	}
	if err != nil {
		return nil, 0, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, 0, errors.Join(err, f.Close())
	}
	if mark, err := os.ReadFile(s.taken()); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(mark)), 10, 64); err == nil && n >= 0 && n <= info.Size() {
			from = n
		}
	}
	return f, from, info.Size(), nil
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

func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Waiting lists the addresses for which events wait in a folder; none where there is no such folder.
func Waiting(dir string) ([]string, error) {
	all, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool: %w", err)
	}
	var out []string
	for _, e := range all {
		if !strings.HasPrefix(e.Name(), "events-") || !strings.HasSuffix(e.Name(), ".sink") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process has just delivered them
		}
		if err != nil {
			return nil, err
		}
		if address := strings.TrimSpace(string(text)); address != "" { // what an older version left of a crash says nothing
			out = append(out, address)
		}
	}
	return out, nil
}
