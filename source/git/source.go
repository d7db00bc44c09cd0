package git

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// Options choose what of a repository is scanned. The zero value is the whole repository, everything in it that no
// reference leads to included.
type Options struct {
	Name string // of the repository in reports; "": the path or URL given to New, without credentials

	Branch  string    // only what this branch, tag or commit leads to
	Range   string    // "A..B", "A...B" or "A..": only what commits of B bring that A does not have
	Updates []Update  // as Range, for the references that a push changes
	Since   time.Time // as Range: only what commits made since bring; zero: no bound
	Staged  bool      // only what the index adds to HEAD

	ReachableOnly  bool // leave out what no reference leads to
	Submodules     bool // the submodules that are here as well; of a whole repository only
	AllOccurrences bool // a place for every version and path, not one a secret
	Depth          int  // commits of history to clone of a URL; 0: all

	// Only, if set, chooses files by path; the others are told as excluded. Of Range, Updates, Since and Staged they are
	// not read; of a whole repository, where bytes are read before their paths are known, what only they hold is not
	// reported.
	Only func(path string) bool

	// Excluded, if set, tells of which paths nothing is ever reported, where Only chooses among the others as well: what
	// is moved from such a path is new, what is moved from another is not. nil: the paths that Only leaves out.
	Excluded func(path string) bool

	// Silenced, if set, tells whether a match was silenced at a place where it stood, which makes it new where it is
	// moved to, as any allow comment does. It is called on several goroutines.
	Silenced func(finding.Match, finding.Place) bool

	Archives int // how deep to look into archives within archives; 0: not at all
	Limits   archive.Limits

	// Cache is a folder for what is remembered of objects, so that a later scan of the whole repository reads only what
	// is new (memory.go); "": nothing is. RulesHash tells sets of rules, their settings, marks of inline
	// allows and the programs that apply them apart.
	// Chosen tells apart what Only may choose: without it only what is known of the objects is remembered, not what was
	// told of them.
	Cache     string
	RulesHash string
	Chosen    string

	// Hook takes index and object folders from the environment that git gives to its hooks: GIT_INDEX_FILE,
	// GIT_OBJECT_DIRECTORY, GIT_QUARANTINE_PATH, GIT_ALTERNATE_OBJECT_DIRECTORIES. With Updates it says that they are
	// received here, so that everything the references lead to was here before; without it they are about to be
	// sent, and only what remote branches lead to is known to be there.
	Hook bool
}

// Update is a reference that a push changes, as git tells a pre-receive hook. The zero id stands for none.
type Update struct{ Old, New, Ref string }

// Source is a repository to scan.
type Source struct {
	opts   Options
	target string
	remote bool
}

var _ scanner.Source = (*Source)(nil)

// New returns the source of a repository: a path in or of it, or a URL to clone. A path is looked at here, a URL only
// when it is scanned.
func New(target string, opts Options) (*Source, error) {
	opts.Limits.Depth = opts.Archives
	s := &Source{opts: opts, target: target, remote: IsURL(target)}
	if err := opts.check(); err != nil {
		return nil, err
	}
	if s.opts.Name == "" {
		s.opts.Name = displayName(target)
	}
	if s.remote && s.opts.Staged {
		return nil, fmt.Errorf("%s: a clone has nothing staged; name a repository that is here", displayName(target))
	}
	if !s.remote {
		if _, err := repo.Open(target); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (o Options) check() error {
	chosen := 0
	for _, set := range []bool{o.Branch != "", o.Range != "", len(o.Updates) > 0, o.Staged} {
		if set {
			chosen++
		}
	}
	if chosen > 1 {
		return fmt.Errorf("choose one of branch, range, updates and staged")
	}
	if o.Staged && !o.Since.IsZero() {
		return fmt.Errorf("choose one of staged and since")
	}
	if o.Submodules && (chosen > 0 || !o.Since.IsZero()) {
		return fmt.Errorf("submodules are scanned with the whole repository only, not with a part of it")
	}
	if o.Range != "" && !strings.Contains(o.Range, "..") {
		return fmt.Errorf("range %q: write it as A..B", o.Range)
	}
	return nil
}

// Scan scans the repository.
func (s *Source) Scan(ctx context.Context, sink *scanner.Sink) (err error) {
	protect(func() { err = s.scan(ctx, sink) }, func(why any) { err = fmt.Errorf("%s: reading broke down: %v", s.opts.Name, why) })
	return err
}

func (s *Source) scan(ctx context.Context, sink *scanner.Sink) error {
	path := s.target
	if s.remote {
		dir, err := clone(ctx, s.target, s.opts.Depth)
		if dir != "" {
			defer os.RemoveAll(dir)
		}
		if err != nil {
			return err
		}
		path = dir
	}
	return s.scanLocal(ctx, sink, path, map[string]bool{}, 0)
}

// scanLocal scans the repository at path. seen has the git folders that are part of this scan already; depth is how many
// repositories this one is a submodule within.
func (s *Source) scanLocal(ctx context.Context, sink *scanner.Sink, path string, seen map[string]bool, depth int) error {
	r, err := repo.Open(path)
	if err != nil {
		return err
	}
	store := r.OpenStore(s.objectDirs())
	defer store.Close()
	run := &run{opts: s.opts, repo: r, store: store, sink: sink}
	if s.remote {
		run.address = displayName(s.target)
	}
	run.remarks()
	switch {
	case s.opts.Staged:
		return run.staged(ctx)
	case s.opts.Range != "" || len(s.opts.Updates) > 0 || !s.opts.Since.IsZero():
		return run.changes(ctx)
	}
	subs := run.findSubmodules(seen)
	if err := run.whole(ctx); err != nil {
		return err
	}
	return s.submodules(ctx, sink, subs, seen, depth)
}

// objectDirs returns the folder of objects that stands for the repository's own, if any, and further ones.
func (s *Source) objectDirs() (own string, more []string) {
	if !s.opts.Hook {
		return "", nil
	}
	own = os.Getenv("GIT_OBJECT_DIRECTORY")
	if q := os.Getenv("GIT_QUARANTINE_PATH"); q != "" && q != own {
		more = append(more, q)
	}
	for _, dir := range filepath.SplitList(os.Getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
		if dir != "" {
			more = append(more, dir)
		}
	}
	return own, more
}

// guarded runs f on a goroutine of the group. Should f break down, that is told and the others go on.
func (r *run) guarded(group *sync.WaitGroup, f func()) {
	group.Go(func() {
		protect(f, func(why any) {
			r.skip(finding.Skip{Name: r.opts.Name, Reason: finding.SkipFailed, Detail: fmt.Sprintf("reading broke down: %v", why)})
		})
	})
}

// protect runs f and hands to tell what it panics with. A fault on mapped memory, because a pack was cut while it was
// read, is such a panic.
func protect(f func(), tell func(why any)) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if why := recover(); why != nil {
			tell(why)
		}
	}()
	f()
}

// run is one scan of one repository.
type run struct {
	opts  Options
	repo  *repo.Repo
	store *repo.Store
	sink  *scanner.Sink

	seals   seals                // of blobs that were reported
	effort  effort               // of reading folders
	address string               // of what was cloned; "": the repository was here
	stash   map[object.ID]string // see stashed
	scanned map[string]bool      // paths of submodules that are scanned too

	now      [sha256.Size]byte // see state
	recorder *recorder         // of what is told; nil: nothing is to be remembered

	observe func(number int32, resolved []finding.Match) // for tests
	large   int64                                        // table.large, for tests; 0: its default
	sifting int                                          // siftFrom, for tests; 0: that
}

// remarks puts into the coverage what a reader must know of the repository.
func (r *run) remarks() {
	if r.repo.Shallow > 0 {
		r.sink.Note("shallow clone: history before its oldest commits is not here")
	}
	if r.repo.Promisor {
		r.sink.Note("partial clone: objects that were not fetched are not read")
	}
	if r.repo.Odd != "" {
		r.sink.Note("repository configuration is not readable: " + r.repo.Odd)
	}
	if f := r.repo.RefFormat; f != "" {
		r.sink.Skip(finding.Skip{Name: "refs", Reason: finding.SkipUnsupported, Detail: "references are kept as " + f + "; all objects are read, but none counts as reachable"})
	}
	for _, remark := range r.store.Remarks {
		r.sink.Note(remark)
	}
	for _, t := range r.store.Troubles {
		r.sink.Skip(finding.Skip{Name: t.Name, Reason: finding.SkipCorrupt, Detail: t.Detail})
	}
}
