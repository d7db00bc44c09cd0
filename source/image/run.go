package image

import (
	"context"
	"sync"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// run is one scan.
type run struct {
	opts   *Options
	sink   *scanner.Sink
	layers map[string]*scanned // by key
	once   *once
}

// scan reads the layers of all pictures, each once, and the configurations.
func (r *run) scan(ctx context.Context, pictures []picture) {
	var todo []*scanned
	for i := range pictures {
		for j := range pictures[i].layers {
			l := &pictures[i].layers[j]
			if r.layers[l.key()] == nil && !(l.base && r.opts.SkipBase) {
				sc := &scanned{layer: l, name: pictures[i].name, ref: pictures[i].ref(j), turn: r.sink.Turn()}
				r.layers[l.key()] = sc
				todo = append(todo, sc)
			}
		}
	}
	r.sink.Progress("layers", 0, int64(len(todo)))
	c := newCrew(r)
	defer c.close()
	readers := make(chan struct{}, r.sink.Jobs())
	var group sync.WaitGroup
	defer group.Wait()
	for _, s := range todo {
		readers <- struct{}{}
		if ctx.Err() != nil {
			return
		}
		group.Go(func() {
			s.read(ctx, c)
			<-readers
			s.finish(ctx, c)
		})
	}
}

// configurations scans the configurations. They come first: what the history holds stands with the layers that it made,
// and must be known to be a secret by the time a layer's findings are told.
func (r *run) configurations(pictures []picture) {
	w := r.sink.Worker()
	defer w.Close()
	for i := range pictures {
		p := &pictures[i]
		for _, t := range p.texts {
			w.Count("configuration fields", 1)
			w.Text([]byte(t.text), finding.Origin{Kind: finding.KindConfig, Image: &finding.ImageRef{
				Name: p.name, Digest: p.digest, Platform: p.platform, LayerIndex: -1, Field: t.field,
			}})
		}
	}
}

// report adds what was found in the layers for every picture.
func (r *run) report(pictures []picture) {
	w := r.sink.Worker()
	defer w.Close()
	for i := range pictures {
		p := &pictures[i]
		if p.attached {
			w.Count("attached artifacts", 1)
		} else {
			w.Count("images", 1)
		}
		for j := range p.layers {
			l := &p.layers[j]
			if l.base && r.opts.SkipBase {
				w.Skip(finding.Skip{Name: p.name + "@" + l.digest, Reason: finding.SkipExcluded, Detail: "layer of a base image"})
				continue
			}
			r.reportLayer(w, p, j)
		}
	}
}

func (r *run) reportLayer(w *scanner.Worker, p *picture, index int) {
	for _, h := range r.layers[p.layers[index].key()].hits {
		ref := p.ref(index)
		ref.RemovedIn = r.hiddenBy(p, index, h.place.Origin.Path)
		ref.Removed = ref.RemovedIn != ""
		w.Add(h.in(ref))
	}
	w.Settle()
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
