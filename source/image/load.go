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
	platforms []v1.Platform
	name      string
	sink      *scanner.Sink
	pictures  []picture
	indexes   []configText // annotations of the indexes on the way
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
		st, err := openArchive(ctx, t.path)
		if err != nil {
			return nil, err
		}
		return st, l.archive(ctx, st, t.tag)
	case inDaemon, inEither:
		d, err := findDaemon(l.opts.DaemonURL)
		var st *tarStore
		if err == nil {
			st, err = d.image(ctx, t.text)
		}
		if err == nil {
			return st, l.archive(ctx, st, "")
		}
		if t.kind == inDaemon || !errors.Is(err, errNoDaemon) {
			return nil, err
		}
	}
	st := newRegistry(t.ref, l.opts)
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
		if err != nil {
			l.skip(d.Digest.String(), err)
		}
	}
	if taken == 0 && len(index.Manifests) > 0 && depth == 0 {
		return errors.New("no image of the platforms asked for")
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
		return l.index(ctx, st, &index, depth)
	}
	var m v1.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	p := picture{name: l.name, digest: d.Digest.String()}
	if d.Platform != nil {
		p.platform = d.Platform.String()
	}
	p.texts = append(p.texts, l.indexes...)
	p.texts = append(p.texts, annotations("annotation ", m.Annotations)...)
	for _, ld := range m.Layers {
		p.texts = append(p.texts, annotations("layer annotation ", ld.Annotations)...)
		p.layers = append(p.layers, layer{
			digest: ld.Digest.String(), mediaType: string(ld.MediaType), size: ld.Size, urls: ld.URLs, blobs: st,
		})
	}
	config, err := document(ctx, st, m.Config.Digest.String())
	if err != nil {
		l.skip(m.Config.Digest.String(), err)
	}
	if config != nil {
		p.configure(config)
	}
	if !l.wantedConfig(&p) {
		return nil
	}
	l.pictures = append(l.pictures, p)
	return nil
}

// wantedConfig compares the platform of the configuration, for manifests whose descriptor names none.
func (l *loader) wantedConfig(p *picture) bool {
	if p.platform == "" {
		return true
	}
	platform, err := v1.ParsePlatform(p.platform)
	return err != nil || l.wanted(platform)
}

// legacyManifest is an entry of a docker archive's manifest.json.
type legacyManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// archive loads an image archive: as an OCI layout where it is one, which also has what the older list leaves out.
func (l *loader) archive(ctx context.Context, st *tarStore, tag string) error {
	if _, ok := st.members["index.json"]; ok {
		return l.layout(ctx, st, st.open, tag)
	}
	r, err := st.open("manifest.json")
	if err != nil {
		return errors.New("no image archive: neither manifest.json nor index.json in it")
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxDocument))
	if err != nil {
		return err
	}
	var list []legacyManifest
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("manifest.json: %w", err)
	}
	for _, m := range list {
		l.legacy(st, m)
	}
	return ctx.Err()
}

// legacy loads an image of a docker archive. Its layers are files; the configuration has their digests.
func (l *loader) legacy(st *tarStore, m legacyManifest) {
	p := picture{name: l.name}
	for _, file := range m.Layers {
		p.layers = append(p.layers, layer{digest: cleanPath(file), blobs: st})
	}
	r, err := st.open(m.Config)
	var config []byte
	if err == nil {
		defer r.Close()
		config, err = io.ReadAll(io.LimitReader(r, maxDocument))
	}
	if err != nil {
		l.skip(m.Config, err)
	} else {
		p.digest = digestOf(config)
		p.configure(config)
	}
	for i := range p.layers {
		y := &p.layers[i]
		if y.diffID == "" {
			continue
		}
		if st.aliases == nil {
			st.aliases = map[string]string{}
		}
		y.legacy = true
		if file, ok := st.aliases[y.diffID]; !ok || file == y.digest {
			st.aliases[y.diffID] = y.digest
			y.digest = y.diffID
		}
	}
	l.pictures = append(l.pictures, p)
}
