package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/unleak/unleak/finding"
)

// legacyManifest is an entry of a docker archive's manifest.json.
type legacyManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// archive loads an image archive: as an OCI layout where it is one, which also has what the older list leaves out.
func (l *loader) archive(ctx context.Context, st *tarStore, tag string) error {
	err := l.listed(ctx, st, tag)
	if err == nil && st.damage != nil {
		l.sink.Skip(finding.Skip{Name: l.name, Reason: reasonOf(st.damage), Detail: st.damage.Error()})
	}
	return err
}

func (l *loader) listed(ctx context.Context, st *tarStore, tag string) error {
	if _, ok := st.members["index.json"]; ok {
		return l.layout(ctx, st, st.open, tag)
	}
	r, err := st.open("manifest.json")
	if err != nil && st.damage != nil {
		return fmt.Errorf("the archive is cut short or damaged (%w behind its member %d), and the list of its images is missing: "+
			`save it again; "unleak scan" reads the layers that are there as files`, st.damage, len(st.members))
	}
	if err != nil {
		return errors.New("no image archive: neither manifest.json nor index.json in it" + asFile)
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
	found := tag == ""
	for _, m := range list {
		if tag == "" || slices.Contains(m.RepoTags, tag) || slices.Contains(m.RepoTags, tag+":latest") {
			found = true
			l.legacy(st, m)
		}
	}
	if !found {
		return fmt.Errorf("no image %q in the archive", tag)
	}
	return ctx.Err()
}

// legacy loads an image of a docker archive. Its layers are files; the configuration has their digests.
func (l *loader) legacy(st *tarStore, m legacyManifest) {
	p := picture{name: l.name, blobs: st}
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
		p.config = p.digest
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
