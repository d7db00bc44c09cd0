package triage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// IgnoreFile is a .unleakignore: one entry a line, in the order and with the comments people gave it.
//
//	# comment
//	id=8c1f0a3b5d7e9f102132 reason="test account" author=jane expires=2027-01-31
//	rule=generic-password path=docs/** reason="made-up passwords in the manual"   # comment
//
// A value with spaces, quotes or # stands in double quotes, with Go's escapes.
type IgnoreFile struct {
	Name  string // for messages
	AtTop bool   // it is that of the top of a work tree of which a part is scanned: its paths begin there (Policy.FromTop)
	lines []ignoreLine
}

type ignoreLine struct {
	raw   string // as read
	entry *Entry // nil: blank or comment only
}

const (
	maxIgnoreFile  = 64 << 20 // bytes; no ignore file a person keeps is larger
	maxIgnoreTells = 20       // errors told at once
)

// ParseIgnore reads an ignore file. All mistakes are reported at once, each with its line; the entries that can be
// read are returned along with the error.
func ParseIgnore(name string, data []byte) (*IgnoreFile, error) {
	f := &IgnoreFile{Name: name}
	if len(data) > maxIgnoreFile {
		return f, fmt.Errorf("%s: over %d MiB, which is too large for an ignore file", name, maxIgnoreFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var errs []error
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		entry, err := parseEntry(line)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
		}
		f.lines = append(f.lines, ignoreLine{line, entry})
	}
	if len(errs) > maxIgnoreTells {
		errs = append(errs[:maxIgnoreTells], fmt.Errorf("%s: and %d more mistakes", name, len(errs)-maxIgnoreTells))
	}
	return f, errors.Join(errs...)
}

// parseEntry reads one line; nil without error for a blank or a comment.
func parseEntry(line string) (*Entry, error) {
	if !utf8.ValidString(line) {
		return nil, errors.New("not valid UTF-8")
	}
	e := &Entry{}
	var seen []string
	rest := strings.TrimSpace(line)
	for rest != "" && rest[0] != '#' {
		key, value, more, err := cutEntryField(rest)
		if err != nil {
			return nil, err
		}
		if slices.Contains(seen, key) {
			return nil, fmt.Errorf("%s is given twice", key)
		}
		seen = append(seen, key)
		if err := e.set(key, value); err != nil {
			return nil, err
		}
		rest = strings.TrimLeft(more, " \t")
	}
	if seen == nil {
		return nil, nil
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	return e, nil
}

func cutEntryField(s string) (key, value, rest string, err error) {
	if strings.HasPrefix(s, "<<<<<<<") || strings.HasPrefix(s, "=======") || strings.HasPrefix(s, ">>>>>>>") {
		return "", "", "", errors.New("merge conflict; keep the lines of both sides")
	}
	i := strings.IndexAny(s, "= \t\"")
	if i < 1 || s[i] != '=' {
		return "", "", "", errors.New("not of the form key=value")
	}
	key, s = s[:i], s[i+1:]
	if s == "" || s[0] != '"' {
		value, rest = cutField(s)
		return key, value, rest, nil
	}
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", "", fmt.Errorf("%s: the quoted value does not end", key)
	}
	value, err = strconv.Unquote(quoted)
	rest = s[len(quoted):]
	if err == nil && rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		err = errors.New("text right behind the quoted value; put a space between")
	}
	if err != nil {
		return "", "", "", fmt.Errorf("%s: %w", key, err)
	}
	return key, value, rest, nil
}

// Numbered is an entry with its line in the file, from 1.
type Numbered struct {
	Entry
	At int
}

// Entries lists the entries in the order of the file.
func (f *IgnoreFile) Entries() []Numbered {
	var out []Numbered
	for i, l := range f.lines {
		if l.entry != nil {
			out = append(out, Numbered{*l.entry, i + 1})
		}
	}
	return out
}

// Add appends entries, leaving out what the file already has (reason, author and expiry aside). It returns how many
// were added and which were refused.
func (f *IgnoreFile) Add(entries ...Entry) (int, error) {
	have := map[Entry]bool{}
	for _, n := range f.Entries() {
		have[n.target()] = true
	}
	added := 0
	var errs []error
	for _, e := range entries {
		line := e.String()
		parsed, err := parseEntry(line)
		if err == nil && parsed == nil {
			err = e.check()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", line, err))
			continue
		}
		if !have[parsed.target()] {
			have[parsed.target()] = true
			f.lines = append(f.lines, ignoreLine{line, parsed})
			added++
		}
	}
	return added, errors.Join(errs...)
}

// target is what the entry silences, without the words about it.
func (e Entry) target() Entry {
	e.Reason, e.Author, e.Expires = "", "", time.Time{}
	return e
}

// Remove takes out the entries for which drop returns true and returns them. Comments and blank lines stay.
func (f *IgnoreFile) Remove(drop func(Numbered) bool) []Numbered {
	var gone []Numbered
	kept := f.lines[:0:0]
	for i, l := range f.lines {
		if l.entry != nil && drop(Numbered{*l.entry, i + 1}) {
			gone = append(gone, Numbered{*l.entry, i + 1})
			continue
		}
		kept = append(kept, l)
	}
	f.lines = kept
	return gone
}

// Bytes returns the file as it is written: untouched lines as they were read, line ends as \n.
func (f *IgnoreFile) Bytes() []byte {
	var b bytes.Buffer
	for _, l := range f.lines {
		b.WriteString(l.raw)
		b.WriteByte('\n')
	}
	return b.Bytes()
}
