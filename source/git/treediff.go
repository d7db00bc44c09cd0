package git

import (
	"github.com/unleak/unleak/source/git/object"
)

// changedEntries returns the entries of a tree's text, without those at its start and end that old has as well. It
// returns false if the text is not a tree to its end.
func changedEntries(text, old []byte, hash int) (map[string]file, bool) {
	same := 0 // bytes at the end
	for most := min(len(text), len(old)); same < most && text[len(text)-1-same] == old[len(old)-1-same]; {
		same++
	}
	out := map[string]file{}
	p, start := 0, true
	for p < len(text) {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			return out, false
		}
		start = start && e.End <= len(old) && string(text[p:e.End]) == string(old[p:e.End])
		if !start {
			if len(text)-p <= same && entryStarts(old, len(old)-(len(text)-p), hash) {
				return out, true
			}
			out[string(e.Name)] = file{object.FromBytes(e.Raw), e.Mode}
		}
		p = e.End
	}
	return out, true
}

// entryStarts tells whether an entry of a tree starts at p.
func entryStarts(text []byte, p, hash int) bool {
	at := 0
	for at < p {
		e, ok := object.NextEntry(text, at, hash)
		if !ok {
			return false
		}
		at = e.End
	}
	return at == p
}

// entriesNamed returns the entries of a tree's text that have one of the names.
func entriesNamed(text []byte, names map[string]file, hash int) map[string]file {
	out := map[string]file{}
	for p := 0; p < len(text) && len(out) < len(names); {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			break
		}
		if _, ok := names[string(e.Name)]; ok {
			out[string(e.Name)] = file{object.FromBytes(e.Raw), e.Mode}
		}
		p = e.End
	}
	return out
}

// first returns the first element, or the zero value.
func first[T any](all []T) (t T) {
	if len(all) > 0 {
		return all[0]
	}
	return t
}
