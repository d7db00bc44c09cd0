package image

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// List returns the references of all tags of all repositories that a registry lists, as New takes them, sorted. The
// filter is a glob (doublestar) that "repository:tag" must match; "" lets all through. Repositories whose tags cannot
// be listed are named in the error; the others are returned along with it.
func List(ctx context.Context, registry, filter string, opts Options) ([]string, error) {
	if filter == "" {
		filter = "**"
	}
	if !doublestar.ValidatePattern(filter) {
		return nil, fmt.Errorf("filter %q is malformed: brackets and braces must be closed", filter)
	}
	var options []name.Option
	if opts.Insecure {
		options = append(options, name.Insecure)
	}
	host := registry
	if mirror := opts.Mirrors[registry]; mirror != "" {
		host = mirror
	}
	reg, err := name.NewRegistry(host, options...)
	if err != nil {
		return nil, fmt.Errorf("registry %q: %w", registry, err)
	}
	s := newRegistry(reg.Repo("x").Tag("x"), &opts)
	repositories, err := remote.Catalog(ctx, reg, s.with(ctx)...)
	if err != nil {
		return nil, fmt.Errorf("registry %q does not list its repositories: %w", registry, err)
	}
	var refs []string
	var errs []error
	for _, r := range repositories {
		tags, err := remote.List(reg.Repo(r), s.with(ctx)...)
		if err != nil {
			errs = append(errs, fmt.Errorf("repository %q: %w", r, err))
		}
		for _, t := range tags {
			if doublestar.MatchUnvalidated(filter, r+":"+t) {
				refs = append(refs, registry+"/"+r+":"+t)
			}
		}
	}
	slices.Sort(refs)
	return refs, errors.Join(errs...)
}
