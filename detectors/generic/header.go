package generic

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

// scheme handles "Bearer value" and "Basic value".
func (d *Detector) scheme(t []byte, pos, n int) {
	i := pos + n
	limit := min(len(t), i+maxValue)
	for i < limit && t[i] == ' ' {
		i++
	}
	if joined := behindJoin(t[:limit], i); joined > i {
		i = joined
	} else if t[pos+n-1] == '"' {
		return
	}
	end := i
	for end < limit && (chars[t[end]]&charB64 != 0 || t[end] == '.' || t[end] == '~' || t[end] == '%' || t[end] == ':') {
		end++
	}
	for end > i && (t[end-1] == '.' || t[end-1] == ':') {
		end--
	}
	if end-i < 6 || end == limit && limit < len(t) {
		return
	}
	c := Candidate{Rule: RuleAuth, Key: finding.Span{Start: pos, End: pos + n - 1}, Value: finding.Span{Start: i, End: end}, sep: sepScheme}
	c.judged = c.Value
	c.Context = finding.Span{Start: lineStart(t, pos), End: lineEnd(t, end, end+96)}
	if n == len("basic ") {
		if !d.basic(t[i:end], &c) {
			return
		}
		c.fixed, c.Score = true, basicScore(c.decoded)
	} else if masked(t[i:end]) {
		return
	}
	d.add(&c)
}

// behindJoin returns where a literal begins that follows the one that t[i-1] or t[i] ends: "Bearer " + "x", ("Bearer", "x").
// It returns i where none does.
func behindJoin(t []byte, i int) int {
	k := i
	if k < len(t) && t[k] == '"' {
		k++
	} else if i == 0 || t[i-1] != '"' {
		return i
	}
	k = skipSpace(t, k)
	if k >= len(t) || t[k] != '+' && t[k] != ',' && t[k] != '.' {
		return i
	}
	if k = skipSpace(t, k+1); k >= len(t) || t[k] != '"' {
		return i
	}
	return k + 1
}

// source handles the data source of Go's MySQL driver, user:password@tcp(host:3306)/db. pos is where the at sign stands.
func (d *Detector) source(t []byte, pos int) {
	floor := max(0, pos-backCap)
	i := pos
	for i > floor && isValueByte(t[i-1]) && t[i-1] != '(' {
		i--
	}
	colon := bytes.IndexByte(t[i:pos], ':')
	if colon <= 0 || i == floor && floor > 0 || has(t, i+colon, "://") {
		return
	}
	c := Candidate{Rule: RuleURL, Key: finding.Span{Start: i, End: i + colon}, Value: finding.Span{Start: i + colon + 1, End: pos}, sep: sepURL}
	c.judged = c.Value
	c.Context = finding.Span{Start: lineStart(t, i), End: lineEnd(t, pos, pos+96)}
	if v := t[c.Value.Start:pos]; len(v) >= 3 && !reference(v) && !masked(v) {
		d.add(&c)
	}
}

// basicScore is the confidence of a basic header that decodes to a user and a password: it hardly ever is anything but
// a credential, except where the password stands for one.
func basicScore(password []byte) float64 {
	if len(password) > 2 && (reference(password) || masked(password)) {
		return Floor / 2
	}
	strong, weak := placeholder(password)
	if strong > 0 || weak >= 1 {
		return 0.4
	}
	return 0.92
}

// basic decodes the value of a basic header and keeps the password in it for judgement. Without a colon inside it is
// none.
func (d *Detector) basic(value []byte, c *Candidate) bool {
	for len(value) > 0 && value[len(value)-1] == '=' {
		value = value[:len(value)-1]
	}
	if len(value)%4 == 1 || base64.RawStdEncoding.DecodedLen(len(value)) > len(d.plain) {
		return false
	}
	n, err := base64.RawStdEncoding.Decode(d.plain[:], value)
	if err != nil {
		return false
	}
	colon := -1
	for i, ch := range d.plain[:n] {
		if ch < 0x20 || ch == 0x7f {
			return false
		}
		if ch == ':' && colon < 0 {
			colon = i
		}
	}
	if colon < 0 || n-colon-1 < 1 || colon == 0 && !utf8.Valid(d.plain[:n]) {
		return false // every word that starts with Op, as in "Basic Options", decodes to a colon and more
	}
	c.decoded = d.plain[colon+1 : n]
	return true
}

// url handles scheme://user:password@host. pos is where "://" stands.
func (d *Detector) url(t []byte, pos int) {
	i := pos + 3
	limit := min(len(t), i+256)
	at, colon := -1, -1
	end := i
scan:
	for ; end < limit; end++ {
		switch t[end] {
		case '@':
			at = end
		case ':':
			if colon < 0 {
				colon = end
			}
		case '/', '?', '#', ' ', '\t', '\n', '\r', '"', '\'', '`', '<', '>', '\\', '|', ',', ';':
			if t[end] != '<' && t[end] != '>' {
				break scan
			}
			if at >= 0 {
				break scan
			}
		}
	}
	if at < 0 || end == limit && limit < len(t) || !utf8.Valid(t[i:end]) || signsOf(t[i:end])&signControl != 0 {
		return
	}
	lo := pos
	for floor := max(0, pos-24); lo > floor && (isAlnum(t[lo-1]) || t[lo-1] == '+' || t[lo-1] == '.' || t[lo-1] == '-'); {
		lo--
	}
	start := i
	if colon >= 0 && colon < at {
		start = colon + 1
	}
	if at-start < 2 {
		return
	}
	c := Candidate{Rule: RuleURL, Key: finding.Span{Start: lo, End: pos}, Value: finding.Span{Start: start, End: at}, sep: sepURL}
	c.judged = c.Value
	if v := t[start:at]; reference(v) || v[0] == '<' || masked(v) || 3*bytes.Count(v, []byte("%")) >= len(v)-1 {
		return // escapes and nothing else test a parser
	}
	if start == i {
		c.arg = 1 // no user before it
		if at-start < 16 || bytes.IndexByte(t[start:at], '%') >= 0 {
			return
		}
	}
	c.Context = finding.Span{Start: lineStart(t, lo), End: lineEnd(t, end, end+96)}
	d.add(&c)
}

// curl handles -u user:password and --user user:password on a line with curl.
func (d *Detector) curl(t []byte, pos int) {
	end := lineEnd(t, pos+4, pos+600)
	for i := pos + 4; i+4 < end; i++ {
		if t[i] != '-' || !isSpace(t[i-1]) {
			continue
		}
		v := 0
		switch {
		case has(t, i, "-u") && i+2 < end:
			v = i + 2
		case has(t, i, "--user") && i+6 < end && (isSpace(t[i+6]) || t[i+6] == '='):
			v = i + 7
		case has(t, i, "--proxy-user") && i+13 < end:
			v = i + 13
		default:
			continue
		}
		v = skipSpace(t[:end], v)
		if _, w := quoteAt(t[:end], v); w > 0 {
			v += w
		}
		colon, k := -1, v
		for k < end && isValueByte(t[k]) && t[k] != '\\' {
			if t[k] == ':' && colon < 0 {
				colon = k
			}
			k++
		}
		if colon < 0 || k-colon-1 < 2 || has(t, colon, "://") {
			continue
		}
		c := Candidate{Rule: RulePassword, Key: finding.Span{Start: i, End: v}, Value: finding.Span{Start: colon + 1, End: k}, sep: sepUser}
		c.judged = c.Value
		c.Context = finding.Span{Start: lineStart(t, pos), End: end}
		d.add(&c)
		return
	}
}
