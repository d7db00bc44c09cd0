package archive

import (
	"bytes"
	"encoding/ascii85"
	"io"
	"strings"
)

// pdfFont turns the codes of a shown string into text.
type pdfFont struct {
	wide    bool // two bytes a code
	unicode map[uint32]string
}

// pageFonts returns the fonts a page or form names, its own or inherited.
func (f *pdfFile) pageFonts(page pdfDict) map[string]*pdfFont {
	for range pdfMaxParent {
		if resources := f.dict(page["Resources"]); resources != nil {
			fonts := map[string]*pdfFont{}
			for name, v := range f.dict(resources["Font"]) {
				fonts[name] = f.font(v)
			}
			return fonts
		}
		if page = f.dict(page["Parent"]); page == nil {
			break
		}
	}
	return nil
}

func (f *pdfFile) font(v any) *pdfFont {
	ref, isRef := v.(pdfRef)
	if isRef && f.fonts[ref] != nil {
		return f.fonts[ref]
	}
	d := f.dict(v)
	font := &pdfFont{wide: d["Subtype"] == pdfName("Type0")}
	if cmap, ok := d["ToUnicode"].(pdfRef); ok {
		if i, ok := f.latest[int(cmap)]; ok && f.objects[i].stream != nil {
			dict, _ := f.objects[i].value.(pdfDict)
			text, _ := io.ReadAll(io.LimitReader(pdfUnpack(dict, f.objects[i].stream), pdfMaxPacked))
			font.unicode = parseCMap(text)
		}
	}
	if isRef {
		f.fonts[ref] = font
	}
	return font
}

// most codes of a range of a CMap
const pdfMaxRange = 1 << 16

// parseCMap reads the bfchar and bfrange sections of a ToUnicode CMap (section 9.10.3).
func parseCMap(text []byte) map[uint32]string {
	out := map[uint32]string{}
	l := pdfLexer{text: text}
	var args []any
	for {
		v, ok := l.next()
		if !ok {
			return out
		}
		switch v {
		case pdfKeyword("beginbfchar"), pdfKeyword("beginbfrange"):
			args = args[:0]
		case pdfKeyword("endbfchar"):
			for i := 0; i+1 < len(args); i += 2 {
				if to, ok := args[i+1].(pdfString); ok {
					out[pdfCode(args[i])] = utf16Text(to)
				}
			}
		case pdfKeyword("endbfrange"):
			for i := 0; i+2 < len(args); i += 3 {
				cmapRange(out, pdfCode(args[i]), pdfCode(args[i+1]), args[i+2])
			}
		default:
			args = append(args, v)
		}
	}
}

func pdfCode(v any) uint32 {
	s, _ := v.(pdfString)
	var n uint32
	for _, c := range s {
		n = n<<8 | uint32(c)
	}
	return n
}

func cmapRange(out map[uint32]string, from, to uint32, what any) {
	if to < from || to-from > pdfMaxRange || len(out) > 4*pdfMaxRange {
		return
	}
	switch what := what.(type) {
	case pdfArray:
		for i, v := range what {
			if s, ok := v.(pdfString); ok && uint32(i) <= to-from {
				out[from+uint32(i)] = utf16Text(s)
			}
		}
	case pdfString:
		if len(what) < 2 {
			return
		}
		base := []rune(utf16Text(what))
		if len(base) == 0 {
			return
		}
		for c := from; ; c++ {
			last := base[len(base)-1] + rune(c-from)
			out[c] = string(base[:len(base)-1]) + string(last)
			if c == to {
				return
			}
		}
	}
}

// text returns what a shown string says.
func (font *pdfFont) text(s pdfString) string {
	if font == nil || !font.wide && font.unicode == nil {
		return pdfText(s)
	}
	var b strings.Builder
	step := 1
	if font.wide {
		step = 2
	}
	for i := 0; i+step <= len(s); i += step {
		code := pdfCode(s[i : i+step])
		switch t, ok := font.unicode[code]; {
		case ok:
			b.WriteString(t)
		case !font.wide:
			b.WriteRune(rune(code))
		}
	}
	return b.String()
}

// pageText returns the text of a page and marks the streams it is drawn by.
func (f *pdfFile) pageText(page pdfDict, done map[int]bool) string {
	var program bytes.Buffer
	contents, ok := f.resolve(page["Contents"]).(pdfArray)
	if !ok {
		contents = pdfArray{page["Contents"]}
	}
	for _, c := range contents {
		ref, _ := c.(pdfRef)
		i, ok := f.latest[int(ref)]
		if !ok || f.objects[i].stream == nil {
			continue
		}
		done[i] = true
		d, _ := f.objects[i].value.(pdfDict)
		_, _ = io.Copy(&program, io.LimitReader(pdfUnpack(d, f.objects[i].stream), pdfMaxPacked-int64(program.Len())))
		program.WriteByte('\n')
	}
	return f.draw(program.Bytes(), f.pageFonts(page))
}

// pdfWordGap is the move to the left, in thousandths of the type size, that stands for a space.
const pdfWordGap = -200

// draw follows a content stream (section 9.4) and returns the text it shows, "" where it shows none. A new position
// starts a new line.
func (f *pdfFile) draw(program []byte, fonts map[string]*pdfFont) string {
	var b strings.Builder
	var font *pdfFont
	var args []any
	l := pdfLexer{text: program}
	for {
		v, ok := l.next()
		if !ok {
			return b.String()
		}
		op, isOperator := v.(pdfKeyword)
		if !isOperator {
			if args = append(args, v); len(args) > 64 {
				args = args[32:]
			}
			continue
		}
		switch op {
		case "Tf":
			if len(args) >= 2 {
				name, _ := args[len(args)-2].(pdfName)
				font = fonts[string(name)]
			}
		case "Tj", "'", "\"":
			if op != "Tj" {
				b.WriteByte('\n')
			}
			if len(args) > 0 {
				show(&b, font, args[len(args)-1])
			}
		case "TJ":
			if len(args) > 0 {
				show(&b, font, args[len(args)-1])
			}
		case "Td", "TD", "Tm":
			b.WriteString(moved(op, args))
		case "T*", "ET":
			b.WriteByte('\n')
		case "BI": // an inline picture
			if i := bytes.Index(program[l.at:], []byte("EI")); i >= 0 {
				l.at += i + 2
			}
		}
		args = args[:0]
	}
}

// moved tells what a new text position means: the same line goes on where only the horizontal one changes.
func moved(op pdfKeyword, args []any) string {
	if op != "Tm" && len(args) >= 2 {
		if y, ok := args[len(args)-1].(float64); ok && y == 0 {
			return " "
		}
	}
	return "\n"
}

func show(b *strings.Builder, font *pdfFont, v any) {
	switch v := v.(type) {
	case pdfString:
		b.WriteString(font.text(v))
	case pdfArray:
		for _, e := range v {
			switch e := e.(type) {
			case pdfString:
				b.WriteString(font.text(e))
			case float64:
				if e < pdfWordGap {
					b.WriteByte(' ')
				}
			}
		}
	}
}

// pdfASCII85 decodes up to the "~>" that ends the data.
func pdfASCII85(r io.Reader) io.Reader {
	text, _ := io.ReadAll(io.LimitReader(r, pdfMaxPacked))
	text, _, _ = bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(text), []byte("<~")), []byte("~>"))
	return &lenient{ascii85.NewDecoder(bytes.NewReader(text))}
}
