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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
)

// FollowOptions say how logs are followed. NewDetector, Plan and Tell are required.
type FollowOptions struct {
	Options
	NewDetector func() scanner.Detector
	Plan        *settle.Plan
	Tell        func(found []finding.Finding) error // called with what was found, from one goroutine at a time; an error ends it all
	AllowMark   string                              // as in scanner.Options
	Jobs        int                                 // goroutines that read; 0: 1
	State       string                              // file that says how far logs were read; "": none
	FromEnd     bool                                // of logs that the state does not know and that are there at the start, only what is new
	Poll        time.Duration                       // how often files are looked at; 0: 200 ms
	Linger      time.Duration                       // how long a log that was rotated away is watched for more; 0: a minute
	Every       time.Duration                       // how often Report is called; 0: never
	Report      func(Progress)
}

// Follower reads logs as they grow, through rotation by renaming and by copying and cutting, and tells at once what it
// finds. Use Follow.
type Follower struct {
	opts    FollowOptions
	targets []string
	state   *followState

	mu    sync.Mutex
	known map[string]bool // paths
	order []*followed
	skips map[string]finding.Skip // of what cannot be read now
	err   error                   // of Tell

	placing sync.Mutex // held while the state is asked who reads a file, and told
	telling sync.Mutex // held while Tell is called
	stop    context.CancelFunc

	bytes, settledBytes, findings, rotations, truncations, logs atomic.Int64
}

const (
	usualPoll   = 200 * time.Millisecond
	usualLinger = time.Minute
	stateEvery  = time.Second

	discoverEvery = 500 * time.Millisecond
)

// Follow reads the targets (files, folders, globs and "-") until ctx is done, or until all are streams that ended. It
// returns what it read; that ctx is done is no error.
func Follow(ctx context.Context, targets []string, opts FollowOptions) (finding.Coverage, error) {
	if opts.Poll <= 0 {
		opts.Poll = usualPoll
	}
	if opts.Linger <= 0 {
		opts.Linger = usualLinger
	}
	if opts.AllowMark == "" {
		opts.AllowMark = scanner.DefaultAllowMark
	}
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	opts.Jobs = max(opts.Jobs, 1)
	f := &Follower{opts: opts, targets: targets, known: map[string]bool{}, skips: map[string]finding.Skip{}}
	var err error
	if f.state, err = loadState(opts.State); err != nil {
		return finding.Coverage{}, err
	}
	if err := f.discover(true); err != nil {
		return finding.Coverage{}, err
	}
	err = f.run(ctx)
	return f.coverage(), err
}

func (f *Follower) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	f.stop = stop
	var group sync.WaitGroup
	streams := make(chan struct{})
	if slices.Contains(f.targets, "-") {
		group.Go(func() {
			defer close(streams)
			f.stream(ctx)
		})
	} else {
		close(streams)
	}
	onlyStream := len(f.targets) == 1 && f.targets[0] == "-"
	for i := range f.opts.Jobs {
		if !onlyStream {
			group.Go(func() { f.work(ctx, i) })
		}
	}
	group.Go(func() { f.housekeeping(ctx) })
	group.Go(func() { f.reports(ctx) })
	if onlyStream {
		<-streams
	} else {
		<-ctx.Done()
	}
	stop()
	group.Wait()
	f.end()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// tell hands findings on.
func (f *Follower) tell(found []finding.Finding) error {
	if len(found) == 0 {
		return nil
	}
	f.telling.Lock()
	defer f.telling.Unlock()
	if f.failed() {
		return errTell
	}
	f.findings.Add(int64(len(found)))
	if err := f.opts.Tell(found); err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.err = err
		f.stop()
		return errTell
	}
	return nil
}

// errTell means that nobody takes the findings any more.
var errTell = errors.New("findings cannot be passed on")

// discover finds the files that the targets name now. Those of the first time are not new, and must be there.
func (f *Follower) discover(first bool) error {
	finder := &Source{opts: f.opts.Options}
	var errs []error
	for _, t := range f.targets {
		found, err := finder.find(t)
		pattern := strings.ContainsAny(t, "*?[{")
		if first && pattern && !doublestar.ValidatePattern(filepath.ToSlash(t)) {
			errs = append(errs, fmt.Errorf("log %q: %w", t, errors.Unwrap(err)))
		}
		if len(found) == 0 && !pattern { // it may come
			found = []file{{path: t, shown: filepath.ToSlash(t)}}
		}
		for _, x := range found {
			if !x.stdin {
				f.add(x, x.path == t, first)
			}
		}
	}
	return errors.Join(errs...)
}

func (f *Follower) add(x file, named, first bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.known[x.path] {
		f.known[x.path] = true
		n := &followed{f: f, path: x.path, shown: x.shown, named: named, job: len(f.order) % f.opts.Jobs}
		if info, err := os.Stat(x.path); err == nil && first {
			n.early, n.first = true, idOf(info)
		}
		f.order = append(f.order, n)
	}
}

// forget drops the paths that are gone and of which nothing is read any more: containers and jobs come and go. One that
// comes back is found again.
func (f *Follower) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.order = slices.DeleteFunc(f.order, func(x *followed) bool {
		if x.named || !x.mu.TryLock() { // what is being read is not gone
			return false
		}
		defer x.mu.Unlock()
		if len(x.files) > 0 || !x.begun && !x.searched { // what an earlier run left of it may stand beside it
			return false
		}
		if _, err := os.Stat(x.path); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
		x.forgotten = true
		delete(f.known, x.path)
		return true
	})
}

// work reads the files of one goroutine until ctx is done.
func (f *Follower) work(ctx context.Context, job int) {
	detector := f.opts.NewDetector()
	tick := time.NewTicker(f.opts.Poll)
	defer tick.Stop()
	for {
		more := false
		for _, x := range f.all() {
			if ctx.Err() != nil || f.failed() {
				return
			}
			if x.job == job {
				more = x.step(detector) || more
			}
		}
		if more {
			continue
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// all returns the paths that are followed.
func (f *Follower) all() []*followed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.order)
}

func (f *Follower) failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

// stream follows standard input.
func (f *Follower) stream(ctx context.Context) {
	in := source.ReadAhead(ctx, f.opts.Stdin)
	defer in.Abandon()
	g := f.newGrowing(f.opts.NewDetector(), "-")
	f.logs.Add(1)
	b := make([]byte, followChunk)
	for {
		n, err := in.Read(b)
		f.bytes.Add(int64(n))
		if e := g.take(b[:n]); e == nil {
			e = g.settle(settle.Now)
			err = errors.Join(err, e)
		} else {
			err = e
		}
		if err != nil {
			if errors.Is(err, io.EOF) || ctx.Err() != nil {
				err = nil
			}
			if err = errors.Join(err, g.settle(settle.End)); err != nil {
				f.skip("-", finding.Skip{Name: "standard input", Reason: reasonOf(err), Detail: err.Error()})
			}
			return
		}
	}
}

func (f *Follower) skip(path string, s finding.Skip) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.skips[path] = s
}

func (f *Follower) unskip(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.skips, path)
}

// end settles what is left, where no state lets a later run go on, and closes everything.
func (f *Follower) end() {
	f.save()
	for _, x := range f.all() {
		x.close(f.opts.State == "")
	}
	if f.opts.Report != nil {
		f.opts.Report(f.progress(Progress{}))
	}
}
