package trend

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// Memory is what is remembered.
type Memory struct {
	Scans   []Scan
	Secrets []Secret
}

// Scan is one report that was added.
type Scan struct {
	Time     time.Time
	Target   string
	Command  string
	Complete bool
	Open     int // secrets of the target that were open then
	Scope    Scope
}

// Secret is one spell of openness of one credential in one target.
type Secret struct {
	Finding  string // id
	Target   string
	Rule     string
	Title    string
	Severity finding.Severity
	Team     string
	Owner    string
	Place    string
	Exposed  time.Time // since when it could be read, by the dates of commits and logs; zero: not known
	First    time.Time // of the scans that reported it
	Last     time.Time
	Seen     time.Time // of the scan whose like would see it again; zero: of none
	Sure     int       // confidence, in thousandths
	Closed   time.Time // zero: open
	How      How
}

// How a secret was closed.
type How string

// The ways.
const (
	Revoked  How = "revoked"  // its issuer takes it no longer
	Rotated  How = "rotated"  // a store keeps it as an older version only
	Silenced How = "silenced" // ignored, allowed or in a baseline
	Gone     How = "gone"     // a complete scan that would have seen it did not
)

// Entry is what is added: a report and when and of what it was made.
type Entry struct {
	Report *finding.Report // masked, with ids
	Time   time.Time
	Target string
	Read   []string                     // names of the report's targets that mean the same in every report; nil: the report's
	Team   func(path string) string     // by CODEOWNERS; nil: nobody
	Runs   func(rule string) bool       // whether the scan had the rule; nil: as the report says
	Leaves func(glob, path string) bool // whether an exclusion leaves a path out; nil: it may leave out all
}

// Add adds a report. Reports of one target are added in the order of their times; adding one again, or one that is older
// than the last, changes nothing and is an error.
func (m *Memory) Add(e Entry) error {
	at := e.Time.UTC().Truncate(time.Second)
	e.Target = short(e.Target)
	for i := range m.Scans {
		if s := &m.Scans[i]; s.Target == e.Target && !s.Time.Before(at) {
			return fmt.Errorf("%s: a scan of %s is remembered already; add reports in the order of their times", e.Target, s.Time.Format(time.RFC3339))
		}
	}
	complete := !e.Report.Coverage.Incomplete() && !e.Report.Coverage.Empty()
	scan := Scan{Time: at, Target: e.Target, Command: e.Report.Command, Complete: complete, Scope: scopeOf(&e)}
	last := map[string]int{} // the spells that are open, or ended last
	for i := range m.Secrets {
		if s := &m.Secrets[i]; s.Target == e.Target {
			last[s.Finding] = i
		}
	}
	found := map[string]bool{}
	for i := range e.Report.Findings {
		f := &e.Report.Findings[i]
		found[f.ID] = true
		k, known := last[f.ID]
		if known && m.Secrets[k].meet(f, &e, &scan) {
			continue
		}
		how, closed := closedBy(f)
		if closed && how == Silenced {
			continue
		}
		s := Secret{Finding: f.ID, Target: e.Target, First: at}
		if closed { // a spell of no length: a scan that asks nobody is not to open it
			s.Closed, s.How = at, how
		}
		s.update(f, &e, &scan)
		m.Secrets = append(m.Secrets, s)
	}
	if complete { // what a scan did not read may still be there
		m.closeGone(&e, &scan, found)
	}
	scan.Open = m.openAt(e.Target)
	m.Scans = append(m.Scans, scan)
	m.sort()
	return nil
}

// meet takes a finding for the last spell of its credential; it returns false where another begins.
func (s *Secret) meet(f *finding.Finding, e *Entry, scan *Scan) bool {
	how, closed := closedBy(f)
	proved := how == Revoked || how == Rotated
	switch {
	case s.Closed.IsZero() && closed, s.How == Silenced && proved:
		s.Closed, s.How = scan.Time, how
	case s.Closed.IsZero():
		s.update(f, e, scan)
	case closed:
	case s.How == Silenced: // it was there all the time
		s.Closed, s.How = time.Time{}, ""
		s.update(f, e, scan)
	case s.How == Revoked || s.How == Rotated: // a scan that asks nobody proves nothing
		live := f.Verdict != nil && f.Verdict.Status == finding.Live
		return !live && (s.How == Revoked || f.Stored == nil || !f.Stored.Current())
	default:
		return false
	}
	return true
}

// closeGone closes what a complete scan did not find and would have.
func (m *Memory) closeGone(e *Entry, scan *Scan, found map[string]bool) {
	scopes := map[time.Time]*Scope{}
	for i := range m.Scans {
		if s := &m.Scans[i]; s.Target == e.Target {
			scopes[s.Time] = &s.Scope
		}
	}
	left := unreadBy(&scan.Scope, &e.Report.Coverage)
	for i := range m.Secrets {
		s := &m.Secrets[i]
		if s.Target != e.Target || !s.Closed.IsZero() || found[s.Finding] {
			continue
		}
		if was := scopes[s.Seen]; was != nil && scan.Scope.covers(was, s, e) && !left.holds(s.Place) {
			s.Closed, s.How = scan.Time, Gone
		}
	}
}

// Next returns the time of a scan that ends now: behind the last one of its target, of which several may end within a
// second.
func (m *Memory) Next(target string, now time.Time) time.Time {
	now, target = now.UTC().Truncate(time.Second), short(target)
	for _, s := range m.Scans { // by their times
		if s.Target == target && !s.Time.Before(now) && s.Time.Sub(now) < time.Minute {
			now = s.Time.Add(time.Second)
		}
	}
	return now
}

func (m *Memory) openAt(target string) int {
	n := 0
	for i := range m.Secrets {
		if m.Secrets[i].Target == target && m.Secrets[i].Closed.IsZero() {
			n++
		}
	}
	return n
}

// closedBy tells whether a finding, although it was found, opens nothing any more.
func closedBy(f *finding.Finding) (How, bool) {
	live := f.Verdict != nil && f.Verdict.Status == finding.Live
	switch {
	case f.Verdict != nil && (f.Verdict.Status == finding.Dead || f.Verdict.Status == finding.Expired):
		return Revoked, true
	case f.Suppression != nil:
		return Silenced, true
	case f.Stored != nil && len(f.Stored.Refs) > 0 && !f.Stored.Current() && !live:
		return Rotated, true
	}
	return "", false
}

// longest text of a column: rows must fit a page
const longest = 400

func (s *Secret) update(f *finding.Finding, e *Entry, scan *Scan) {
	s.Rule, s.Title, s.Severity, s.Last = cut(f.Rule), cut(cmp.Or(f.Title, f.Rule)), f.Severity, scan.Time
	s.Sure = int(f.Confidence * 1000)
	if s.Seen.IsZero() || scan.Scope.lasting() {
		s.Seen = scan.Time
	}
	place := ""
	for i := range f.Places {
		path, _, _ := f.Places[i].Now() // whose it is now
		at := finding.Origin{Path: path, Inside: f.Places[i].Origin.Inside}
		if place = at.Name(); place != "" {
			break
		}
	}
	s.Place = cut(place)
	if x := f.Exposure; x != nil {
		s.Exposed, s.Owner = x.First.UTC(), cut(x.Owner)
	}
	if e.Team != nil {
		s.Team = cut(e.Team(place))
	}
}

// short keeps long texts apart that begin alike.
func short(s string) string {
	if len(s) <= longest {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return strings.ToValidUTF8(s[:longest-20], "") + "..." + hex.EncodeToString(sum[:8])
}

func cut(s string) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "")
}

func (m *Memory) sort() {
	sort.Slice(m.Scans, func(i, j int) bool {
		a, b := &m.Scans[i], &m.Scans[j]
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Target, b.Target)) < 0
	})
	sort.Slice(m.Secrets, func(i, j int) bool {
		a, b := &m.Secrets[i], &m.Secrets[j]
		return cmp.Or(a.First.Compare(b.First), strings.Compare(a.Target, b.Target), strings.Compare(a.Finding, b.Finding)) < 0
	})
}
