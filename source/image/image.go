package image

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// Options of a scan of images. The zero value scans every platform, opens no archive inside layers and asks the daemon
// before the registry.
type Options struct {
	Platforms []string // "linux/amd64", "linux/arm/v7": only these of a multi-platform image; none: all
	Bases     []string // images whose layers are marked as those of a base where others are built on them
	Archives  int      // how deep to look into archives inside layers; 0: not at all
	Limits    archive.Limits

	Keychain  authn.Keychain    // credentials of registries; nil: those of the docker and podman configuration
	Transport http.RoundTripper // nil: one with the environment's proxy settings
	Insecure  bool              // plain HTTP, or TLS that does not verify, where a registry offers nothing else
	Mirrors   map[string]string // registry host to the host asked instead
	NoDaemon  bool              // ask the registry without asking a local daemon first
	DaemonURL string            // of the daemon; "": DOCKER_HOST, else the usual sockets
}

// Source is a scan of images; it is a scanner.Source.
type Source struct {
	opts      Options
	targets   []target
	bases     []target
	platforms []v1.Platform
}

// New returns a source of the given images: paths, or references in a registry, or either with a transport before it as
// skopeo writes them (docker://, docker-daemon:, docker-archive:, oci:, oci-archive:). It looks at the file system only.
func New(refs []string, opts Options) (*Source, error) {
	s := &Source{opts: opts}
	s.opts.Limits.Depth = opts.Archives
	var errs []error
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
			t, err := parseTarget(ref, &s.opts)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			*list.to = append(*list.to, t)
		}
	}
	return s, errors.Join(errs...)
}

// picture is one image of one platform, with its layers.
type picture struct {
	name     string // as the user named it
	digest   string
	platform string
	texts    []configText
	layers   []layer
}

// layer is one entry of an image's list of layers.
type layer struct {
	digest    string // of the blob as it is stored
	diffID    string // of the tar stream in it, "" where unknown
	mediaType string
	size      int64 // of the blob, 0 where unknown
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
	r := &run{opts: &s.opts, sink: sink, layers: map[string]*scanned{}}
	var errs []error
	var pictures []picture
	for _, t := range s.targets {
		if ctx.Err() != nil {
			break
		}
		l := &loader{opts: &s.opts, platforms: s.platforms, name: t.name, sink: sink}
		st, err := l.load(ctx, t)
		if st != nil {
			defer st.Close()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("image %q: %w", t.name, err))
		}
		pictures = append(pictures, l.pictures...)
	}
	if err := s.markBases(ctx, &loader{opts: &s.opts, sink: sink}, pictures); err != nil {
		errs = append(errs, err)
	}
	r.scan(ctx, pictures)
	r.report(pictures)
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(errs...)
}

// run is one scan.
type run struct {
	opts   *Options
	sink   *scanner.Sink
	layers map[string]*scanned // by key
}

// scan reads the layers of all pictures, each once, and the configurations.
func (r *run) scan(ctx context.Context, pictures []picture) {
	var todo []*scanned
	for i := range pictures {
		for j := range pictures[i].layers {
			l := &pictures[i].layers[j]
			if r.layers[l.key()] == nil {
				sc := &scanned{layer: l, name: pictures[i].name}
				r.layers[l.key()] = sc
				todo = append(todo, sc)
			}
		}
	}
	r.sink.Progress("layers", 0, int64(len(todo)))
	var next int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range min(r.sink.Jobs(), len(todo)) {
		group.Go(func() {
			w := r.sink.Worker()
			defer w.Close()
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(todo) || ctx.Err() != nil {
					return
				}
				todo[i].read(ctx, w, r.opts)
				r.sink.Progress("layers", 1, 0)
			}
		})
	}
	group.Wait()
}

// report adds what was found in the layers for every picture, and scans the configurations.
func (r *run) report(pictures []picture) {
	w := r.sink.Worker()
	defer w.Close()
	for i := range pictures {
		p := &pictures[i]
		w.Count("images", 1)
		for _, t := range p.texts {
			w.Count("configuration fields", 1)
			w.Text([]byte(t.text), finding.Origin{Kind: finding.KindConfig, Image: &finding.ImageRef{
				Name: p.name, Digest: p.digest, Platform: p.platform, LayerIndex: -1, Field: t.field,
			}})
		}
		for j := range p.layers {
			r.reportLayer(w, p, j)
		}
	}
}

func (r *run) reportLayer(w *scanner.Worker, p *picture, index int) {
	l := &p.layers[index]
	for _, h := range r.layers[l.key()].hits {
		place := h.place
		ref := &finding.ImageRef{
			Name: p.name, Digest: p.digest, Platform: p.platform,
			Layer: l.digest, LayerIndex: index, CreatedBy: l.createdBy, Base: l.base,
		}
		ref.RemovedIn = r.hiddenBy(p, index, place.Origin.Path)
		ref.Removed = ref.RemovedIn != ""
		place.Origin.Image = ref
		m := h.match
		m.Tags = slices.Clone(m.Tags)
		w.Add(m, place)
	}
}

// hiddenBy returns the digest of the first layer above the given one that removes or overwrites the file at path, ""
// where the file is visible in the image.
func (r *run) hiddenBy(p *picture, index int, path string) string {
	names := append(r.layers[p.layers[index].key()].links[path], path)
	last := ""
	for _, name := range names {
		by := ""
		for j := index + 1; j < len(p.layers) && by == ""; j++ {
			if r.layers[p.layers[j].key()].names.hides(name) {
				by = p.layers[j].digest
			}
		}
		if by == "" {
			return ""
		}
		last = by
	}
	return last
}
