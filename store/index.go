package store

import (
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/match"
)

// Index finds where a value is kept. Short and common values are in it too.
type Index struct {
	refs map[string][]finding.StoreRef
}

// Index returns the index of what was read.
func (c *Contents) Index() *Index {
	x := &Index{refs: make(map[string][]finding.StoreRef, len(c.Values))}
	for _, v := range c.Values {
		text := plain(v.Secret.Reveal())
		if text == "" {
			continue
		}
		x.refs[text] = append(x.refs[text], v.Refs...)
	}
	for text := range x.refs {
		match.SortRefs(x.refs[text])
		x.refs[text] = slices.Compact(x.refs[text])
	}
	return x
}

// Refs returns the versions that hold a value, current ones first. Blanks and line breaks around it do not count, nor
// how the lines of a key are broken.
func (x *Index) Refs(value string) []finding.StoreRef { return slices.Clone(x.refs[plain(value)]) }

func plain(value string) string {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "-----BEGIN ") {
		return strings.Join(strings.Fields(strings.ReplaceAll(value, `\n`, "\n")), "\n")
	}
	return value
}
