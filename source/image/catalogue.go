package image

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/sync/errgroup"

	"github.com/unleak/unleak/internal/arrange"
)

// requestsAtOnce is how many manifests or lists of tags are asked for at a time.
const requestsAtOnce = 8

// List returns the references of the tags that a registry has, as New takes them, sorted. Where names a host, whose
// catalogue is read, or a host and a repository. A tag is listed when "repository:tag", or the repository alone, matches
// one of the globs (doublestar); without globs all are. Repositories whose tags cannot be listed are named in the error;
// the others are returned along with it.
func List(ctx context.Context, where string, globs []string, opts Options) ([]string, error) {
	for _, g := range globs {
		if !doublestar.ValidatePattern(g) {
			return nil, fmt.Errorf("filter %q is malformed: brackets and braces must be closed", g)
		}
	}
	regs, err := newRegistries(&opts)
	if err != nil {
		return nil, err
	}
	repositories, shown, err := catalogue(ctx, regs, where, &opts)
	if err != nil {
		return nil, err
	}
	l := lister{prefix: shown + "/", globs: globs}
	var group errgroup.Group
	group.SetLimit(requestsAtOnce)
	for _, r := range repositories {
		if !l.mayMatch(r.RepositoryStr()) {
			continue
		}
		group.Go(func() error {
			tags, err := remote.List(r, regs.with(ctx)...)
			l.add(r.RepositoryStr(), tags, err)
			return nil
		})
	}
	_ = group.Wait() // errors are gathered
	slices.Sort(l.refs)
	arrange.By(l.errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return l.refs, errors.Join(append(l.errs, ctx.Err())...)
}

// catalogue returns the repositories that are meant, and the registry as the user calls it.
func catalogue(ctx context.Context, regs *registries, where string, opts *Options) ([]name.Repository, string, error) {
	var options []name.Option
	if opts.Insecure {
		options = append(options, name.Insecure)
	}
	where = strings.TrimSuffix(where, "/")
	registry, repository, one := strings.Cut(where, "/")
	host := registry
	if mirror := opts.Mirrors[registry]; mirror != "" {
		host = mirror
	}
	if one {
		r, err := name.NewRepository(host+"/"+repository, options...)
		if err != nil {
			return nil, "", fmt.Errorf("registry %q: %w", where, err)
		}
		return []name.Repository{r}, registry, nil
	}
	reg, err := name.NewRegistry(host, options...)
	if err != nil {
		return nil, "", fmt.Errorf("registry %q: %w", where, err)
	}
	names, err := remote.Catalog(ctx, reg, regs.with(ctx)...)
	if err != nil {
		return nil, "", fmt.Errorf("registry %q does not list its repositories (name one: %s/REPOSITORY): %w", where, where, err)
	}
	var all []name.Repository
	for _, n := range names {
		all = append(all, reg.Repo(n))
	}
	return all, registry, nil
}

// lister gathers references.
type lister struct {
	prefix string
	globs  []string

	mu   sync.Mutex
	refs []string
	errs []error
}

// mayMatch spares the request for the tags of a repository that no glob can match.
func (l *lister) mayMatch(repository string) bool {
	if len(l.globs) == 0 {
		return true
	}
	return slices.ContainsFunc(l.globs, func(g string) bool {
		name, _ := splitGlob(g)
		return strings.Contains(g, "{") || doublestar.MatchUnvalidated(name, repository)
	})
}

// splitGlob returns the globs of the repository and of the tag, "" for any.
func splitGlob(glob string) (repository, tag string) {
	if i := strings.LastIndexByte(glob, ':'); i >= 0 {
		return glob[:i], glob[i+1:]
	}
	return glob, ""
}

func (l *lister) add(repository string, tags []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.errs = append(l.errs, fmt.Errorf("repository %q: %w", repository, err))
	}
	for _, t := range tags {
		if l.matches(repository, t) {
			l.refs = append(l.refs, l.prefix+repository+":"+t)
		}
	}
}

func (l *lister) matches(repository, tag string) bool {
	return len(l.globs) == 0 || slices.ContainsFunc(l.globs, func(g string) bool {
		name, version := splitGlob(g)
		return doublestar.MatchUnvalidated(name, repository) && (version == "" || doublestar.MatchUnvalidated(version, tag)) ||
			doublestar.MatchUnvalidated(g, repository+":"+tag) // a colon within braces
	})
}
