package repo

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/source/git/object"
)

// Abbreviated returns the one object whose id starts with the given digits, at least four. It returns false if there
// is none or more than one.
func (s *Store) Abbreviated(digits string) (object.ID, bool) {
	digits = strings.ToLower(digits)
	if len(digits) < 4 || len(digits) > 2*s.Hash || strings.Trim(digits, "0123456789abcdef") != "" {
		return object.ID{}, false
	}
	full, err := object.ParseID(digits + strings.Repeat("0", 2*s.Hash-len(digits)))
	if err != nil {
		return object.ID{}, false
	}
	var found object.ID
	ok := true
	see := func(id object.ID) {
		if !found.IsZero() && found != id {
			ok = false
		}
		found = id
	}
	for _, p := range s.Packs {
		i, _ := p.Index.Find(full[:s.Hash])
		for ; i < p.Index.Len(); i++ {
			id := p.Index.ID(i)
			if !strings.HasPrefix(id.String(), digits) {
				break
			}
			see(id)
		}
	}
	for _, dir := range s.dirs {
		files, _ := os.ReadDir(filepath.Join(dir, digits[:2]))
		for _, f := range files {
			if id, err := object.ParseID(digits[:2] + f.Name()); err == nil && strings.HasPrefix(f.Name(), digits[2:]) {
				see(id)
			}
		}
	}
	return found, ok && !found.IsZero()
}
