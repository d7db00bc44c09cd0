package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/image"
)

// imageFlags are the flags of the image command alone.
type imageFlags struct {
	image.Options
	cache    cacheFlags
	registry string
	filter   []string
	list     bool
	retries  int
}

func (o *imageFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.StringSliceVar(&o.Platforms, "platform", nil, "os/architecture[/variant] of a multi-platform image; repeatable (default: all)")
	s.StringSliceVar(&o.Bases, "base", nil, "base image, or a digest: its layers are marked as not the image's own; repeatable")
	s.BoolVar(&o.SkipBase, "skip-base", false, "do not read the layers of base images")
	s.StringVar(&o.registry, "registry", "", "scan every image of this HOST, or of this HOST/REPOSITORY")
	s.StringArrayVar(&o.filter, "filter", nil, "with --registry: glob of the only REPOSITORY:TAG, or REPOSITORY, to scan; repeatable")
	s.BoolVar(&o.list, "list", false, "with --registry: print the references and read none")
	s.IntVar(&o.Archives, "archive-depth", defaultArchiveDepth, "archives within archives that are read; 0: none")
	s.BoolVar(&o.NoReferrers, "no-referrers", false, "do not ask the registry for attached SBOMs, attestations and signatures")
	s.BoolVar(&o.Insecure, "insecure", false, "plain HTTP, or TLS that does not verify")
	s.BoolVar(&o.NoDaemon, "no-daemon", false, "ask the registry without asking a local daemon first")
	s.StringToStringVar(&o.Mirrors, "mirror", nil, "REGISTRY=HOST: ask this host instead; repeatable")
	o.cache.add(c)
	s.IntVar(&o.retries, "retries", 4, "how often a request that fails for a moment is made again")
}

// check looks at what the flags say of each other.
func (o *imageFlags) check(refs []string) error {
	switch {
	case o.registry == "" && (len(o.filter) > 0 || o.list):
		return errors.New("--filter and --list go with --registry HOST")
	case o.registry == "" && len(refs) == 0:
		return errors.New("name an image: a reference, an archive or a layout; or --registry HOST for all that it lists")
	case o.list && len(refs) > 0:
		return errors.New("--list prints what --registry has: it takes no image")
	case o.retries < 0:
		return fmt.Errorf("--retries %d: want 0 or more", o.retries)
	}
	if o.Retries = o.retries; o.retries == 0 {
		o.Retries = -1
	}
	return nil
}

// sources returns the source of the named images and of those the registry lists.
func (o *imageFlags) sources(ctx context.Context, a *app, refs []string, s *settings) ([]scanner.Source, error) {
	o.Exclude, o.Stdin = s.config.Exclude, a.stdin
	var err error
	if o.Cache, o.RulesHash, err = o.cache.place(s); err != nil {
		return nil, err
	}
	var all []scanner.Source
	if o.registry != "" {
		listed, err := image.List(ctx, o.registry, o.filter, o.Options)
		if err != nil && len(listed) == 0 {
			return nil, err
		}
		if err != nil {
			all = append(all, unlisted{err})
		}
		if len(listed) == 0 && len(refs) == 0 {
			return nil, fmt.Errorf("registry %s lists no image that --filter lets through", o.registry)
		}
		for _, ref := range listed {
			refs = append(refs, "docker://"+ref)
		}
	}
	src, err := image.New(refs, o.Options)
	return append(all, src), err
}

// unlisted stands for the repositories whose tags could not be listed.
type unlisted struct{ err error }

// Scan implements scanner.Source.
func (u unlisted) Scan(context.Context, *scanner.Sink) error { return u.err }

// printList writes the references that a registry lists.
func (o *imageFlags) printList(ctx context.Context, w io.Writer) error {
	refs, err := image.List(ctx, o.registry, o.filter, o.Options)
	for _, ref := range refs {
		fmt.Fprintln(w, ref)
	}
	return err
}

const imageHelp = `Image reads container images whole: every layer as it is, files that later layers remove
included, the configuration, the history, and what is attached to the image. An image is

  registry.example.com/app:1     a reference, by tag or digest: the daemon, then the registry (network)
  docker://REF                   the registry alone; docker-daemon:REF the daemon alone
  app.tar                        a docker-save archive or an OCI layout in a tar file, packed or not
  layout/                        an OCI layout; oci:layout:TAG one image of it
  /var/lib/containerd            the images of a stopped or running containerd (root's folder)
  -                              an archive on standard input

With --registry, all that the registry's catalogue lists. Credentials are those of docker and podman
(config.json, credential helpers, auth.json); HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE count, and
DOCKER_HOST for the daemon. docs/images.md says more.

` + exitHelp

func newImage(a *app) *cobra.Command {
	var f scanFlags
	var o imageFlags
	c := &cobra.Command{
		Use:   "image [REF|TAR|LAYOUT...]",
		Short: "Scan container images: every layer, the configuration and the history",
		Long:  imageHelp,
		RunE: func(c *cobra.Command, refs []string) error {
			if err := o.check(refs); err != nil {
				return err
			}
			if o.list {
				return o.printList(c.Context(), a.stdout)
			}
			targets := refs
			if o.registry != "" {
				targets = append([]string{o.registry}, refs...)
			}
			return a.scanWith(c.Context(), &f, plan{
				command: "image", targets: targets,
				sources: func(s *settings) ([]scanner.Source, error) { return o.sources(c.Context(), a, refs, s) },
			})
		},
	}
	f.add(c)
	o.add(c)
	return c
}
