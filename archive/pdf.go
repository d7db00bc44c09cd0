package archive

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zlib"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// The text of a PDF is packed: pages are compressed programs that draw glyphs. Its bytes are handed on as they are, and
// besides, as members, the text of every page, every other stream that is no picture or font, and the strings of all
// objects. Objects are found by looking for them, not through the cross-reference table, so that a damaged file and
// what an incremental update has replaced are read too.

const (
	pdfMaxSize   = 128 << 20 // larger files are only handed on as they are
	pdfMaxPacked = 64 << 20  // bytes of an unpacked object stream or page
	pdfMaxParent = 32        // steps from a page to the root of the page tree
)

// pdfObject is one object, with its stream where it has one.
type pdfObject struct {
	number     int
	generation int
	value      any
	stream     []byte // as it is stored; nil: none
}

// pdfFile is a file taken apart.
type pdfFile struct {
	objects []pdfObject
	latest  map[int]int // number to index in objects
	fonts   map[pdfRef]*pdfFont
}

var (
	pdfHead    = lazyregexp.New(`(\d{1,9})[\x00\t\f\r\n ]+(\d{1,5})[\x00\t\f\r\n ]+obj\b`)
	pdfEncrypt = lazyregexp.New(`/Encrypt[\x00\t\f\r\n ]+\d+[\x00\t\f\r\n ]+\d+[\x00\t\f\r\n ]+R`)
)

func (w *walker) pdf(f *spooled, path []string, depth int) error {
	if f.size > pdfMaxSize {
		return problem(TooLarge, fmt.Sprintf("a PDF of %d bytes is only read as it is, not unpacked", f.size))
	}
	text := make([]byte, f.size)
	if _, err := io.ReadFull(f.reader(), text); err != nil {
		return err
	}
	file, open := parsePDF(text)
	if !open {
		return problem(Encrypted, "needs a password")
	}
	done := map[int]bool{}
	page := 0
	for _, i := range slices.Sorted(maps.Values(file.latest)) {
		d, _ := file.objects[i].value.(pdfDict)
		if d["Type"] != pdfName("Page") {
			continue
		}
		page++
		if !w.enter() {
			return nil
		}
		w.member(strings.NewReader(file.pageText(d, done)), path, fmt.Sprintf("page %d", page), depth)
		if w.done() {
			return nil
		}
	}
	return w.pdfRest(file, done, path, depth)
}

// pdfRest hands on what belongs to no page.
func (w *walker) pdfRest(file *pdfFile, done map[int]bool, path []string, depth int) error {
	for i := range file.objects {
		o := &file.objects[i]
		d, _ := o.value.(pdfDict)
		if o.stream == nil || done[i] || !pdfReadable(d) {
			continue
		}
		if !w.enter() {
			return nil
		}
		var in io.Reader
		if d["Subtype"] == pdfName("Form") || d["Type"] == nil && d["Subtype"] == nil && d["Length1"] == nil {
			raw, _ := io.ReadAll(io.LimitReader(pdfUnpack(d, o.stream), pdfMaxPacked))
			if drawn := file.draw(raw, file.pageFonts(d)); drawn != "" {
				raw = []byte(drawn)
			}
			in = bytes.NewReader(raw)
		} else {
			in = pdfUnpack(d, o.stream)
		}
		w.member(in, path, "object "+strconv.Itoa(o.number), depth)
		if w.done() {
			return nil
		}
	}
	if all := file.strings(); all != "" && w.enter() {
		w.member(strings.NewReader(all), path, "strings", depth)
	}
	return nil
}

// pdfReadable tells streams that may hold text from pictures, fonts and tables.
func pdfReadable(d pdfDict) bool {
	switch d["Type"] {
	case pdfName("XRef"), pdfName("ObjStm"):
		return false
	}
	switch d["Subtype"] {
	case pdfName("Image"), pdfName("Type1C"), pdfName("CIDFontType0C"), pdfName("OpenType"):
		return false
	}
	return d["Length1"] == nil && d["FunctionType"] == nil && d["ShadingType"] == nil && d["Alternate"] == nil
}

// parsePDF returns false for a file that needs a password.
func parsePDF(text []byte) (*pdfFile, bool) {
	f := &pdfFile{latest: map[int]int{}, fonts: map[pdfRef]*pdfFont{}}
	for at := 0; at < len(text); {
		m := pdfHead.FindSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		number, _ := strconv.Atoi(string(text[at+m[2] : at+m[3]]))
		l := pdfLexer{text: text, at: at + m[1]}
		value, _ := l.next()
		generation, _ := strconv.Atoi(string(text[at+m[4] : at+m[5]]))
		o := pdfObject{number: number, generation: generation, value: value}
		at = l.at
		if d, ok := value.(pdfDict); ok {
			o.stream, at = pdfStream(text, l.at, d)
		}
		f.add(o)
	}
	if pdfEncrypt.Match(text) && !f.unlock(text) {
		return f, false
	}
	for i := range f.objects {
		d, ok := f.objects[i].value.(pdfDict)
		if ok && d["Type"] == pdfName("ObjStm") && f.objects[i].stream != nil {
			f.packed(d, f.objects[i].stream)
		}
	}
	return f, true
}

func (f *pdfFile) add(o pdfObject) {
	f.latest[o.number] = len(f.objects)
	f.objects = append(f.objects, o)
}

// pdfStream returns the bytes of the stream that may start at at, and where to go on. The length is taken from the
// dictionary where "endstream" follows there, and else up to that word.
func pdfStream(text []byte, at int, d pdfDict) ([]byte, int) {
	l := pdfLexer{text: text, at: at}
	l.skipSpace()
	if !bytes.HasPrefix(text[l.at:], []byte("stream")) {
		return nil, at
	}
	start := l.at + len("stream")
	if start < len(text) && text[start] == '\r' {
		start++
	}
	if start < len(text) && text[start] == '\n' {
		start++
	}
	if n, ok := d["Length"].(float64); ok && n >= 0 && n <= float64(len(text)-start) {
		end := start + int(n)
		if bytes.HasPrefix(bytes.TrimLeft(text[end:min(end+16, len(text))], "\r\n "), []byte("endstream")) {
			return text[start:end], end
		}
	}
	if i := bytes.Index(text[start:], []byte("endstream")); i >= 0 {
		return text[start : start+i], start + i
	}
	return text[start:], len(text)
}

// packed adds the objects of an object stream (section 7.5.7).
func (f *pdfFile) packed(d pdfDict, stream []byte) {
	text, _ := io.ReadAll(io.LimitReader(pdfUnpack(d, stream), pdfMaxPacked))
	first, _ := d["First"].(float64)
	if first < 0 || int(first) > len(text) {
		return
	}
	head := pdfLexer{text: text[:int(first)]}
	for {
		number, ok := head.next()
		offset, ok2 := head.next()
		n, isNumber := number.(float64)
		o, isOffset := offset.(float64)
		if !ok || !ok2 || !isNumber || !isOffset || o < 0 || int(first)+int(o) > len(text) {
			return
		}
		l := pdfLexer{text: text, at: int(first) + int(o)}
		value, _ := l.next()
		if _, newer := f.latest[int(n)]; newer {
			f.objects = append(f.objects, pdfObject{number: int(n), value: value})
			continue
		}
		f.add(pdfObject{number: int(n), value: value})
	}
}

// pdfUnpack returns what a stream holds, as far as its filters are those of text.
func pdfUnpack(d pdfDict, stream []byte) io.Reader {
	filters, ok := d["Filter"].(pdfArray)
	if !ok && d["Filter"] != nil {
		filters = pdfArray{d["Filter"]}
	}
	var r io.Reader = bytes.NewReader(stream)
	for _, filter := range filters {
		switch filter {
		case pdfName("FlateDecode"), pdfName("Fl"):
			z, err := zlib.NewReader(r)
			if err != nil {
				return bytes.NewReader(nil)
			}
			r = &lenient{z}
		case pdfName("ASCIIHexDecode"), pdfName("AHx"):
			text, _ := io.ReadAll(io.LimitReader(r, pdfMaxPacked))
			l := pdfLexer{text: append([]byte{'<'}, text...)}
			r = bytes.NewReader(l.hex())
		case pdfName("ASCII85Decode"), pdfName("A85"):
			r = pdfASCII85(r)
		default: // a picture, or encrypted
			return bytes.NewReader(nil)
		}
	}
	return r
}

// lenient ends where its reader fails: streams whose checksum is missing are common, and their bytes are scanned
// packed as well.
type lenient struct{ r io.Reader }

func (l *lenient) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// resolve follows references.
func (f *pdfFile) resolve(v any) any {
	for range pdfMaxParent {
		ref, ok := v.(pdfRef)
		if !ok {
			return v
		}
		i, ok := f.latest[int(ref)]
		if !ok {
			return nil
		}
		v = f.objects[i].value
	}
	return nil
}

func (f *pdfFile) dict(v any) pdfDict {
	d, _ := f.resolve(v).(pdfDict)
	return d
}

// strings returns every text string of every object, under the key it stands at.
func (f *pdfFile) strings() string {
	var b strings.Builder
	seen := map[string]bool{}
	var walk func(key string, v any, depth int)
	walk = func(key string, v any, depth int) {
		switch v := v.(type) {
		case pdfString:
			line := key + "=" + pdfText(v) + "\n"
			if len(v) > 3 && key != "ID" && !seen[line] {
				seen[line] = true
				b.WriteString(line)
			}
		case pdfArray:
			for _, e := range v {
				walk(key, e, depth+1)
			}
		case pdfDict:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(k, v[k], depth+1)
			}
		}
	}
	for _, o := range f.objects {
		walk("", o.value, 0)
	}
	return b.String()
}
