package generic

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
)

// Radius is how far from the keyword At may look, in bytes.
const Radius = 2048

const (
	backCap    = 160  // bytes looked at before the name, on its line
	forwardCap = 1800 // bytes looked at after the name
	nameCap    = 64   // bytes a name may have on either side of the keyword
	maxValue   = 1700 // bytes of a value
	maxFound   = 12   // candidates at one keyword
)

// Candidate is a value that a name or a syntax points at, before and after judgement.
type Candidate struct {
	Rule    string
	Key     finding.Span
	Value   finding.Span // what is reported
	Context finding.Span // every byte that took part
	Score   float64      // probability that the value is a credential
	Explain *Features    // what the score rests on, once judged; valid until the next candidate is

	judged   finding.Span // the part of the value whose shape counts
	sep      sep
	quote    int
	keyQuote int
	spaced   bool // white space before the separator
	wrap     wrap
	arg      int // position in a call or list, from 0
	nextLine bool
	called   bool   // the name stands in parentheses
	password bool   // where it stands says password, whatever the name says
	decoded  []byte // base64 text of a basic header, decoded
	stands   bool   // what surrounds it says that it is a text that stands as it is, though no quotation marks do
	fixed    bool   // Score is not the model's
	ruledOut bool   // no model was asked
}

// Detector holds the scratch space of one goroutine.
type Detector struct {
	model   *model
	explain Features // of the candidate at hand
	found   [maxFound]Candidate
	n       int
	plain   [512]byte // decoded basic credentials
	name    [2 * nameCap]byte
}

// New returns a Detector for one goroutine.
func New() *Detector { return &Detector{model: loadModel()} }

// Floor is the least confidence of a match At returns.
const Floor = 0.05

// At examines what the keyword text[pos:pos+n] belongs to and appends what may be a credential, with a confidence, to
// out. It reads only bytes within Radius of the keyword, and Context covers all it read. Nobody asks about the bytes in gap,
// its ends aside: what keeps within is left out. Without a match it allocates nothing.
func (d *Detector) At(text []byte, pos, n int, gap finding.Span, out []finding.Match) []finding.Match {
	d.collect(text, pos, n)
	for i := range d.found[:d.n] {
		c := &d.found[i]
		if c.Context.Start > gap.Start && c.Context.End+vectorNear < gap.End {
			continue
		}
		d.judge(text, c)
		if c.Score < Floor {
			continue
		}
		out = append(out, finding.Match{
			Rule: c.Rule, Secret: string(text[c.Value.Start:c.Value.End]),
			Span: c.Value, Context: c.Context, Confidence: c.Score,
		})
	}
	return out
}

// Candidates calls visit with each candidate at the keyword text[pos:pos+n], judged, those that At would drop
// included. The candidate is valid until visit returns.
func (d *Detector) Candidates(text []byte, pos, n int, visit func(*Candidate)) {
	d.collect(text, pos, n)
	for i := range d.found[:d.n] {
		d.judge(text, &d.found[i])
		visit(&d.found[i])
	}
}

func (d *Detector) judge(text []byte, c *Candidate) {
	d.explain, c.Explain = Features{}, &d.explain
	if c.fixed {
		return
	}
	if !d.features(text, c) {
		c.Score, c.ruledOut = 0, true
		return
	}
	c.Score = d.model.probability(c.Explain)
	if c.Score >= DefaultConfidence && vector(c.Explain, c, text) {
		c.Score, c.ruledOut = 0, true
		return
	}
	if c.Score < everydayScore && (everyday(c.Explain, c, text) || composed(c.Explain, c, text[c.judged.Start:c.judged.End]) || inURL(c.Explain, c, text) || chosen(c.Explain, c, text) || given(c.Explain, c, text) || signing(c.Explain, c, text) || made(c.Explain, c, text)) {
		c.Score = everydayScore
	} else if c.Score < DefaultConfidence && (plain(c.Explain, c, text) || passphrase(c.Explain, c, text) || madePlain(c.Explain, c, text)) {
		if c.Score < plainScore {
			c.Score = plainScore
		} else {
			c.Score = likelyScore
		}
	} else if c.Score < DefaultConfidence && c.Score != wordScore && spelled(c.Explain, c, text) {
		c.Score = wordScore
	}
}

func (d *Detector) collect(text []byte, pos, n int) {
	d.n = 0
	if pos < 0 || n < 3 || pos+n > len(text) {
		return
	}
	switch text[pos+n-1] {
	case '(':
		if text[pos] != '@' {
			d.positional(text, pos, n)
			return
		}
	case ':':
		if lower(text[pos]) == 'a' || lower(text[pos]) == 'r' {
			d.account(text, pos, n)
			return
		}
	case ' ', '`':
		if n > 4 && (text[pos+n-2] == '/' || text[pos+n-3] == '/' || text[pos] == '`') {
			d.beside(text, pos, n)
			return
		}
	}
	switch lower(text[pos]) {
	case ':':
		d.url(text, pos)
		return
	case 'w':
		if text[pos+1] == '0' {
			d.leetWord(text, pos)
			return
		}
	case '@':
		d.source(text, pos)
		return
	case 'b':
		d.scheme(text, pos, n)
		return
	case 'd':
		if n == len("dc=") {
			d.bound(text, pos)
			return
		}
	case 'c':
		if n == 4 && lower(text[pos+1]) == 'u' {
			d.curl(text, pos)
			return
		}
	}
	switch {
	case n > len("user") && lower(text[pos]) == 'u' && lower(text[pos+4]) == 's':
		n = len("users")
	case n == len("pepper") && hasFold(text, pos, "pepper"):
		if pos == 0 || strings.IndexByte("._\"':$@", text[pos-1]) < 0 {
			return // a spice, a name
		}
	case text[pos] == '"':
		d.array(text, pos)
		return
	case text[pos] == '\'':
		pos, n = pos+1, len("pw")
	case text[pos] == '_':
		if i := pos + n; i < len(text) && (isLetter(text[i]) || text[i] == '=' || text[i] == ':' || has(text, i, " =") || has(text, i, `":`)) {
			return // _pwd, or pw= and its like
		}
	case lower(text[pos+1]) == 'w' && lower(text[pos+2]) != 'd':
		if n == len("pw is ") && pos > 0 && isAlnum(text[pos-1]) {
			return
		}
		n = len("pw")
	}
	d.named(text, pos, n)
}

// RuledOut tells whether name and value contradict each other so that the model was not asked.
func (c *Candidate) RuledOut() bool { return c.ruledOut }

// add keeps c and returns whether there is room for more.
func (d *Detector) add(c *Candidate) bool {
	if d.n < maxFound {
		d.found[d.n] = *c
		d.n++
	}
	return d.n < maxFound
}

// named handles a keyword that is part of a name.
func (d *Detector) named(text []byte, pos, n int) {
	end := pos + n
	limit := min(len(text), end+nameCap)
	for end < limit && isName(text[end]) && (text[end] != wideColon[0] || !has(text, end, wideColon)) {
		end++
	}
	if end == limit && limit < len(text) {
		return // no name is that long
	}
	for end > pos+n && (text[end-1] == '.' || text[end-1] == '-' || text[end-1] == '$') {
		end--
	}
	if !mayBind(text, end) || laterKeyword(text[pos+n:end]) || sourceFile(text[pos+n:end]) {
		return
	}
	start := pos
	limit = max(0, pos-nameCap)
	for start > limit && isName(text[start-1]) {
		start--
	}
	c := Candidate{Key: finding.Span{Start: start, End: end}}
	lo, hi := lineStart(text, start), lineEnd(text, end, end+forwardCap)
	b := binder{d: d, text: text[:hi], full: text, hi: hi, cap: end + forwardCap, c: &c, lo: lo}
	b.run()
	for i := range d.found[:d.n] {
		d.found[i].Context = finding.Span{Start: b.lo, End: b.hi}
	}
}

// sourceFile tells whether a name ends as the name of a file of source code does: a map from files to digests, an error's
// trace.
func sourceFile(rest []byte) bool {
	i := bytes.LastIndexByte(rest, '.')
	if i < 0 {
		return false
	}
	switch string(rest[i+1:]) {
	case "php", "js", "mjs", "ts", "jsx", "tsx", "py", "rb", "go", "java", "kt", "cs", "cpp", "rs", "swift", "vue", "css", "scss", "html":
		return true
	}
	return false
}

// lineStart returns the start of the line i is on, at most backCap away.
func lineStart(t []byte, i int) int {
	lo := max(0, i-backCap)
	if k := newline.Last(t[lo:i]); k >= 0 {
		return lo + k + 1
	}
	return lo
}

// lineEnd returns the end of the line i is on, at most at limit.
func lineEnd(t []byte, i, limit int) int {
	limit = min(limit, len(t))
	if k := bytes.IndexByte(t[i:limit], '\n'); k >= 0 {
		return i + k
	}
	return limit
}

// mayBind tells, from a few bytes after a name, whether anything could tie a value to it.
func mayBind(t []byte, i int) bool {
	limit := min(len(t), i+24)
	for ; i < limit; i++ {
		switch t[i] {
		case '=', ':', '(', ',', '>', '|', '<', '!', '?', '\n', ';', '{':
			return true
		case ' ', '\t', '"', '\'', '`', ']', ')', '*', '\\', '[', '\r', '&', '}':
			if t[i] == '\\' || t[i] == '&' {
				return true
			}
		default:
			return isLetter(t[i]) || t[i] == '-' || t[i] == '$' || t[i] >= 0x80 || chars[t[i]]&charDigit != 0 || isValueByte(t[i])
		}
	}
	return i == len(t)
}

// laterKeyword tells whether the rest of a name holds another keyword, at which At will be called for the same name.
func laterKeyword(rest []byte) bool {
	for i := 0; i+3 <= len(rest); i++ {
		switch lower(rest[i]) {
		case 'p':
			if hasFold(rest, i, "pass") || hasFold(rest, i, "pwd") {
				return true
			}
		case 's':
			if hasFold(rest, i, "secret") {
				return true
			}
		case 't':
			if hasFold(rest, i, "token") {
				return true
			}
		case 'k':
			if hasFold(rest, i, "key") {
				return true
			}
		case 'a':
			if hasFold(rest, i, "auth") {
				return true
			}
		case 'c':
			if hasFold(rest, i, "cred") {
				return true
			}
		}
	}
	return false
}
