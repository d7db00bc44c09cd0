package archive

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The parts of Office documents are XML. Word processors cut a line of text into runs wherever its looks or its history
// change, in the middle of a word too, so that a token of forty characters may stand in three elements. So besides a part
// as it is, its paragraphs of several runs are handed on, put together, a line each.
//
// Sources: ECMA-376 (5th edition), part 1, sections 17.3.3, 18.4 and 21.1.2; OpenDocument 1.3, part 3, sections 5.1 and 6.1.

// officeMaxLine bounds a paragraph.
const officeMaxLine = 1 << 20

// isOffice tells a part of an Office document by the namespaces at its head. Sheets of numbers have no runs.
func isOffice(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \r\n\t")
	if len(text) == 0 || text[0] != '<' || bytes.Contains(head, []byte("<worksheet")) {
		return false
	}
	return bytes.Contains(head, []byte("schemas.openxmlformats.org/")) || bytes.Contains(head, []byte("urn:oasis:names:tc:opendocument:"))
}

func (w *walker) office(f *spooled, path []string, depth int) error {
	s := &sequence{next: func(yield func([]byte) bool) error { return officeLines(f.reader(), yield) }}
	defer s.Close()
	first, err := io.ReadAll(io.LimitReader(s, 1))
	if err != nil || len(first) == 0 || !w.enter() {
		return err
	}
	w.member(io.MultiReader(bytes.NewReader(first), s), path, "text", depth)
	return nil
}

// officeLines yields the paragraphs that are cut into runs.
func officeLines(r io.Reader, yield func([]byte) bool) error {
	in := bufio.NewReaderSize(r, 64<<10)
	p := paragraph{}
	for {
		text, err := officeUntil(in, '<')
		p.add(text)
		if err == nil {
			text, err = officeUntil(in, '>')
		}
		if err != nil {
			if p.runs > 1 {
				yield(append(p.line, '\n'))
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
		if p.tag(text) {
			if p.runs > 1 && !yield(append(p.line, '\n')) {
				return nil
			}
			p = paragraph{line: p.line[:0]}
		}
	}
}

// officeUntil reads up to a byte, which it drops. What is longer than any paragraph is cut.
func officeUntil(in *bufio.Reader, end byte) ([]byte, error) {
	var out []byte
	for {
		part, err := in.ReadSlice(end)
		if err == nil {
			part = part[:len(part)-1]
		}
		if out == nil && err == nil {
			return part, nil
		}
		out = append(out, part[:min(len(part), officeMaxLine-min(len(out), officeMaxLine))]...)
		if err != bufio.ErrBufferFull {
			return out, err
		}
	}
}

// paragraph is a line while its runs come in.
type paragraph struct {
	line   []byte
	runs   int
	inside bool // between its tags
}

func (p *paragraph) add(text []byte) {
	if !p.inside || len(bytes.Trim(text, " \r\n\t")) == 0 && bytes.ContainsAny(text, "\r\n") || len(text) == 0 || len(p.line) > officeMaxLine {
		return
	}
	p.runs++
	if bytes.IndexByte(text, '&') < 0 {
		p.line = append(p.line, text...)
		return
	}
	p.runs++ // as it stands it is not the text
	p.line = appendUnescaped(p.line, text)
}

// tag tells whether a paragraph ends at a tag, given without its brackets.
func (p *paragraph) tag(tag []byte) bool {
	closing := len(tag) > 0 && tag[0] == '/'
	name := strings.TrimPrefix(string(tag[:min(len(tag), 32)]), "/")
	if i := strings.IndexAny(name, " /\r\n\t"); i >= 0 {
		name = name[:i]
	}
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	switch name {
	case "p", "h", "si", "is":
		p.inside = !closing && tag[len(tag)-1] != '/'
		return closing
	case "br", "cr", "line-break":
		if p.runs > 0 {
			p.line = append(p.line, '\n')
		}
	case "tab":
		if p.runs > 0 {
			p.line = append(p.line, '\t')
		}
	case "s":
		if strings.HasPrefix(string(tag), "text:s") {
			p.line = append(p.line, ' ')
		}
	}
	return false
}

var xmlEntities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// appendUnescaped appends text with the references of XML resolved.
func appendUnescaped(out, text []byte) []byte {
	for len(text) > 0 {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		text = text[i:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			out = append(out, '&')
			text = text[1:]
			continue
		}
		name := string(text[1:end])
		text = text[end+1:]
		if digits, ok := strings.CutPrefix(name, "#"); ok {
			base := 10
			if hex, ok := strings.CutPrefix(digits, "x"); ok {
				digits, base = hex, 16
			}
			if n, err := strconv.ParseUint(digits, base, 21); err == nil {
				out = utf8.AppendRune(out, rune(n))
			}
			continue
		}
		out = append(out, xmlEntities[name]...)
	}
	return out
}
