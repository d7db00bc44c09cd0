package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// DefaultAllowMark starts an inline allow. Its grammar:
//
//	unleak:allow [rule-id[,rule-id]...] [-- reason | reason=text | reason="text"]
//
// Without a rule id it silences every rule on its lines.
const DefaultAllowMark = "unleak:allow"

// Allow is an inline allow comment.
type Allow struct {
	Rules  []string // empty: all
	Reason string
}

// Covers tells whether the comment silences a rule.
func (a Allow) Covers(rule string) bool {
	return len(a.Rules) == 0 || slices.Contains(a.Rules, rule)
}

// ParseAllow reads a comment from its mark on ("" is DefaultAllowMark). It returns false when the mark is part of a
// longer word. Words that are no list of rule ids and no reason are an error: a typing mistake must not silence all rules.
func ParseAllow(comment, mark string) (Allow, bool, error) {
	if mark == "" {
		mark = DefaultAllowMark
	}
	rest, ok := strings.CutPrefix(comment, mark)
	if !ok || rest != "" && wordByte(rest[0]) {
		return Allow{}, false, nil
	}
	var a Allow
	body := trimClosers(rest)
	for body != "" {
		body = joinList(body)
		word, more := cutField(body)
		switch {
		case word == "--":
			a.Reason = strings.TrimSpace(more)
			return a, true, nil
		case strings.HasPrefix(word, "reason="):
			a.Reason = unquote(strings.TrimSpace(body[len("reason="):]))
			return a, true, nil
		case ruleList(word) && a.Rules == nil:
			a.Rules = strings.Split(word, ",")
		case word[0] == '"' || word[0] == '\'':
			return Allow{}, true, fmt.Errorf("%s: %q silences nothing: a reason stands behind --, as in %s [rule-id,...] -- reason", mark, body, mark)
		default:
			return Allow{}, true, fmt.Errorf("%s: %q is neither a rule id nor a reason, so it silences nothing; write %s [rule-id,...] [-- reason]", mark, word, mark)
		}
		body = more
	}
	return a, true, nil
}

// joinList takes the spaces behind commas out of a list of rules that a text begins with.
func joinList(s string) string {
	for {
		word, rest := cutField(s)
		if !strings.HasSuffix(word, ",") || rest == "" || !ruleList(word[:len(word)-1]) {
			return s
		}
		s = word + rest
	}
}

func cutField(s string) (field, rest string) {
	s = strings.TrimLeft(s, " \t")
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], strings.TrimLeft(s[i:], " \t")
	}
	return s, ""
}

func wordByte(c byte) bool {
	return digit(c) || lower(c) || upper(c) || c == '-' || c == '_' || c == ':' || c == '='
}

func ruleList(s string) bool {
	for id := range strings.SplitSeq(s, ",") {
		if !ruleID(id) {
			return false
		}
	}
	return true
}

func ruleID(s string) bool {
	if s == "" || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !digit(c) && !lower(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// what may close a comment, string or template behind an inline allow
var closers = []string{"*/}}", "--}}", "*/", "-->", "--%>", "#}", "%}", "}}", "-}", "*)", "]]", "\"\"\"", "'''", "\",", "',", "\"", "'", "`", "\\n", ";", ","}

func trimClosers(s string) string {
	for again := true; again; {
		again = false
		s = strings.TrimSpace(s)
		for _, c := range closers {
			if strings.HasSuffix(s, c) && !quotedReason(s, c) {
				s, again = strings.TrimSuffix(s, c), true
				break
			}
		}
	}
	return s
}

// quotedReason tells whether the closing quote belongs to reason="...".
func quotedReason(s, closer string) bool {
	i := strings.Index(s, "reason="+closer)
	return len(closer) == 1 && i >= 0 && len(s) > i+len("reason=")+1
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') {
		if i := strings.IndexByte(s[1:], s[0]); i >= 0 {
			return s[1 : 1+i]
		}
	}
	return s
}

// allowOf judges the comment at a place for a rule. The note says what is wrong with a comment that does not help.
func allowOf(f *finding.Finding, p *finding.Place, mark string) (a Allow, ok bool, note string) {
	if mark == "-" {
		return Allow{}, false, ""
	}
	if p.Allow == "" {
		return Allow{}, false, notAllow(p, mark)
	}
	a, found, err := ParseAllow(p.Allow, mark)
	if !found && err == nil {
		a, found = foreignAllow(p.Allow)
	}
	switch {
	case err != nil:
		return Allow{}, false, fmt.Sprintf("%s: %v", where(p), err)
	case !found:
		return Allow{}, false, notAllow(p, mark)
	case !a.Covers(f.Rule):
		return Allow{}, false, fmt.Sprintf("%s: %s names %s, but the finding there is of rule %s", where(p), firstOf(mark, DefaultAllowMark), strings.Join(a.Rules, ","), f.Rule)
	}
	return a, true, ""
}

// foreignAllow reads a comment for another scanner, whose whole line it speaks of.
func foreignAllow(comment string) (Allow, bool) {
	for _, next := range []bool{false, true} {
		if at, m := finding.FindForeignAllow(comment, next); at == 0 {
			return Allow{Reason: "a comment for " + m.Scanner}, true
		}
	}
	return Allow{}, false
}

func where(p *finding.Place) string {
	return fmt.Sprintf("%s:%d", p.Origin.Name(), p.Start.Line)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
