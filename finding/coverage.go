package finding

import (
	"cmp"
	"maps"
	"slices"
)

// SkipReason names why something was not read. The set is closed: reports and dashboards rely on it.
type SkipReason string

// The reasons.
const (
	SkipUnreadable  SkipReason = "unreadable"  // the system refused it
	SkipCorrupt     SkipReason = "corrupt"     // it does not parse as what it claims to be
	SkipMissing     SkipReason = "missing"     // named but not there: shallow or partial clone, foreign layer
	SkipTooLarge    SkipReason = "too large"   // over a limit
	SkipTooDeep     SkipReason = "too deep"    // nested beyond a limit
	SkipEncrypted   SkipReason = "encrypted"   // needs a password
	SkipUnsupported SkipReason = "unsupported" // a known format that is not read
	SkipBudget      SkipReason = "out of budget"
	SkipLFS         SkipReason = "lfs pointer"
	SkipSubmodule   SkipReason = "submodule"
	SkipFailed      SkipReason = "failed" // a detector or parser broke down on it
	SkipInterrupted SkipReason = "interrupted"
	SkipBinary      SkipReason = "binary"   // by choice: binary content, strings not asked for
	SkipExcluded    SkipReason = "excluded" // by choice: the user or an ignore rule named it
	SkipSpecial     SkipReason = "special"  // by choice: a device, socket or pipe
)

// ByChoice tells whether the reason is a choice of the user or the design rather than a gap in what was asked for.
func (r SkipReason) ByChoice() bool {
	switch r {
	case SkipBinary, SkipExcluded, SkipSpecial, SkipSubmodule, SkipLFS:
		return true
	}
	return false
}

// Skip is one thing that was not read, or not wholly.
type Skip struct {
	Name   string     `json:"name"` // path, object id or digest
	Reason SkipReason `json:"reason"`
	Detail string     `json:"detail,omitempty"`
}

// Coverage says what a scan read and what it left out. The zero value is ready to use; it is not safe for concurrent
// use.
type Coverage struct {
	Bytes    int64                `json:"bytes"`    // of content looked at, after decompression
	Counts   map[string]int64     `json:"counts"`   // by unit: "files", "blobs", "commits", "layers", "lines", ...
	Skipped  map[SkipReason]int64 `json:"skipped"`  // how many things
	Examples []Skip               `json:"examples"` // at most maxExamples a reason, sorted
	Notes    []string             `json:"notes"`    // what a reader must know: "shallow clone", "repository configuration ignored"

	// Further names what was left out by choice beyond Examples, by reason, sorted. Of a reason with more than
	// maxFurther none are kept.
	Further map[SkipReason][]string `json:"further,omitempty"`

	// Part says what made the scan one of a part of its targets, such as "--range main..feat"; empty where all was to be
	// read with all rules. What such a scan does not find may be there all the same.
	Part []string `json:"part,omitempty"`

	// Scope says what else decides what is found: settings other than the usual ones ("--submodules", "exclude=vendor/**",
	// "rules=own.toml") and the branch a working tree stood at ("branch=main"). What one scan found and another did not is
	// gone only as far as the other would have seen it.
	Scope []string `json:"scope,omitempty"`
}

const (
	maxExamples = 20
	maxFurther  = 10_000
)

// Count adds n of a unit.
func (c *Coverage) Count(unit string, n int64) {
	if c.Counts == nil {
		c.Counts = map[string]int64{}
	}
	c.Counts[unit] += n
}

// Skip records one thing that was not read. Which examples are kept does not depend on the order of the calls.
func (c *Coverage) Skip(s Skip) {
	if c.Skipped == nil {
		c.Skipped = map[SkipReason]int64{}
	}
	c.Skipped[s.Reason]++
	c.addExample(s)
}

// Note records a remark once.
func (c *Coverage) Note(text string) {
	if i, ok := slices.BinarySearch(c.Notes, text); !ok {
		c.Notes = slices.Insert(c.Notes, i, text)
	}
}

// Add merges d into c.
func (c *Coverage) Add(d Coverage) {
	c.Bytes += d.Bytes
	for u, n := range d.Counts {
		c.Count(u, n)
	}
	for r, n := range d.Skipped {
		if c.Skipped == nil {
			c.Skipped = map[SkipReason]int64{}
		}
		c.Skipped[r] += n
	}
	for _, s := range d.Examples {
		c.addExample(s)
	}
	for r, names := range d.Further {
		for _, name := range names {
			c.addFurther(Skip{Name: name, Reason: r})
		}
	}
	maps.DeleteFunc(c.Further, func(r SkipReason, _ []string) bool { return c.Skipped[r] > maxExamples+maxFurther })
	for _, n := range d.Notes {
		c.Note(n)
	}
	for _, p := range d.Part {
		if !slices.Contains(c.Part, p) {
			c.Part = append(c.Part, p)
		}
	}
	for _, s := range d.Scope {
		if !slices.Contains(c.Scope, s) {
			c.Scope = append(c.Scope, s)
		}
	}
}

// addExample keeps the first maxExamples of each reason by name.
func (c *Coverage) addExample(s Skip) {
	i, _ := slices.BinarySearchFunc(c.Examples, s, compareSkip)
	first, _ := slices.BinarySearchFunc(c.Examples, Skip{Reason: s.Reason}, compareSkip)
	if i-first >= maxExamples {
		c.addFurther(s)
		return
	}
	c.Examples = slices.Insert(c.Examples, i, s)
	if last := first + maxExamples; last < len(c.Examples) && c.Examples[last].Reason == s.Reason {
		c.addFurther(c.Examples[last])
		c.Examples = slices.Delete(c.Examples, last, last+1)
	}
}

// addFurther keeps the name of what is no example. Whether names are kept goes by their number alone, so that it does not
// depend on the order of the calls.
func (c *Coverage) addFurther(s Skip) {
	if !s.Reason.ByChoice() {
		return
	}
	if c.Skipped[s.Reason] > maxExamples+maxFurther {
		delete(c.Further, s.Reason)
		return
	}
	if c.Further == nil {
		c.Further = map[SkipReason][]string{}
	}
	names := c.Further[s.Reason]
	i, _ := slices.BinarySearch(names, s.Name)
	c.Further[s.Reason] = slices.Insert(names, i, s.Name)
}

// LeftOut returns the names of what was left out by choice, and the reasons for which some names are not known.
func (c *Coverage) LeftOut() (names []string, unnamed []SkipReason) {
	known := map[SkipReason]int64{}
	for _, s := range c.Examples {
		if s.Reason.ByChoice() {
			names = append(names, s.Name)
			known[s.Reason]++
		}
	}
	for r, more := range c.Further {
		names = append(names, more...)
		known[r] += int64(len(more))
	}
	for r, n := range c.Skipped {
		if r.ByChoice() && n > known[r] {
			unnamed = append(unnamed, r)
		}
	}
	slices.Sort(names)
	slices.Sort(unnamed)
	return names, unnamed
}

func compareSkip(a, b Skip) int {
	return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Detail, b.Detail))
}

// Incomplete tells whether something that was asked for was not read.
func (c *Coverage) Incomplete() bool {
	for r, n := range c.Skipped {
		if n > 0 && !r.ByChoice() {
			return true
		}
	}
	return false
}

// Empty tells whether nothing at all was looked at.
func (c *Coverage) Empty() bool {
	if c.Bytes > 0 {
		return false
	}
	for _, n := range c.Counts {
		if n > 0 {
			return false
		}
	}
	return true
}

// Revision says at which commit a repository stood when it was scanned.
type Revision struct {
	Repository string `json:"repository"`       // as the user named it
	URI        string `json:"uri"`              // of what it is a clone of, without credentials; else of its folder
	Commit     string `json:"commit,omitempty"` // that HEAD leads to
	Branch     string `json:"branch,omitempty"` // "" where HEAD is detached
}

// Report is what a command hands to a reporter.
type Report struct {
	Version   string     // of unleak
	Command   string     // "dir", "git", ...
	Targets   []string   // as the user named them
	Revisions []Revision // of the repositories among them
	Tree      *Tree      // nil: paths of files are written from the top of the work tree, or lie in none
	Findings  []Finding
	Coverage  Coverage

	Observations []Observation // about several findings; set by triage
	Beside       []Secret      // that names in the report hold; no finding of their own, and shown as little
}
