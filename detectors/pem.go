package detectors

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// pemTechnique finds private keys in PEM (RFC 7468, RFC 4880 for PGP, OpenSSH's PROTOCOL.key), over several lines or in
// one with escaped line breaks, indented, quoted, commented or concatenated. The secret is the key in its canonical
// form, so that one key has one value however it is laid out.
type pemTechnique struct{}

var (
	pemBegin = []byte("-----BEGIN ")
	pemEnd   = []byte("-----END ")
)

const (
	pemLabelMax = 48  // bytes: "-----BEGIN PGP PRIVATE KEY BLOCK-----" has 37
	pemLeast    = 40  // base64 characters of the shortest key (an Ed25519 seed in PKCS#8 has 64; some are bare)
	pemTorn     = 120 // of a key whose end is missing, when nothing else speaks for it
	pemBefore   = 128 // bytes before a key that say what it belongs to
	pemAfter    = 256
)

func (pemTechnique) literals(*compiled) []rules.Literal {
	return []rules.Literal{{Text: string(pemBegin), Before: [2]int32{pemBefore, pemBefore}, After: pemAfter}}
}

func (pemTechnique) try(s *Scanner, c *compiled, _ *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	label, body, ok := pemLabel(text, pos)
	if !ok || !strings.Contains(label, "PRIVATE KEY") {
		return out
	}
	prefix := linePrefix(text, pos)
	b := pemBody(text, body, prefix)
	if !b.ended {
		b = tornBody(text, body, b.stop, prefix)
	}
	if b.ended && b.chars < pemLeast || !b.ended && !b.enough() {
		return out
	}
	m := finding.Match{
		Rule: c.ID, Secret: pemCanonical(label, b.headers, b.data), Rank: rankBlock, Confidence: c.Confidence, Tags: c.Tags,
		Span:    finding.Span{Start: pos, End: b.end},
		Context: finding.Span{Start: max(0, pos-pemBefore), End: min(len(text), b.stop+pemAfter)},
	}
	if !b.ended {
		m.Confidence = 0.7
		m.Tags = addTag(m.Tags, "torn")
	}
	if madeUp(bytes.TrimRight(b.data, "=")) || !plausibleKey(b.data) {
		return out
	}
	if !c.prove(&m, m.Secret) || m.Confidence < s.opts.MinConfidence {
		return out
	}
	return append(out, m)
}

// pemLabel reads "-----BEGIN LABEL-----" at pos and returns the label and where the body starts.
func pemLabel(text []byte, pos int) (label string, body int, ok bool) {
	at := pos + len(pemBegin)
	head := text[at:min(len(text), at+pemLabelMax)]
	n := bytes.Index(head, []byte("-----"))
	if n < 0 || bytes.IndexByte(head[:n], '\n') >= 0 {
		return "", 0, false
	}
	return string(head[:n]), at + n + 5, true
}

// body is what follows a PEM label.
type body struct {
	headers []byte // those that say how it is encrypted
	data    []byte // its base64 characters
	chars   int
	lines   int  // of a torn key
	ended   bool // "-----END" follows
	end     int  // behind the block
	stop    int  // behind the last byte looked at
}

// pemBody reads the base64 of a key from start to its END line, as far as the lines may belong to a block. prefix is what
// stands before the key on its first line.
func pemBody(text []byte, start int, prefix []byte) body {
	limit := min(len(text), start+blockLimit)
	b := body{end: start, stop: start}
	p := pemReader{text: text[:limit], at: start, prefix: prefix}
	for p.next() {
		if p.ended {
			b.ended = true
			b.end = pemClose(text[:limit], p.at)
			break
		}
		b.data = append(b.data, p.chunk...)
		b.end = p.at
	}
	b.headers, b.chars = p.headers, len(b.data)
	b.stop = max(p.at, b.end)
	return b
}

// pemClose returns the end of "-----END LABEL-----" at pos.
func pemClose(text []byte, pos int) int {
	at := min(len(text), pos+len(pemEnd))
	if n := bytes.Index(text[at:min(len(text), at+pemLabelMax)], []byte("-----")); n >= 0 {
		return at + n + 5
	}
	return at
}

// pemReader yields the stretches of base64 between a PEM header and its end.
type pemReader struct {
	text    []byte
	at      int
	chunk   []byte
	headers []byte
	prefix  []byte // of the first line, where it holds letters or digits; those of the others may be like it
	ended   bool
}

func (p *pemReader) next() bool {
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case c == '-' && bytes.HasPrefix(p.text[p.at:], pemEnd):
			p.ended = true
			return true
		case c == '-' && bytes.HasPrefix(p.text[p.at:], pemBegin): // the next key
			return false
		case c == '\n':
			p.at++
			if !p.line() {
				return false
			}
		case c == '\\' && p.at+1 < len(p.text) && strings.IndexByte("nrt", p.text[p.at+1]) >= 0:
			p.at += 2
			if p.skipHeader() {
				continue
			}
		case base64Byte(c):
			start := p.at
			for p.at < len(p.text) && base64Byte(p.text[p.at]) {
				p.at++
			}
			p.chunk = p.text[start:p.at]
			if len(p.chunk) == 1 && p.chunk[0] == '+' { // joins strings
				continue
			}
			return true
		case !blockByte[c]:
			return false
		default:
			p.at++
		}
	}
	return false
}

// line judges the line that starts at p.at; a header line is skipped.
func (p *pemReader) line() bool {
	n := bytes.IndexByte(p.text[p.at:], '\n')
	if n < 0 {
		n = len(p.text) - p.at
	}
	line := p.text[p.at : p.at+n]
	k := alike(line, p.prefix)
	if i := bytes.Index(line, pemBegin); i >= 0 && !bytes.Contains(line[:i], pemEnd) { // the next key
		return false
	}
	if i := bytes.Index(line, pemEnd); i >= 0 {
		p.at += min(i, k)
		return true
	}
	if k > 0 && blockLine(line) {
		p.at += k
		return true
	}
	if headerLine(line) {
		p.keep(line)
		p.at += n
		return true
	}
	return blockLine(line)
}

// keep keeps the header lines of a key that is encrypted as RFC 1421 and OpenSSL's traditional format have it.
func (p *pemReader) keep(line []byte) {
	if bytes.Contains(line, []byte("Proc-Type:")) && bytes.Contains(line, []byte("ENCRYPTED")) {
		p.headers = append(p.headers, "Proc-Type: 4,ENCRYPTED\n"...)
	}
	_, value, ok := bytes.Cut(line, []byte("DEK-Info:"))
	value = bytes.TrimLeft(value, " \t")
	n := 0
	for n < len(value) && (value[n] == ',' || value[n] == '-' || base64Byte(value[n])) {
		n++
	}
	if ok && len(p.headers) > 0 {
		p.headers = append(append(append(p.headers, "DEK-Info: "...), value[:n]...), "\n\n"...)
	}
}

// skipHeader skips a header such as "Proc-Type: 4,ENCRYPTED\n" behind an escaped line break.
func (p *pemReader) skipHeader() bool {
	rest := p.text[p.at:min(len(p.text), p.at+200)]
	n := bytes.Index(rest, []byte(`\n`))
	if n < 0 || !headerLine(rest[:n]) || bytes.Contains(rest[:n], pemBegin) {
		return false
	}
	p.keep(rest[:n])
	p.at += n
	return true
}

// plausibleKey tells whether base64 text decodes and looks like key material rather than prose run together.
func plausibleKey(data []byte) bool {
	if entropy(data) < 3.5 {
		return false
	}
	head := data[:min(len(data), 32)&^3]
	_, err := base64.StdEncoding.DecodeString(string(head))
	return err == nil
}

// pemCanonical lays a key out as RFC 7468 does: 64 columns, LF.
func pemCanonical(label string, headers, data []byte) string {
	var b strings.Builder
	b.Grow(len(headers) + len(data) + len(data)/64 + 2*len(label) + 40)
	b.WriteString("-----BEGIN " + label + "-----\n")
	b.Write(headers)
	for len(data) > 64 {
		b.Write(data[:64])
		b.WriteByte('\n')
		data = data[64:]
	}
	b.Write(data)
	b.WriteString("\n-----END " + label + "-----\n")
	return b.String()
}
