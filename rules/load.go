package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// ruleFile is the shape of a rule file.
type ruleFile struct {
	Provider string     `toml:"provider"`
	Rules    []ruleTOML `toml:"rules"`
}

type ruleTOML struct {
	ID          string            `toml:"id"`
	Title       string            `toml:"title"`
	Opens       string            `toml:"opens"`
	Severity    *finding.Severity `toml:"severity"`
	Technique   string            `toml:"technique"`
	Regex       string            `toml:"regex"`
	SecretGroup *int              `toml:"secret_group"`
	FirstGroup  bool              `toml:"first_group"`
	Path        string            `toml:"path"`
	Keywords    []string          `toml:"keywords"`
	Entropy     float64           `toml:"entropy"`
	Checks      []string          `toml:"checks"`
	Reject      []string          `toml:"reject"`
	Confidence  *float64          `toml:"confidence"`
	Tags        []string          `toml:"tags"`
	Documented  string            `toml:"documented"`
	Remediation []string          `toml:"remediation"`
	Examples    []string          `toml:"examples"`
	Negatives   []string          `toml:"negatives"`
	Verify      *verifyTOML       `toml:"verify"`
	Parts       []partTOML        `toml:"parts"`
	PartOnly    bool              `toml:"part_only"`
}

type partTOML struct {
	Name string `toml:"name"`
	Rule string `toml:"rule"`
}

type verifyTOML struct {
	Protocol   string            `toml:"protocol"`
	Cost       string            `toml:"cost"`
	Also       []string          `toml:"also"`
	Hosts      []string          `toml:"hosts"`
	SelfHosted bool              `toml:"self_hosted"`
	Vars       map[string]string `toml:"vars"`
	Method     string            `toml:"method"`
	URL        string            `toml:"url"`
	Headers    map[string]string `toml:"headers"`
	Body       string            `toml:"body"`
	Basic      string            `toml:"basic"`
	Live       []conditionTOML   `toml:"live"`
	Dead       []conditionTOML   `toml:"dead"`
	Expired    []conditionTOML   `toml:"expired"`
	Facts      map[string]string `toml:"facts"`
	Answers    []answerTOML      `toml:"answers"`
	Near       map[string]string `toml:"near"`
	Siblings   bool              `toml:"siblings"`
}

type answerTOML struct {
	Means   string            `toml:"means"`
	Status  int               `toml:"status"`
	Headers map[string]string `toml:"headers"`
	Body    string            `toml:"body"`
}

type conditionTOML struct {
	Status   []int  `toml:"status"`
	JSON     string `toml:"json"`
	Equals   string `toml:"equals"`
	Contains string `toml:"contains"`
	Header   string `toml:"header"`
}

const (
	defaultConfidence = 0.9
	defaultSeverity   = finding.High
)

// LoadDir reads and compiles every .toml file of a folder, in name order. All errors are returned at once.
func LoadDir(files fs.FS, dir string) ([]Rule, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.toml"))
	if err != nil || len(names) == 0 {
		return nil, errors.Join(err, fmt.Errorf("%s: no rule files", dir))
	}
	var all []Rule
	var errs []error
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rules, err := Parse(name, string(text))
		errs = append(errs, err)
		all = append(all, rules...)
	}
	errs = append(errs, checkUnique(all))
	arrange.By(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return all, errors.Join(errs...)
}

func checkUnique(all []Rule) error {
	seen := map[string]bool{}
	var errs []error
	for _, r := range all {
		if seen[r.ID] {
			errs = append(errs, fmt.Errorf("rule %q: defined twice", r.ID))
		}
		seen[r.ID] = true
	}
	return errors.Join(errs...)
}

// Parse reads and compiles the rules of one file; name is for messages. Unknown keys are errors. All errors are
// returned at once.
func Parse(name, text string) ([]Rule, error) {
	var file ruleFile
	meta, err := toml.Decode(text, &file)
	if err != nil {
		var p toml.ParseError
		if errors.As(err, &p) {
			return nil, fmt.Errorf("%s:%d: %s", name, p.Position.Line, p.Message)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var errs []error
	for _, k := range meta.Undecoded() {
		errs = append(errs, unknownKey(name, text, k))
	}
	out := make([]Rule, 0, len(file.Rules))
	for i := range file.Rules {
		r := file.Rules[i].rule(file.Provider)
		if err := errors.Join(Compile(&r), compileNear(&r)); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, lineOf(text, `"`+r.ID+`"`), err))
			continue
		}
		out = append(out, r)
	}
	return out, errors.Join(errs...)
}

func (t *ruleTOML) rule(provider string) Rule {
	r := Rule{
		ID: t.ID, Provider: provider, Title: t.Title, Opens: t.Opens, Severity: defaultSeverity,
		Technique: t.Technique, Regex: t.Regex, SecretGroup: -1, Path: t.Path, Keywords: t.Keywords,
		Entropy: t.Entropy, Checks: t.Checks, Reject: t.Reject, Confidence: defaultConfidence, Tags: t.Tags,
		Documented: t.Documented, Remediation: t.Remediation,
		Examples: unbreak(t.Examples), Negatives: unbreak(t.Negatives), Verify: t.Verify.verify(),
	}
	for _, p := range t.Parts {
		r.Parts = append(r.Parts, PartRule(p))
	}
	r.PartOnly = t.PartOnly
	if t.SecretGroup != nil {
		r.SecretGroup = *t.SecretGroup
	}
	if t.FirstGroup {
		r.FirstGroup, r.SecretGroup = true, 0
	}
	if t.Confidence != nil {
		r.Confidence = *t.Confidence
	}
	if t.Severity != nil {
		r.Severity = *t.Severity
	}
	return r
}

func (t *verifyTOML) verify() *Verify {
	if t == nil {
		return nil
	}
	return &Verify{
		Protocol: t.Protocol, Cost: t.Cost, Also: t.Also, Hosts: t.Hosts, SelfHosted: t.SelfHosted, Vars: sortedKV(t.Vars),
		Method: t.Method, URL: t.URL, Headers: sortedKV(t.Headers), Body: t.Body, Basic: t.Basic,
		Live: conditions(t.Live), Dead: conditions(t.Dead), Expired: conditions(t.Expired), Facts: sortedKV(t.Facts),
		Answers: answers(t.Answers), Near: near(t.Near), Siblings: t.Siblings,
	}
}

func near(in map[string]string) []Near {
	var out []Near
	for _, kv := range sortedKV(in) {
		out = append(out, Near{Name: kv.Key, Regex: kv.Value})
	}
	return out
}

func conditions(in []conditionTOML) []Condition {
	var out []Condition
	for _, c := range in {
		out = append(out, Condition(c))
	}
	return out
}

func answers(in []answerTOML) []Answer {
	var out []Answer
	for _, a := range in {
		out = append(out, Answer{Means: a.Means, Status: a.Status, Headers: sortedKV(a.Headers), Body: a.Body})
	}
	return out
}

func sortedKV(m map[string]string) []KV {
	var out []KV
	for k, v := range m {
		out = append(out, KV{k, v})
	}
	arrange.By(out, func(a, b KV) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func unbreak(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = strings.ReplaceAll(t, BreakMark, "")
	}
	return out
}

// lineOf returns the number of the first line that holds part, from 1; 1 if none does.
func lineOf(text, part string) int {
	i := max(0, strings.Index(text, part))
	return 1 + strings.Count(text[:i], "\n")
}
