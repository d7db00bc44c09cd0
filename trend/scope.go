package trend

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/unleak/unleak/finding"
)

// Scope is what a scan could see. A credential that it did not find is gone only where it would have found it.
type Scope struct {
	Command  string
	Targets  []string
	Settings []string // what narrows or widens it: "--range A..B", "exclude=vendor/**", "--submodules", "branch=main"
}

// scopeOf returns the scope of an entry's scan.
func scopeOf(e *Entry) Scope {
	s := Scope{Command: e.Report.Command, Targets: e.Read}
	if s.Targets == nil {
		s.Targets = e.Report.Targets
	}
	c := &e.Report.Coverage
	for _, one := range slices.Concat(c.Part, c.Scope) {
		for flag, key := range map[string]string{"--rule ": "enable=", "--disable-rule ": "disable=", "--exclude ": "exclude=", "--min-confidence ": "min_confidence="} {
			if v, ok := strings.CutPrefix(one, flag); ok {
				one = key + v
			}
		}
		s.Settings = append(s.Settings, one)
	}
	slices.Sort(s.Settings)
	s.Settings = slices.Compact(s.Settings)
	s.Targets = slices.Clone(s.Targets)
	for _, list := range [][]string{s.Targets, s.Settings} {
		for i := range list {
			list[i] = short(list[i])
		}
	}
	return s
}

// moving are the settings under which the same scan reads something else tomorrow.
var moving = []string{
	"--staged", "--range", "--since", "--until", "--depth", "--pre-receive", "--follow", "--state", "--from-end", "hook", "match", "lines",
}

// lasting tells whether the same scan, made again, reads the same things.
func (s *Scope) lasting() bool {
	for _, one := range s.Settings {
		if name, _, _ := strings.Cut(one, " "); slices.Contains(moving, name) {
			return false
		}
	}
	return slices.Contains([]string{"scan", "dir", "git", "image", "logs"}, s.Command) && !slices.Contains(s.Targets, "-")
}

// covers tells whether a scan of this scope would have seen again what one of scope was saw.
func (s *Scope) covers(was *Scope, x *Secret, e *Entry) bool {
	if !s.lasting() || s.Command != was.Command && (s.Command != "scan" || was.Command == "logs") {
		return false
	}
	if e.Runs != nil && !e.Runs(x.Rule) {
		return false
	}
	for _, t := range was.Targets {
		if !slices.Contains(s.Targets, t) {
			return false
		}
	}
	for _, one := range s.Settings {
		if !slices.Contains(was.Settings, one) && s.hides(one, x, e) {
			return false
		}
	}
	for _, one := range was.Settings {
		key, _, _ := strings.Cut(one, "=")
		widens := slices.Contains([]string{"--submodules", "--follow-symlinks", "--archive-depth", "--decode-depth", "rules", "branch", "id_key"}, key)
		if widens && !slices.Contains(s.Settings, one) {
			return false
		}
	}
	return true
}

// hides tells whether a setting may keep the scan from seeing a secret.
func (s *Scope) hides(one string, x *Secret, e *Entry) bool {
	key, value, _ := strings.Cut(one, "=")
	switch key {
	case "--submodules", "--follow-symlinks", "rules":
		return false
	case "enable":
		return !slices.Contains(s.Settings, "enable="+x.Rule)
	case "disable":
		return value == x.Rule
	case "exclude":
		file, _, _ := strings.Cut(x.Place, "!")
		return e.Leaves == nil || file == "" || e.Leaves(value, file)
	case "min_confidence":
		least, err := strconv.ParseFloat(value, 64)
		return err != nil || float64(x.Sure) < 1000*least
	case "--archive-depth", "--decode-depth":
		return false // written with "=" where it reads more
	}
	return true
}

// unread is what a complete scan left out by choice, as a file that became a binary one: it may hold a secret still.
type unread struct {
	paths map[string]bool // every path, and each of its ends that begins with a name
	all   bool            // so much was left out that not all of it has a name here
}

func unreadBy(scan *Scope, c *finding.Coverage) unread {
	names, unnamed := c.LeftOut()
	u := unread{paths: make(map[string]bool, len(names))}
	for _, name := range names {
		for u.paths[name] = true; ; u.paths[name] = true {
			_, tail, ok := strings.Cut(name, "/")
			if !ok {
				break
			}
			name = tail
		}
	}
	for _, r := range unnamed { // exclusions are told by their globs
		u.all = u.all || r != finding.SkipExcluded || slices.Contains(scan.Settings, "--gitignore")
	}
	return u
}

// holds tells whether a place, or a folder above it, was left out.
func (u *unread) holds(place string) bool {
	file, _, _ := strings.Cut(place, "!")
	for at := file; at != "" && at != "." && at != "/"; at = path.Dir(at) {
		if u.paths[at] {
			return true
		}
	}
	return u.all
}
