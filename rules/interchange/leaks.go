package interchange

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/unleak/unleak/internal/typo"
)

// leaksFile is the shape of gitleaks' and betterleaks' files.
type leaksFile struct {
	Title                 string       `toml:"title"`
	Description           string       `toml:"description"`
	MinVersion            string       `toml:"minVersion"`
	BetterleaksMinVersion string       `toml:"betterleaksMinVersion"`
	Prefilter             string       `toml:"prefilter"`
	Filter                string       `toml:"filter"`
	Extend                leaksExtend  `toml:"extend"`
	Rules                 []leaksRule  `toml:"rules"`
	Allowlist             *leaksAllow  `toml:"allowlist"` // deprecated there
	Allowlists            []leaksAllow `toml:"allowlists"`

	file string
	keys *lineIndex
	base *leaksFile // that it extends
}

// filterAt returns where a file's filter expression stands: it may come from the file that it extends.
func (f *leaksFile) filterAt(key, name string) (string, int) {
	if at := f.keys.all(key); len(at) > 0 || f.base == nil {
		return cmp.Or(f.file, name), f.keys.line(key)
	}
	return f.base.filterAt(key, name)
}

type leaksExtend struct {
	Path          string   `toml:"path"`
	URL           string   `toml:"url"`
	UseDefault    bool     `toml:"useDefault"`
	DisabledRules []string `toml:"disabledRules"`
}

type leaksRule struct {
	ID              string          `toml:"id"`
	Description     string          `toml:"description"`
	Path            string          `toml:"path"`
	Regex           string          `toml:"regex"`
	SecretGroup     int             `toml:"secretGroup"`
	Entropy         float64         `toml:"entropy"`
	Keywords        []string        `toml:"keywords"`
	Tags            []string        `toml:"tags"`
	Allowlist       *leaksAllow     `toml:"allowlist"`
	Allowlists      []leaksAllow    `toml:"allowlists"`
	Required        []leaksRequired `toml:"required"`
	SkipReport      *bool           `toml:"skipReport"`
	TokenEfficiency *bool           `toml:"tokenEfficiency"`
	Specificity     *int            `toml:"specificity"`
	Filter          string          `toml:"filter"`
	Validate        string          `toml:"validate"`

	file string     // that it comes from
	at   string     // its key in lines
	line int        // where it begins
	keys *lineIndex // of that file
}

// lineOf returns the line of one of the rule's keys.
func (r *leaksRule) lineOf(key string) int { return r.keys.line(r.at+"."+key, r.at+".id", r.at) }

type leaksAllow struct {
	Description string   `toml:"description"`
	Condition   string   `toml:"condition"`
	Commits     []string `toml:"commits"`
	Paths       []string `toml:"paths"`
	RegexTarget string   `toml:"regexTarget"`
	Regexes     []string `toml:"regexes"`
	Stopwords   []string `toml:"stopwords"`
	TargetRules []string `toml:"targetRules"` // of those for all rules

	file        string
	line        int
	commitsLine int
}

type leaksRequired struct {
	ID            string `toml:"id"`
	WithinLines   *int   `toml:"withinLines"`
	WithinColumns *int   `toml:"withinColumns"`
}

// mostExtended is how many files may extend one another in a row.
const mostExtended = 8

func (s *Set) parseLeaks(text string, o Options) error {
	f, err := s.readLeaks(s.Name, text, o, []string{s.Name})
	if err != nil {
		return err
	}
	s.Title = f.Title
	own := map[string]bool{}
	for i := range f.Rules {
		r := &f.Rules[i]
		if r.Regex == "" && (r.Path == "" || f.Extend.UseDefault && o.Known != nil && o.Known(ourID(r.ID))) {
			s.tune(r)
			continue
		}
		own[r.ID] = true
		s.addLeaksRule(r)
	}
	s.addLeaksAllows(f, own)
	return nil
}

// readLeaks decodes a file and lays it over the one that it extends.
func (s *Set) readLeaks(name, text string, o Options, chain []string) (*leaksFile, error) {
	var f leaksFile
	meta, err := toml.Decode(text, &f)
	if err != nil {
		return nil, tomlError(name, err)
	}
	if len(f.Rules) > MaxRules {
		return nil, fmt.Errorf("%s: %d rules are too many (at most %d)", name, len(f.Rules), MaxRules)
	}
	lines := indexLines(text)
	for _, k := range meta.Undecoded() {
		s.unknownKey(name, lines, k)
	}
	f.file, f.keys = name, lines
	f.locate(name, lines)
	s.note(name, lines, &f)
	f.Rules = s.lastOfEach(f.Rules)
	if f.Extend.Path == "" {
		return &f, nil
	}
	at := lines.line("extend.path")
	if o.Read == nil {
		s.warn(name, at, "", "extend.path %q is not read here", f.Extend.Path)
		return &f, nil
	}
	base, as, err := o.Read(f.Extend.Path, name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s:%d: extend.path: %w", name, at, err)
	case slices.Contains(chain, as):
		return nil, fmt.Errorf("%s:%d: extend.path %q leads back to %s", name, at, f.Extend.Path, as)
	case len(chain) > mostExtended:
		return nil, fmt.Errorf("%s:%d: more than %d files extend one another", name, at, mostExtended)
	case len(base) > MaxFile:
		return nil, fmt.Errorf("%s:%d: extend.path %q: too large", name, at, f.Extend.Path)
	}
	b, err := s.readLeaks(as, base, o, append(chain, as))
	if err != nil {
		return nil, err
	}
	return s.extend(&f, b, lines), nil
}

func tomlError(name string, err error) error {
	var p toml.ParseError
	if errors.As(err, &p) {
		return fmt.Errorf("%s:%d: %s", name, p.Position.Line, p.Message)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// lastOfEach keeps the last of several rules of one id, as gitleaks does, and says so.
func (s *Set) lastOfEach(all []leaksRule) []leaksRule {
	last := map[string]int{}
	for i := range all {
		if k, ok := last[all[i].ID]; ok && all[i].ID != "" {
			s.fine(all[k].file, all[k].line, all[k].ID, "not loaded: line %d defines it again", all[i].line)
		}
		last[all[i].ID] = i
	}
	var out []leaksRule
	for i := range all {
		if all[i].ID == "" || last[all[i].ID] == i {
			out = append(out, all[i])
		}
	}
	return out
}

// locate tells every rule and allowlist its line.
func (f *leaksFile) locate(name string, lines *lineIndex) {
	for i := range f.Rules {
		r := &f.Rules[i]
		r.file, r.keys, r.at = name, lines, fmt.Sprintf("rules#%d", i)
		r.line = lines.line(r.at+".id", r.at)
		for k := range r.Allowlists {
			r.Allowlists[k].file = name
			at := fmt.Sprintf("%s.allowlists#%d", r.at, k)
			r.Allowlists[k].line, r.Allowlists[k].commitsLine = lines.line(at, r.at), lines.line(at+".commits")
		}
		if r.Allowlist != nil {
			r.Allowlist.file, r.Allowlist.line = name, lines.line(r.at+".allowlist", r.at)
			r.Allowlist.commitsLine = lines.line(r.at + ".allowlist.commits")
			r.Allowlists = append(r.Allowlists, *r.Allowlist)
		}
	}
	for k := range f.Allowlists {
		at := fmt.Sprintf("allowlists#%d", k)
		f.Allowlists[k].file, f.Allowlists[k].line, f.Allowlists[k].commitsLine = name, lines.line(at), lines.line(at+".commits")
	}
	if f.Allowlist != nil {
		f.Allowlist.file, f.Allowlist.line, f.Allowlist.commitsLine = name, lines.line("allowlist"), lines.line("allowlist.commits")
		f.Allowlists = append(f.Allowlists, *f.Allowlist)
	}
}

// note tells what of the head of a file has no counterpart.
func (s *Set) note(name string, lines *lineIndex, f *leaksFile) {
	if f.Extend.URL != "" {
		s.warn(name, lines.line("extend.url"), "", "extend.url is not fetched; save the file and use extend.path")
	}
	if f.Extend.Path != "" && f.Extend.UseDefault {
		s.fine(name, lines.line("extend.usedefault"), "", "extend.useDefault beside extend.path: the path counts")
	}
}

func (s *Set) unknownKey(name string, lines *lineIndex, key toml.Key) {
	last := key[len(key)-1]
	hint := ""
	if near := typo.Nearest(strings.ToLower(last), leaksKeys); near != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", near)
	}
	at := lines.all(key.String())
	if len(at) == 0 {
		at = []int{1}
	}
	for _, line := range at {
		w := Warning{File: name, Line: line, Text: fmt.Sprintf("unknown key %q has no effect%s", key.String(), hint), Fine: true}
		if !slices.Contains(s.Warnings, w) {
			s.Warnings = append(s.Warnings, w)
		}
	}
}

var leaksKeys = []string{
	"title", "description", "minVersion", "betterleaksMinVersion", "prefilter", "filter", "extend", "path", "url",
	"useDefault", "disabledRules", "rules", "id", "regex", "secretGroup", "entropy", "keywords", "tags", "allowlist",
	"allowlists", "condition", "commits", "paths", "regexTarget", "regexes", "stopwords", "targetRules", "required",
	"withinLines", "withinColumns", "skipReport", "tokenEfficiency", "specificity", "validate",
}
