package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// loader resolves one target to its pictures.
type loader struct {
	opts      *Options
	regs      *registries
	platforms []v1.Platform
	name      string
	sink      *scanner.Sink
	pictures  []picture
	indexes   []configText // annotations of the indexes on the way

	inAttached bool // what is loaded is attached to an image
}

// most indexes within indexes
const maxNesting = 4

// load fills in the pictures of t. The store is open as long as they are used.
func (l *loader) load(ctx context.Context, t target) (store, error) {
	switch t.kind {
	case inLayout:
		st, err := openFolder(t.path)
		if err != nil {
			return nil, err
		}
		return st, l.layout(ctx, st, st.file, t.tag)
	case inArchive:
		st, err := openArchive(ctx, t.path, l.opts.Limits)
		if err != nil {
			return nil, err
		}
		return st, l.archive(ctx, st, t.tag)
	case inContainerd:
		return l.containerd(ctx, t.path)
	case inStream:
		if l.opts.Stdin == nil {
			return nil, errors.New("no standard input here")
		}
		st, err := spoolArchive(ctx, l.opts.Stdin, l.opts.Limits)
		if err != nil {
			return nil, err
		}
		return st, l.archive(ctx, st, "")
	case inDaemon, inEither:
		d, err := findDaemon(l.opts.DaemonURL)
		var st *tarStore
		if err == nil {
			st, err = d.image(ctx, t.text, l.opts.Limits)
		}
		if err == nil {
			return st, l.archive(ctx, st, "")
		}
		if t.kind == inDaemon || !errors.Is(err, errNoDaemon) {
			return nil, err
		}
	}
	st := l.regs.store(t.ref.Context())
	d, err := st.get(ctx, t.ref)
	if err != nil {
		return nil, err
	}
	return st, l.manifest(ctx, st, d.Descriptor, d.Manifest, 0)
}

// layout loads an OCI layout.
func (l *loader) layout(ctx context.Context, st store, open func(string) (io.ReadCloser, error), tag string) error {
	r, err := open("index.json")
	if err != nil {
		return err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxDocument))
	if err != nil {
		return err
	}
	var index v1.IndexManifest
	if err := json.Unmarshal(text, &index); err != nil {
		return fmt.Errorf("index.json: %w", err)
	}
	if tag != "" {
		var kept []v1.Descriptor
		for _, d := range index.Manifests {
			if d.Annotations["org.opencontainers.image.ref.name"] == tag || d.Digest.String() == tag {
				kept = append(kept, d)
			}
		}
		kept = append(kept, attachedHere(ctx, st, index.Manifests, kept)...)
		if len(kept) == 0 {
			return fmt.Errorf("no image %q in the layout", tag)
		}
		index.Manifests = kept
	}
	return l.index(ctx, st, &index, 0)
}

// index loads what an index lists.
func (l *loader) index(ctx context.Context, st store, index *v1.IndexManifest, depth int) error {
	l.indexes = append(l.indexes, annotations("index annotation ", index.Annotations)...)
	taken := 0
	for _, d := range index.Manifests {
		l.indexes = append(l.indexes, annotations("index annotation ", d.Annotations)...)
		if !l.wanted(d.Platform) {
			continue
		}
		taken++
		text, err := st.manifest(ctx, d.Digest.String())
		if err == nil {
			err = l.manifest(ctx, st, d, text, depth+1)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err != nil && partly(st, d, err) {
			l.sink.Note(fmt.Sprintf("image %s: %s was not pulled", l.name, d.Platform))
			taken--
		} else if err != nil {
			l.skip(d.Digest.String(), err)
		}
	}
	if taken == 0 && len(index.Manifests) > 0 && depth == 0 {
		return &reasoned{finding.SkipMissing, errors.New("no image of the platforms asked for")}
	}
	return nil
}

// wanted tells whether a platform is asked for. Attestations have the platform unknown/unknown and go with any.
func (l *loader) wanted(p *v1.Platform) bool {
	if len(l.platforms) == 0 || p == nil || p.OS == "unknown" {
		return true
	}
	for _, want := range l.platforms {
		if p.Satisfies(want) {
			return true
		}
	}
	return false
}

func (l *loader) skip(digest string, err error) {
	l.sink.Skip(finding.Skip{Name: l.name + "@" + digest, Reason: reasonOf(err), Detail: err.Error()})
}

// manifest loads an image, or an index further down.
func (l *loader) manifest(ctx context.Context, st store, d v1.Descriptor, text []byte, depth int) error {
	var probe struct {
		Manifests []json.RawMessage `json:"manifests"`
		Layers    []json.RawMessage `json:"layers"`
		FSLayers  []json.RawMessage `json:"fsLayers"`
		Blobs     []v1.Descriptor   `json:"blobs"` // of the artifact manifests that OCI 1.1 dropped before its release
	}
	if err := json.Unmarshal(text, &probe); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	switch {
	case probe.FSLayers != nil:
		return &reasoned{finding.SkipUnsupported, errors.New("manifest of schema 1: pull it with a current client, which converts it")}
	case probe.Manifests != nil && depth >= maxNesting:
		return &reasoned{finding.SkipTooDeep, errors.New("indexes nested too deep")}
	case probe.Manifests != nil:
		var index v1.IndexManifest
		if err := json.Unmarshal(text, &index); err != nil {
			return fmt.Errorf("index: %w", err)
		}
		if r, ok := st.(*registryStore); ok {
			l.attached(ctx, r, d.Digest.String())
		}
		return l.index(ctx, st, &index, depth)
	}
	var m v1.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	m.Layers = append(m.Layers, probe.Blobs...)
	l.image(ctx, st, d, &m)
	if r, ok := st.(*registryStore); ok {
		l.attached(ctx, r, d.Digest.String())
	}
	return nil
}

// image makes the picture of a manifest.
func (l *loader) image(ctx context.Context, st store, d v1.Descriptor, m *v1.Manifest) {
	p := picture{name: l.name, digest: d.Digest.String(), base: m.Annotations[baseDigest], attached: l.inAttached, blobs: st}
	if d.Platform != nil {
		p.platform = d.Platform.String()
	}
	p.texts = append(p.texts, l.indexes...)
	p.texts = append(p.texts, annotations("annotation ", m.Annotations)...)
	for _, ld := range m.Layers {
		p.texts = append(p.texts, annotations("layer annotation ", ld.Annotations)...)
		p.layers = append(p.layers, layer{
			digest: ld.Digest.String(), mediaType: string(ld.MediaType), title: titleOf(ld), size: ld.Size, urls: ld.URLs, blobs: st,
		})
	}
	if m.Config.Digest != (v1.Hash{}) {
		p.config = m.Config.Digest.String()
		config, err := document(ctx, st, p.config)
		if err != nil {
			l.skip(p.config, err)
		}
		if config != nil {
			p.configure(config)
		}
	}
	if !l.wantedConfig(&p) {
		l.sink.Skip(finding.Skip{Name: l.name + "@" + p.digest, Reason: finding.SkipExcluded, Detail: "platform " + p.platform})
		return
	}
	l.pictures = append(l.pictures, p)
}

// titleOf names a blob that is no file system: an SBOM, an attestation, a signature, a chart.
func titleOf(d v1.Descriptor) string {
	for _, key := range []string{"org.opencontainers.image.title", "in-toto.io/predicate-type", "predicateType"} {
		if v := d.Annotations[key]; v != "" {
			return "(" + v + ")"
		}
	}
	return "(" + string(d.MediaType) + ")"
}

// wantedConfig compares the platform of the configuration, for manifests whose descriptor names none.
func (l *loader) wantedConfig(p *picture) bool {
	if p.platform == "" {
		return true
	}
	platform, err := v1.ParsePlatform(p.platform)
	return err != nil || l.wanted(platform)
}
