package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/scanner"
)

// baseDigest is the annotation with which builders name the manifest of the image that another one is built on (OCI
// image specification 1.1, annotations.md).
const baseDigest = "org.opencontainers.image.base.digest"

var digestForm = lazyregexp.New(`^sha256:[0-9a-f]{64}$`)

func isDigest(text string) bool { return digestForm.MatchString(text) }

// markBases marks the layers of pictures that come from a base image: one that was named, or that the image itself names
// and that is at hand without asking anybody. The bases are open until the returned function is called.
func (s *Source) markBases(ctx context.Context, sink *scanner.Sink, pictures []picture) (closeAll func(), err error) {
	var stores []store
	closeAll = func() {
		for _, st := range stores {
			_ = st.Close()
		}
	}
	var errs []error
	for _, t := range s.bases {
		of := &loader{opts: &s.opts, regs: s.regs, platforms: s.platforms, name: t.name, sink: sink}
		st, err := of.load(ctx, t)
		if st != nil {
			stores = append(stores, st)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("base image %q: %w", t.name, err))
			continue
		}
		marked := false
		for i := range of.pictures {
			for j := range pictures {
				marked = pictures[j].mark(of.pictures[i].layers) || marked
			}
		}
		noteUnused(sink, t.name, marked)
	}
	for _, digest := range s.baseDigests {
		marked := false
		for i := range pictures {
			marked = pictures[i].markDigest(ctx, digest, pictures, true) || marked
		}
		noteUnused(sink, digest, marked)
	}
	for i := range pictures {
		if p := &pictures[i]; p.base != "" {
			p.markDigest(ctx, p.base, pictures, false)
		}
	}
	return closeAll, errors.Join(errs...)
}

func noteUnused(sink *scanner.Sink, base string, marked bool) {
	if !marked {
		sink.Note(fmt.Sprintf("base image %s: no image of this scan is built on it", base))
	}
}

// markDigest marks the layers up to the one with a digest, or those of the image with that digest: another one of the
// scan, or one that lies beside p. A registry is asked only where the user named the digest.
func (p *picture) markDigest(ctx context.Context, digest string, pictures []picture, named bool) bool {
	for i := range p.layers {
		if p.layers[i].digest == digest || p.layers[i].diffID == digest {
			return p.mark(p.layers[:i+1])
		}
	}
	for i := range pictures {
		if o := &pictures[i]; o != p && (o.digest == digest || o.config == digest) {
			return p.mark(o.layers)
		}
	}
	if _, remote := p.blobs.(*registryStore); remote && !named {
		return false
	}
	text, err := p.blobs.manifest(ctx, digest)
	if err != nil {
		return false
	}
	var m v1.Manifest
	if json.Unmarshal(text, &m) != nil {
		return false
	}
	var layers []layer
	for _, d := range m.Layers {
		layers = append(layers, layer{digest: d.Digest.String()})
	}
	return p.mark(layers)
}

// mark marks the layers of p where they start with those of a base.
func (p *picture) mark(base []layer) bool {
	if len(base) == 0 || len(base) > len(p.layers) {
		return false
	}
	for i := range base {
		if !sameLayer(&base[i], &p.layers[i]) {
			return false
		}
	}
	for i := range base {
		p.layers[i].base = true
	}
	return true
}

// sameLayer compares what is packed in two layers, or their blobs where that is not known: a layer keeps its content
// when it is packed anew.
func sameLayer(a, b *layer) bool {
	if a.diffID != "" && b.diffID != "" {
		return a.diffID == b.diffID
	}
	return a.digest == b.digest
}
