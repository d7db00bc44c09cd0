package store

import (
	"net/url"
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
		if password := passwordOf(text); password != "" {
			x.refs[password] = append(x.refs[password], v.Refs...)
		}
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

// passwordOf returns the password of a URL: scanners find it with and without what surrounds it.
func passwordOf(text string) string {
	if !strings.Contains(text, "://") {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}

func plain(value string) string {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "-----BEGIN ") {
		return strings.Join(strings.Fields(strings.ReplaceAll(value, `\n`, "\n")), "\n")
	}
	return value
}
