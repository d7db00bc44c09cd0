package trend

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/atomicfile"
	"github.com/unleak/unleak/internal/lockfile"
	"github.com/unleak/unleak/trend/sqlite"
)

// version of the tables, kept as the file's user version.
const version = 1

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
	scopes := map[string]*Scope{}
	key := func(at time.Time, target string) string { return strconv.FormatInt(at.Unix(), 10) + " " + target }
	err = db.Rows("scopes", func(row []any) {
		r := columns(row)
		s := scopes[key(r.time(0), r.text(1))]
		if s == nil {
			s = &Scope{}
			scopes[key(r.time(0), r.text(1))] = s
		}
		switch r.text(2) {
		case "target":
			s.Targets = append(s.Targets, r.text(3))
		case "setting":
			s.Settings = append(s.Settings, r.text(3))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	err = db.Rows("scans", func(row []any) {
		r := columns(row)
		m.Scans = append(m.Scans, Scan{Time: r.time(0), Target: r.text(1), Command: r.text(2), Complete: r.number(3) != 0, Open: int(r.number(4))})
		last := &m.Scans[len(m.Scans)-1]
		if s := scopes[key(last.Time, last.Target)]; s != nil {
			last.Scope = *s
		}
		last.Scope.Command = last.Command
	})
	if err == nil {
		err = db.Rows("secrets", func(row []any) {
			r := columns(row)
			severity, _ := finding.ParseSeverity(r.text(4))
			m.Secrets = append(m.Secrets, Secret{
				Finding: r.text(0), Target: r.text(1), Rule: r.text(2), Title: r.text(3), Severity: severity, Team: r.text(5), Owner: r.text(6), Place: r.text(7),
				Exposed: r.time(8), First: r.time(9), Last: r.time(10), Closed: r.time(11), How: How(r.text(12)),
				Seen: r.time(13), Sure: int(r.number(14)),
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
		scans.Rows = append(scans.Rows, []any{stamp(s.Time), s.Target, cut(s.Command), complete, int64(s.Open)})
	}
	scopes := sqlite.Table{Name: "scopes", Columns: []string{"scan INTEGER", "target TEXT", "kind TEXT", "value TEXT"}}
	for i := range m.Scans {
		s := &m.Scans[i]
		for _, t := range s.Scope.Targets {
			scopes.Rows = append(scopes.Rows, []any{stamp(s.Time), s.Target, "target", t})
		}
		for _, t := range s.Scope.Settings {
			scopes.Rows = append(scopes.Rows, []any{stamp(s.Time), s.Target, "setting", t})
		}
	}
	secrets := sqlite.Table{Name: "secrets", Columns: []string{
		"finding TEXT", "target TEXT", "rule TEXT", "title TEXT", "severity TEXT", "team TEXT", "owner TEXT", "place TEXT",
		"exposed INTEGER", "first INTEGER", "last INTEGER", "closed INTEGER", "how TEXT", "seen INTEGER", "confidence INTEGER",
	}}
	for i := range m.Secrets {
		s := &m.Secrets[i]
		secrets.Rows = append(secrets.Rows, []any{
			s.Finding, s.Target, s.Rule, s.Title, s.Severity.String(), s.Team, s.Owner, s.Place, stamp(s.Exposed), stamp(s.First), stamp(s.Last), stamp(s.Closed), string(s.How), stamp(s.Seen), int64(s.Sure),
		})
	}
	return []sqlite.Table{scans, secrets, scopes}
}

// Save writes the file, whole or not at all, readable by its owner alone.
func (m *Memory) Save(name string) error {
	data, err := sqlite.Write(m.tables(), version)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(name, 0o600, data)
}

// Update opens a file, changes it and saves it, while no other process does.
func Update(name string, change func(*Memory) error) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	unlock, err := lockfile.Take(name + ".lock")
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
