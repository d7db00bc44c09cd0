package image

import (
	"context"
	"errors"
	"fmt"
)

// markBases loads the base images that were named and marks the layers of pictures that come from one.
func (s *Source) markBases(ctx context.Context, l *loader, pictures []picture) error {
	var errs []error
	for _, t := range s.bases {
		of := &loader{opts: l.opts, name: t.name, sink: l.sink}
		st, err := of.load(ctx, t)
		if st != nil {
			defer st.Close()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("base image %q: %w", t.name, err))
		}
		for i := range of.pictures {
			for j := range pictures {
				pictures[j].mark(of.pictures[i].layers)
			}
		}
	}
	return errors.Join(errs...)
}

// mark marks the layers of p where they start with those of a base.
func (p *picture) mark(base []layer) {
	if len(base) == 0 || len(base) > len(p.layers) {
		return
	}
	for i := range base {
		if !sameLayer(&base[i], &p.layers[i]) {
			return
		}
	}
	for i := range base {
		p.layers[i].base = true
	}
}

// sameLayer compares what is packed in two layers, or their blobs where that is not known: a layer keeps its content
// when it is packed anew.
func sameLayer(a, b *layer) bool {
	if a.diffID != "" && b.diffID != "" {
		return a.diffID == b.diffID
	}
	return a.digest == b.digest
}
