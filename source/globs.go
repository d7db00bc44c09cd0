package source

import (
	"fmt"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// CheckGlobs returns an error for a glob (doublestar) that is malformed.
func CheckGlobs(globs []string) error {
	for _, g := range globs {
		if !doublestar.ValidatePattern(g) {
			return fmt.Errorf("glob %q is malformed: brackets and braces must be closed", g)
		}
	}
	return nil
}

// MatchGlobs tells whether one of the globs names a file or folder, by its path or by its name alone. A glob that ends
// in a slash names folders only.
func MatchGlobs(globs []string, shown, name string, dir bool) bool {
	for _, g := range globs {
		if last := len(g) - 1; last > 0 && g[last] == '/' {
			if !dir {
				continue
			}
			g = g[:last]
		}
		if doublestar.MatchUnvalidated(g, shown) || doublestar.MatchUnvalidated(g, name) {
			return true
		}
		if dir && doublestar.MatchUnvalidated(g, shown+"/") {
			return true
		}
	}
	return false
}

// Excluded tells whether one of the globs names a file or a folder it is in, where the folders were not walked.
func Excluded(globs []string, file string) bool {
	if len(globs) == 0 {
		return false
	}
	if MatchGlobs(globs, file, path.Base(file), false) {
		return true
	}
	for i := strings.IndexByte(file, '/'); i >= 0; {
		if MatchGlobs(globs, file[:i], path.Base(file[:i]), true) {
			return true
		}
		next := strings.IndexByte(file[i+1:], '/')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}
