package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// staged scans what the index adds to HEAD.
func (r *run) staged(ctx context.Context) error {
	index, err := r.index(ctx)
	if err != nil {
		return fmt.Errorf("index of %s: %w", r.opts.Name, err)
	}
	defer index.Close()
	d := r.newStaging(index)
	if err := d.compare(); err != nil {
		return err
	}
	news := d.traced()
	r.sink.Count("files", int64(len(d.news)))
	r.sink.Count("index entries", int64(index.Len()))
	if d.conflicts > 0 {
		r.sink.Note(fmt.Sprintf("index entries in conflict, which cannot be committed, are not read: %d", d.conflicts))
	}
	r.tellEffort()
	return r.additions(ctx, news, func(n *addition) finding.Origin {
		g := &finding.GitOrigin{Repository: r.opts.Name, Blob: n.file.id.String()}
		return finding.Origin{Kind: finding.KindIndex, Path: n.path, Git: g}
	})
}

// Staged returns the paths of the files that the index of a repository adds to HEAD or changes.
func Staged(path string, opts Options) (map[string]bool, error) {
	opened, err := repo.Open(path)
	if err != nil {
		return nil, err
	}
	own, more := (&Source{opts: opts}).objectDirs()
	store := opened.OpenStore(own, more)
	defer store.Close()
	r := &run{opts: opts, repo: opened, store: store, sink: &scanner.Sink{}} // what cannot be read a scan tells
	index, err := r.index(context.Background())
	if err != nil {
		return nil, fmt.Errorf("index of %s: %w", path, err)
	}
	defer index.Close()
	d := r.newStaging(index)
	if err := d.compare(); err != nil {
		return nil, err
	}
	paths := map[string]bool{}
	for _, n := range d.news {
		paths[n.path] = true
	}
	return paths, nil
}

// index opens the index. One that is split is put together by git.
func (r *run) index(ctx context.Context) (*repo.Index, error) {
	name := ""
	if r.opts.Hook {
		name = os.Getenv("GIT_INDEX_FILE")
	}
	index, err := r.repo.OpenIndex(name)
	if !errors.Is(err, repo.ErrSplit) {
		return index, err
	}
	cmd := exec.CommandContext(ctx, "git", "-c", "core.fsmonitor=false", "-c", "safe.directory=*", "--git-dir="+r.repo.GitDir,
		"ls-files", "--stage", "-z", "--full-name")
	cmd.WaitDelay = 10 * time.Second
	cmd.Dir = r.repo.GitDir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("split index: git ls-files: %w", err)
	}
	entries, err := repo.ParseListing(out)
	return repo.ListedIndex(entries), err
}

// file is what a tree says of a path.
type file struct {
	id   object.ID
	mode object.Mode
}

// skipObject reports an object that cannot be read.
func (r *run) skipObject(path string, id object.ID, err error) {
	if path == "" {
		path = id.String()
	}
	s := finding.Skip{Name: path, Reason: finding.SkipCorrupt, Detail: "object " + id.String()}
	switch {
	case err == nil:
		s.Reason = finding.SkipTooDeep
	case errors.Is(err, repo.ErrMissing):
		s.Reason = finding.SkipMissing
	case errors.Is(err, repo.ErrTooLarge):
		s.Reason = finding.SkipTooLarge
	default:
		s.Detail += ": " + err.Error()
	}
	r.sink.Skip(s)
}

// readTree returns the entries of a tree by name.
func readTree(reader *repo.Reader, id object.ID, hash int) (map[string]file, error) {
	kind, text, err := reader.Read(id)
	if err != nil {
		return nil, err
	}
	if kind != object.Tree {
		return nil, fmt.Errorf("is a %s, not a tree", kind)
	}
	out := map[string]file{}
	for p := 0; p < len(text); {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			return out, errTree
		}
		out[string(e.Name)] = file{object.FromBytes(e.Raw), e.Mode}
		p = e.End
	}
	return out, nil
}
