package object

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// CommitInfo is what a commit says. Parents, Header and Message are parts of the commit's text or new; Message is
// everything behind the first empty line.
type CommitInfo struct {
	Tree      ID
	Parents   []ID
	Author    Person
	Committer Person
	Header    []byte // the lines behind tree and parents: author, committer, encoding, signature, ...
	Message   []byte
}

// Person is who made a commit or tag, and when.
type Person struct {
	Name, Email string
	When        time.Time
}

// TagInfo is what an annotated tag says.
type TagInfo struct {
	Target  ID
	Kind    Kind // of the target
	Name    string
	Tagger  Person
	Header  []byte // the lines behind object and type
	Message []byte
}

var (
	errCommit = errors.New("commit: no tree line")
	errTag    = errors.New("tag: no object line")
)

// ParseCommit reads a commit. Unknown header lines are kept in Header; a missing or odd author is no error, since
// such commits exist.
func ParseCommit(text []byte) (c CommitInfo, err error) {
	value, rest, ok := headerLine(text, "tree ")
	if !ok {
		return c, errCommit
	}
	if c.Tree, err = ParseID(string(value)); err != nil {
		return c, err
	}
	for {
		value, next, ok := headerLine(rest, "parent ")
		if !ok {
			break
		}
		p, err := ParseID(string(value))
		if err != nil {
			return c, err
		}
		c.Parents = append(c.Parents, p)
		rest = next
	}
	c.Header, c.Message = splitHeader(rest)
	for line := range bytes.Lines(c.Header) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if v, ok := bytes.CutPrefix(line, []byte("author ")); ok && c.Author == (Person{}) {
			c.Author = parsePerson(v)
		}
		if v, ok := bytes.CutPrefix(line, []byte("committer ")); ok && c.Committer == (Person{}) {
			c.Committer = parsePerson(v)
		}
	}
	return c, nil
}

// ParseTag reads an annotated tag.
func ParseTag(text []byte) (t TagInfo, err error) {
	value, rest, ok := headerLine(text, "object ")
	if !ok {
		return t, errTag
	}
	if t.Target, err = ParseID(string(value)); err != nil {
		return t, err
	}
	value, rest, ok = headerLine(rest, "type ")
	if !ok {
		return t, errTag
	}
	t.Kind, _ = ParseKind(value)
	t.Header, t.Message = splitHeader(rest)
	for line := range bytes.Lines(t.Header) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if v, ok := bytes.CutPrefix(line, []byte("tag ")); ok && t.Name == "" {
			t.Name = strings.ToValidUTF8(string(v), "\uFFFD")
		}
		if v, ok := bytes.CutPrefix(line, []byte("tagger ")); ok && t.Tagger == (Person{}) {
			t.Tagger = parsePerson(v)
		}
	}
	return t, nil
}

// Subject returns the first line of a message, valid UTF-8, at most 200 bytes.
func Subject(message []byte) string {
	message = bytes.TrimLeft(message, "\r\n \t")
	if i := bytes.IndexByte(message, '\n'); i >= 0 {
		message = message[:i]
	}
	message = bytes.TrimRight(message, "\r \t")
	if len(message) > 200 {
		message = message[:200]
	}
	return strings.ToValidUTF8(string(message), "\uFFFD")
}

func headerLine(text []byte, key string) (value, rest []byte, ok bool) {
	line, rest, ok := bytes.Cut(text, []byte{'\n'})
	if !ok || !bytes.HasPrefix(line, []byte(key)) {
		return nil, text, false
	}
	return line[len(key):], rest, true
}

// splitHeader cuts at the first empty line.
func splitHeader(text []byte) (header, message []byte) {
	if bytes.HasPrefix(text, []byte{'\n'}) {
		return nil, text[1:]
	}
	if i := bytes.Index(text, []byte("\n\n")); i >= 0 {
		return text[:i+1], text[i+2:]
	}
	return text, nil
}

// parsePerson reads "Name <mail> 1700000000 +0100" and takes what is there.
func parsePerson(line []byte) (p Person) {
	open, end := bytes.IndexByte(line, '<'), bytes.LastIndexByte(line, '>')
	if open < 0 || end < open {
		p.Name = text(line)
		return p
	}
	p.Name, p.Email = text(line[:open]), text(line[open+1:end])
	fields := bytes.Fields(line[end+1:])
	if len(fields) == 0 {
		return p
	}
	seconds, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil || seconds < 0 || seconds > maxSeconds {
		return p
	}
	zone := time.UTC
	if len(fields) > 1 {
		zone = parseZone(string(fields[1]))
	}
	p.When = time.Unix(seconds, 0).In(zone)
	return p
}

// maxSeconds is the end of the year 9999, the last one RFC 3339 can write.
const maxSeconds = 253402300799 - 24*3600

func parseZone(text string) *time.Location {
	n, err := strconv.Atoi(text)
	if err != nil || len(text) != 5 || n < -2400 || n > 2400 || n%100 >= 60 || n == 0 {
		return time.UTC
	}
	return time.FixedZone("", n/100*3600+n%100*60)
}

func text(b []byte) string { return strings.ToValidUTF8(string(bytes.TrimSpace(b)), "\uFFFD") }
