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

// Below returns what globs, whose paths begin somewhere, name in a folder below, with paths that begin in the folder. One
// that names the folder itself, or all that is in it, is left out: whoever asks for the folder wants what is in it.
func Below(globs []string, folder string) []string {
	var out []string
	for _, g := range globs {
		for _, g := range alternatives(g) {
			trimmed := strings.TrimSuffix(g, "/")
			if !strings.Contains(trimmed, "/") { // a name at any depth
				out = append(out, g)
				continue
			}
			for _, rest := range below(strings.Split(trimmed, "/"), strings.Split(folder, "/")) {
				if rest != "" && rest != "**" {
					out = append(out, rest+g[len(trimmed):])
				}
			}
		}
	}
	return out
}

// below returns what is left of a glob when its first names have matched folders.
func below(glob, folders []string) []string {
	if len(folders) == 0 {
		return []string{strings.Join(glob, "/")}
	}
	if len(glob) == 0 {
		return nil
	}
	if glob[0] != "**" {
		if !doublestar.MatchUnvalidated(glob[0], folders[0]) {
			return nil
		}
		return below(glob[1:], folders[1:])
	}
	return append(below(glob, folders[1:]), below(glob[1:], folders)...)
}

// alternatives writes a glob with braces around slashes, {a/b,c}/d, as several without.
func alternatives(glob string) []string {
	open, depth, slash := -1, 0, false
	var commas []int
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case c == '{':
			if depth++; depth == 1 {
				open, commas, slash = i, nil, false
			}
		case c == '/' && depth > 0:
			slash = true
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth > 0:
			if depth--; depth > 0 || !slash {
				continue
			}
			var out []string
			from := open + 1
			for _, to := range append(commas, i) {
				out = append(out, alternatives(glob[:open]+glob[from:to]+glob[i+1:])...)
				from = to + 1
			}
			return out
		}
	}
	return []string{glob}
}
