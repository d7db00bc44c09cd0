package interchange

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/rules"
)

// Set is what a rule file comes to.
type Set struct {
	Name   string // of the file
	Format string // one of Formats
	Title  string // the file's own

	Rules    []rules.Rule
	Allow    []rules.Allow // what the file allows of every rule
	Tune     []rules.Allow // what it allows of rules that it does not define: those of the scanner it was written for
	Disable  []string      // rules of that scanner that it switches off
	Disabled int           // the line that says so
	Default  bool          // it builds on that scanner's own rules
	Warnings []Warning     // in order of lines

	from map[string]place // of the rules, by id
}

// place is where a rule is defined.
type place struct {
	file string
	line int
}

// Warning names something that cannot be honoured.
type Warning struct {
	File string
	Line int    // from 1
	Rule string // id; "" where it is about the file
	Text string
	Fine bool // nothing is lost by it: that scanner disregards it as well, or it is only called otherwise here
}

// String writes a warning as file:line: text.
func (w Warning) String() string {
	if w.Rule == "" {
		return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Text)
	}
	return fmt.Sprintf("%s:%d: rule %q: %s", w.File, w.Line, w.Rule, w.Text)
}

// The formats. Own is that of rules.Parse.
const (
	Own    = "unleak"
	Leaks  = "gitleaks"
	Parker = "nosey parker"
)

// MaxFile is the most bytes of a rule file, MaxRules the most rules of one.
const (
	MaxFile  = 32 << 20
	MaxRules = 10_000
)

// Options for Parse.
type Options struct {
	// Read returns the text of a file that another one extends, and the name to call it by. Nil: such files are not
	// read, and a warning says so.
	Read func(name, from string) (text, as string, err error)
	// Known tells whether an id is taken by a rule that stays: one of the file's rules of that id is called otherwise.
	// Nil: none is.
	Known func(id string) bool
}

// Parse reads a rule file of any format but Own; see Detect. An error means that the file as a whole cannot be read.
func Parse(name, text string, o Options) (*Set, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("%s: %d bytes are too much for a rule file", name, len(text))
	}
	s := &Set{Name: name, Format: Detect(name, text), from: map[string]place{}}
	var err error
	switch s.Format {
	case Leaks:
		err = s.parseLeaks(text, o)
	case Parker:
		err = s.parseParker(text)
	default:
		err = fmt.Errorf("%s: not a rule file of another scanner", name)
	}
	if err != nil {
		return nil, err
	}
	s.checkRequired()
	s.nameRules(o.Known)
	arrange.By(s.Warnings, func(a, b Warning) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return s, nil
}

// Detect tells a rule file's format by its name and content.
func Detect(name, text string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".yml", ".yaml":
		return Parker
	case ".toml":
		return detectTOML(name, text)
	}
	if regexp.MustCompile(`(?m)^(?:rules|rulesets):\s*$`).MatchString(text) {
		return Parker
	}
	return detectTOML(name, text)
}

// What tells the two kinds of TOML apart: keys that only one of them has.
var (
	leaksKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?mi)^\s*(?:description|secretGroup|skipReport|tokenEfficiency|specificity|minVersion|betterleaksMinVersion|prefilter|filter|validate)\s*=|^\s*\[\[?(?:rules\.)?(?:allowlists?|required)\]|^\s*\[extend\]`)
	})
	ownKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)^\s*(?:provider|opens|severity|secret_group|first_group|technique|checks|reject|confidence|documented|remediation|examples|negatives|part_only)\s*=|^\s*\[\[?rules\.(?:verify|parts)`)
	})
)

func detectTOML(name, text string) string {
	leaks, own := len(leaksKey().FindAllStringIndex(text, -1)), len(ownKey().FindAllStringIndex(text, -1))
	if head, _, _ := strings.Cut(text, "["); strings.HasPrefix(head, "title") || strings.Contains(head, "\ntitle") {
		leaks++ // of the file: ours have titles of rules alone
	}
	base := strings.ToLower(path.Base(name))
	if strings.Contains(base, "gitleaks") || strings.Contains(base, "betterleaks") {
		leaks++
	}
	if leaks > own {
		return Leaks
	}
	return Own
}

func (s *Set) warn(file string, line int, rule, format string, args ...any) {
	s.Warnings = append(s.Warnings, Warning{File: file, Line: max(1, line), Rule: rule, Text: fmt.Sprintf(format, args...)})
}

// fine warns of what costs nothing.
func (s *Set) fine(file string, line int, rule, format string, args ...any) {
	s.warn(file, line, rule, format, args...)
	s.Warnings[len(s.Warnings)-1].Fine = true
}

// add compiles a rule and keeps it; what is wrong with it is a warning.
func (s *Set) add(r rules.Rule, file string, line int) {
	if err := rules.Compile(&r); err != nil {
		s.warn(file, line, r.ID, "not loaded: %v", withoutRule(err))
		return
	}
	s.Rules = append(s.Rules, r)
	s.from[r.ID] = place{file, line}
}

// withoutRule takes the rule's name off a message that the warning begins with, too.
func withoutRule(err error) error {
	text := err.Error()
	if strings.HasPrefix(text, `rule "`) {
		if _, rest, ok := strings.Cut(text, `": `); ok {
			return errors.New(rest)
		}
	}
	return err
}

// renamed is what a rule is called where its own id will not do.
var notInID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^a-z0-9.]+`) })

// ourID writes an id as ours are: lower case, digits, dashes, dots.
func ourID(id string) string {
	id = notInID().ReplaceAllString(strings.ToLower(strings.TrimSpace(id)), "-")
	for _, pair := range [][2]string{{"-.", "."}, {".-", "."}, {"..", "."}} {
		for strings.Contains(id, pair[0]) {
			id = strings.ReplaceAll(id, pair[0], pair[1])
		}
	}
	return strings.Trim(id, "-.")
}

// nameRules gives rules whose id is taken another one, and makes what names them follow.
func (s *Set) nameRules(known func(string) bool) {
	if known == nil {
		return
	}
	called := map[string]string{}
	for i := range s.Rules {
		r := &s.Rules[i]
		if !known(r.ID) {
			continue
		}
		id := r.ID + "." + strings.ReplaceAll(s.Format, " ", "-")
		for n := 2; known(id); n++ {
			id = fmt.Sprintf("%s.%s-%d", r.ID, strings.ReplaceAll(s.Format, " ", "-"), n)
		}
		called[r.ID] = id
	}
	follow := func(id string) string {
		if to, ok := called[id]; ok {
			return to
		}
		return id
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		r.ID = follow(r.ID)
		for k := range r.Required {
			r.Required[k].Rule = follow(r.Required[k].Rule)
		}
		for k := range r.Parts {
			r.Parts[k].Rule = follow(r.Parts[k].Rule)
		}
	}
}

// checkRequired drops the rules that require what is not there.
func (s *Set) checkRequired() {
	for again := true; again; {
		again = false
		has := map[string]bool{}
		for i := range s.Rules {
			has[s.Rules[i].ID] = s.Rules[i].Regex != ""
		}
		s.Rules = slices.DeleteFunc(s.Rules, func(r rules.Rule) bool {
			for _, q := range r.Required {
				if !has[q.Rule] {
					s.warn(s.from[r.ID].file, s.from[r.ID].line, r.ID, "not loaded: it requires %q, which is no loaded rule with a regex", q.Rule)
					again = true
					return true
				}
			}
			return false
		})
	}
}
