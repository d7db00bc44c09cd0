package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/scanner"
)

// Options of a scan of files. The zero value scans every regular file but those in .git folders and the objects of bare
// repositories, and opens no archive.
type Options struct {
	GitIgnore      bool     // leave out what .gitignore files and .git/info/exclude name, except what the index tracks
	Exclude        []string // globs (doublestar) of paths or names to leave out
	Without        []string // files to leave out, absolute and without links
	Include        []string // globs of the only files to scan; none: all
	FollowSymlinks bool     // read what symbolic links lead to; otherwise they are counted
	MaxFileBytes   int64    // larger files are skipped; 0: no limit
	Archives       int      // how deep to look into archives within archives; 0: not at all
	Limits         archive.Limits
	GitDirs        bool // read .git folders and the objects of bare repositories as files too
}

func (o Options) check() error {
	var errs []error
	for _, list := range [][]string{o.Exclude, o.Include} {
		for _, g := range list {
			if !doublestar.ValidatePattern(strings.TrimSuffix(g, "/")) {
				errs = append(errs, fmt.Errorf("glob %q is malformed: brackets and braces must be closed", g))
			}
		}
	}
	return errors.Join(errs...)
}

// Source is a scan of files; it is a scanner.Source.
type Source struct {
	opts    Options
	targets []root
}

// New returns a source of the given files and folders. It fails where a glob is malformed or a target is not there; the
// error names every such target.
func New(paths []string, opts Options) (*Source, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	s := &Source{opts: opts}
	s.opts.Limits.Depth = opts.Archives
	var errs []error
	for _, p := range paths {
		r, err := newRoot(p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if len(paths) > 1 || !r.info.IsDir() {
			r.shown = filepath.ToSlash(filepath.Clean(p))
		}
		s.targets = append(s.targets, r)
	}
	return s, errors.Join(errs...)
}

// root is where a walk starts.
type root struct {
	path  string // to open
	real  string // absolute, without links
	shown string // what reported paths start with; "" for none
	info  os.FileInfo
}

func newRoot(path string) (root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return root{}, fmt.Errorf("target %q: %w", path, errors.Unwrap(err))
	}
	real, err := filepath.Abs(path)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		if info.IsDir() {
			return root{}, fmt.Errorf("target %q: %w", path, err)
		}
		real = path // a pipe of /dev/fd has no path of its own
	}
	return root{path: path, real: real, info: info}, nil
}

// Scan implements scanner.Source.
func (s *Source) Scan(ctx context.Context, sink *scanner.Sink) error {
	w := newWalk(&s.opts, sink)
	roots := s.targets
	for len(roots) > 0 && ctx.Err() == nil {
		roots = w.admit(roots)
		w.run(ctx, roots)
		roots = w.followed()
	}
	w.tellBares()
	return ctx.Err()
}
