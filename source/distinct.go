package source

import (
	"os"
	"path/filepath"
)

// Distinct returns targets without those that were named before, under the same name or as another name of the same
// file or folder: ".", "./" and the absolute path are one.
func Distinct(targets []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range targets {
		name := t
		if _, err := os.Stat(t); err == nil && t != "-" {
			if abs, err := filepath.Abs(t); err == nil {
				name = abs
			}
			if real, err := filepath.EvalSymlinks(name); err == nil {
				name = real
			}
		}
		if !seen[name] {
			seen[name] = true
			out = append(out, t)
		}
	}
	return out
}
