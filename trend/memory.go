package trend

import (
	"cmp"
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
	Gone     How = "gone"     // a complete scan found it no more
)

// Entry is what is added: a report and when and of what it was made.
type Entry struct {
	Report *finding.Report // masked, with ids
	Time   time.Time
	Target string
	Team   func(path string) string // by CODEOWNERS; nil: nobody
}

// Add adds a report. Reports of one target are added in the order of their times; adding one again, or one that is older
// than the last, changes nothing and is an error.
func (m *Memory) Add(e Entry) error {
	at := e.Time.UTC().Truncate(time.Second)
	for _, s := range m.Scans {
		if s.Target == e.Target && !s.Time.Before(at) {
			return fmt.Errorf("%s: a scan of %s is remembered already; add reports in the order of their times", e.Target, s.Time.Format(time.RFC3339))
		}
	}
	open := map[string]int{}
	for i := range m.Secrets {
		if s := &m.Secrets[i]; s.Target == e.Target && s.Closed.IsZero() {
			open[s.Finding] = i
		}
	}
	found := map[string]bool{}
	for i := range e.Report.Findings {
		f := &e.Report.Findings[i]
		found[f.ID] = true
		how, closed := closedBy(f)
		k, known := open[f.ID]
		switch {
		case known && closed:
			m.Secrets[k].Closed, m.Secrets[k].How = at, how
		case known:
			m.Secrets[k].update(f, e, at)
		case !closed:
			s := Secret{Finding: f.ID, Target: e.Target, First: at}
			s.update(f, e, at)
			m.Secrets = append(m.Secrets, s)
		}
	}
	complete := !e.Report.Coverage.Incomplete() && !e.Report.Coverage.Empty()
	if complete { // what a scan did not read may still be there
		for id, k := range open {
			if !found[id] {
				m.Secrets[k].Closed, m.Secrets[k].How = at, Gone
			}
		}
	}
	m.Scans = append(m.Scans, Scan{Time: at, Target: e.Target, Command: e.Report.Command, Complete: complete, Open: m.openAt(e.Target)})
	m.sort()
	return nil
}

// Next returns the time of a scan that ends now: behind the last one of its target, of which several may end within a
// second.
func (m *Memory) Next(target string, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
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

func (s *Secret) update(f *finding.Finding, e Entry, at time.Time) {
	s.Rule, s.Title, s.Severity, s.Last = cut(f.Rule), cut(cmp.Or(f.Title, f.Rule)), f.Severity, at
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
