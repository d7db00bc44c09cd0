package settle

import "testing"

// A byte order mark takes no column, wherever the text is cut behind it.
func TestCursorByteOrderMark(t *testing.T) {
	const text = "\ufeffabc\ndef"
	for cut := 3; cut < len(text); cut++ {
		var c Cursor
		c.advance([]byte(text[:cut]))
		p := c.Position()
		line, column := 1, cut-3+1
		if cut > 6 {
			line, column = 2, cut-7+1
		}
		if p.Line != line || p.Column != column {
			t.Errorf("behind %d bytes: %d:%d, want %d:%d", cut, p.Line, p.Column, line, column)
		}
		again := CursorAt(p)
		again.advance([]byte(text[cut:]))
		if p := again.Position(); p.Line != 2 || p.Column != 4 {
			t.Errorf("from %d bytes on: %d:%d", cut, p.Line, p.Column)
		}
	}
}
