package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
)

// reader is one worker's share of the walk.
type reader struct {
	walk     *walk
	worker   *scanner.Worker
	buffer   []byte
	above    string // of the target at hand, as finding.Origin has it
	read     int64  // files
	binaries int64
}

const (
	bufferSize = 1 << 20
	binaryHead = 8 << 10 // bytes looked at for a NUL
)

func newReader(w *walk) *reader {
	return &reader{walk: w, worker: w.sink.Worker(), buffer: make([]byte, bufferSize)}
}

func (r *reader) close() {
	r.worker.Count("files", r.read)
	if r.binaries > 0 {
		r.worker.Count("binary files", r.binaries)
	}
	r.worker.Close()
}

func (r *reader) work(ctx context.Context, t task) {
	if t.list {
		r.list(t.dir, t.turn)
		return
	}
	r.worker.Take(t.turn)
	defer r.worker.Take(nil)
	if t.target != nil {
		r.target(ctx, t.target)
		return
	}
	r.above = t.dir.above
	for len(t.names) > 0 && ctx.Err() == nil {
		r.share(&t)
		name := t.names[0]
		t.names = t.names[1:]
		r.name(t.dir.shown, name)
		r.file(ctx, join(t.dir.path, name), t.dir.shown+name)
		r.walk.sink.Progress("files", 1, 0)
	}
}

// share leaves half of a task's files to a worker that waits for some.
func (r *reader) share(t *task) {
	if len(t.names) < 2 || !r.walk.starved() {
		return
	}
	kept := (len(t.names) + 1) / 2
	turns := t.turn.Split(2)
	r.worker.Take(turns[0])
	r.walk.push([]task{{dir: t.dir, names: t.names[kept:], turn: turns[1]}})
	t.names, t.turn = t.names[:kept], turns[0]
}

// target scans a file that was named. A pipe is read where it is handed over open, as by a shell's <(command). One that
// has a name in a folder is not, named or met: nobody may ever write to it.
func (r *reader) target(ctx context.Context, t *root) {
	mode := t.info.Mode()
	r.above = above(t.real, t.shown)
	r.name(splitPath(t.shown))
	if mode.IsRegular() {
		r.file(ctx, t.path, t.shown)
		return
	}
	if mode&fs.ModeNamedPipe == 0 {
		r.skip(t.shown, finding.SkipSpecial, mode.Type().String())
		return
	}
	if !source.HandedOver(t.path) {
		r.skip(t.shown, finding.SkipSpecial, mode.Type().String())
		r.walk.sink.Note(source.PipeNote(t.shown))
		return
	}
	f, err := os.OpenFile(t.path, openFlags, 0)
	if err != nil {
		r.skip(t.shown, finding.SkipUnreadable, reason(err))
		return
	}
	defer f.Close()
	ahead := source.ReadAhead(ctx, f)
	defer ahead.Abandon() // whoever writes may take for ever
	r.content(ctx, ahead, nil, t.shown)
}

// name scans the name of what is in a folder. The folder is as it is shown, with its slash.
func (r *reader) name(folder, name string) {
	r.worker.Name(name, finding.Origin{Kind: finding.KindFile, Path: folder + name}, nil)
}

// splitPath returns a path's folder, with its slash, and its name.
func splitPath(path string) (folder, name string) {
	i := strings.LastIndexByte(path, '/') + 1
	return path[:i], path[i:]
}

// mostAbove is how many folders above a target may say what its files are: etc/openvpn/client.
const mostAbove = 3

// above returns the folders that lead to a path as it is shown, the nearest of them, with a slash behind: "etc/ppp/" of
// /srv/etc/ppp/peers/x shown as peers/x. real is the path without links; "" where it does not end as it is shown.
func above(real, shown string) string {
	dir := "/" + strings.Trim(filepath.ToSlash(real), "/")
	for strings.HasPrefix(shown, "../") {
		shown = shown[len("../"):]
	}
	if shown = strings.Trim(shown, "/"); shown != "" && shown != "." {
		var ok bool
		if dir, ok = strings.CutSuffix(dir, "/"+shown); !ok {
			return ""
		}
	}
	from := len(dir)
	for n := 0; n < mostAbove && from > 0; n++ {
		from = strings.LastIndexByte(dir[:from], '/')
	}
	if from+1 >= len(dir) {
		return ""
	}
	return dir[from+1:] + "/"
}

func (r *reader) file(ctx context.Context, path, shown string) {
	if n, ok := readWhole(path, r.buffer, r.walk.opts.MaxFileBytes); ok && !r.packed(r.buffer[:n]) {
		r.worker.Text(r.look(n), r.origin(shown))
		return
	}
	f, err := os.OpenFile(path, openFlags, 0)
	if err != nil {
		r.skip(shown, finding.SkipUnreadable, reason(err))
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		r.skip(shown, finding.SkipUnreadable, reason(err))
		return
	}
	if mode := info.Mode(); !mode.IsRegular() { // it was when it was listed
		r.skip(shown, finding.SkipSpecial, mode.Type().String())
		return
	}
	if limit := r.walk.opts.MaxFileBytes; limit > 0 && info.Size() > limit {
		r.skip(shown, finding.SkipTooLarge, fmt.Sprintf("%d bytes, limit %d", info.Size(), limit))
		return
	}
	r.content(ctx, f, f, shown)
}

// origin is that of a file of the target at hand.
func (r *reader) origin(shown string) finding.Origin {
	return finding.Origin{Kind: finding.KindFile, Path: shown, Above: r.above}
}

// content scans an open file; random is the file where it can be read at random.
func (r *reader) content(ctx context.Context, f io.Reader, random *os.File, shown string) {
	origin := r.origin(shown)
	n, err := fill(f, r.buffer)
	text := r.look(n)
	whole := err == io.EOF
	if r.packed(text) {
		r.unpack(ctx, f, random, text, err, origin)
		return
	}
	if whole {
		r.worker.Text(text, origin)
		return
	}
	if err == nil {
		err = r.worker.Stream(ctx, io.MultiReader(bytes.NewReader(text), f), origin)
	} else {
		r.worker.Text(text, origin)
	}
	if err != nil && ctx.Err() == nil {
		r.skip(shown, finding.SkipUnreadable, reason(err))
	}
}

// look counts a file of which the buffer holds the first n bytes, which it returns.
func (r *reader) look(n int) []byte {
	text := r.buffer[:n]
	r.read++
	if bytes.IndexByte(text[:min(n, binaryHead)], 0) >= 0 {
		r.binaries++
	}
	return text
}

// packed tells whether a file that begins so is opened as an archive.
func (r *reader) packed(text []byte) bool {
	return r.walk.opts.Archives > 0 && archive.Detect(text[:min(len(text), archive.HeadSize)]) != archive.None
}

func (r *reader) unpack(ctx context.Context, f io.Reader, random *os.File, head []byte, err error, origin finding.Origin) {
	in := archive.Input{Reader: io.MultiReader(bytes.NewReader(head), f)}
	if err != nil {
		in.Reader = io.MultiReader(bytes.NewReader(head), failed{err})
	}
	if random != nil {
		if info, err := random.Stat(); err == nil && info.Size() > 0 {
			in.At, in.Size = random, info.Size()
		}
	}
	r.worker.Count(archive.Detect(head[:min(len(head), archive.HeadSize)]).Unit(), 1)
	_ = source.Unpack(ctx, r.worker, in, origin, r.walk.opts.Limits, r.worker.Stream, nil) // only ctx's error, told by Scan
}

// failed is a reader that has broken down, or ended.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// fill reads until the buffer is full; the error says why it is not.
func fill(f io.Reader, buf []byte) (int, error) {
	n := 0
	for n < len(buf) {
		k, err := f.Read(buf[n:])
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (r *reader) skip(name string, why finding.SkipReason, detail string) {
	if name == "" {
		name = "."
	}
	r.worker.Skip(finding.Skip{Name: name, Reason: why, Detail: detail})
}

// excluded tells what an exclude glob names: by its path, by its name alone, or as a folder with all in it.
func (r *reader) excluded(shown, name string, dir bool) bool {
	return source.MatchGlobs(r.walk.opts.Exclude, shown, name, dir)
}

func (r *reader) included(shown, name string) bool {
	return len(r.walk.opts.Include) == 0 || source.MatchGlobs(r.walk.opts.Include, shown, name, false)
}

// reason drops the path of a file system error: the skip has it.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
