package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
)

// commandHost returns the host that the command line at a place asks, where it sends the value there in a header, or as
// its user.
func commandHost(text []byte, at int, value finding.Span) string {
	words := commandWords(text, at)
	host, sent := "", false
	for i := 1; i < len(words); i++ {
		w, option := words[i], ""
		if prev := text[words[i-1].Start:words[i-1].End]; prev[0] == '-' {
			option = string(prev)
		}
		content := w.Start + len(text[w.Start:w.End]) - len(bytes.TrimLeft(text[w.Start:w.End], `\"'`))
		switch {
		case w.Start <= value.Start && value.End <= w.End:
			sent = sendsHeader(text, words[0], w, option, value)
		case urlAt(text, content) && !takesOther(option):
			asked, _ := hostOf(text, content)
			host = oneHost(host, asked)
		}
	}
	if !sent || host == doubt {
		return ""
	}
	return host
}

// urlAt tells whether a URL of the web begins at a place.
func urlAt(text []byte, at int) bool {
	i := bytes.Index(text[at:min(len(text), at+len("https://"))], []byte("://"))
	return i >= len("http") && strings.EqualFold(string(text[at:at+len("http")]), "http")
}

// sendsHeader tells whether the word w of a command gives the value in a header that holds a credential, or as the user.
func sendsHeader(text []byte, command, w finding.Span, option string, value finding.Span) bool {
	before := text[w.Start:value.Start]
	if i := bytes.LastIndexByte(before, ';'); i >= 0 {
		before = before[i+1:]
	}
	name := strings.ToLower(string(text[command.Start:command.End]))
	switch {
	case option == "-u" || option == "--user" || option == "--oauth2-bearer":
		return len(bytes.Trim(before, `\"'`)) == 0
	case option == "--header" || strings.EqualFold(option, "-headers") || cluster(option, "H"),
		bytes.HasPrefix(before, []byte("-H")), bytes.HasPrefix(before, []byte("--header=")):
		return tellsHeader(before)
	case name == "http" || name == "https" || name == "httpie" || strings.HasPrefix(name, "xh"):
		colon := bytes.IndexByte(before, ':')
		return colon > 0 && before[0] != '-' && bytes.IndexByte(before[:colon], '=') < 0 && tellsHeader(before)
	}
	return false
}

// takesOther tells whether an option's argument is something else than the URL that is asked.
func takesOther(option string) bool {
	low := strings.ToLower(strings.TrimLeft(option, "-"))
	for _, name := range [...]string{"referer", "proxy", "preproxy", "header", "data", "json", "form", "user", "cookie", "output", "doh", "post", "body", "outfile", "write", "connect", "resolve"} {
		if strings.HasPrefix(low, name) && option != "" && !strings.Contains(option, "=") {
			return true
		}
	}
	return cluster(option, "eHdFxAbuoTcDKwmE")
}

// cluster tells whether an option is short ones in one word, whose last is one of some letters: -sSH.
func cluster(option, letters string) bool {
	return len(option) >= 2 && len(option) <= 5 && option[0] == '-' && option[1] != '-' && !strings.EqualFold(option, "-uri") &&
		strings.IndexByte(letters, option[len(option)-1]) >= 0
}

// commandWords splits the command line that begins at a place into words, quotes and all, up to its end: of the line, of
// the string that it stands in, or where another command or a comment begins.
func commandWords(text []byte, at int) []finding.Span {
	var words []finding.Span
	outer, quote, depth, first := quoteAround(text, at), byte(0), 0, -1
	i := at
loop:
	for ; i < len(text); i++ {
		c, escaped := text[i], false
		if c == '\\' && i+1 < len(text) && text[i+1] != '\n' && text[i+1] != '\r' {
			if first < 0 {
				first = i
			}
			i++
			if c, escaped = text[i], true; c != outer || c == 0 {
				continue
			}
		}
		switch blank := c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\' || c == '`'; {
		case outer != 0 && c == outer && !escaped:
			break loop
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
			if first < 0 {
				first = i
			}
		case c == '\n' && !goesOn(text, i), c == ')' && depth == 0, c == '}' && depth == 0, depth == 0 && (c == ';' || c == '|' || c == '&'):
			break loop
		case first < 0 && !blank && commentMark(text[at:], i-at):
			break loop
		case c == '{' || c == '(':
			depth++
			if first < 0 {
				first = i
			}
		case c == '}' || c == ')':
			depth--
		case blank && depth == 0:
			if first >= 0 {
				words, first = append(words, finding.Span{Start: first, End: i}), -1
			}
		case first < 0:
			first = i
		}
	}
	if first >= 0 {
		words = append(words, finding.Span{Start: first, End: min(i, len(text))})
	}
	return words
}

// goesOn tells whether a command goes on behind the line break at a place.
func goesOn(text []byte, at int) bool {
	if at > 0 && text[at-1] == '\r' {
		at--
	}
	return at > 0 && (text[at-1] == '\\' || text[at-1] == '`')
}

// quoteAround returns the quote of the string on its line that a place stands in, 0 for none.
func quoteAround(text []byte, at int) byte {
	quote := byte(0)
	for i := newline.Last(text[:at]) + 1; i < at; i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote = c
		}
	}
	return quote
}
