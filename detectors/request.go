package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
)

// requestHost returns the host of the request that the value text[start:end] is a part of, in lower case: of the URL
// that holds it in its query or as its user, or of the only URL that a command or a call sends it to in a header. In
// doubt there is none: a URL in a comment, a referer or a link to documentation says nothing of a value.
func requestHost(text []byte, start, end int) string {
	if commented(text, start) {
		return ""
	}
	if host, ok := hostAround(text, start, end); ok {
		return host
	}
	value := finding.Span{Start: start, End: end}
	line := newline.Last(text[:start]) + 1
	for line > 1 && (text[line-2] == '\\' || text[line-2] == '`') { // a command goes on
		line = newline.Last(text[:line-1]) + 1
	}
	tried := 0
	for at := start - 1; at >= line && tried < mostTried; at-- {
		if slices.Contains(requestCommands, strings.ToLower(wordAt(text, at))) && !commented(text, at) {
			tried++
			if host := commandHost(text, at, value); host != "" {
				return host
			}
		}
	}
	for at := start - 1; at >= 0 && tried < mostTried; at-- {
		if text[at] == '(' && isRequestCall(calledName(text, at)) && !commented(text, at) {
			tried++
			if host := callHost(text, at, value); host != "" {
				return host
			}
		}
	}
	return ""
}

// mostTried is how many commands and calls ahead of a value are looked at, the nearest first.
const mostTried = 8

var requestCommands = []string{"curl", "curl.exe", "wget", "http", "https", "xh", "xhs", "httpie", "invoke-restmethod", "invoke-webrequest", "irm", "iwr"}

// wordAt returns the word of a command line that begins at a place, "" where none does.
func wordAt(text []byte, at int) string {
	if at > 0 && strings.IndexByte(" \t\n\"'`($|&;=>@", text[at-1]) < 0 {
		return ""
	}
	n := at
	for n < len(text) && isNameByte(text[n]) {
		n++
	}
	if n == len(text) || text[n] != ' ' && text[n] != '\t' {
		return ""
	}
	return string(text[at:n])
}

// commented tells whether what stands at a place may be behind a comment mark of its line.
func commented(text []byte, at int) bool {
	line := text[newline.Last(text[:at])+1 : at]
	if trimmed := bytes.TrimLeft(line, " \t"); len(trimmed) > 0 && (trimmed[0] == ';' || trimmed[0] == '*') {
		return true
	}
	for i := range line {
		if commentMark(line, i) {
			return true
		}
	}
	return false
}

// commentMark tells whether a mark that may begin a comment stands at line[i].
func commentMark(line []byte, i int) bool {
	rest := line[i:]
	switch line[i] {
	case '#':
		return true
	case '/':
		return bytes.HasPrefix(rest, []byte("/*")) || bytes.HasPrefix(rest, []byte("//")) && (i == 0 || line[i-1] != ':')
	case '-':
		return bytes.HasPrefix(rest, []byte("--")) && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') &&
			(len(rest) == 2 || rest[2] == ' ' || rest[2] == '\t')
	case '<':
		return bytes.HasPrefix(rest, []byte("<!--"))
	}
	return false
}

// hostAround returns the host of the URL that holds a value in its query or as its user; ok is false where none holds it.
func hostAround(text []byte, start, end int) (host string, ok bool) {
	from := start
	for from > 0 && strings.IndexByte(" \t\r\n\"'`<>()[]{},;|\\", text[from-1]) < 0 {
		from--
	}
	i := bytes.Index(text[from:start], []byte("://"))
	if i < 0 {
		return "", false
	}
	scheme := from + i
	for scheme > from && text[scheme-1]|0x20 >= 'a' && text[scheme-1]|0x20 <= 'z' {
		scheme--
	}
	if bytes.ContainsAny(text[from:scheme], "?&/%") {
		return "", true // a URL within a URL
	}
	host, rest := hostOf(text, scheme)
	if start >= rest && bytes.IndexByte(text[rest:start], '?') < 0 || start < rest && bytes.IndexByte(text[end:max(end, rest)], '@') < 0 {
		return "", true
	}
	return host, true
}

// hostOf returns the host of the URL of the web that begins at a place, and where its authority ends; "" where none does.
func hostOf(text []byte, at int) (host string, end int) {
	n := 0
	for _, scheme := range [...]string{"http://", "https://"} {
		if len(text)-at >= len(scheme) && strings.EqualFold(string(text[at:at+len(scheme)]), scheme) {
			n = len(scheme)
		}
	}
	end = at + n
	for end < len(text) && strings.IndexByte("/?#\"'`\\ \t\r\n<>|,;)(", text[end]) < 0 {
		end++
	}
	if n == 0 {
		return "", end
	}
	authority := text[at+n : end]
	host = strings.ToLower(string(authority[bytes.LastIndexByte(authority, '@')+1:]))
	host, _, _ = strings.Cut(host, ":")
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || strings.ContainsAny(host, "{}$%*") {
		return "", end
	}
	return host, end
}

// oneHost joins the hosts of a request; doubt is what several that differ come to.
func oneHost(host, other string) string {
	if other != "" && (host == "" || host == other) {
		return other
	}
	return doubt
}

// doubt stands for hosts of which none can be told to be the one.
const doubt = "?"

// tellsHeader tells whether the text before a value names a header or a parameter that holds a credential.
func tellsHeader(before []byte) bool {
	low := bytes.ToLower(before)
	for _, w := range [...]string{"authorization", "token", "key", "bearer", "secret", "auth"} {
		if bytes.Contains(low, []byte(w)) {
			return !bytes.Contains(low, []byte("referer")) && !bytes.Contains(low, []byte("idempotency"))
		}
	}
	return false
}
