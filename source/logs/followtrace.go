package logs

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/archive"
)

const (
	headSize   = 256     // first bytes that tell one log from another: a line or two with their time stamps
	tailSize   = 4 << 10 // bytes before where reading stands that a copy of a log must have too
	mostBeside = 200     // files beside a log that are looked at
)

// digest is a hash of some bytes of a log. The bytes themselves, which may hold a secret, are not kept.
type digest struct {
	Size int    `json:"size"`
	Sum  string `json:"sum,omitempty"`
}

func digestOf(b []byte) digest {
	if len(b) == 0 {
		return digest{}
	}
	sum := sha256.Sum256(b)
	return digest{len(b), hex.EncodeToString(sum[:16])}
}

// begins tells whether b begins with the bytes.
func (d digest) begins(b []byte) bool { return len(b) >= d.Size && digestOf(b[:d.Size]) == d }

// trace is what a log is known again by: in its place, under another name, or copied.
type trace struct {
	ID   fileID `json:"id"`
	Head digest `json:"head"`
	Tail digest `json:"tail"` // of the bytes before At
	At   int64  `json:"at"`
}

// same tells whether an open file of an identity is the one of the trace.
func (t *trace) same(id fileID, r io.ReaderAt) bool {
	if t.ID != id || t.Head.Size == 0 && t.At > 0 || id == (fileID{}) && t.Head.Size < headSize {
		return false
	}
	return t.Head.heads(r)
}

// heads tells whether a file begins with the bytes.
func (d digest) heads(r io.ReaderAt) bool {
	head := make([]byte, d.Size)
	n, _ := r.ReadAt(head, 0)
	return d.begins(head[:n])
}

// copied reads r up to At and tells whether it is the log, or a copy of it. The bytes before At are returned.
func (t *trace) copied(r *bufio.Reader) (before []byte, ok bool) {
	head, _ := r.Peek(t.Head.Size)
	if t.Head.Size == 0 || !t.Head.begins(head) {
		return nil, false
	}
	if _, err := io.CopyN(io.Discard, r, max(0, t.At-tailSize)); err != nil {
		return nil, false
	}
	before = make([]byte, min(t.At, tailSize))
	if _, err := io.ReadFull(r, before); err != nil {
		return nil, false
	}
	return before, len(before) >= t.Tail.Size && digestOf(before[len(before)-t.Tail.Size:]) == t.Tail
}

// found is a file beside a log that is it, or a copy of it, read up to where the trace stands.
type found struct {
	*bufio.Reader
	name    string
	id      fileID
	size    int64
	written time.Time
	file    *os.File
	before  []byte
	closers []io.Closer
}

// entry returns the entry of the file, read up to a mark.
func (r *found) entry(m mark) stateEntry { return entryBeside(r.name, r.id, r.size, r.file, m) }

func (r *found) Close() {
	for _, c := range slices.Backward(r.closers) {
		c.Close()
	}
}

// beside looks in a log's folder for what it was renamed to or copied to: LOG.1, LOG-20261123, LOG.1.gz. It returns nil
// where there is none.
func (t *trace) beside(path string) (*found, error) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return nil, err
	}
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	looked := 0
	for _, e := range entries {
		near := strings.HasPrefix(e.Name(), base) || stem != "" && strings.HasPrefix(e.Name(), stem)
		if e.Name() == base || !near || !e.Type().IsRegular() {
			continue
		}
		if looked++; looked > mostBeside {
			break
		}
		if r, err := t.open(filepath.Join(dir, e.Name())); err == nil {
			return r, nil
		}
	}
	return nil, nil
}

var errOther = errors.New("another log")

// open opens a file, unpacked, if it is the log of the trace.
func (t *trace) open(name string) (*found, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &found{name: filepath.ToSlash(name), file: file, closers: []io.Closer{file}}
	info, err := file.Stat()
	if err == nil {
		r.id, r.size, r.written = idOf(info), info.Size(), info.ModTime()
		var unpacked io.ReadCloser
		if unpacked, _, err = archive.Decompress(io.NewSectionReader(file, 0, r.size)); err == nil {
			r.Reader = bufio.NewReaderSize(unpacked, tailSize)
			r.closers = append(r.closers, unpacked)
		}
	}
	if err == nil {
		var ok bool
		if r.before, ok = t.copied(r.Reader); ok || t.Head.Size == 0 && t.At == 0 && t.ID == r.id && t.ID != (fileID{}) { // it was empty
			return r, nil
		}
		err = errOther
	}
	r.Close()
	return nil, err
}
