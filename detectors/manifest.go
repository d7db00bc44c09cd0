package detectors

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
	"github.com/unleak/unleak/rules"
)

// manifestTechnique finds the values of Kubernetes Secret manifests: every key of data, which is base64, and of
// stringData, in YAML and JSON, alone, among other documents or in a List (Kubernetes API reference v1.34, Secret v1
// core, 2025). Values that are encrypted (SOPS), sealed or filled in by a template are none: they are no base64.
//
// A manifest is seen as far as a block reaches from its kind, and at least contextLines lines either way.
type manifestTechnique struct{}

// manifestReach is how far from its kind, in bytes, a manifest is seen over lines that no block goes over.
const manifestReach = 2048

func (manifestTechnique) literals(*compiled) []rules.Literal {
	var all []rules.Literal
	for _, kind := range []string{`kind: Secret`, `kind: "Secret"`, `kind: 'Secret'`, `"kind": "Secret"`, `"kind":"Secret"`} {
		all = append(all, rules.Literal{Text: kind, Before: [2]int32{0, manifestReach}, After: manifestReach})
	}
	return all
}

func (manifestTechnique) try(s *Scanner, c *compiled, l *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	end := pos + len(l.Text)
	if end < len(text) && (isNameByte(text[end]) || text[end] == '-') {
		return out // SecretStore and the like
	}
	var entries []manifestEntry
	if object, ok := jsonObject(text, pos, l.Text); ok {
		entries = jsonEntries(text, object)
	} else {
		entries = yamlEntries(text, pos)
	}
	kind := finding.Span{Start: pos, End: end}
	named := s.namedEntries(c, text, kind, entries)
	for i := range entries {
		e := &entries[i]
		out = append(out, named[i]...)
		m, ok := e.match(c)
		if !ok || slices.ContainsFunc(named[i], func(n finding.Match) bool {
			return strings.Contains(n.Secret, m.Secret) || strings.Contains(m.Secret, n.Secret)
		}) {
			continue
		}
		m.Context = cover(cover(e.context, kind), e.value)
		m.Context.Start, m.Context.End = max(0, m.Context.Start-1), min(len(text), m.Context.End+1)
		if m.Confidence >= s.opts.MinConfidence {
			s.traceKeep(c, text, m.Context, &m)
			out = append(out, m)
		}
	}
	return out
}

// namedEntries returns, by entry, what the rules of providers find where each value stands in plain text beside its key, as
// in a file of settings: STRIPE_KEY=…. Rules that go by a provider's name see nothing in a value that is decoded alone.
func (s *Scanner) namedEntries(c *compiled, text []byte, kind finding.Span, entries []manifestEntry) [][]finding.Match {
	found := make([][]finding.Match, len(entries))
	if s.onMade {
		return found
	}
	var made []byte
	ends := make([]int, len(entries)) // of the entries' lines
	for i := range entries {
		if e := &entries[i]; e.encoded && len(e.text) <= 2*mostValue {
			if plain, ok := decodeManifest(e.text); ok && len(plain) <= mostValue && isText(plain) {
				made = append(append(append(append(made, e.key...), '='), strings.TrimRight(plain, "\r\n")...), "\n#\n"...)
			}
		}
		ends[i] = len(made)
	}
	if len(made) == 0 {
		return found
	}
	for _, m := range s.oneEach(s.lines().Scan(made, nil, nil)) {
		i := sort.SearchInts(ends, m.Span.End)
		r := s.byID[m.Rule]
		if i == len(ends) || r == nil || r.Technique == "generic" || r == c {
			continue
		}
		e := &entries[i]
		m.Span, m.Decoded, m.Rank = e.value, "base64", max(m.Rank, rankNamedShape)
		m.Context = cover(cover(e.context, kind), e.value)
		for k := range m.Parts {
			if at := sort.SearchInts(ends, m.Parts[k].Span.End); at < len(ends) {
				m.Parts[k].Span = entries[at].value
			}
		}
		if s.admitMade(r, text, &m, "named by its key "+e.key) {
			found[i] = append(found[i], m)
		}
	}
	return found
}

// manifestEntry is one key of a manifest's data.
type manifestEntry struct {
	key     string
	text    string       // the value as it is meant: without quotes, lines joined
	value   finding.Span // where it stands
	context finding.Span // from the mapping's key to the value
	encoded bool         // of data
}

// jsonObject returns the object that a member in JSON stands in.
func jsonObject(text []byte, pos int, literal string) (finding.Span, bool) {
	if literal[0] != '"' {
		return finding.Span{}, false
	}
	start, end, ok := enclosing(text, pos)
	return finding.Span{Start: start, End: end}, ok
}

// jsonEntries reads a manifest in JSON.
func jsonEntries(text []byte, object finding.Span) []manifestEntry {
	var manifest struct {
		Kind       string            `json:"kind"`
		Data       map[string]string `json:"data"`
		StringData map[string]string `json:"stringData"`
	}
	if json.Unmarshal(text[object.Start:object.End], &manifest) != nil || manifest.Kind != "Secret" {
		return nil
	}
	var all []manifestEntry
	for _, part := range []struct {
		values  map[string]string
		encoded bool
	}{{manifest.Data, true}, {manifest.StringData, false}} {
		for key, value := range part.values {
			quoted, err := json.Marshal(value)
			if err != nil || value == "" {
				continue
			}
			name := bytes.Index(text[object.Start:object.End], []byte(`"`+key+`"`))
			if name < 0 {
				continue
			}
			at := bytes.Index(text[object.Start+name:object.End], quoted)
			if at < 0 { // written with other escapes
				continue
			}
			at += object.Start + name + 1
			all = append(all, manifestEntry{key: key, text: value, encoded: part.encoded, context: object,
				value: finding.Span{Start: at, End: at + len(quoted) - 2}})
		}
	}
	slices.SortFunc(all, func(a, b manifestEntry) int { return a.value.Start - b.value.Start })
	return all
}

// yamlLine is a line of a manifest in YAML.
type yamlLine struct {
	start, end int  // of the line in the text
	column     int  // where its content begins, behind the dash of a list's item
	item       bool // it begins an item
	blank      bool // or a comment, or a template's instruction
}

// yamlEntries reads the manifest whose kind stands at pos.
func yamlEntries(text []byte, pos int) []manifestEntry {
	lines, at := manifestLines(text, pos)
	if at < 0 || lines[at].start+lines[at].column != pos {
		return nil
	}
	column := lines[at].column
	inside := func(l *yamlLine) bool { return l.blank || l.column >= column }
	first, last := at, at
	for !lines[first].opens(column) && first > 0 && inside(&lines[first-1]) {
		first--
	}
	for last+1 < len(lines) && inside(&lines[last+1]) && !lines[last+1].opens(column) {
		last++
	}
	var all []manifestEntry
	for i := first; i <= last; i++ {
		l := &lines[i]
		if l.blank || l.column != column {
			continue
		}
		key, rest := yamlKey(text[l.start+l.column : l.end])
		if key != "data" && key != "stringData" {
			continue
		}
		r := yamlReader{text: text, lines: lines[i+1 : last+1], column: column, header: l.start + l.column, encoded: key == "data"}
		if rest >= 0 {
			r.flow(l.start+l.column+rest, l.end)
		} else {
			r.block()
		}
		all = append(all, r.entries...)
	}
	return all
}

// opens tells whether a line is the first of a mapping that is an item of a list.
func (l *yamlLine) opens(column int) bool { return l.item && l.column == column }

// manifestLines splits what is seen of the text around pos into lines, cut at the borders of documents; at is the one
// with pos.
func manifestLines(text []byte, pos int) (lines []yamlLine, at int) {
	start := min(linesBack(text, pos, manifestReach), blockStart(text, pos, 0))
	stop, _ := blockEnd(text, pos, pos+blockLimit)
	stop = max(stop, linesForward(text, pos, manifestReach))
	if i := newline.Last(text[:start]); i < start-1 && start > 0 { // begin with a whole line
		n := bytes.IndexByte(text[start:stop], '\n')
		if n < 0 || start+n >= pos {
			return nil, -1
		}
		start += n + 1
	}
	at = -1
	for start < stop {
		end, next := stop, stop
		if n := bytes.IndexByte(text[start:stop], '\n'); n >= 0 {
			end, next = start+n, start+n+1
		} else if stop < len(text) && start > pos {
			break // the last line is seen in part
		}
		l := newYAMLLine(text, start, end)
		if border := bytes.HasPrefix(text[start:end], []byte("---")); border && start > pos {
			break
		} else if border {
			lines = lines[:0]
		} else {
			if pos >= start && pos < end {
				at = len(lines)
			}
			lines = append(lines, l)
		}
		start = next
	}
	return lines, at
}

func newYAMLLine(text []byte, start, end int) yamlLine {
	l := yamlLine{start: start, end: end}
	for i := start; i < end; i++ {
		switch {
		case text[i] == ' ':
		case text[i] == '-' && i+1 < end && text[i+1] == ' ':
			l.item = true
		default:
			l.column = i - start
			l.blank = text[i] == '#' || text[i] == '\r' || bytes.HasPrefix(text[i:end], []byte("{{"))
			return l
		}
	}
	l.blank = true
	return l
}

// yamlKey splits "key: rest"; rest is the offset of what follows, -1 for nothing.
func yamlKey(line []byte) (key string, rest int) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i+1 < len(line) && line[i+1] != ' ' && line[i+1] != '\r' {
		return "", -1
	}
	key = strings.Trim(string(line[:i]), `"' `)
	for k := i + 1; k < len(line); k++ {
		if c := line[k]; c == '#' {
			break
		} else if c != ' ' && c != '\r' && c != '\t' {
			return key, k
		}
	}
	return key, -1
}
