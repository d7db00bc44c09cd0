package triage

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/typo"
)

// Entry is one line of an ignore file. A finding is silenced when it fits every field that is set and all its places
// are covered.
type Entry struct {
	ID      string
	Rule    string
	Path    string // glob with ** (doublestar); without a slash it fits in any folder; a folder covers all below it
	Line    int    // from other tools' lists; 0: any
	Commit  string // likewise: full id or a prefix of at least 7
	SHA1    string // of the value, from detect-secrets
	Reason  string
	Author  string
	Expires time.Time // last day it holds, UTC; zero: for ever
}

// DateLayout is how expiry dates are written.
const DateLayout = "2006-01-02"

// entryKeys are the fields in the order they are written.
var entryKeys = []string{"id", "rule", "path", "line", "commit", "sha1", "expires", "author", "reason"}

// String returns the entry as a line of an ignore file.
func (e Entry) String() string {
	var b strings.Builder
	put := func(key, value string) {
		if value == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(key + "=" + quoteField(value))
	}
	put("id", e.ID)
	put("rule", e.Rule)
	put("path", e.Path)
	if e.Line > 0 {
		put("line", strconv.Itoa(e.Line))
	}
	put("commit", e.Commit)
	put("sha1", e.SHA1)
	if !e.Expires.IsZero() {
		put("expires", e.Expires.Format(DateLayout))
	}
	put("author", e.Author)
	put("reason", e.Reason)
	return b.String()
}

// what is what an entry names, without who wrote it and why.
func (e Entry) what() string {
	e.Author, e.Reason, e.Expires = "", "", time.Time{}
	return e.String()
}

func quoteField(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\"\\#") && strconv.Quote(s) == `"`+s+`"` {
		return s
	}
	return strconv.Quote(s)
}

// set gives a field its value.
func (e *Entry) set(key, value string) error {
	if value == "" {
		return fmt.Errorf("%s has no value", key)
	}
	switch key {
	case "id":
		if !ValidID(value) {
			return fmt.Errorf("id %q: an id has %d digits of 0-9 and a-f", value, IDLen)
		}
		e.ID = value
	case "rule":
		if !ruleID(strings.TrimSuffix(value, "*")) {
			return fmt.Errorf("rule %q is no rule id, nor the start of some such as aws-*", value)
		}
		e.Rule = value
	case "path":
		if !doublestar.ValidatePattern(value) {
			return fmt.Errorf("path %q is no valid pattern", value)
		}
		e.Path = value
	case "line":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("line %q is no line number", value)
		}
		e.Line = n
	case "commit", "sha1":
		return e.setHex(key, value)
	case "expires":
		day, err := time.Parse(DateLayout, value)
		if err != nil || day.IsZero() {
			return fmt.Errorf("expires %q is no date; write it as 2027-01-31", value)
		}
		e.Expires = day
	case "author":
		e.Author = value
	case "reason":
		e.Reason = value
	default:
		if near := typo.Nearest(strings.ToLower(key), entryKeys); near != "" {
			return fmt.Errorf("unknown key %q (did you mean %q?)", key, near)
		}
		return fmt.Errorf("unknown key %q (want %s)", key, strings.Join(entryKeys, ", "))
	}
	return nil
}

func (e *Entry) setHex(key, value string) error {
	value = strings.ToLower(value)
	if !hexadecimal(value) || strings.Contains(value, "-") {
		return fmt.Errorf("%s %q is not hexadecimal", key, value)
	}
	if key == "commit" {
		if len(value) < 7 {
			return fmt.Errorf("commit %q is too short; give at least 7 digits", value)
		}
		e.Commit = value
		return nil
	}
	if len(value) != 2*sha1.Size {
		return fmt.Errorf("sha1 %q has not 40 digits", value)
	}
	e.SHA1 = value
	return nil
}

// check refuses an entry that would silence everything.
func (e *Entry) check() error {
	if e.ID == "" && e.Rule == "" && e.Path == "" && e.SHA1 == "" {
		return fmt.Errorf("entry names no id, rule, path or sha1: it would silence everything")
	}
	return nil
}

// Expired tells whether the entry no longer holds on a day. A zero day means that dates do not matter.
func (e *Entry) Expired(today time.Time) bool {
	return !e.Expires.IsZero() && !today.IsZero() && !today.UTC().Before(e.Expires.AddDate(0, 0, 1))
}

// fitsFinding checks what does not depend on the place.
func (e *Entry) fitsFinding(f *finding.Finding) bool {
	if e.ID != "" && e.ID != f.ID || !e.fitsRule(f.Rule) {
		return false
	}
	if e.SHA1 != "" {
		sum := sha1.Sum([]byte(f.Secret.Reveal()))
		return e.SHA1 == hex.EncodeToString(sum[:])
	}
	return true
}

// fitsRule tells whether the entry is about a rule: Rule is its id, or with a star how it begins.
func (e *Entry) fitsRule(id string) bool {
	if start, ok := strings.CutSuffix(e.Rule, "*"); ok {
		return strings.HasPrefix(id, start)
	}
	return e.Rule == "" || e.Rule == id
}

// covered tells which paths of a place entries fit: its own, then every path its content lived at (GitOrigin.Paths).
type covered []bool

// pathsOf returns the paths of a place, none of them covered.
func pathsOf(p *finding.Place) covered {
	if p.Origin.Git == nil {
		return make(covered, 1)
	}
	return make(covered, 1+len(p.Origin.Git.Paths))
}

func (c covered) all() bool { return !slices.Contains(c, false) }

// add marks what another marks, and tells whether that is more.
func (c covered) add(other covered) bool {
	more := false
	for i, is := range other {
		more = more || is && !c[i]
		c[i] = c[i] || is
	}
	return more
}

// cover checks line and commit, and marks the paths of the place that the entry fits. It tells whether there is one.
func (e *Entry) cover(p *finding.Place, c covered) bool {
	if e.Line > 0 && (p.Start.Line > e.Line || p.End.Line < e.Line) {
		return false
	}
	if e.Commit != "" && (p.Origin.Git == nil || !strings.HasPrefix(p.Origin.Git.Commit, e.Commit)) {
		return false
	}
	o := &p.Origin
	whole := e.Path == "" || len(o.Inside) > 0 && matchPath(e.Path, o.Name())
	fits := whole
	for i := range c {
		path := o.Path
		if i > 0 {
			path = o.Git.Paths[i-1]
		}
		if whole || matchPath(e.Path, path) {
			c[i], fits = true, true
		}
	}
	return fits
}

// fitsPlace tells whether the entry alone covers a place.
func (e *Entry) fitsPlace(p *finding.Place) bool {
	c := pathsOf(p)
	return e.cover(p, c) && c.all()
}

// matchPath tells whether a pattern fits a path or one of its folders.
func matchPath(pattern, name string) bool {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	name = strings.TrimPrefix(name, "./")
	if !strings.Contains(pattern, "/") && pattern != "**" {
		pattern = "**/" + pattern
	}
	for name != "" && name != "." && name != "/" {
		if ok, _ := doublestar.Match(strings.TrimPrefix(pattern, "/"), strings.TrimPrefix(name, "/")); ok {
			return true
		}
		name = path.Dir(name)
	}
	return false
}

// compareEntries orders imported entries: by id, then by place.
func compareEntries(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.SHA1, b.SHA1), cmp.Compare(a.Commit, b.Commit), cmp.Compare(a.Reason, b.Reason))
}
