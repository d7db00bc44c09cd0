package logs

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/scanner"
)

// What stood at a path while nobody looked: a log that is rotated twice between two runs leaves files beside it that
// neither run would see.
//
//	run 1         stopped                                          run 2
//	app.log = A   A is app.log.1, app.log = B; A is .2, B is .1    app.log = C: the rest of A, then B, then C

// rotatedName tells what rotation makes of a log's name: LOG.1, LOG-20261123.gz, LOG.old; the same before the extension.
var rotatedName = lazyregexp.New(`^[.\-_~](?:\d[\dTZ:._\-]*|old|bak|prev)$`)

var packedName = lazyregexp.New(`\.(?:gz|xz|zst|bz2|lz4|lzma|Z)$`)

// rotationOf tells whether a file's name is that of a log, rotated.
func rotationOf(name, base string) bool {
	name = packedName.Get().ReplaceAllString(name, "")
	if rest, ok := strings.CutPrefix(name, base); ok {
		return rotatedName.MatchString(rest)
	}
	ext := filepath.Ext(base)
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(base, ext))
	if ok && ext != "" && ext != base {
		rest, ok = strings.CutSuffix(rest, ext)
		return ok && rotatedName.MatchString(rest)
	}
	return false
}

// standing is a file beside a log.
type standing struct {
	name    string
	id      fileID
	size    int64
	written time.Time
}

// rotations returns what a log was rotated to and is not followed itself, the oldest first.
func (x *followed) rotations() ([]standing, error) {
	dir, base := filepath.Split(x.path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return nil, err
	}
	followed := map[string]bool{}
	for _, o := range x.f.all() {
		followed[filepath.Clean(o.path)] = true
	}
	var out []standing
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if !e.Type().IsRegular() || !rotationOf(e.Name(), base) || followed[name] {
			continue
		}
		if info, err := e.Info(); err == nil {
			out = append(out, standing{name, idOf(info), info.Size(), info.ModTime()})
		}
	}
	arrange.By(out, func(a, b standing) int {
		return cmp.Or(a.written.Compare(b.written), -cmp.Compare(a.name, b.name)) // LOG.2 before LOG.1
	})
	return out, nil
}

// readBetween reads what stood at the path after an earlier run's last file, which was last written at a time, zero for
// none, and the rest of those that were rotated before and still written to.
func (x *followed) readBetween(d scanner.Detector, since time.Time) error {
	files, err := x.rotations()
	errs := []error{err}
	for _, s := range files {
		if x.f.failed() {
			break
		}
		if err := x.readStanding(d, s, since); err != nil {
			x.f.skip(s.name, finding.Skip{Name: filepath.ToSlash(s.name), Reason: finding.SkipUnreadable, Detail: err.Error()})
		}
	}
	return errors.Join(errs...)
}

// readStanding reads one of them, unless it was read.
func (x *followed) readStanding(d scanner.Detector, s standing, since time.Time) error {
	file, err := os.Open(s.name)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer file.Close()
	text := x.f.newGrowing(d, filepath.ToSlash(s.name))
	if e, ok := x.f.state.take(func(e *stateEntry) bool { return e.same(s.id, file) }); ok {
		return x.readRest(text, s, e, file)
	}
	unpacked := func() (io.Reader, error) {
		r, _, err := archive.Decompress(io.NewSectionReader(file, 0, s.size))
		return r, err
	}
	k := x.f.state.earlier(unpacked)
	if !k.more && (k.known || since.IsZero() || s.written.Before(since)) {
		return nil
	}
	defer func() { x.f.state.put(entryBeside(s.name, s.id, s.size, file, text.settled)) }()
	r, err := unpacked()
	if err != nil {
		return err
	}
	x.f.logs.Add(1)
	if err := text.resumeAt(r, k.mark); err != nil {
		return err
	}
	return x.drain(text, r)
}

// readRest reads what one of them has behind what was read of it: a program may have it open still. Where it cannot be
// told what that is, it is skipped.
func (x *followed) readRest(text *growing, s standing, e stateEntry, file io.ReaderAt) error {
	if s.size <= e.Mark.Offset || !e.Old && filepath.ToSlash(e.Path) != filepath.ToSlash(s.name) {
		x.f.state.put(e)
		return nil
	}
	skip := func(reason finding.SkipReason, why string) error {
		x.f.state.put(e)
		x.f.skip(s.name, finding.Skip{Name: filepath.ToSlash(s.name), Reason: reason,
			Detail: fmt.Sprintf("it has %d bytes, of which an earlier run read %d, and %s: scan it by itself", s.size, e.Mark.Offset, why)})
		return nil
	}
	if packedFile(file) {
		return skip(finding.SkipUnsupported, "a compressed log is not read on")
	}
	before := make([]byte, min(e.Mark.Offset, followBack))
	k, err := file.ReadAt(before, e.Mark.Offset-int64(len(before)))
	if k < len(before) {
		x.f.state.put(e)
		return err
	}
	if e.Tail.Size > k || digestOf(before[k-e.Tail.Size:]) != e.Tail {
		return skip(finding.SkipMissing, "those are no longer what they were")
	}
	text.resume(before, e.Mark)
	defer func() { x.f.state.put(entryBeside(s.name, s.id, s.size, file, text.settled)) }()
	return x.drain(text, io.NewSectionReader(file, e.Mark.Offset, s.size-e.Mark.Offset))
}

// entryBeside returns the entry of a file beside a log that was read up to a mark, or, where it is compressed, as a whole.
func entryBeside(name string, id fileID, size int64, file io.ReaderAt, m mark) stateEntry {
	head := make([]byte, headSize)
	n, _ := file.ReadAt(head, 0)
	e := stateEntry{Path: filepath.ToSlash(name), trace: trace{ID: id, Head: digestOf(head[:n])}, Old: true, Mark: m}
	if packedFile(file) {
		e.Mark = mark{Offset: size}
	} else {
		tail := make([]byte, min(m.Offset, tailSize))
		n, _ := file.ReadAt(tail, m.Offset-int64(len(tail)))
		if n == len(tail) {
			e.Tail = digestOf(tail)
		}
	}
	e.At = e.Mark.Offset
	return e
}

// packedFile tells whether a file is compressed.
func packedFile(file io.ReaderAt) bool {
	head := make([]byte, archive.HeadSize)
	n, _ := file.ReadAt(head, 0)
	return archive.Detect(head[:n]) != archive.None
}
