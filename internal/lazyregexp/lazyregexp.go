// Package lazyregexp holds regexes that are compiled when they are first used, so that a start does not pay for those it
// has no use for.
package lazyregexp

import (
	"regexp"
	"sync"

	"github.com/unleak/unleak/internal/byteregex"
)

// Regexp is a regex whose methods are those of regexp.Regexp. It is safe for concurrent use.
type Regexp struct {
	pattern string
	once    sync.Once
	re      *regexp.Regexp

	ascii sync.Once
	short *byteregex.Program // see program
}

// New returns a regex. A pattern that does not compile panics at its first use.
func New(pattern string) *Regexp { return &Regexp{pattern: pattern} }

// Get returns the compiled regex.
func (r *Regexp) Get() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.pattern) })
	return r.re
}

// FindStringSubmatch is regexp.Regexp.FindStringSubmatch.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.Get().FindStringSubmatch(s) }

// FindSubmatchIndex is regexp.Regexp.FindSubmatchIndex.
func (r *Regexp) FindSubmatchIndex(b []byte) []int { return r.Get().FindSubmatchIndex(b) }
