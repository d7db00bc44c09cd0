package settle

import (
	"bytes"
)

// What has to wait. Each of these looks at the end of a text of whole lines and returns where something begins that may
// still become a credential, or the end. They err on the side of waiting, but not for what ordinary lines end with.

const (
	blockLimit = 16 << 10 // most bytes of a key block, as in detectors
	openLines  = 25       // lines that a rule's match may take up: twelve on either side of its literal
)

// held returns how far the text can be settled now.
func (t *Text) held(end int) int {
	text := t.buf[:end]
	line := t.sent + bytes.LastIndexByte(text[t.sent:], '\n') + 1 // an unfinished line may become anything
	floor := max(t.sent, end-maxHold)
	limit := end
	if line < end {
		limit = max(line, floor)
	}
	whole := text[:line]
	if line > t.sent {
		for _, begin := range []func([]byte, int) int{openKey, openPutty, t.plan.openObject, t.openRules, openNumbers, openBase85, openString, openWide} {
			limit = min(limit, max(floor, begin(whole, t.sent)))
		}
	}
	floor = max(t.sent, end-maxPacked)
	for _, at := range []int{line, end} {
		if at == t.sent {
			continue
		}
		begin, packed := openRun(text[:at], t.sent)
		if !packed {
			begin = max(begin, end-maxHold)
		}
		limit = min(limit, max(floor, begin))
	}
	return limit
}

// openKey finds a private key in PEM whose end has not come. from is where the text begins that is not settled.
func openKey(text []byte, from int) int {
	from = max(from, len(text)-2*blockLimit)
	at := openPEM(text, from)
	if joined, offsets := unbroken(text[from:]); len(offsets) > 0 {
		if i := openPEM(joined, 0); i < len(joined) {
			at = min(at, lineStart(text, from+int(offsets[i])))
		}
	}
	return at
}

// unbroken returns text without the line breaks that a backslash, an equals sign or the joining of strings takes back,
// and where each of its bytes stands; nothing where there are none.
func unbroken(text []byte) (joined []byte, offsets []int32) {
	done := 0
	keep := func(to int) {
		for ; done < to; done++ {
			joined, offsets = append(joined, text[done]), append(offsets, int32(done))
		}
	}
	found := false
	for at := 0; ; at++ {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n
		if from, to := joint(text, done, at); to > from {
			keep(from)
			done, found = to, true
		}
	}
	if !found {
		return nil, nil
	}
	keep(len(text))
	return joined, offsets
}

// joint returns what stands between two parts of a text that the line break at at does not part, from floor on; an empty
// span where it does.
func joint(text []byte, floor, at int) (from, to int) {
	from = at
	if from > floor && text[from-1] == '\r' {
		from--
	}
	to = at + 1
	if from > floor && text[from-1] == '=' {
		return from - 1, to
	}
	for to < len(text) && (text[to] == ' ' || text[to] == '\t') {
		to++
	}
	if from > floor && text[from-1] == '\\' && (from-1 == floor || !quote(text[from-2]) && text[from-2] != ' ') {
		return from - 1, to
	}
	for from > floor && bytes.IndexByte([]byte(" \t+.&|<>\\_"), text[from-1]) >= 0 {
		from--
	}
	for to < len(text) && bytes.IndexByte([]byte(" \t+.&|<>"), text[to]) >= 0 {
		to++
	}
	if from > floor && quote(text[from-1]) && to < len(text) && quote(text[to]) {
		return from - 1, to + 1
	}
	return at, at
}

func openPEM(text []byte, from int) int {
	const begin, end, private = "-----BEGIN ", "-----END ", "PRIVATE KEY"
	for at := max(from, len(text)-2*blockLimit); ; {
		i := bytes.Index(text[at:], []byte(begin))
		if i < 0 {
			return len(text)
		}
		at += i
		rest := text[at+len(begin):]
		label, after := cutLine(rest)
		if bytes.Contains(label, []byte(private)) && !bytes.Contains(label, []byte(end)) && blockOpen(after, end) {
			return lineStart(text, at)
		}
		at += len(begin)
	}
}

// blockOpen tells whether text, whole lines, ends before a block does: at the line that holds end, or at one that
// cannot stand in a block.
func blockOpen(text []byte, end string) bool {
	for len(text) > 0 {
		line, rest := cutLine(text)
		if end != "" && bytes.Contains(line, []byte(end)) || !blockLine(line) {
			return false
		}
		text = rest
	}
	return true
}

// openPutty finds a key in PuTTY's format that may go on.
func openPutty(text []byte, from int) int {
	const begin = "PuTTY-User-Key-File-"
	for at := max(from, len(text)-2*blockLimit); ; {
		i := bytes.Index(text[at:], []byte(begin))
		if i < 0 {
			return len(text)
		}
		at += i
		if _, after := cutLine(text[at:]); blockOpen(after, "") {
			return lineStart(text, at)
		}
		at += len(begin)
	}
}

// openObject finds the secret member of a JSON Web Key whose object has not ended.
func (p *Plan) openObject(text []byte, from int) int {
	floor := max(0, len(text)-blockLimit/2)
	depth, outer := 0, -1
	for i := len(text) - 1; i >= floor && (blockByte(text[i]) || text[i] == '\n'); i-- {
		switch text[i] {
		case '}':
			depth++
		case '{':
			if depth == 0 {
				outer = i
			} else {
				depth--
			}
		}
	}
	if outer < 0 {
		return len(text)
	}
	if at := p.member.FindIndex(text[outer:]); at != nil {
		return lineStart(text, outer+at[0])
	}
	return len(text)
}

// openRules finds the secret of a rule's match that may go on behind the line.
func (t *Text) openRules(text []byte, from int) int {
	<-t.plan.ready
	start := linesBack(text, openLines)
	least := len(text)
	for _, o := range t.plan.open {
		least = min(least, t.partial.begun(o, text, start, t.matches))
	}
	if joined, offsets := unbroken(text[max(0, len(text)-blockLimit):]); len(offsets) > 0 {
		for _, o := range t.plan.open {
			if i := t.partial.begun(o, joined, 0, nil); i < len(joined) {
				least = min(least, max(0, len(text)-blockLimit)+int(offsets[i]))
			}
		}
	}
	if least == len(text) {
		return least
	}
	return lineStart(text, least)
}

// openWide finds UTF-16: its lines are not what they seem.
func openWide(text []byte, from int) int {
	const sample = 64
	if bytes.Count(text[max(0, len(text)-sample):], []byte{0}) < min(sample, len(text))*3/8 || len(text) < 16 {
		return len(text)
	}
	return from
}

// linesBack returns the start of the line so many lines before the text's end.
func linesBack(text []byte, lines int) int {
	at := len(text)
	for range lines {
		if at == 0 {
			break
		}
		at = bytes.LastIndexByte(text[:at-1], '\n') + 1
	}
	return at
}

func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

// cutLine returns the first line without its break, and the rest.
func cutLine(text []byte) (line, rest []byte) {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return bytes.TrimSuffix(text[:i], []byte{'\r'}), text[i+1:]
	}
	return text, nil
}

// blockByte tells what the lines of a block are made of, as detectors/block.go has it.
func blockByte(c byte) bool { return blockBytes[c] }

var blockBytes = func() (t [256]bool) {
	for c := range 256 {
		t[c] = base64Byte(byte(c)) || bytes.IndexByte([]byte("_- \t\r\\\"'`,:.#*>|{}[]&@"), byte(c)) >= 0
	}
	return t
}()

func base64Byte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

// blockLine tells whether a line may stand in the middle of a block: no less than detectors/block.go says, and with
// terminal colours and escapes taken for what they stand for.
func blockLine(line []byte) bool {
	line = plain(line)
	if len(line) > blockLimit {
		return false
	}
	if i := bytes.IndexByte(line, ':'); i >= 3 && len(line) < 250 && i+1 < len(line) && line[i+1] == ' ' && bytes.IndexByte(bytes.TrimLeft(line[:i], " \t#*>|"), ' ') < 0 {
		return true // a header
	}
	words, run, longest := 0, 0, 0
	inWord, quote, colon := false, false, false
	for _, c := range line {
		if !blockByte(c) && c != '%' && c != ';' {
			return false
		}
		if base64Byte(c) {
			if !inWord {
				words++
			}
			inWord = true
			run++
			longest = max(longest, run)
			continue
		}
		run = 0
		inWord = inWord && c != ' ' && c != '\t'
		quote = quote || c == '"' || c == '\''
		colon = colon || c == ':'
	}
	return words <= 1 || longest >= 16 || quote && colon
}

// plain takes terminal control sequences (ECMA-48, CSI) out of a line.
func plain(line []byte) []byte {
	if bytes.IndexByte(line, 0x1b) < 0 {
		return line
	}
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		if line[i] != 0x1b {
			out = append(out, line[i])
			continue
		}
		if i++; i < len(line) && line[i] == '[' {
			for i++; i < len(line) && line[i] >= 0x20 && line[i] <= 0x3f; i++ {
			}
		}
	}
	return out
}
