package triage

import (
	"crypto/sha1"
	"encoding/hex"
	"path"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// liveEntry is an entry while a policy is applied.
type liveEntry struct {
	Numbered
	file    *IgnoreFile
	expired bool
	used    bool
}

// entrySet finds the entries a finding may fit without trying all: imported lists have thousands, nearly all of them
// by hash or for one path.
type entrySet struct {
	all    []*liveEntry
	byID   map[string][]*liveEntry
	bySHA1 map[string][]*liveEntry
	byPath map[string][]*liveEntry // patterns that fit one path and what is below
	others []*liveEntry
}

func newEntrySet(files []*IgnoreFile, today time.Time) *entrySet {
	s := &entrySet{byID: map[string][]*liveEntry{}, bySHA1: map[string][]*liveEntry{}, byPath: map[string][]*liveEntry{}}
	for _, f := range files {
		for _, n := range f.Entries() {
			e := &liveEntry{Numbered: n, file: f, expired: n.Expired(today)}
			s.all = append(s.all, e)
			literal, ok := literalPath(e.Path)
			switch {
			case e.expired:
			case e.ID != "":
				s.byID[e.ID] = append(s.byID[e.ID], e)
			case e.SHA1 != "":
				s.bySHA1[e.SHA1] = append(s.bySHA1[e.SHA1], e)
			case ok:
				s.byPath[literal] = append(s.byPath[literal], e)
			default:
				s.others = append(s.others, e)
			}
		}
	}
	return s
}

// literalPath returns the one path, without slashes around it, that a pattern stands for; false if it stands for more.
func literalPath(pattern string) (string, bool) {
	pattern = strings.TrimPrefix(pattern, "./")
	if !strings.Contains(strings.TrimSuffix(pattern, "/"), "/") {
		return "", false // fits in any folder
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*', '?', '[', ']', '{', '}':
			return "", false
		case '\\':
			if i++; i == len(pattern) {
				return "", false
			}
			b.WriteByte(pattern[i])
		default:
			b.WriteByte(c)
		}
	}
	return strings.Trim(b.String(), "/"), true
}

// fits returns the entries that fit a finding, whatever its places, and may fit one of them.
func (s *entrySet) fits(f *finding.Finding) []*liveEntry {
	var out []*liveEntry
	take := func(list []*liveEntry) {
		for _, e := range list {
			if e.fitsFinding(f) {
				out = append(out, e)
			}
		}
	}
	take(s.byID[f.ID])
	if len(s.bySHA1) > 0 {
		sum := sha1.Sum([]byte(f.Secret.Reveal()))
		take(s.bySHA1[hex.EncodeToString(sum[:])])
	}
	if len(s.byPath) > 0 {
		seen := map[string]bool{}
		for i := range f.Places {
			o := &f.Places[i].Origin
			for _, name := range []string{o.Path, o.Name()} {
				s.folders(name, seen, take)
			}
			if o.Git != nil {
				for _, name := range o.Git.Paths {
					s.folders(name, seen, take)
				}
			}
		}
	}
	take(s.others)
	return out
}

// folders takes the entries for a path and each of its folders.
func (s *entrySet) folders(name string, seen map[string]bool, take func([]*liveEntry)) {
	for name = strings.Trim(strings.TrimPrefix(name, "./"), "/"); name != "" && name != "."; name = path.Dir(name) {
		if seen[name] {
			return
		}
		seen[name] = true
		take(s.byPath[name])
	}
}
