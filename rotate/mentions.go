package rotate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/internal/lazyregexp"
)

// nameBefore is the name that a line gives a value that follows: `API_TOKEN=`, `"api-token": "`, `apiToken := '`.
var nameBefore = lazyregexp.New(`([A-Za-z_][A-Za-z0-9_.-]{3,79})["'\x60\]]{0,2}\s*(?:=>|:=|[:=])\s*["'\x60]?(?:[A-Za-z]+ )?$`)

// What lists of name and value write: `{name: API_TOKEN, value: "`, or the value on the line behind its name, as in
// Kubernetes' env, task definitions and Terraform; and both the other way round.
var (
	nameBeside = lazyregexp.New(`(?i:\bname)["']?\s*[:=]\s*["']?([A-Za-z_][A-Za-z0-9_.-]{3,79})["']?\s*[,;]\s*["']?(?i:value)["']?\s*[:=]\s*["'\x60]?(?:[A-Za-z]+ )?$`)
	nameLine   = lazyregexp.New(`^[\s{,-]*["']?(?i:name)["']?\s*[:=]\s*["']?([A-Za-z_][A-Za-z0-9_.-]{3,79})["']?\s*,?\s*(?:\s#.*)?$`)
	nameBehind = lazyregexp.New(`^["'\x60]?\s*[,;]\s*["']?(?i:name)["']?\s*[:=]\s*["']?([A-Za-z_][A-Za-z0-9_.-]{3,79})(?:["'\s,;}]|$)`)
	nameNext   = lazyregexp.New(`^[\s,]*["']?(?i:name)["']?\s*[:=]\s*["']?([A-Za-z_][A-Za-z0-9_.-]{3,79})["']?\s*[,}\s]*(?:\s#.*)?$`)
	valueItem  = lazyregexp.New(`^[\s{,-]*["']?(?i:value)["']?\s*[:=]\s*["'\x60]?(?:[A-Za-z]+ )?$`)
	valueLine  = lazyregexp.New(`^\s*["']?(?i:value)["']?\s*[:=]\s*["'\x60]?(?:[A-Za-z]+ )?$`)
)

// plainNames say what a value is and not which: every project has them at a hundred places.
var plainNames = []string{
	"password", "passwd", "passphrase", "secret", "token", "value", "data", "string", "apikey", "api_key", "api-key", "access_token", "accesstoken", "secret_key", "secretkey",
	"private_key", "privatekey", "client_secret", "clientsecret", "credentials", "credential", "authorization", "bearer", "default", "config", "export", "const", "auth", "user", "username",
}

// NamesOf returns the names under which a finding's value goes: those of its lines, and those its stores give it, where
// they tell it from others. beside, unless nil, returns the lines before and behind a place's, "" where nobody knows. Sorted.
func NamesOf(f *finding.Finding, beside func(*finding.Place) (before, behind string)) []string {
	var out []string
	add := func(name string) {
		name = name[strings.LastIndexAny(name, "./")+1:]
		if len(name) >= 5 && !slices.Contains(plainNames, strings.ToLower(name)) && telling(name) {
			out = append(out, name)
		}
	}
	for i := range f.Places {
		p := &f.Places[i]
		if p.Mark.Start <= 0 || p.Mark.Start > len(p.Line) {
			continue
		}
		own := p.Line[:p.Mark.Start]
		if m := nameBefore.FindStringSubmatch(own); m != nil {
			add(m[1])
		}
		if m := nameBeside.FindStringSubmatch(own); m != nil {
			add(m[1])
		}
		if p.Mark.End <= len(p.Line) && valueItem.MatchString(own[max(0, strings.LastIndexAny(own, "{[")):]) {
			if m := nameBehind.FindStringSubmatch(p.Line[p.Mark.End:]); m != nil {
				add(m[1])
			}
		}
		if beside == nil || !valueItem.MatchString(own) {
			continue
		}
		before, behind := beside(p)
		if m := nameLine.FindStringSubmatch(before); m != nil && valueLine.MatchString(own) {
			add(m[1])
		} else if m := nameNext.FindStringSubmatch(behind); m != nil {
			add(m[1])
		}
	}
	if f.Stored != nil {
		for _, r := range f.Stored.Refs {
			add(r.Key)
			add(r.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// telling tells a name of several words or in capitals from a common word.
func telling(name string) bool {
	return strings.ContainsAny(name, "_-") || name == strings.ToUpper(name) || name != strings.ToLower(name)
}

// Mentions finds names in texts. It implements scanner.Detector: every match is of the rule "mention", its secret is the
// name. One goroutine uses it at a time.
type Mentions struct{ names map[string]bool }

// MentionRule is the rule of every match of Mentions.
const MentionRule = "mention"

// NewMentions returns a detector of the names.
func NewMentions(names []string) *Mentions {
	m := &Mentions{names: make(map[string]bool, len(names))}
	for _, n := range names {
		m.names[n] = true
	}
	return m
}

// Scan implements scanner.Detector: it looks every word of the text up.
func (m *Mentions) Scan(text []byte, dirty []finding.Span, out []finding.Match) []finding.Match {
	for i := 0; i < len(text); {
		if !inName(text[i]) {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && inName(text[j]) {
			j++
		}
		span := finding.Span{Start: i, End: j}
		if word := text[i:j]; len(word) <= 80 && m.names[string(word)] && (dirty == nil || slices.ContainsFunc(dirty, span.Touches)) {
			out = append(out, finding.Match{Rule: MentionRule, Secret: string(word), Span: span, Context: span, Confidence: 1})
		}
		i = j
	}
	return out
}

func inName(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c >= 0x80
}

// Resolve implements scanner.Detector.
func (m *Mentions) Resolve(matches []finding.Match) []finding.Match {
	arrange.By(matches, func(a, b finding.Match) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return matches
}

// Accept implements scanner.Detector.
func (m *Mentions) Accept(*finding.Origin, *finding.Match) bool { return true }

// Describe implements scanner.Detector.
func (m *Mentions) Describe(*finding.Match) (string, finding.Severity) {
	return "Name of a secret", finding.Info
}
