package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
)

// Options of a scan of images. The zero value scans every platform, opens no archive inside layers and asks the daemon
// before the registry.
type Options struct {
	Platforms []string // "linux/amd64", "linux/arm/v7": only these of a multi-platform image; none: all
	Bases     []string // images, or digests, whose layers are marked as those of a base where others are built on them
	SkipBase  bool     // do not read the layers that are marked so
	Exclude   []string // globs (doublestar) of paths or names in layers to leave out
	Archives  int      // how deep to look into archives inside layers; 0: not at all
	Limits    archive.Limits
	Stdin     io.Reader // for the target "-": an image archive

	// Cache is a folder for what is remembered of layers and files that hold nothing, so that a later scan reads only what
	// is new; "": nothing is. RulesHash tells sets of rules and their settings apart.
	Cache     string
	RulesHash string

	Keychain    authn.Keychain    // credentials of registries; nil: those of the docker and podman configuration
	Transport   http.RoundTripper // nil: one with the environment's proxy settings
	Insecure    bool              // plain HTTP, or TLS that does not verify, where a registry offers nothing else
	Mirrors     map[string]string // registry host to the host asked instead
	Retries     int               // how often a request that failed for a moment is made again; 0: 4, below 0: never
	NoReferrers bool              // do not ask a registry for what is attached to images
	NoDaemon    bool              // ask the registry without asking a local daemon first
	DaemonURL   string            // of the daemon; "": DOCKER_HOST, else the usual sockets
}

// Source is a scan of images; it is a scanner.Source.
type Source struct {
	opts        Options
	targets     []target
	bases       []target
	baseDigests []string
	platforms   []v1.Platform
	regs        *registries
}

// New returns a source of the given images: paths, or references in a registry, or either with a transport before it as
// skopeo writes them (docker://, docker-daemon:, docker-archive:, oci:, oci-archive:), or "-". It looks at the file
// system only.
func New(refs []string, opts Options) (*Source, error) {
	s := &Source{opts: opts}
	s.opts.Limits.Depth = opts.Archives
	var errs []error
	var err error
	if s.regs, err = newRegistries(&s.opts); err != nil {
		return nil, err
	}
	if err := source.CheckGlobs(opts.Exclude); err != nil {
		errs = append(errs, err)
	}
	for _, text := range opts.Platforms {
		p, err := v1.ParsePlatform(text)
		if err != nil || p.OS == "" || p.Architecture == "" {
			errs = append(errs, fmt.Errorf("platform %q is not of the form os/architecture[/variant]", text))
			continue
		}
		s.platforms = append(s.platforms, *p)
	}
	for _, list := range []struct {
		refs []string
		to   *[]target
	}{{refs, &s.targets}, {opts.Bases, &s.bases}} {
		for _, ref := range list.refs {
			if list.to == &s.bases && isDigest(ref) {
				s.baseDigests = append(s.baseDigests, ref)
				continue
			}
			t, err := parseTarget(ref, &s.opts)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			if !slices.ContainsFunc(*list.to, func(u target) bool { return u.exactly(&t) }) {
				*list.to = append(*list.to, t)
			}
		}
	}
	return s, errors.Join(errs...)
}

// picture is one image of one platform, with its layers.
type picture struct {
	name     string // as the user named it
	target   int    // of the source
	digest   string // of the manifest; of a docker archive, of the configuration
	config   string // digest
	base     string // digest of the base image's manifest, "" where the image does not say
	platform string
	attached bool // an SBOM, attestation or signature of an image rather than an image
	blobs    store
	texts    []configText
	layers   []layer
}

// layer is one entry of an image's list of layers.
type layer struct {
	digest    string // of the blob as it is stored
	diffID    string // of the tar stream in it, "" where unknown
	mediaType string
	title     string // for content that is no tar stream
	size      int64  // of the blob, 0 where unknown
	createdBy string
	urls      []string // where a foreign layer is to be had
	base      bool     // of a base image that was named
	legacy    bool     // of a docker archive: digest names a file or is the diffID, which is what can be checked
	blobs     store
}

// key tells layers that need to be scanned only once.
func (l *layer) key() string { return l.digest }

// Scan implements scanner.Source. Targets that cannot be read at all do not keep the others from being scanned; the
// error names them.
func (s *Source) Scan(ctx context.Context, sink *scanner.Sink) error {
	r := &run{opts: &s.opts, sink: sink, layers: map[string]*scanned{}, once: newOnce(openKnown(&s.opts))}
	pictures, stores, err := s.load(ctx, sink)
	defer func() {
		for _, st := range stores {
			_ = st.Close()
		}
	}()
	closeBases, baseErr := s.markBases(ctx, sink, pictures)
	defer closeBases()
	r.configurations(pictures)
	r.scan(ctx, pictures)
	r.report(pictures)
	if k := r.once.known; k != nil {
		k.close()
		for _, note := range k.notes {
			sink.Note(note)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(err, baseErr)
}

// load resolves the targets to pictures, several at a time, in the order of the targets. The stores are open as long as
// the pictures are used.
func (s *Source) load(ctx context.Context, sink *scanner.Sink) (pictures []picture, stores []store, err error) {
	loaders := make([]loader, len(s.targets))
	opened := make([]store, len(s.targets))
	errs := make([]error, len(s.targets))
	var group errgroup.Group
	group.SetLimit(requestsAtOnce)
	for i, t := range s.targets {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			loaders[i] = loader{opts: &s.opts, regs: s.regs, platforms: s.platforms, name: t.name, sink: sink}
			var err error
			if opened[i], err = loaders[i].load(ctx, t); err != nil {
				errs[i] = fmt.Errorf("image %q: %w", t.name, err)
			}
			return nil
		})
	}
	_ = group.Wait() // errors are gathered
	for i := range loaders {
		for _, p := range loaders[i].pictures {
			if !s.repeated(pictures, &p, i) {
				p.target = i
				pictures = append(pictures, p)
			}
		}
		if opened[i] != nil {
			stores = append(stores, opened[i])
		}
	}
	return pictures, stores, errors.Join(errs...)
}

// repeated tells whether an image is among those of targets before, under another name of the same thing.
func (s *Source) repeated(before []picture, p *picture, at int) bool {
	return slices.ContainsFunc(before, func(b picture) bool {
		return p.digest != "" && b.digest == p.digest && b.platform == p.platform && b.attached == p.attached && b.target < at &&
			s.targets[b.target].same(&s.targets[at])
	})
}
