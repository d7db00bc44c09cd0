package interchange

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/typo"
	"github.com/unleak/unleak/rules"
)

// parkerRule is the shape of a rule of Nosey Parker and of those that took its format over.
type parkerRule struct {
	Name         string              `yaml:"name"`
	ID           string              `yaml:"id"`
	Pattern      string              `yaml:"pattern"`
	Description  string              `yaml:"description"`
	Examples     []string            `yaml:"examples"`
	Negatives    []string            `yaml:"negative_examples"`
	NonExamples  []string            `yaml:"non_examples"` // what some files call negative_examples
	References   []string            `yaml:"references"`
	Categories   []string            `yaml:"categories"`
	MinEntropy   float64             `yaml:"min_entropy"`
	Confidence   string              `yaml:"confidence"`
	Visible      *bool               `yaml:"visible"`
	Prevalidated bool                `yaml:"prevalidated"`
	Validation   yaml.Node           `yaml:"validation"`
	Validator    yaml.Node           `yaml:"validator"`
	Revocation   yaml.Node           `yaml:"revocation"`
	TLSMode      string              `yaml:"tls_mode"`
	Keywords     []string            `yaml:"keywords"`
	DependsOn    []*parkerDependency `yaml:"depends_on_rule"`
	Requirements *parkerRequirements `yaml:"pattern_requirements"`

	line int
	at   map[string]int // its keys' lines
}

type parkerDependency struct {
	Rule     string `yaml:"rule_id"`
	Variable string `yaml:"variable"`
}

type parkerRequirements struct {
	MinDigits    int       `yaml:"min_digits"`
	MinUppercase int       `yaml:"min_uppercase"`
	MinLowercase int       `yaml:"min_lowercase"`
	MinSpecial   int       `yaml:"min_special_chars"`
	Special      string    `yaml:"special_chars"`
	Ignore       []string  `yaml:"ignore_if_contains"`
	Checksum     yaml.Node `yaml:"checksum"`
}

var yamlLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^yaml: (?:unmarshal errors:\s+)?line (\d+): (?s:(.*))$`)
})

// yamlError writes the decoder's error with the file's name. The decoder counts lines from where a node begins.
func yamlError(name string, line int, err error) error {
	var t *yaml.TypeError
	text := err.Error()
	if errors.As(err, &t) && len(t.Errors) > 0 {
		text = "yaml: " + t.Errors[0]
	}
	if m := yamlLine().FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	return fmt.Errorf("%s:%d: %s", name, max(1, line), strings.TrimPrefix(text, "yaml: "))
}

func (s *Set) parseParker(text string) error {
	d := yaml.NewDecoder(strings.NewReader(text))
	found := false
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if err == io.EOF {
			break
		}
		if err != nil {
			return yamlError(s.Name, 1, err)
		}
		if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
			return fmt.Errorf("%s:%d: want a mapping with the key rules", s.Name, max(1, doc.Line))
		}
		some, err := s.parkerDocument(doc.Content[0])
		if err != nil {
			return err
		}
		found = found || some
	}
	if !found {
		return fmt.Errorf("%s:1: no rules in it", s.Name)
	}
	return nil
}

// parkerDocument reads one document; some tells whether it has a key that such files have.
func (s *Set) parkerDocument(root *yaml.Node) (some bool, err error) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch key.Value {
		case "rules":
			some = true
			if value.Kind != yaml.SequenceNode {
				return some, fmt.Errorf("%s:%d: rules: want a list", s.Name, value.Line)
			}
			if len(value.Content) > MaxRules {
				return some, fmt.Errorf("%s:%d: %d rules are too many (at most %d)", s.Name, value.Line, len(value.Content), MaxRules)
			}
			for _, n := range value.Content {
				s.readParkerRule(n)
			}
		case "rulesets":
			some = true
			s.warn(s.Name, key.Line, "", "rulesets are not used: choose rules with --rule and --disable-rule")
		default:
			s.warn(s.Name, key.Line, "", "unknown key %q has no effect", key.Value)
		}
	}
	return some, nil
}

// readParkerRule reads one rule; one that cannot be read costs no other.
func (s *Set) readParkerRule(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		s.warn(s.Name, n.Line, "", "not loaded: a rule must be a mapping")
		return
	}
	r := parkerRule{line: n.Line, at: map[string]int{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		r.at[key.Value] = key.Line
		if key.Value == "id" {
			r.ID, r.line = n.Content[i+1].Value, key.Line
		}
	}
	if err := n.Decode(&r); err != nil {
		text := yamlError(s.Name, n.Line, err).Error()
		_, text, _ = strings.Cut(strings.TrimPrefix(text, s.Name+":"), ": ")
		s.warn(s.Name, n.Line, r.ID, "not loaded: %s", text)
		return
	}
	known := parkerKeys()
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			hint := ""
			if near := typo.Nearest(key.Value, known); near != "" {
				hint = fmt.Sprintf(" (did you mean %q?)", near)
			}
			s.warn(s.Name, key.Line, r.ID, "unknown key %q has no effect%s", key.Value, hint)
		}
	}
	s.addParkerRule(&r)
}

// parkerKeys lists the keys that a rule may have.
func parkerKeys() []string {
	var keys []string
	t := reflect.TypeFor[parkerRule]()
	for i := range t.NumField() {
		if k := t.Field(i).Tag.Get("yaml"); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// addParkerRule makes a rule of ours.
func (s *Set) addParkerRule(r *parkerRule) {
	id := ourID(r.ID)
	if id == "" {
		s.warn(s.Name, r.line, r.Name, "not loaded: it has no id")
		return
	}
	for n := 2; s.has(id); n++ { // both count there
		id = fmt.Sprintf("%s-%d", ourID(r.ID), n)
	}
	if id != r.ID {
		s.warn(s.Name, r.line, r.ID, "is called %q here", id)
	}
	t, err := translate(strings.TrimRight(r.Pattern, "\n"), rustDialect)
	if err != nil {
		s.warn(s.Name, r.lineOf("pattern"), r.ID, "not loaded: pattern: %v", err)
		return
	}
	out := rules.Rule{
		ID: id, Provider: s.Format, Title: cmp.Or(oneLine(r.Name), r.ID), Opens: oneLine(r.Description), Regex: t.regex, SecretGroup: -1,
		Severity: r.severity(), Confidence: s.parkerConfidence(r), Keywords: keywords(r.Keywords), Tags: sortedTags(r.Categories),
		Exact: true, PartOnly: r.Visible != nil && !*r.Visible, Documented: strings.Join(r.References, ", "),
		Examples: r.Examples, Negatives: slices.Concat(r.Negatives, r.NonExamples), Filter: s.parkerFilter(r),
	}
	if out.SecretGroup = secretGroup(t.groups); out.SecretGroup == 0 && len(t.groups) > 0 {
		out.FirstGroup = true
	}
	for _, d := range r.DependsOn {
		if d != nil && d.Rule != "" {
			out.Parts = append(out.Parts, rules.PartRule{Name: strings.ToLower(cmp.Or(d.Variable, d.Rule)), Rule: ourID(d.Rule)})
		}
	}
	s.notHonoured(r)
	s.add(out, s.Name, r.line)
}

func (s *Set) has(id string) bool {
	return slices.ContainsFunc(s.Rules, func(r rules.Rule) bool { return r.ID == id })
}

func (r *parkerRule) lineOf(key string) int {
	if n := r.at[key]; n > 0 {
		return n
	}
	return r.line
}

// severity is read off the categories: the format has none.
func (r *parkerRule) severity() finding.Severity {
	for _, c := range r.Categories {
		switch c {
		case "identifier":
			return finding.Info
		case "hashed", "test":
			return finding.Low
		}
	}
	return finding.High
}

func (s *Set) parkerConfidence(r *parkerRule) float64 {
	switch strings.ToLower(r.Confidence) {
	case "low":
		return 0.6
	case "", "medium":
		return 0.8
	case "high":
		return 0.9
	}
	s.warn(s.Name, r.lineOf("confidence"), r.ID, "confidence %q (want low, medium or high): taken as medium", r.Confidence)
	return 0.8
}
