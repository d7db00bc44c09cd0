package interchange

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Regexes of other scanners are written for other engines: Go's, Rust's or Hyperscan's. translate rewrites what is said
// in another way in RE2 and refuses what RE2 cannot say.

// dialect tells what a regex is written for.
type dialect int

const (
	goDialect   dialect = iota // Go's regexp package: RE2 but for trifles
	rustDialect                // Rust's regex crate, or what it shares with Hyperscan: verbose mode, comments, sets
)

// group is a capturing group of a translated regex.
type group struct {
	name    string // "" for none
	comment string // text of a comment inside it, in lower case
}

// translated is a regex in RE2's syntax.
type translated struct {
	regex  string
	groups []group // in order, the first is group 1
}

// unsupported is what RE2 cannot say.
type unsupported struct{ what string }

func (e unsupported) Error() string { return e.what + ", which RE2 does not have" }

type translator struct {
	dialect dialect
	in      string
	at      int
	out     strings.Builder
	verbose []bool // whether blanks and comments are left out, by nesting of groups
	open    []int  // index of the group that each open parenthesis began; -1: none
	groups  []group
	atom    bool // something stands before that a quantifier may follow
	counted bool // a quantifier stands before
}

// translate rewrites a regex.
func translate(pattern string, d dialect) (translated, error) {
	t := &translator{dialect: d, in: pattern, verbose: []bool{false}}
	for t.at < len(t.in) {
		if err := t.step(); err != nil {
			return translated{}, err
		}
	}
	out := translated{t.out.String(), t.groups}
	if _, err := syntax.Parse(out.regex, syntax.Perl); err != nil {
		return out, err
	}
	return out, nil
}

func (t *translator) step() error {
	c := t.in[t.at]
	quantified := t.counted
	t.counted = false
	switch {
	case t.isVerbose() && strings.IndexByte(" \t\n\r\f\v", c) >= 0:
		t.at++
		t.counted = quantified
	case t.isVerbose() && c == '#':
		t.comment()
		t.counted = quantified
	case c == '\\':
		return t.escape()
	case c == '[':
		return t.class()
	case c == '(':
		return t.parenthesis()
	case c == ')':
		t.close()
	case c == '*' || c == '+' || c == '?':
		t.at++
		return t.quantifier(string(c), quantified)
	case c == '{':
		return t.braces(quantified)
	case c == '|':
		t.plain(1)
		t.atom = false
	default:
		_, n := utf8.DecodeRuneInString(t.in[t.at:])
		t.plain(n)
	}
	return nil
}

// plain copies n bytes that are an atom.
func (t *translator) plain(n int) {
	t.out.WriteString(t.in[t.at : t.at+n])
	t.at += n
	t.atom = true
}

func (t *translator) isVerbose() bool { return t.verbose[len(t.verbose)-1] }

// comment skips a comment of verbose mode and remembers it for the group it stands in.
func (t *translator) comment() {
	text, _, _ := strings.Cut(t.in[t.at:], "\n")
	t.at += len(text)
	t.remark(text)
}

func (t *translator) remark(text string) {
	for i := len(t.open) - 1; i >= 0; i-- {
		if g := t.open[i]; g >= 0 {
			t.groups[g].comment += strings.ToLower(text)
			return
		}
	}
}

// quantifier writes a quantifier; a second one behind it is possessive, or a repeat of a repeat, unless it is "?".
func (t *translator) quantifier(q string, quantified bool) error {
	if quantified && q != "?" {
		return unsupported{"a possessive quantifier"}
	}
	t.out.WriteString(q)
	t.counted = !quantified
	return nil
}

// braces writes x{n,m}. RE2 takes at most 1,000: a higher upper bound becomes none.
func (t *translator) braces(quantified bool) error {
	end := strings.IndexByte(t.in[t.at:], '}')
	if end < 0 || !t.atom {
		t.out.WriteString(`\{`)
		t.at++
		t.atom = true
		return nil
	}
	body := t.in[t.at+1 : t.at+end]
	if t.isVerbose() {
		body = strings.Join(strings.Fields(body), "")
	}
	low, high, ranged := strings.Cut(body, ",")
	if low == "" && t.dialect == rustDialect {
		low = "0"
	}
	n, err := strconv.Atoi(low)
	m, errHigh := strconv.Atoi(high)
	if err != nil || high != "" && errHigh != nil || low+high == "" || len(low) > 4 || len(high) > 6 {
		t.out.WriteString(`\{`)
		t.at++
		t.atom = true
		return nil
	}
	if n > maxRepeat {
		return unsupported{fmt.Sprintf("a repeat of more than %d", maxRepeat)}
	}
	t.at += end + 1
	switch {
	case ranged && (high == "" || m > maxRepeat):
		return t.quantifier(fmt.Sprintf("{%d,}", n), quantified)
	case ranged:
		return t.quantifier(fmt.Sprintf("{%d,%d}", n, m), quantified)
	}
	return t.quantifier(fmt.Sprintf("{%d}", n), quantified)
}

const maxRepeat = 1000

func (t *translator) close() {
	t.at++
	t.out.WriteByte(')')
	t.atom = true
	if len(t.verbose) > 1 {
		t.verbose = t.verbose[:len(t.verbose)-1]
		t.open = t.open[:len(t.open)-1]
	}
}

func (t *translator) begin(text string, named *string) {
	t.out.WriteString(text)
	t.verbose = append(t.verbose, t.isVerbose())
	t.atom = false
	if named == nil {
		t.open = append(t.open, -1)
		return
	}
	t.open = append(t.open, len(t.groups))
	t.groups = append(t.groups, group{name: *named})
}

// parenthesis handles what begins with "(".
func (t *translator) parenthesis() error {
	rest := t.in[t.at:]
	for _, x := range [...]struct{ prefix, what string }{
		{"(?=", "look-ahead"}, {"(?!", "negative look-ahead"}, {"(?<=", "look-behind"}, {"(?<!", "negative look-behind"},
		{"(?>", "an atomic group"}, {"(?|", "a branch reset"}, {"(?(", "a conditional"}, {"(?P=", "a back-reference"},
		{"(?P>", "recursion"}, {"(?&", "recursion"}, {"(?R", "recursion"}, {"(*", "a control verb"},
	} {
		if strings.HasPrefix(rest, x.prefix) {
			return unsupported{x.what}
		}
	}
	if text, ok := strings.CutPrefix(rest, "(?#"); ok {
		end := strings.IndexByte(text, ')')
		if end < 0 {
			return fmt.Errorf("a comment is not closed")
		}
		t.remark(text[:end])
		t.at += len("(?#") + end + 1
		return nil
	}
	for _, prefix := range []string{"(?P<", "(?<", "(?'"} {
		text, ok := strings.CutPrefix(rest, prefix)
		if !ok {
			continue
		}
		end := strings.IndexAny(text, ">'")
		if end <= 0 {
			return fmt.Errorf("a group's name is not closed")
		}
		name := text[:end]
		t.at += len(prefix) + end + 1
		t.begin("(", &name)
		return nil
	}
	if strings.HasPrefix(rest, "(?") {
		return t.flags()
	}
	t.at++
	unnamed := ""
	t.begin("(", &unnamed)
	return nil
}

// flags handles (?flags) and (?flags:...).
func (t *translator) flags() error {
	end := strings.IndexAny(t.in[t.at:], ":)")
	if end < 0 {
		return fmt.Errorf("a group is not closed")
	}
	body, closing := t.in[t.at+2:t.at+end], t.in[t.at+end]
	on, off, _ := strings.Cut(body, "-")
	if strings.Trim(on+off, "imsUxuRn") != "" {
		return unsupported{fmt.Sprintf("the flags %q", body)}
	}
	verbose := t.isVerbose()
	if strings.Contains(on, "x") {
		verbose = true
	}
	if strings.Contains(off, "x") {
		verbose = false
	}
	drop := strings.NewReplacer("x", "", "u", "", "R", "", "n", "")
	kept := drop.Replace(on)
	if o := drop.Replace(off); o != "" {
		kept += "-" + o
	}
	t.at += end + 1
	if closing == ')' {
		t.verbose[len(t.verbose)-1] = verbose
		if kept != "" {
			t.out.WriteString("(?" + kept + ")")
		}
		t.atom = false
		return nil
	}
	t.begin("(?"+kept+":", nil)
	t.verbose[len(t.verbose)-1] = verbose
	return nil
}
