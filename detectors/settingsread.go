package detectors

import (
	"bytes"

	"github.com/unleak/unleak/finding"
)

// setting is one NAME = VALUE of a configuration. It holds until the next ones are read.
type setting struct {
	name  []byte // lower case
	value []byte
	far   int // from the secret, in bytes
}

// settingsReader reads settings, and allocates nothing for each of them.
type settingsReader struct {
	all   []setting
	names []byte // of the settings, one behind the other
}

func (r *settingsReader) reset() { r.all, r.names = r.all[:0], r.names[:0] }

// around reads the settings within nearReach of a credential; own is where it stands with its name. block wants
// only those of its own block: lines as deep as its own, with no less deep line between, and its own line. parent is
// the line that the block belongs to.
func (r *settingsReader) around(text []byte, own finding.Span, block bool) (all []setting, parent []byte) {
	r.reset()
	first, last := ownLine(text, own)
	depth := indentOf(text[first:last])
	add := func(line []byte, at int) {
		n := len(r.all)
		r.line(line)
		for i := n; i < len(r.all); i++ {
			r.all[i].far = apart(finding.Span{Start: at, End: at + len(line)}, own)
		}
	}
	add(text[first:own.Start], first)
	add(text[own.End:last], own.End)
	for at := first; at > 0 && own.Start-at < nearReach; {
		start := lineStartOf(text, at-1)
		line := text[start : at-1]
		at = start
		if own.Start-start > nearReach || blank(line) {
			continue
		}
		if d := indentOf(line); block && d != depth {
			if d < depth {
				parent = line
				break
			}
			continue
		}
		add(line, start)
	}
	for at := last + 1; at < len(text) && at-own.End < nearReach; {
		end := lineEndOf(text, at)
		line, start := text[at:end], at
		at = end + 1
		if end-own.End > nearReach || blank(line) {
			continue
		}
		if d := indentOf(line); block && d != depth {
			if d < depth {
				break
			}
			continue
		}
		add(line, start)
	}
	return r.all, parent
}

// ownLine returns the line that a credential stands on, as far as nearReach from it. A longer one, such as a document of
// JSON without line breaks, is cut where a setting ends, since half a host is another host.
func ownLine(text []byte, own finding.Span) (first, last int) {
	const separators = ",;&{}()[]<> \t"
	first, last = lineStartOf(text, own.Start), lineEndOf(text, own.End)
	if cut := own.Start - nearReach; cut > first {
		first = own.Start
		if i := bytes.IndexAny(text[cut:own.Start], separators); i >= 0 {
			first = cut + i + 1
		}
	}
	if cut := own.End + nearReach; cut < last {
		last = own.End + max(0, bytes.LastIndexAny(text[own.End:cut], separators))
	}
	return first, last
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t-")) }

// longest name and value of a setting that are read, in bytes
const (
	settingName  = 80
	settingValue = 260
)

// what bytes are to a line of settings
const (
	tieByte    = 1 << iota // stands between a name and its value
	behindName             // may stand before that
	beforeBare             // may stand before a value
	afterBare              // ends a value without quotes
	nameByte
	bracketByte
)

var settingBytes = func() (t [256]uint8) {
	for kind, set := range map[uint8]string{tieByte: "=:>,", behindName: " \t\"'`:=])", beforeBare: " \t>=", afterBare: " \t\r,;\"'`<>()[]{}", bracketByte: "()[]{}"} {
		for _, c := range []byte(set) {
			t[c] |= kind
		}
	}
	for c := range t {
		if isNameByte(byte(c)) {
			t[c] |= nameByte
		}
	}
	return t
}()

// line adds the settings of a line.
func (r *settingsReader) line(line []byte) {
	eachSetting(line, func(name, value []byte) {
		n := len(r.names)
		r.names = lowered(r.names, name)
		r.all = append(r.all, setting{name: r.names[n:], value: value})
	})
}

// eachSetting reads NAME = VALUE, "name": "value", name => value, <name>value</name> and define('NAME', 'value') from a
// line, several where ";", "," or blanks part them.
func eachSetting(line []byte, visit func(name, value []byte)) {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if settingBytes[c]&tieByte == 0 || i+1 < len(line) && (line[i+1] == '=' || c == ':' && line[i+1] == '/') {
			continue
		}
		name, end := nameOfSetting(line, i)
		if len(name) == 0 || c == ',' && !bytes.ContainsAny(line[end:i], "'\"") {
			continue
		}
		if v := valueAt(line, i+1); len(v) > 0 {
			visit(name, v)
		}
	}
}

// nameOfSetting returns the name before what ties a value, and where it ends.
func nameOfSetting(line []byte, tie int) (name []byte, end int) {
	end = tie
	for end > 0 && settingBytes[line[end-1]]&behindName != 0 {
		end--
	}
	start := end
	for start > 0 && end-start < settingName && settingBytes[line[start-1]]&nameByte != 0 {
		start--
	}
	if start > 0 && line[start-1] == ' ' { // "User Id=", "Initial Catalog="
		if k := start - 1; endsFold(line[:k], "user") || endsFold(line[:k], "initial") || endsFold(line[:k], "data") {
			for k > 0 && settingBytes[line[k-1]]&nameByte != 0 {
				k--
			}
			start = k
		}
	}
	return line[start:end], end
}

// valueAt reads a value: to the closing quote, or to what ends a bare one. It is empty for references and placeholders.
func valueAt(line []byte, at int) []byte {
	for at < len(line) && settingBytes[line[at]]&beforeBare != 0 {
		at++
	}
	end := at
	if at < len(line) && (line[at] == '"' || line[at] == '\'' || line[at] == '`') {
		at++
		for end = at; end < len(line) && end-at < settingValue && line[end] != line[at-1] && line[end] != '\r'; end++ {
		}
	} else {
		for end < len(line) && end-at < settingValue && settingBytes[line[end]]&afterBare == 0 {
			end++
		}
	}
	if v := line[at:end]; end-at < settingValue && !bytes.ContainsAny(v, referenceBytes) {
		return v
	}
	return nil
}
