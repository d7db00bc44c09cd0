package git

import (
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// telling is what was told of one secret or one message.
type telling struct {
	beside []finding.Secret
	told   []told
}

// told is a match that was accepted at a place, with further paths it stands at.
type told struct {
	match finding.Match
	place finding.Place
	also  []string
}

// tell tells it again.
func (t *telling) tell(w *scanner.Worker) {
	w.Beside(t.beside...)
	for i := range t.told {
		d := &t.told[i]
		w.Add(d.match, d.place)
		for _, path := range d.also {
			w.Also(d.match, finding.Origin{Kind: finding.KindGit, Path: path})
		}
	}
	w.Settle()
}

// tell adds a match at a place, if the detector accepts it there.
func (p *reporter) tell(m finding.Match, place finding.Place) bool {
	if p.run.recorder == nil {
		return p.worker.Try(m, place)
	}
	kept := m
	kept.Parts, kept.Proofs, kept.Tags = slices.Clone(m.Parts), slices.Clone(m.Proofs), slices.Clone(m.Tags)
	if !p.worker.Try(m, place) {
		return false
	}
	p.now.told = append(p.now.told, told{match: kept, place: place})
	return true
}

// also tells that the match which was told of last stands at a further path.
func (p *reporter) also(m finding.Match, path string) {
	p.worker.Also(m, finding.Origin{Kind: finding.KindGit, Path: path})
	if p.run.recorder != nil {
		last := &p.now.told[len(p.now.told)-1]
		last.also = append(last.also, path)
	}
}

// beside tells of a secret that no line may show.
func (p *reporter) beside(s finding.Secret) {
	p.worker.Beside(s)
	if p.run.recorder != nil {
		p.now.beside = append(p.now.beside, s)
	}
}

// settle ends the i-th secret, or, below 0, a message.
func (p *reporter) settle(i int) {
	p.worker.Settle()
	p.run.recorder.keep(i, p.now)
	p.now = telling{}
}
