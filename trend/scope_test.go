package trend

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// of makes a report of a command over targets, under settings: those that begin with "--" or have no "=" are of a part.
func of(command, targets string, settings []string, all ...finding.Finding) *finding.Report {
	r := scan(true, all...)
	r.Command, r.Targets = command, strings.Fields(targets)
	for _, s := range settings {
		if wide := s == "--submodules" || s == "--archive-depth=9"; wide || strings.Contains(s, "=") && !strings.HasPrefix(s, "--") {
			r.Coverage.Scope = append(r.Coverage.Scope, s)
		} else {
			r.Coverage.Part = append(r.Coverage.Part, s)
		}
	}
	return r
}

// leaves is an exclusion: by name, or of a folder.
func leaves(glob, file string) bool {
	ok, _ := path.Match(glob, file)
	return ok || strings.HasPrefix(file, glob+"/")
}

// Only a scan that would have seen a credential closes it by not finding it.
func TestGone(t *testing.T) {
	type scanned struct {
		command, targets string
		settings         []string
	}
	s := func(command, targets string, settings ...string) scanned { return scanned{command, targets, settings} }
	for name, c := range map[string]struct {
		first, second scanned
		gone          bool
	}{
		"the same":                      {s("git", "r"), s("git", "r"), true},
		"a range":                       {s("git", "r"), s("git", "r", "--range main..feat"), false},
		"the same range twice":          {s("git", "r", "--range main..feat"), s("git", "r", "--range main..feat"), false},
		"all after a range":             {s("git", "r", "--range main..feat"), s("git", "r"), true},
		"staged":                        {s("git", "r", "--staged"), s("git", "r", "--staged"), false},
		"since":                         {s("git", "r", "--since 30d"), s("git", "r", "--since 30d"), false},
		"a branch":                      {s("git", "r"), s("git", "r", "--branch main"), false},
		"a branch, as always":           {s("git", "r", "--branch main"), s("git", "r", "--branch main"), true},
		"another branch":                {s("git", "r", "--branch main"), s("git", "r", "--branch feat"), false},
		"reachable alone":               {s("git", "r"), s("git", "r", "--unreachable=false"), false},
		"working trees of two branches": {s("dir", "r", "branch=feat"), s("dir", "r", "branch=main"), false},
		"of one branch":                 {s("dir", "r", "branch=feat"), s("dir", "r", "branch=feat"), true},
		"history, then files":           {s("git", "r"), s("dir", "r"), false},
		"files, then history":           {s("dir", "r"), s("git", "r"), false},
		"files, then both":              {s("dir", "r"), s("scan", "r"), true},
		"both, then files":              {s("scan", "r"), s("dir", "r"), false},
		"a folder of it":                {s("dir", "r"), s("dir", "r/sub"), false},
		"one file":                      {s("dir", "r"), s("dir", "r/a.txt"), false},
		"one of two":                    {s("dir", "r q"), s("dir", "q"), false},
		"one more":                      {s("dir", "r"), s("dir", "q r"), true},
		"standard input":                {s("stdin", "-"), s("stdin", "-"), false},
		"a report verified again":       {s("git", "r"), s("verify", "r"), false},
		"exact values":                  {s("match", "r", "match"), s("match", "r", "match"), false},
		"a hook":                        {s("git", "r"), s("hook", "r", "hook pre-push"), false},
		"its rule off":                  {s("git", "r"), s("git", "r", "--disable-rule rule-a"), false},
		"its rule off in a file":        {s("git", "r"), s("git", "r", "disable=rule-a"), false},
		"another rule off":              {s("git", "r"), s("git", "r", "--disable-rule rule-b"), true},
		"another rule alone":            {s("git", "r"), s("git", "r", "--rule rule-b"), false},
		"its rule among others":         {s("git", "r"), s("git", "r", "--rule rule-b", "--rule rule-a"), true},
		"surer ones alone":              {s("git", "r"), s("git", "r", "--min-confidence 0.9"), false},
		"as sure":                       {s("git", "r"), s("git", "r", "min_confidence=0.7"), true},
		"its folder out":                {s("dir", "r"), s("dir", "r", "--exclude sub"), false},
		"its folder out in a file":      {s("dir", "r"), s("dir", "r", "exclude=sub"), false},
		"its folder out before, too":    {s("dir", "r", "exclude=sub"), s("dir", "r", "exclude=sub"), true},
		"another folder out":            {s("dir", "r"), s("dir", "r", "--exclude other"), true},
		"other files alone":             {s("dir", "r"), s("dir", "r", "--include *.go"), false},
		"what git ignores out":          {s("dir", "r"), s("dir", "r", "--gitignore"), false},
		"large files out":               {s("dir", "r"), s("dir", "r", "--max-file-bytes 9"), false},
		"without submodules":            {s("git", "r", "--submodules"), s("git", "r"), false},
		"with submodules":               {s("git", "r"), s("git", "r", "--submodules"), true},
		"fewer archives":                {s("dir", "r"), s("dir", "r", "--archive-depth 1"), false},
		"more archives before":          {s("dir", "r", "--archive-depth=9"), s("dir", "r"), false},
		"without own rules":             {s("dir", "r", "rules=own.toml"), s("dir", "r"), false},
		"not reported any more":         {s("dir", "r"), s("dir", "r", "allow=0a1b2c3d"), false},
		"another id key":                {s("dir", "r"), s("dir", "r", "id_key=0a1b2c3d"), false},
		"without the id key":            {s("dir", "r", "id_key=0a1b2c3d"), s("dir", "r"), false},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "t.db")
			f := found("a", "sub/a.txt", func(f *finding.Finding) { f.Confidence = 0.8 })
			for day, r := range []*finding.Report{of(c.first.command, c.first.targets, c.first.settings, f), of(c.second.command, c.second.targets, c.second.settings)} {
				err := Update(file, func(m *Memory) error { return m.Add(Entry{Report: r, Time: day1(day), Target: "app", Leaves: leaves}) })
				if err != nil {
					t.Fatal(err)
				}
			}
			m, err := Open(file)
			if err != nil || len(m.Secrets) != 1 {
				t.Fatalf("%v: %+v", err, m)
			}
			if gone := m.Secrets[0].How == Gone; gone != c.gone || gone == m.Secrets[0].Closed.IsZero() {
				t.Errorf("gone %v, want %v", gone, c.gone)
			}
		})
	}
}

// Other files that were left out keep nothing open: however many, and where exclusions alone are too many to be named.
func TestOthersLeftOut(t *testing.T) {
	for name, left := range map[string]func(*finding.Coverage){
		"pointers": func(c *finding.Coverage) {
			for i := range 300 {
				c.Skip(finding.Skip{Name: fmt.Sprintf("app/%03d.bin", i), Reason: finding.SkipLFS})
			}
		},
		"excluded": func(c *finding.Coverage) {
			for i := range 20_000 {
				c.Skip(finding.Skip{Name: fmt.Sprintf("app/%05d.bin", i), Reason: finding.SkipExcluded})
			}
		},
	} {
		var m Memory
		second := scan(true)
		left(&second.Coverage)
		for n, r := range []*finding.Report{scan(true, found("a", "sub/a.txt")), second} {
			if err := m.Add(Entry{Report: r, Target: "app", Time: day1(n)}); err != nil {
				t.Fatal(err)
			}
		}
		if m.Secrets[0].How != Gone {
			t.Errorf("%s: not gone", name)
		}
	}
}

// What the last scan of the usual kind saw, and one of a part since, is gone when the usual kind misses it.
func TestPartsBetween(t *testing.T) {
	var m Memory
	f := found("a", "a.txt")
	usual := []string{"--unreachable=false"}
	for n, r := range []*finding.Report{
		of("git", "r", usual, f), of("git", "r", []string{"--range a..b"}, f), of("verify", "r", nil, f), of("git", "r", []string{"--range b..c"}), of("git", "r", usual),
	} {
		if err := m.Add(Entry{Report: r, Time: day1(n), Target: "app"}); err != nil {
			t.Fatal(err)
		}
		if gone := m.Secrets[0].How == Gone; gone != (n == 4) {
			t.Errorf("scan %d: gone %v", n, gone)
		}
	}
}

// A rule that a scan did not have, and a file that was left out by choice, close nothing.
func TestNotLookedAt(t *testing.T) {
	f := found("a", "sub/a.txt")
	for name, second := range map[string]Entry{
		"rule": {Report: scan(true), Runs: func(id string) bool { return id != "rule-a" }},
		"file": {Report: func() *finding.Report {
			r := scan(true)
			r.Coverage.Skip(finding.Skip{Name: "app/sub/a.txt", Reason: finding.SkipBinary})
			return r
		}()},
		"one of many files": {Report: func() *finding.Report {
			r := scan(true)
			for i := range 30 {
				r.Coverage.Skip(finding.Skip{Name: fmt.Sprintf("app/%02d.txt", i), Reason: finding.SkipLFS})
			}
			r.Coverage.Skip(finding.Skip{Name: "app/sub/a.txt", Reason: finding.SkipLFS})
			return r
		}()},
		"of more than have names": {Report: func() *finding.Report {
			r := scan(true)
			for i := range 20_000 {
				r.Coverage.Skip(finding.Skip{Name: fmt.Sprintf("app/%05d.txt", i), Reason: finding.SkipLFS})
			}
			return r
		}()},
		"folder": {Report: func() *finding.Report {
			r := scan(true)
			r.Coverage.Skip(finding.Skip{Name: "sub", Reason: finding.SkipSubmodule})
			return r
		}()},
	} {
		var m Memory
		second.Target, second.Time = "app", day1(1)
		for _, e := range []Entry{{Report: scan(true, f), Target: "app", Time: day1(0)}, second, {Report: scan(true), Target: "app", Time: day1(2)}} {
			if err := m.Add(e); err != nil {
				t.Fatal(err)
			}
			if gone := m.Secrets[0].How == Gone; gone != e.Time.Equal(day1(2)) {
				t.Errorf("%s: gone %v at %s", name, gone, e.Time)
			}
		}
	}
}

// A scan that asks nobody does not open again what was proved closed; a finding that is no longer silenced was open all
// the time.
func TestProvedStays(t *testing.T) {
	alive := func(f *finding.Finding) { f.Verdict = &finding.Verdict{Status: finding.Live} }
	unknown := func(f *finding.Finding) { f.Verdict = &finding.Verdict{Status: finding.Unknown} }
	again := func(f *finding.Finding) {
		f.Stored = &finding.Stored{Refs: []finding.StoreRef{{Path: "p", Current: true}}}
	}
	plain := func(*finding.Finding) {}
	for name, c := range map[string]struct {
		then   []func(*finding.Finding)
		spells string
	}{
		"revoked":              {[]func(*finding.Finding){plain, dead, plain, unknown}, "revoked"},
		"revoked at first":     {[]func(*finding.Finding){dead, plain}, "revoked"},
		"revoked, yet live":    {[]func(*finding.Finding){plain, dead, alive}, "revoked open"},
		"rotated":              {[]func(*finding.Finding){plain, rotated, plain}, "rotated"},
		"rotated, and back":    {[]func(*finding.Finding){plain, rotated, again}, "rotated open"},
		"silenced for a while": {[]func(*finding.Finding){plain, hushed, plain}, "open"},
		"silenced, then dead":  {[]func(*finding.Finding){plain, hushed, dead}, "revoked"},
		"silenced from first":  {[]func(*finding.Finding){hushed, plain}, "open"},
	} {
		var m Memory
		for n, change := range c.then {
			if err := m.Add(Entry{Report: scan(true, found("a", "a.txt", change)), Time: day1(n), Target: "app"}); err != nil {
				t.Fatal(err)
			}
		}
		var spells []string
		for i := range m.Secrets {
			if spells = append(spells, string(m.Secrets[i].How)); m.Secrets[i].How == "" {
				spells[i] = "open"
			}
		}
		if got := strings.Join(spells, " "); got != c.spells {
			t.Errorf("%s: %s, want %s", name, got, c.spells)
		}
		if s := m.Summarise(day1(5), 2); name == "revoked at first" && (s.ToRotate.Count != 0 || s.Weeks[0].New+s.Weeks[1].New != 0) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// Long names of targets are told apart, and told again.
func TestLongTarget(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.db")
	for n, tail := range []string{"a", "b", "a"} {
		r := scan(true, found("id", "a.txt"))
		if n == 2 {
			r = scan(true)
		}
		if err := Update(file, func(m *Memory) error {
			return m.Add(Entry{Report: r, Time: day1(n), Target: strings.Repeat("long/", 200) + tail})
		}); err != nil {
			t.Fatal(err)
		}
	}
	m, err := Open(file)
	if err != nil || len(m.Secrets) != 2 || m.Secrets[0].How != Gone || m.Secrets[1].How != "" {
		t.Errorf("%v: %+v", err, m)
	}
}
