package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// requestClients are words of the names of what makes a request, by which a call is told.
var requestClients = []string{
	"fetch", "requests", "request", "axios", "http", "https", "httpx", "urllib", "urllib2", "urllib3", "urlopen", "got", "ky", "superagent",
	"needle", "unirest", "httpclient", "httpget", "httppost", "httprequest", "resttemplate", "webclient", "okhttpclient", "faraday", "httparty",
	"restclient", "aiohttp", "guzzle", "net",
}

// isRequestCall tells whether a call of that name makes a request.
func isRequestCall(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".:->$", r) }), func(word string) bool {
		return slices.Contains(requestClients, word)
	})
}

// calledName returns the name before a parenthesis, in lower case.
func calledName(text []byte, at int) string {
	i := at
	for i > 0 && (isNameByte(text[i-1]) || strings.IndexByte(":>$", text[i-1]) >= 0) {
		i--
	}
	return strings.ToLower(string(text[i:at]))
}

// keyOf returns the name that a value or a bracket at a place is tied to, in lower case; "" for none.
func keyOf(text []byte, at int) string {
	before := bytes.TrimRight(text[:at], " \t\r\n")
	tied := bytes.TrimRight(before, "=:> \t\"'")
	if len(tied) == len(before) {
		return ""
	}
	i := len(tied)
	for i > 0 && isNameByte(tied[i-1]) {
		i--
	}
	return strings.ToLower(string(tied[i:]))
}

// bracket is one that is open.
type bracket struct {
	open int
	key  string // what it is tied to, or is called
}

// callReader reads a call and those that are chained to it.
type callReader struct {
	text  []byte
	value finding.Span
	open  []bracket
	host  string
	sent  bool // the value, in a header or as a parameter
}

// callHost returns the host that the call whose parenthesis stands at a place asks, where it sends the value there in a
// header or as a parameter.
func callHost(text []byte, at int, value finding.Span) string {
	if quoteAround(text, at) != 0 {
		return "" // code in a string
	}
	r := callReader{text: text, value: value}
	for i := at; i >= 0 && i < len(text); {
		i = r.next(i)
	}
	if !r.sent || r.host == doubt {
		return ""
	}
	return r.host
}

// next reads what stands at a place and returns where it goes on; below 0 where the call is over.
func (r *callReader) next(i int) int {
	c := r.text[i]
	switch {
	case c == '(' || c == '[' || c == '{':
		key := keyOf(r.text, i)
		if c == '(' && key == "" {
			key = calledName(r.text, i)
		}
		r.open = append(r.open, bracket{i, key})
	case len(r.open) == 0:
		if !isNameByte(c) && strings.IndexByte(" \t\r\n->?", c) < 0 {
			return -1
		}
	case c == ';':
		return -1
	case c == ')' || c == ']' || c == '}':
		if r.open = r.open[:len(r.open)-1]; len(r.open) == 0 {
			return r.chained(i + 1)
		}
	case c == '"' || c == '\'' || c == '`':
		return r.quoted(i)
	case c != '-' && commentMark(r.text, i):
		end := []byte("\n")
		if bytes.HasPrefix(r.text[i:], []byte("/*")) {
			end = []byte("*/")
		}
		n := bytes.Index(r.text[i:], end)
		if n < 0 {
			return -1
		}
		return i + n + len(end)
	}
	return i + 1
}

// chained returns where the call goes on that is chained to the one that ends at a place.
func (r *callReader) chained(i int) int {
	for i < len(r.text) && strings.IndexByte(" \t\r\n", r.text[i]) >= 0 {
		i++
	}
	if i < len(r.text) && (r.text[i] == '.' || bytes.HasPrefix(r.text[i:], []byte("->")) || bytes.HasPrefix(r.text[i:], []byte("?."))) {
		return i + 1
	}
	return -1
}

// quoted reads the string at a place.
func (r *callReader) quoted(i int) int {
	end := i + 1
	for end < len(r.text) && r.text[end] != r.text[i] {
		if r.text[end] == '\n' && r.text[i] != '`' {
			return -1
		}
		if r.text[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.text) {
		return -1
	}
	switch {
	case i < r.value.Start && r.value.End <= end:
		r.sent = r.sends()
	case urlAt(r.text, i+1) && r.asks(keyOf(r.text, i)):
		asked, _ := hostOf(r.text, i+1)
		r.host = oneHost(r.host, asked)
	}
	return end + 1
}

// within tells whether a bracket that is open is tied to one of some words.
func (r *callReader) within(words ...string) bool {
	return slices.ContainsFunc(r.open, func(b bracket) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(b.key, w) })
	})
}

// asks tells whether a URL, tied to a key, is the one that is asked: it is an argument of the call, or named so.
func (r *callReader) asks(key string) bool {
	if r.within("header", "param", "query", "body", "data", "json", "refer", "prox", "cookie", "form") {
		return false
	}
	switch key {
	case "url", "uri", "baseurl", "base_url", "requesturi":
		return true
	case "":
	default:
		return false
	}
	top := r.open[len(r.open)-1]
	if r.text[top.open] != '(' {
		return false
	}
	return len(r.open) == 1 || len(r.open) == 2 && (strings.Contains(top.key, "url") || strings.Contains(top.key, "uri") || strings.Contains(top.key, "request"))
}

// sends tells whether the value stands in a header or a parameter that holds a credential.
func (r *callReader) sends() bool {
	if r.within("body", "data", "json", "refer", "cookie", "form", "prox") || !r.within("header", "param", "query", "auth") {
		return false
	}
	top := r.open[len(r.open)-1]
	before := r.text[top.open+1 : r.value.Start]
	if i := bytes.LastIndexByte(before, ','); i >= 0 && r.text[top.open] != '(' {
		before = before[i+1:]
	}
	return tellsHeader(before) || strings.Contains(top.key, "auth") || strings.Contains(top.key, "bearer")
}
