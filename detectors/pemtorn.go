package detectors

import (
	"bytes"
	"slices"
	"strings"
)

const (
	tornFirst  = 20  // base64 characters of a torn key's first line, at the least
	tornLine   = 32  // of its only line, where that begins as keys do
	tornSecret = 24  // of those behind what all RSA keys in PKCS#8 share
	recordLast = 16  // of its last line, where each is in a record of its own
	tornReach  = 200 // bytes; less than pemAfter, so that what is looked at is within the context
	pemWidth   = 76  // characters of a line, at the most (RFC 2045); longer ones are keys that are not broken into lines
)

// keyHeads are what keys begin with: an ASN.1 sequence as long as RSA keys, EC P-256 keys and Ed25519 keys are, and
// OpenSSH's magic.
var keyHeads = []string{"MI", "MHcCAQ", "MC4CAQ", "b3BlbnNz"}

// rsaHead is the algorithm of an RSA key in PKCS#8, which is no secret.
const rsaHead = "BgkqhkiG9w0BAQEFAASC"

// tornKey reads a key without its end. Unlike a whole one it has no mark that tells where it stops, so that it goes on
// only over what can be nothing else: lines of base64 as wide as its first and one shorter at the end, in one string or
// in several that are joined, each behind what a log puts before it.
type tornKey struct {
	text   []byte
	at     int
	prefix []byte
	first  int // characters of the first line
	lines  int
	each   bool // each line is a string of its own
	body   body
}

// tornBody reads what is there of a key whose body starts at start. It looks no further than a little beyond stop, where the
// text ends that may belong to a block.
func tornBody(text []byte, start, stop int, prefix []byte) body {
	t := tornKey{text: text[:min(len(text), stop+tornReach)], at: start, prefix: prefix, body: body{end: start}}
	for t.at < len(t.text) {
		at, broken := t.gap(t.at)
		if at < 0 || !t.take(at, broken) {
			break
		}
	}
	t.body.chars, t.body.stop = len(t.body.data), stop
	return t.body
}

// enough tells whether a torn key holds something of the key itself.
func (b *body) enough() bool {
	if b.chars >= pemTorn {
		return true
	}
	if _, secret, ok := bytes.Cut(b.data, []byte(rsaHead)); ok && len(secret) < tornSecret {
		return false
	}
	head := func(h string) bool { return bytes.HasPrefix(b.data, []byte(h)) }
	return b.lines >= 2 && b.chars >= pemLeast || b.chars >= tornLine && slices.ContainsFunc(keyHeads, head)
}

// take takes the line of base64 at at, unless it is none of the key's. broken tells that a line break stands before it.
func (t *tornKey) take(at int, broken bool) bool {
	end := at
	for end < len(t.text) && base64Byte(t.text[end]) && t.text[end] != '=' {
		end++
	}
	n := end - at
	for end < len(t.text) && t.text[end] == '=' && end-at-n < 2 {
		end++
	}
	run, rest := t.text[at:at+n], t.text[end:]
	full := n == t.first && t.lines > 0
	switch {
	case n == 0 || len(rest) > 0 && (base64Byte(rest[0]) || strings.IndexByte("-_:@", rest[0]) >= 0):
		return false
	case t.lines == 0:
		if n < tornFirst {
			return false
		}
		t.first = n
	case full:
	case n > t.first || !broken || !t.shorter(run) || !lineEnds(rest):
		return false
	}
	t.body.data = append(t.body.data, t.text[at:end]...)
	t.lines++
	t.body.lines, t.body.end, t.at = t.lines, end, end
	return n == t.first && end == at+n // the last line is shorter, or padded
}

// shorter tells whether a line that is not as wide as the others is the key's last, rather than a word.
func (t *tornKey) shorter(run []byte) bool {
	if t.first > pemWidth && t.lines < 2 {
		return false
	}
	lower, mixed, letter, other := false, false, false, false
	for _, c := range run {
		switch {
		case c >= 'a' && c <= 'z':
			lower, letter = true, true
		case c >= 'A' && c <= 'Z':
			mixed, letter = mixed || lower, true
		default:
			other = true
		}
	}
	return mixed || lower && letter && other
}

// lineEnds tells whether rest, what follows a line of base64, is no more of a text: a line break, the end of a string, or
// the mark of whoever cut it.
func lineEnds(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t")
	if len(rest) == 0 || bytes.HasPrefix(rest, []byte("…")) || bytes.HasPrefix(rest, []byte("..")) {
		return true
	}
	return strings.IndexByte("\r\n\\\"'`([<", rest[0]) >= 0
}

// gap goes from the end of a line of the key to the start of the next, and tells whether a line break stands between; -1
// where something else follows.
func (t *tornKey) gap(at int) (next int, broken bool) {
	for at >= 0 && at < len(t.text) {
		c := t.text[at]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			at++
		case c == '\n':
			at, broken = t.lineStart(at+1), true
		case c == '\\':
			at = t.escape(at)
			broken = broken || at > 0 && t.text[at-1] != 't'
		case c == '"' || c == '\'' || c == '`':
			next := t.join(at, c)
			if next < 0 {
				return t.record(at), true
			}
			at, broken = next, true
		case broken && strings.IndexByte("#*>|,", c) >= 0: // a comment, a quotation
			at++
		case base64Byte(c):
			return at, broken
		default:
			return -1, broken
		}
	}
	return -1, broken
}

// lineStart returns where at, the start of a line, has what belongs to the key: behind a log's prefix, or behind a header.
func (t *tornKey) lineStart(at int) int {
	n := bytes.IndexByte(t.text[at:], '\n')
	if n < 0 {
		n = len(t.text) - at
	}
	line := t.text[at : at+n]
	if n := alike(line, t.prefix); n > 0 {
		at, line = at+n, line[n:]
	} else if k := bytes.LastIndexAny(bytes.TrimRight(line, " \t\r"), " \t|:]"); len(t.prefix) > 0 && k >= 0 && k < pemBefore && t.fits(line[k+1:]) {
		return at + k + 1 // a prefix of another length
	}
	if t.header(line) {
		return at + len(line)
	}
	return at
}

// fits tells whether a line is one of the key by its width alone.
func (t *tornKey) fits(line []byte) bool {
	n := 0
	for n < len(line) && base64Byte(line[n]) {
		n++
	}
	if len(bytes.TrimSpace(line[n:])) > 0 {
		return false
	}
	return t.lines > 0 && n == t.first || t.lines == 0 && n >= tornLine && n <= pemWidth
}

// escape returns where the text goes on behind an escaped line break or tab, a header behind it included; -1 where it is
// another escape. Escapes within escaped strings have several backslashes.
func (t *tornKey) escape(at int) int {
	for at < len(t.text) && t.text[at] == '\\' {
		at++
	}
	if at == len(t.text) {
		return -1
	}
	switch t.text[at] {
	case '\r', '\n', '"', '\'': // the line goes on, or the string ends: the next step tells
		return at
	case 'n', 'r', 't':
		at++
	default:
		return -1
	}
	if n := bytes.IndexByte(t.text[at:min(len(t.text), at+tornReach)], '\\'); n > 0 && t.header(t.text[at:at+n]) {
		return at + n
	}
	return at
}

// header tells whether a line before the key's first is a header of RFC 1421 or of PGP's armour, and keeps it.
func (t *tornKey) header(line []byte) bool {
	if t.lines > 0 || bytes.Contains(line, []byte("-----")) {
		return false
	}
	name, _, ok := bytes.Cut(bytes.TrimLeft(line, " \t#*>|"), []byte(":"))
	if !ok || !slices.Contains([]string{"Proc-Type", "DEK-Info", "Key-Info", "Comment", "Version", "Hash", "Charset", "MessageID"}, string(name)) {
		return false
	}
	r := pemReader{headers: t.body.headers}
	r.keep(line)
	t.body.headers = r.headers
	return true
}

// join returns where a string goes on that quote ends at at: in a string on the next line, or behind an operator; -1 where
// the string ends for good.
func (t *tornKey) join(at int, quote byte) int {
	rest := t.text[at+1 : min(len(t.text), at+1+tornReach)]
	t.each = t.each || t.lines == 0
	n := 0
	operator, lines := false, 0
	for n < len(rest) && strings.IndexByte(" \t\r\n+.&\\,", rest[n]) >= 0 {
		operator = operator || rest[n] == '+' || rest[n] == '.' || rest[n] == '&'
		if rest[n] == '\n' {
			lines++
		}
		n++
	}
	if n == len(rest) || rest[n] != quote || lines > 1 {
		return -1
	}
	next := at + 1 + n + 1
	if lines > 0 || operator || t.each && t.item(t.text[next:]) {
		return next
	}
	return -1
}

// item tells whether the string at the head of text, an item of a list, is a line of the key.
func (t *tornKey) item(text []byte) bool {
	n := 0
	for n < len(text) && base64Byte(text[n]) {
		n++
	}
	return n >= tornFirst || t.lines > 0 && t.shorter(text[:n])
}

// record returns where the key goes on in the next of a log's records, which are lines of JSON with a line of the key each;
// -1 where that is no line of the key. at is in the record before it.
func (t *tornKey) record(at int) int {
	n := bytes.IndexByte(t.text[at:], '\n')
	if n < 0 {
		return -1
	}
	k := alike(t.text[at+n+1:], t.prefix)
	if k == 0 {
		return -1
	}
	start := at + n + 1 + k
	end := start
	for end < len(t.text) && base64Byte(t.text[end]) {
		end++
	}
	if line := t.text[start:end]; t.fits(line) || t.lines > 0 && len(line) >= recordLast && len(line) < t.first && t.shorter(line) {
		return start
	}
	return -1
}
