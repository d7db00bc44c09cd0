package trend

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/trend/sqlite"
)

// version of the tables, kept as the file's user version.
const version = 1

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
		if place = f.Places[i].Origin.Name(); place != "" {
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

// Open reads a file; one that is not there is an empty memory.
func Open(name string) (*Memory, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &Memory{}, nil
	}
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if db.Version != version {
		return nil, fmt.Errorf("%s: no memory of unleak, or one of another version (%d, want %d)", name, db.Version, version)
	}
	var m Memory
	err = db.Rows("scans", func(row []any) {
		r := columns(row)
		m.Scans = append(m.Scans, Scan{Time: r.time(0), Target: r.text(1), Command: r.text(2), Complete: r.number(3) != 0, Open: int(r.number(4))})
	})
	if err == nil {
		err = db.Rows("secrets", func(row []any) {
			r := columns(row)
			severity, _ := finding.ParseSeverity(r.text(4))
			m.Secrets = append(m.Secrets, Secret{
				Finding: r.text(0), Target: r.text(1), Rule: r.text(2), Title: r.text(3), Severity: severity, Team: r.text(5), Owner: r.text(6), Place: r.text(7),
				Exposed: r.time(8), First: r.time(9), Last: r.time(10), Closed: r.time(11), How: How(r.text(12)),
			})
		})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &m, nil
}

// columns are the values of a row; those that are missing or of another type are zero.
type columns []any

func (c columns) text(i int) string {
	if i < len(c) {
		s, _ := c[i].(string)
		return s
	}
	return ""
}

func (c columns) number(i int) int64 {
	if i < len(c) {
		n, _ := c[i].(int64)
		return n
	}
	return 0
}

func (c columns) time(i int) time.Time {
	if n := c.number(i); n != 0 {
		return time.Unix(n, 0).UTC()
	}
	return time.Time{}
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

// tables lays the memory out.
func (m *Memory) tables() []sqlite.Table {
	scans := sqlite.Table{Name: "scans", Columns: []string{"time INTEGER", "target TEXT", "command TEXT", "complete INTEGER", "open INTEGER"}}
	for _, s := range m.Scans {
		complete := int64(0)
		if s.Complete {
			complete = 1
		}
		scans.Rows = append(scans.Rows, []any{stamp(s.Time), cut(s.Target), cut(s.Command), complete, int64(s.Open)})
	}
	secrets := sqlite.Table{Name: "secrets", Columns: []string{
		"finding TEXT", "target TEXT", "rule TEXT", "title TEXT", "severity TEXT", "team TEXT", "owner TEXT", "place TEXT",
		"exposed INTEGER", "first INTEGER", "last INTEGER", "closed INTEGER", "how TEXT",
	}}
	for i := range m.Secrets {
		s := &m.Secrets[i]
		secrets.Rows = append(secrets.Rows, []any{
			s.Finding, cut(s.Target), s.Rule, s.Title, s.Severity.String(), s.Team, s.Owner, s.Place, stamp(s.Exposed), stamp(s.First), stamp(s.Last), stamp(s.Closed), string(s.How),
		})
	}
	return []sqlite.Table{scans, secrets}
}

// Save writes the file, whole or not at all, readable by its owner alone.
func (m *Memory) Save(name string) error {
	data, err := sqlite.Write(m.tables(), version)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// Update opens a file, changes it and saves it, while no other process does.
func Update(name string, change func(*Memory) error) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	unlock, err := lock(name + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	m, err := Open(name)
	if err != nil {
		return err
	}
	if err := change(m); err != nil {
		return err
	}
	return m.Save(name)
}

// how long a lock is waited for, and how old one is that nobody holds any more
const (
	lockWait  = 10 * time.Second
	lockStale = 5 * time.Minute
)

// lock makes a file that only one process can make.
func lock(name string) (func(), error) {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return func() { os.Remove(name) }, f.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > lockStale {
			os.Remove(name)
			continue
		}
		if time.Since(start) > lockWait {
			return nil, fmt.Errorf("%s: another process holds it (remove it if none does)", name)
		}
	}
}
