package image

import (
	"path"
	"slices"
	"strings"
)

// manuals are the folders in which distributions keep manual pages, their translations and the like. A match there is
// documentation, which says so in no other part of its path.
var manuals = []string{"usr/share/man/", "usr/share/info/", "usr/share/help/", "usr/share/locale/", "usr/local/share/man/", "usr/local/man/"}

// isManual tells what a package brings along to be read by people: manuals, and the descriptions of Python packages.
func isManual(file string) bool {
	if slices.ContainsFunc(manuals, func(dir string) bool { return strings.HasPrefix(file, dir) }) {
		return true
	}
	dir, name := path.Split(file)
	return name == "METADATA" && strings.HasSuffix(dir, ".dist-info/") || name == "PKG-INFO" && strings.HasSuffix(dir, ".egg-info/")
}

// withDocs adds the tag of documentation to sorted tags, without changing the slice given.
func withDocs(tags []string) []string {
	const tag = "docs"
	if i, ok := slices.BinarySearch(tags, tag); !ok {
		return slices.Insert(slices.Clone(tags), i, tag)
	}
	return slices.Clone(tags)
}
