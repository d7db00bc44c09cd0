package triage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// Who may silence a finding.
const (
	ByInline   = "inline"
	ByIgnore   = "ignore file"
	ByBaseline = "baseline"
)

// Policy is everything that may silence findings.
type Policy struct {
	Key       []byte // makes ids keyed; see ID
	AllowMark string // as in scanner.Options: "" for the default, "-" for none
	Ignores   []*IgnoreFile
	Baseline  *Baseline
	Today     time.Time // for expiry; zero: entries never expire
	Beside    string    // a folder with a slash behind it: paths in it may be written from there, too; "": none
	FromTop   string    // path, with a slash behind it, from the top of the work tree to where paths begin; see IgnoreFile.AtTop
	Shown     string    // what reports put before paths of files, with a slash behind it; entries but those AtTop may be written so, too
	Part      bool      // the findings are of a part: an entry that silences nothing is no remark, as it may be for the rest
}

// Outcome says what a policy did.
type Outcome struct {
	Suppressed map[string]int // findings by who silenced them: "inline", "ignore file NAME", "baseline NAME"
	Needed     map[string]int // findings that would not be silenced without, by who silenced some of their places
	Notes      []string       // expired entries, and unused ones but of a part, allows that do not help; sorted
	Unused     []Stale        // entries that silenced nothing
	Expired    []Stale
}

// Stale is an entry of an ignore file that no longer does anything.
type Stale struct {
	File  *IgnoreFile
	Entry Numbered
}

// Apply sets the suppression of every finding that is silenced. It sets ids when an entry or a baseline needs them.
// A finding is silenced when all its places are: by inline allows, by entries, or some by these and some by those.
func (p Policy) Apply(findings []finding.Finding) Outcome {
	set := newEntrySet(p.Ignores, p.Today)
	if p.Baseline != nil || len(set.byID) > 0 {
		SetIDs(findings, p.Key)
	}
	notes := map[string]bool{}
	out := Outcome{Suppressed: map[string]int{}, Needed: map[string]int{}}
	for i := range findings {
		f := &findings[i]
		if f.Suppression == nil {
			f.Suppression = p.judge(f, set, notes, out.Needed)
		} else {
			out.Needed[f.Suppression.Who()]++
		}
		if f.Suppression != nil {
			out.Suppressed[f.Suppression.Who()]++
		}
	}
	for _, e := range set.all {
		s := Stale{e.file, e.Numbered}
		switch {
		case e.expired:
			out.Expired = append(out.Expired, s)
			notes[fmt.Sprintf("%s:%d: entry expired on %s: %s", e.file.Name, e.At, e.Expires.Format(DateLayout), e.what())] = true
		case !e.used:
			out.Unused = append(out.Unused, s)
			if !p.Part && !e.file.AtTop {
				notes[fmt.Sprintf("%s:%d: entry silenced nothing: %s", e.file.Name, e.At, e.what())] = true
			}
		}
	}
	out.Notes = slices.Sorted(maps.Keys(notes))
	return out
}

// judge returns why a finding is silenced, or nil: then it is said of its places which are silenced nevertheless. Of
// several that silence it, an entry is named before a comment, which every reader of the file sees anyway.
func (p Policy) judge(f *finding.Finding, set *entrySet, notes map[string]bool, needed map[string]int) *finding.Suppression {
	fit := p.fits(f, set)
	places := make([][]*finding.Suppression, len(f.Places))
	var named *finding.Suppression
	open := 0
	for i := range f.Places {
		places[i] = p.judgePlace(f, &f.Places[i], fit, notes)
		if len(places[i]) == 0 {
			open++
		} else if s := places[i][0]; named == nil || named.By == ByInline && s.By != ByInline {
			named = s
		}
	}
	if named != nil && open == 0 {
		count(needed, places)
		return named
	}
	if p.Baseline != nil && p.Baseline.Has(f) {
		return &finding.Suppression{By: ByBaseline, Where: p.Baseline.Name}
	}
	for i, by := range places {
		if len(by) > 0 {
			f.Places[i].Silenced = by[0].Who()
		}
	}
	return nil
}

// fits returns the entries that fit a finding, however its paths are written.
func (p Policy) fits(f *finding.Finding, set *entrySet) []*liveEntry {
	if len(set.all) == 0 {
		return nil
	}
	fit := set.fits(f)
	if p.Beside != "" {
		fit = append(fit, set.fits(written(f, p.beside))...)
	}
	if p.FromTop != "" {
		fit = append(fit, set.fits(written(f, p.fromTop))...)
	}
	if p.Shown != "" {
		fit = append(fit, set.fits(written(f, p.shown))...)
	}
	return fit
}

// count adds a finding to all who silence one of its places.
func count(needed map[string]int, places [][]*finding.Suppression) {
	who := map[string]bool{}
	for _, by := range places {
		for _, s := range by {
			who[s.Who()] = true
		}
	}
	for name := range who {
		needed[name]++
	}
}

// written returns a finding with its places written as write does.
func written(f *finding.Finding, write func(*finding.Place) *finding.Place) *finding.Finding {
	g := *f
	g.Places = make([]finding.Place, len(f.Places))
	for i := range f.Places {
		g.Places[i] = *write(&f.Places[i])
	}
	return &g
}

// beside returns a place with its path written from the folder Beside.
func (p Policy) beside(place *finding.Place) *finding.Place {
	if p.Beside == "" {
		return place
	}
	from := *place
	from.Origin.Path = strings.TrimPrefix(from.Origin.Path, p.Beside)
	return &from
}

// fromTop returns a place with its path written from the top of the work tree.
func (p Policy) fromTop(place *finding.Place) *finding.Place {
	from := *p.beside(place)
	if from.Origin.Path != "" {
		from.Origin.Path = p.FromTop + from.Origin.Path
	}
	return &from
}

// shown returns a place with its path as reports write it.
func (p Policy) shown(place *finding.Place) *finding.Place {
	from := *place
	if finding.OnDisk(&from.Origin) && from.Origin.Path != "" {
		from.Origin.Path = p.Shown + from.Origin.Path
	}
	return &from
}

// At returns findings as a file sees them.
func (p Policy) At(file *IgnoreFile, findings []finding.Finding) []finding.Finding {
	if !file.AtTop {
		return findings
	}
	out := make([]finding.Finding, len(findings))
	for i := range findings {
		out[i] = *written(&findings[i], p.fromTop)
	}
	return out
}

// cover marks the paths of a place that an entry fits, however they are written, and tells whether there is one.
func (p Policy) cover(e *liveEntry, place *finding.Place, c covered) bool {
	if e.file.AtTop {
		return e.cover(p.fromTop(place), c)
	}
	fits := e.cover(place, c)
	fits = p.Beside != "" && e.cover(p.beside(place), c) || fits
	return p.Shown != "" && e.cover(p.shown(place), c) || fits
}

// judgePlace returns who silences a place, more than one where several entries share its paths; none: it is open. Every
// entry that fits counts as used, so that of two entries for the same thing neither is reported as unused by accident of
// order.
func (p Policy) judgePlace(f *finding.Finding, place *finding.Place, fit []*liveEntry, notes map[string]bool) []*finding.Suppression {
	if len(fit) == 0 && place.Allow == "" && !namesUs(place.Line) {
		return nil
	}
	var whole *finding.Suppression // who silences all of it
	a, ok, note := allowOf(f, p.shown(place), p.AllowMark)
	if ok {
		whole = &finding.Suppression{By: ByInline, Where: where(p.shown(place)), Reason: a.Reason}
	} else if note != "" {
		notes[note] = true
	}
	var shared []*finding.Suppression
	paths := pathsOf(place)
	for _, e := range fit {
		c := pathsOf(place)
		if !p.cover(e, place, c) {
			continue
		}
		e.used = true
		s := &finding.Suppression{By: ByIgnore, Where: fmt.Sprintf("%s:%d", e.file.Name, e.At), Reason: e.Reason}
		if whole == nil && c.all() {
			whole = s
		}
		if whole == nil && paths.add(c) {
			shared = append(shared, s)
		}
	}
	switch {
	case whole != nil:
		return []*finding.Suppression{whole}
	case shared != nil && paths.all():
		return shared
	}
	return nil
}
