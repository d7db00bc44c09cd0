package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/finding"
)

// settingsAround reads the settings within nearReach of a credential; own is where it stands with its name. block wants
// only those of its own block: lines as deep as its own, with no less deep line between, and its own line. parent is
// the line that the block belongs to, in lower case.
func settingsAround(text []byte, own finding.Span, block bool) (all []setting, parent string) {
	first, last := ownLine(text, own)
	depth := indentOf(text[first:last])
	add := func(line []byte, at int) {
		n := len(all)
		all = settingsOf(line, all)
		for i := n; i < len(all); i++ {
			all[i].far = apart(finding.Span{Start: at, End: at + len(line)}, own)
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
				parent = strings.ToLower(string(line))
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
	return all, parent
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

// settingsOf reads NAME = VALUE, "name": "value", name => value, <name>value</name> and define('NAME', 'value') from a
// line, several where ";", "," or blanks part them.
func settingsOf(line []byte, out []setting) []setting {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c != '=' && c != ':' && c != '>' && c != ',' || i+1 < len(line) && (line[i+1] == '=' || c == ':' && line[i+1] == '/') {
			continue
		}
		end := i
		for end > 0 && strings.IndexByte(" \t\"'`:=])", line[end-1]) >= 0 {
			end--
		}
		start := end
		for start > 0 && end-start < settingName && isNameByte(line[start-1]) {
			start--
		}
		if start > 0 && line[start-1] == ' ' { // "User Id=", "Initial Catalog="
			if k := start - 1; endsFold(line[:k], "user") || endsFold(line[:k], "initial") || endsFold(line[:k], "data") {
				for k > 0 && isNameByte(line[k-1]) {
					k--
				}
				start = k
			}
		}
		if start == end || c == ',' && !bytes.ContainsAny(line[end:i], "'\"") {
			continue
		}
		if v := valueAt(line, i+1); v != "" {
			out = append(out, setting{name: strings.ToLower(string(line[start:end])), value: v})
		}
	}
	return out
}

// valueAt reads a value: to the closing quote, or to what ends a bare one. It is "" for references and placeholders.
func valueAt(line []byte, at int) string {
	for at < len(line) && strings.IndexByte(" \t>=", line[at]) >= 0 {
		at++
	}
	stop := " \t\r,;\"'`<>()[]{}"
	if at < len(line) && (line[at] == '"' || line[at] == '\'' || line[at] == '`') {
		stop = string(line[at]) + "\r"
		at++
	}
	end := at
	for end < len(line) && end-at < settingValue && strings.IndexByte(stop, line[end]) < 0 {
		end++
	}
	v := string(line[at:end])
	if isReference(v) || end-at == settingValue {
		return ""
	}
	return v
}
