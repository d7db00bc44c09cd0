package detectors

import (
	"path"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

// Accept applies what depends on the path a text was found at: rules bound to paths, marks for test code, what the
// generic detector knows of kinds of files. It may change the match's confidence and tags; false drops it.
func (e *Engine) Accept(origin *finding.Origin, m *finding.Match) bool {
	c := e.byID[m.Rule]
	if c == nil {
		return true
	}
	name := origin.Path
	if n := len(origin.Inside); n > 0 {
		name = path.Join(name, origin.Inside[n-1])
	}
	if c.path != nil && !c.path().MatchString(name) {
		return false
	}
	if c.Technique == "generic" {
		return generic.Accept(name, m, e.opts.MinConfidence)
	}
	if tag := pathTag(name); tag != "" {
		m.Tags = addTag(m.Tags, tag)
	}
	return true
}

// folders and file names that hold tests and examples
var (
	testWords    = []string{"test", "tests", "spec", "specs", "testdata", "fixtures", "fixture", "__tests__", "mock", "mocks", "e2e"}
	exampleWords = []string{"example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation"}
)

// pathTag returns "test" or "example" for a path that says so, else "".
func pathTag(name string) string {
	tag := ""
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		for word := range strings.FieldsFuncSeq(part, func(r rune) bool { return r == '.' || r == '_' || r == '-' }) {
			for _, w := range testWords {
				if word == w {
					return "test"
				}
			}
			for _, w := range exampleWords {
				if word == w {
					tag = "example-path"
				}
			}
		}
	}
	return tag
}
