package scanner

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/unleak/unleak/finding"
)

// A byte order mark takes no column of the first line, and stands in no line that is shown; bytes count it.
func TestLocateByteOrderMark(t *testing.T) {
	const text = "\ufeffkey = s3cr3t\nkey = s3cr3t\n"
	wide := func(order binary.AppendByteOrder) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	for _, c := range []struct {
		name, decoded string
		text          []byte
		unit, mark    int
	}{
		{"UTF-8", "", []byte(text), 1, 3}, {"UTF-16LE", "utf-16le", wide(binary.LittleEndian), 2, 2}, {"UTF-16BE", "utf-16be", wide(binary.BigEndian), 2, 2},
	} {
		first := c.mark + 6*c.unit
		second := first + 13*c.unit
		at := cursor{text: c.text}
		for _, off := range []int{first, second, first} { // there and back
			m := finding.Match{Secret: "s3cr3t", Decoded: c.decoded, Span: finding.Span{Start: off, End: off + 6*c.unit}}
			p := at.locate(m, "-")
			line, bytes := 1, first
			if off == second {
				line, bytes = 2, 6*c.unit
			}
			if p.Start.Line != line || p.Start.Column != 7 || p.End.Column != 13 || p.Start.Byte != bytes+1 && c.unit == 1 || p.Start.Offset != int64(off) {
				t.Errorf("%s at %d: %+v to %+v", c.name, off, p.Start, p.End)
			}
			if p.Line != "key = s3cr3t" || p.Line[p.Mark.Start:p.Mark.End] != "s3cr3t" {
				t.Errorf("%s at %d: line %q, mark %v", c.name, off, p.Line, p.Mark)
			}
			if strings.Contains(p.Line, "\ufeff") {
				t.Errorf("%s: the mark is shown", c.name)
			}
		}
	}
}
