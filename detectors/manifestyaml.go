package detectors

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/unleak/unleak/finding"
)

// yamlReader reads the keys of one mapping of a manifest.
type yamlReader struct {
	text    []byte
	lines   []yamlLine // behind the mapping's own key
	column  int        // of that key
	header  int        // its offset
	encoded bool
	entries []manifestEntry
}

// block reads keys that stand a line each.
func (r *yamlReader) block() {
	keys := -1 // the column of the keys
	for i := 0; i < len(r.lines); i++ {
		l := &r.lines[i]
		if l.blank {
			continue
		}
		if l.column <= r.column || l.item {
			return
		}
		if keys < 0 {
			keys = l.column
		}
		if l.column != keys {
			continue
		}
		key, rest := yamlKey(r.text[l.start+l.column : l.end])
		if key == "" || rest < 0 {
			continue
		}
		at := l.start + l.column + rest
		if c := r.text[at]; c == '|' || c == '>' {
			i += r.scalar(key, i+1, keys)
			continue
		}
		r.add(key, r.plain(at, l.end))
	}
}

// scalar reads the lines of a block scalar from line i on and returns how many there are.
func (r *yamlReader) scalar(key string, i, keys int) int {
	n := 0
	value := finding.Span{Start: -1}
	var joined strings.Builder
	for ; i+n < len(r.lines); n++ {
		l := &r.lines[i+n]
		content := bytes.Trim(r.text[l.start:l.end], " \r\t")
		if len(content) == 0 {
			continue
		}
		if indent := bytes.IndexByte(r.text[l.start:l.end], content[0]); indent <= keys {
			break
		}
		if value.Start < 0 {
			value.Start = l.start + bytes.IndexByte(r.text[l.start:l.end], content[0])
		} else if !r.encoded {
			joined.WriteByte('\n')
		}
		joined.Write(content)
		value.End = l.start + len(bytes.TrimRight(r.text[l.start:l.end], " \r\t"))
	}
	if value.Start >= 0 {
		r.entries = append(r.entries, manifestEntry{key: key, text: joined.String(), value: value, encoded: r.encoded,
			context: finding.Span{Start: r.header, End: value.End}})
	}
	return n
}

// plain returns where a value on one line stands, without quotes, tags and comments.
func (r *yamlReader) plain(at, end int) finding.Span {
	line := bytes.TrimRight(r.text[at:end], " \r\t")
	if bytes.HasPrefix(line, []byte("!!")) {
		if i := bytes.IndexByte(line, ' '); i > 0 {
			at, line = at+i+1, line[i+1:]
		}
	}
	if len(line) > 1 && (line[0] == '"' || line[0] == '\'') {
		if i := bytes.IndexByte(line[1:], line[0]); i >= 0 {
			return finding.Span{Start: at + 1, End: at + 1 + i}
		}
		return finding.Span{Start: at, End: at}
	}
	if i := bytes.Index(line, []byte(" #")); i >= 0 {
		line = bytes.TrimRight(line[:i], " ")
	}
	return finding.Span{Start: at, End: at + len(line)}
}

func (r *yamlReader) add(key string, value finding.Span) {
	if value.Len() > 0 {
		r.entries = append(r.entries, manifestEntry{key: key, text: string(r.text[value.Start:value.End]), value: value,
			encoded: r.encoded, context: finding.Span{Start: r.header, End: value.End}})
	}
}

var flowPair = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`["']?([\w.-]+)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([^"'{}\[\],\s]+))`)
})

// flow reads keys in braces on the mapping's own line.
func (r *yamlReader) flow(at, end int) {
	if r.text[at] != '{' {
		return
	}
	for _, m := range flowPair().FindAllSubmatchIndex(r.text[at:end], -1) {
		for i := 4; i+1 < len(m); i += 2 {
			if m[i] >= 0 {
				r.add(string(r.text[at+m[2]:at+m[3]]), finding.Span{Start: at + m[i], End: at + m[i+1]})
			}
		}
	}
}
