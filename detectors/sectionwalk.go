package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/internal/newline"
)

// enclosure is what encloses a value and may name its issuer: a key of YAML or JSON that it stands under, a table of TOML or
// INI, a call that it is an argument of, a setting beside it that names a provider, a comment above.
type enclosure struct {
	start int    // of the line or name that tells, in text
	words string // joined by "_", those that are everyone's left out
}

// sectionDepth is how many enclosing names are looked at, those without a word of their own aside.
const sectionDepth = 3

// sectionWords is how long the words of one section may be, in bytes; what is longer is prose.
const sectionWords = 60

// neutralWords are words of sections that name nobody.
var neutralWords = setOf(`credentials credential creds auth authentication authorization config configuration conf cfg settings setting options
	option opts env environment environments secrets data production staging development dev prod test tests testing default defaults global
	spec metadata services service providers provider params parameters args headers header const let var val new return await async export
	public private protected static final string str def func function fn self this val module exports import from class struct type interface
	map dict hash array list object resource variable locals values value stringdata client config init create make setup with builder build if
	else elsif for foreach while try do end then main app application the and or our my your of to in is for keys key tokens token api apis
	accounts account integrations integration external backend server http https request response body json properties props
	connection connections profile profiles base common shared main root`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// sections calls yield with what encloses the value at start, the innermost of each kind first, until it returns false for
// a kind; floor is how far back it may look.
func sections(text []byte, start, floor int, yield func(kind int, s enclosure) bool) {
	for kind, walk := range [...]func([]byte, int, int, func(enclosure) bool){
		bracketSections, indentSections, tableSections, besideSections, commentSections, chainSections,
	} {
		left := sectionDepth
		walk(text, start, floor, func(s enclosure) bool {
			if s.words == "" {
				return true
			}
			left--
			return yield(kind, s) && left > 0
		})
	}
}

// bracketSections tells of the names before the brackets that are open at a place.
func bracketSections(text []byte, start, floor int, yield func(enclosure) bool) {
	closed := 0
	for i := start - 1; i >= floor; i-- {
		if settingBytes[text[i]]&bracketByte == 0 {
			continue
		}
		switch text[i] {
		case ')', ']', '}':
			closed++
		case '(', '[', '{':
			if closed > 0 {
				closed--
				continue
			}
			from := max(floor, i-sectionWords)
			if n := bytes.LastIndexAny(text[from:i], "\n,;()[]{}"); n >= 0 && (text[from+n] != '\n' || len(bytes.TrimSpace(text[from+n:i])) > 0) {
				from += n + 1
			} else if from > floor {
				continue // prose, or a name that is torn off
			}
			if !yield(enclosure{from, wordsOf(text[from:i])}) {
				return
			}
		}
	}
}

// indentSections tells of the lines that the one at a place stands under, each less deep than the one before.
func indentSections(text []byte, start, floor int, yield func(enclosure) bool) {
	at := newline.Last(text[floor:start]) + 1 + floor
	if at == floor {
		return
	}
	depth := depthOf(text[at:start])
	for at > floor && depth > 0 {
		from := newline.Last(text[floor:at-1]) + 1 + floor
		line := text[from : at-1]
		whole := from > floor || floor == 0
		at = from
		if blank(line) || !whole {
			continue
		}
		d := depthOf(line)
		if d >= depth {
			continue
		}
		depth = d
		key, ok := blockKey(bytes.TrimSpace(line))
		if !ok {
			return
		}
		if !yield(enclosure{from, wordsOf(key)}) {
			return
		}
	}
}

// blockKey returns what opens a block by its depth: a key of YAML, a block of Python, an element of XML.
func blockKey(line []byte) (key []byte, ok bool) {
	if len(line) > 0 && line[0] == '<' {
		return line[1:], line[len(line)-1] == '>' && !bytes.Contains(line, []byte("</")) && !bytes.HasSuffix(line, []byte("/>"))
	}
	return bytes.CutSuffix(line, []byte(":"))
}

// depthOf returns how deep a line is indented; the dash of a list's item is.
func depthOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// tableSections tells of the table of TOML or INI that a place is in: a line of nothing but a name in brackets.
func tableSections(text []byte, start, floor int, yield func(enclosure) bool) {
	for at := newline.Last(text[floor:start]) + 1 + floor; at > floor; {
		from := newline.Last(text[floor:at-1]) + 1 + floor
		line := bytes.TrimSpace(text[from : at-1])
		if from == floor && floor > 0 {
			return
		}
		at = from
		if len(line) > 2 && line[0] == '[' && line[len(line)-1] == ']' && bytes.IndexByte(line, ',') < 0 {
			yield(enclosure{from, wordsOf(line)})
			return
		}
	}
}

// tellingKeys are names of settings whose value may be a provider, beside its credential.
var tellingKeys = setOf("provider service vendor platform integration name type kind driver issuer")

// besideSections tells of the nearest setting before a place, in the same block, that names a provider.
func besideSections(text []byte, start, floor int, yield func(enclosure) bool) {
	own := newline.Last(text[floor:start]) + 1 + floor
	if i := bytes.LastIndexAny(text[own:start], "{("); i >= 0 { // on one line: {"provider": "acme", "key": "…"}
		if v := tellingValue(text[own+i+1 : start]); v != "" {
			yield(enclosure{own + i, v})
		}
		return
	}
	depth := indentOf(text[own:start])
	for at := own; at > floor; {
		from := newline.Last(text[floor:at-1]) + 1 + floor
		line := text[from : at-1]
		if blank(line) || indentOf(line) != depth || from == floor && floor > 0 {
			return
		}
		if v := tellingValue(line); v != "" {
			yield(enclosure{from, v})
			return
		}
		if bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("- ")) {
			return // the item begins there
		}
		at = from
	}
}

// tellingValue returns the value of the last setting of a line that may name a provider.
func tellingValue(line []byte) string {
	var last []byte
	eachSetting(line, func(name, value []byte) {
		var low [settingName]byte
		if len(name) <= len(low) && len(value) <= sectionWords/2 && tellingKeys[string(lowered(low[:0], name))] {
			last = value
		}
	})
	return wordsOf(last)
}

// lowered appends name in lower case.
func lowered(out, name []byte) []byte {
	for _, c := range name {
		out = append(out, lowerByte(c))
	}
	return out
}

// commentSections tells of the comment above the lines, none of them blank, that the one at a place is among.
func commentSections(text []byte, start, floor int, yield func(enclosure) bool) {
	for at := newline.Last(text[floor:start]) + 1 + floor; at > floor; {
		from := newline.Last(text[floor:at-1]) + 1 + floor
		line := bytes.TrimSpace(text[from : at-1])
		if len(line) == 0 || from == floor && floor > 0 {
			return
		}
		at = from
		title := bytes.TrimLeft(line, "#/;*-=< !")
		if len(title) == len(line) || !commentMark(line, 0) && line[0] != ';' {
			continue
		}
		if len(title) <= sectionWords && len(bytes.Fields(title)) <= 5 {
			yield(enclosure{from, wordsOf(title)})
		}
		return
	}
}

// chainSections tells of what a call belongs to that is chained to others: AcmeClient.builder().apiKey("…"), also over lines.
func chainSections(text []byte, start, floor int, yield func(enclosure) bool) {
	for at := start; at > floor; {
		from := newline.Last(text[floor:at-1]) + 1 + floor
		line := bytes.TrimLeft(text[from:at], " \t")
		if at = from; len(line) > 0 && line[0] == '.' {
			continue
		}
		open := bytes.IndexByte(line, '(')
		if open > 0 && (from > floor || floor == 0) && (from < newline.Last(text[floor:start])+floor || bytes.Contains(line[open:], []byte(")."))) {
			yield(enclosure{from, wordsOf(line[:open])})
		}
		return
	}
}

// wordsOf returns the last words of a name or a line that may name somebody, joined by "_"; "" where it is prose.
func wordsOf(name []byte) string {
	if len(name) > sectionWords {
		return ""
	}
	var words [3][]byte
	n := len(words)
	for end := len(name); end > 0 && n > 0; {
		start := end
		for start > 0 && isSectionByte(name[start-1]) {
			start--
		}
		if word := name[start:end]; len(word) >= 2 && !neutral(word) {
			n--
			words[n] = word
		}
		end = max(0, start-1)
	}
	var out [sectionWords]byte
	joined := out[:0]
	for i, word := range words[n:] {
		if i > 0 {
			joined = append(joined, '_')
		}
		joined = append(joined, word...)
	}
	return string(joined)
}

func isSectionByte(c byte) bool { return c != '.' && settingBytes[c]&nameByte != 0 }

func neutral(word []byte) bool {
	var low [sectionWords]byte
	return neutralWords[string(lowered(low[:0], word))]
}
