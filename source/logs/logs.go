package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
)

// Options of a scan of logs. The zero value scans every file and opens no archive.
type Options struct {
	Exclude  []string // globs (doublestar) of paths or names to leave out of folders
	Archives int      // how deep to look into archives of logs; 0: not at all. Compression needs no leave
	Limits   archive.Limits
	Stdin    io.Reader    // what "-" stands for; nil: os.Stdin
	Plan     *settle.Plan // of the detectors' rules: findings of "-" are told while it goes on; nil: not before its end
}

// Source is a scan of logs; it is a scanner.Source.
type Source struct {
	opts     Options
	files    []file
	excluded []string
}

// file is one log to read.
type file struct {
	path  string
	shown string
	stdin bool
}

// New returns a source of the given files, folders, globs and "-". It fails where a target is not there or a glob
// names nothing.
func New(targets []string, opts Options) (*Source, error) {
	s := &Source{opts: opts}
	s.opts.Limits.Depth = opts.Archives
	if s.opts.Stdin == nil {
		s.opts.Stdin = os.Stdin
	}
	var errs []error
	if err := source.CheckGlobs(opts.Exclude); err != nil {
		errs = append(errs, err)
	}
	seen := map[string]bool{}
	for _, t := range targets {
		found, err := s.find(t)
		if err != nil {
			errs = append(errs, err)
		}
		for _, f := range found {
			if real := realPath(f); !seen[real] {
				seen[real] = true
				s.files = append(s.files, f)
			}
		}
	}
	return s, errors.Join(errs...)
}

func realPath(f file) string {
	if f.stdin {
		return "-"
	}
	if p, err := filepath.EvalSymlinks(f.path); err == nil {
		if p, err = filepath.Abs(p); err == nil {
			return p
		}
	}
	return f.path
}

// find returns the files of one target.
func (s *Source) find(t string) ([]file, error) {
	if t == "-" {
		return []file{{stdin: true}}, nil
	}
	info, err := os.Stat(t)
	if err == nil && !info.IsDir() {
		return []file{{path: t, shown: filepath.ToSlash(t)}}, nil
	}
	if err == nil {
		return s.folder(t)
	}
	if !doublestar.ValidatePattern(filepath.ToSlash(t)) {
		return nil, fmt.Errorf("log %q: %w", t, errors.Unwrap(err))
	}
	names, globErr := doublestar.FilepathGlob(t, doublestar.WithFilesOnly())
	if globErr != nil || len(names) == 0 {
		return nil, fmt.Errorf("log %q: %w", t, errors.Unwrap(err))
	}
	slices.Sort(names)
	var out []file
	for _, n := range names {
		out = append(out, file{path: n, shown: filepath.ToSlash(n)})
	}
	return out, nil
}

func (s *Source) folder(dir string) ([]file, error) {
	var out []file
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			out = append(out, file{path: path, shown: filepath.ToSlash(path)}) // told when it is opened
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if path != dir && s.excludes(dir, path, d.IsDir()) {
			s.excluded = append(s.excluded, filepath.ToSlash(path))
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() {
			out = append(out, file{path: path, shown: filepath.ToSlash(path)})
		}
		return nil
	})
	return out, err
}

// excludes tells whether a glob names what lies in dir.
func (s *Source) excludes(dir, path string, folder bool) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && source.MatchGlobs(s.opts.Exclude, filepath.ToSlash(rel), filepath.Base(path), folder)
}

// Scan implements scanner.Source.
func (s *Source) Scan(ctx context.Context, sink *scanner.Sink) error {
	for _, name := range s.excluded {
		sink.Skip(finding.Skip{Name: name, Reason: finding.SkipExcluded})
	}
	sink.Progress("bytes", 0, s.size())
	turns := make([]*scanner.Turn, len(s.files))
	for i := range turns {
		turns[i] = sink.Turn()
	}
	var next int
	var mu sync.Mutex
	var group sync.WaitGroup
	readers := min(sink.Jobs(), len(s.files))
	sink.Idle(sink.Jobs() - readers)
	defer sink.Idle(-sink.Jobs())
	for range readers {
		group.Go(func() {
			defer sink.Idle(1)
			w := sink.Worker()
			defer w.Close()
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(s.files) || ctx.Err() != nil {
					return
				}
				w.Take(turns[i])
				s.read(ctx, sink, w, s.files[i], turns[i])
				w.Take(nil)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// size returns how many bytes the logs take on the disk, as far as can be told.
func (s *Source) size() int64 {
	var total int64
	for _, f := range s.files {
		if info, err := os.Stat(f.path); err == nil && info.Mode().IsRegular() && !f.stdin {
			total += info.Size()
		}
	}
	return total
}

// read scans one log.
func (s *Source) read(ctx context.Context, sink *scanner.Sink, w *scanner.Worker, f file, turn *scanner.Turn) {
	origin := finding.Origin{Kind: finding.KindLog, Path: f.shown}
	var in archive.Input
	var written time.Time
	if f.stdin {
		origin.Path = "-"
		ahead := source.ReadAhead(ctx, s.opts.Stdin)
		defer ahead.Abandon() // a terminal that nobody types on is not waited for
		in.Reader = ahead
	} else {
		r, why, err := open(f.path)
		if err != nil {
			w.Skip(finding.Skip{Name: f.shown, Reason: why, Detail: err.Error()})
			if errors.Is(err, errPipe) {
				sink.Note(source.PipeNote(f.shown))
			}
			return
		}
		defer r.Close()
		in.Reader = r
		switch info, err := r.Stat(); {
		case err == nil && info.Mode().IsRegular():
			written = info.ModTime()
			if info.Size() > 0 {
				in.At, in.Size = r, info.Size()
			}
		case err == nil && info.Mode()&fs.ModeNamedPipe != 0:
			ahead := source.ReadAhead(ctx, r)
			defer ahead.Abandon() // whoever writes may take for ever
			in.Reader = ahead
		}
	}
	w.Count("logs", 1)
	measured := source.Measure(sink, in.Reader)
	defer func() { measured.Done(in.Size) }()
	in.Reader = measured
	if f.stdin && s.opts.Plan != nil && sink.Told() {
		along := source.ReadAlong(measured, newEarly(sink, turn, s.opts.Plan))
		defer along.Close()
		in.Reader = along
	}
	text := func(ctx context.Context, r io.Reader, o finding.Origin) error { return stream(ctx, w, r, o, written) }
	if s.opts.Archives > 0 {
		_ = source.Unpack(ctx, w, in, origin, s.opts.Limits, text, nil) // only ctx's error, told by Scan
		return
	}
	out, _, err := archive.Decompress(in.Reader)
	if err == nil {
		defer out.Close()
		err = text(ctx, out, origin)
	}
	if err != nil && ctx.Err() == nil {
		w.Skip(finding.Skip{Name: origin.Path, Reason: reasonOf(err), Detail: err.Error()})
	}
}

// reasonOf tells trouble of the system from trouble with what was read.
func reasonOf(err error) finding.SkipReason {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return finding.SkipUnreadable
	}
	return finding.SkipReason(archive.ReasonOf(err))
}

// errPipe says of a pipe with a name in a folder that it is not read.
var errPipe = errors.New(fs.ModeNamedPipe.String())

// open opens a file, or a pipe that is handed over open; other things are no logs.
func open(path string) (*os.File, finding.SkipReason, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0 {
		return nil, finding.SkipSpecial, errors.New(info.Mode().Type().String())
	}
	if err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !source.HandedOver(path) {
		return nil, finding.SkipSpecial, errPipe
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, finding.SkipUnreadable, errors.Unwrap(err)
	}
	return f, "", nil
}
