package detectors

import (
	"path"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

// masked is what reports show of a value: text that holds it was masked before, and may have been encoded since.
var masked = finding.Mask("")

// Accept applies what depends on the path a text was found at: rules bound to paths, marks for test code, what the
// generic detector knows of kinds of files. It may change the match's confidence and tags; false drops it.
func (e *Engine) Accept(origin *finding.Origin, m *finding.Match) bool {
	if strings.Contains(m.Secret, masked) {
		return false
	}
	c := e.byID[m.Rule]
	if c == nil {
		return true
	}
	name := origin.Path
	if n := len(origin.Inside); n > 0 {
		name = path.Join(name, origin.Inside[n-1])
	}
	if c.path != nil && !c.boundTo(origin, name) {
		return false
	}
	if ahead := e.byID[m.Behind]; ahead != nil && ahead.path != nil && ahead.boundTo(origin, name) {
		return false
	}
	if c.Technique == "path" {
		m.Secret = "file " + name // not the name alone: reports mask what is secret
	}
	if c.extra != nil && !c.extra.judgeOrigin(origin, name, m) {
		return false
	}
	if c.Technique == "generic" {
		return generic.Accept(name, m, e.opts.MinConfidence)
	}
	if tag := generic.PathTag(name); tag != "" {
		m.Tags = addTag(m.Tags, tag)
	}
	return true
}

// boundTo tells whether a rule that is bound to paths is bound to this one, of an origin, as a scan names it or with the
// folders that lead to the scan's target. A rule that finds files by their names goes by these alone.
func (c *compiled) boundTo(origin *finding.Origin, name string) bool {
	return c.path.MatchString(name) || origin.Above != "" && c.Technique != "path" && c.path.MatchString(origin.Above+name)
}
