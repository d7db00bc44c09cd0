package detectors

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	re2 "github.com/wasilibs/go-re2"
	"github.com/wasilibs/go-re2/experimental"

	"github.com/unleak/unleak/detectors/proof"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/byteregex"
	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/rules"
)

// Options of an engine. The zero value of each field is a good default.
type Options struct {
	MinConfidence float64 // matches below it are dropped; 0: DefaultMinConfidence
	DecodeDepth   int     // encodings within encodings that are followed; 0: DefaultDecodeDepth, negative: none

	Allow []rules.Allow // matches that are not reported
}

// The defaults of Options.
const (
	DefaultMinConfidence = 0.5
	DefaultDecodeDepth   = 4
)

// Engine is a compiled set of rules. It never changes, but for what its scanners remember, and may be shared.
type Engine struct {
	opts      Options
	rules     []compiled
	byID      map[string]*compiled
	filter    *filter
	literals  []literal
	unbound   []*compiled // rules without a literal: they see every byte
	marks     [][]byte    // words of which one stands in whatever begins a block
	anyRun    rules.Run   // every match of an unbound rule holds it; Len 0: none such
	reach     int         // most bytes of a match of an unbound rule
	before    int         // most bytes any rule looks at before a literal
	after     int         // and from its start on
	longest   int         // bytes of the longest literal
	atStart   []*compiled // rules that look at a text's start alone
	wholeFile []*compiled // rules that read a file from its start, row by row
	extras    bool        // some rule has extras
	nearLines int         // lines around an edit that contexts reach over

	once   sync.Once
	barren *barren // of versions of texts; made when first needed
}

// compiled is a rule as the engine runs it.
type compiled struct {
	*rules.Rule
	technique technique
	checks    []proof.Check
	reject    []*lazyregexp.Regexp
	path      *lazyregexp.Regexp
	re2       atomic.Pointer[re2.Regexp]        // made when first needed; see regex
	short     atomic.Pointer[byteregex.Program] // the same; see program
	near      []nearPart                        // what finds parts around a match
	extra     *extra                            // nil: none
	lines     int                               // before and after a literal that a match may take part in
}

// reference leads from a literal to a rule that wants to know of it. A match reaches no further than left bytes before
// the literal's start and right bytes behind it.
type reference struct {
	rule        *compiled
	literal     rules.Literal
	run         *rules.Run // every match holds it; nil: none is known
	left, right int
}

// New compiles the rules. Regexes are compiled when first needed.
func New(set []rules.Rule, opts Options) (*Engine, error) {
	if opts.MinConfidence == 0 {
		opts.MinConfidence = DefaultMinConfidence
	}
	if opts.DecodeDepth == 0 {
		opts.DecodeDepth = DefaultDecodeDepth
	}
	e := &Engine{opts: opts, nearLines: contextLines, rules: make([]compiled, len(set)), byID: make(map[string]*compiled, len(set))}
	var errs []error
	b := literalIndex{at: make(map[literalKey]int, 8*len(set)), literals: make([]literal, 0, 8*len(set)), runs: map[rules.Run]*rules.Run{}}
	for i := range set {
		c := &e.rules[i]
		errs = append(errs, c.compile(&set[i]))
		e.byID[c.ID] = c
		e.index(&b, c)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := e.equip(opts.Allow); err != nil {
		return nil, err
	}
	e.literals = b.literals
	e.joinRuns()
	e.filter = newFilter(e.literals)
	return e, nil
}

func (c *compiled) compile(r *rules.Rule) error {
	c.Rule, c.lines = r, contextLines
	if r.Exact {
		c.lines = exactLines
	}
	c.near = nearParts(r.Verify)
	for _, name := range checksOf(r) {
		check, ok := proof.Lookup(name)
		if !ok {
			return fmt.Errorf("rule %q: unknown check %q (known: %s)", r.ID, name, strings.Join(proof.Names(), ", "))
		}
		c.checks = append(c.checks, check)
	}
	for _, re := range r.Reject {
		c.reject = append(c.reject, lazyregexp.New(re))
	}
	if r.Path != "" {
		c.path = lazyregexp.New(r.Path)
	}
	if r.Technique != "" {
		t, ok := techniques[r.Technique]
		if !ok {
			return fmt.Errorf("rule %q: unknown technique %q", r.ID, r.Technique)
		}
		c.technique = t
		return nil
	}
	c.technique = regexTechnique{}
	return nil
}

// regex returns the rule's regex. Two goroutines may compile it at once.
func (c *compiled) regex() *re2.Regexp {
	if c.re2.Load() == nil {
		c.re2.Store(experimental.MustCompileLatin1(c.Pattern()))
	}
	return c.re2.Load()
}

// program returns the rule's regex for short texts, or nil where that is not supported.
func (c *compiled) program() *byteregex.Program {
	p := c.short.Load()
	if p == nil {
		group := c.SecretGroup
		if c.FirstGroup {
			group = byteregex.FirstGroup
		}
		var err error
		if p, err = byteregex.Compile(c.Pattern(), group); err != nil {
			p = unsupported // the loader has checked the syntax: it is one for RE2 alone
		}
		c.short.Store(p)
	}
	if p == unsupported {
		return nil
	}
	return p
}

var unsupported = &byteregex.Program{}

// Rule returns the rule with an id.
func (e *Engine) Rule(id string) (*rules.Rule, bool) {
	c, ok := e.byID[id]
	if !ok {
		return nil, false
	}
	return c.Rule, true
}

// NewScanner returns a scanner with scratch memory of its own, for one goroutine at a time.
func (e *Engine) NewScanner() *Scanner { return newScanner(e, e.opts.DecodeDepth) }

// tagged severities: what a tag makes of the rule's severity
var tagSeverity = map[string]finding.Severity{
	"example":           finding.Info,
	"canary":            finding.Info,
	"checksum-mismatch": finding.Low, // mistyped or made up
	"test-mode":         finding.Low,
	"expired":           finding.Low,
	"encrypted":         finding.Medium,
	"public":            finding.Low,
	"test":              finding.Medium,
	"docs":              finding.Medium,
}

// Describe returns the title of a match's rule and how severe the match is.
func (e *Engine) Describe(m *finding.Match) (string, finding.Severity) {
	c := e.byID[m.Rule]
	if c == nil {
		return m.Rule, finding.High
	}
	severity := c.Severity
	for _, t := range m.Tags {
		s, ok := tagSeverity[t]
		if ok && c.Technique == "generic" {
			s = min(s, finding.Low) // most passwords of tests are made up
		}
		if ok {
			severity = min(severity, s)
		}
		if t == tagHalf && severity > finding.Low {
			severity--
		}
	}
	return c.Title, severity
}

// without returns a list of tags with one left out.
func without(tags []string, tag string) []string {
	if !slices.Contains(tags, tag) {
		return tags
	}
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return t == tag })
}

// addTag adds a tag to a sorted list.
func addTag(tags []string, tag string) []string {
	i, ok := slices.BinarySearch(tags, tag)
	if ok {
		return tags
	}
	return slices.Insert(slices.Clone(tags), i, tag)
}
