package decode

import "testing"

// FuzzFind holds every stretch of any text to its promises, and asks of points what it asked of the whole.
func FuzzFind(f *testing.F) {
	for _, c := range losses() {
		f.Add([]byte(c.text), uint16(0), uint16(len(c.text)))
		f.Add([]byte(c.text), uint16(len(c.text)/2), uint16(1))
	}
	d := New()
	f.Fuzz(func(t *testing.T, text []byte, from, n uint16) {
		if len(text) > 1<<16 {
			return
		}
		within := Span{int(from), int(from) + int(n)}
		total := 0
		d.Find(text, within, func(s *Stretch) {
			checkStretch(t, text, s)
			if total += len(s.Text); s.Name != nameGzip && s.Name != nameZlib && total > 100*len(text)+MaxInflate {
				t.Fatalf("%d bytes from %d", total, len(text))
			}
			d.Find(s.Text, Span{0, min(len(s.Text), 4096)}, func(in *Stretch) { checkStretch(t, s.Text, in) })
		})
	})
}

// FuzzUndo asks every transparent decoder about every byte.
func FuzzUndo(f *testing.F) {
	for _, c := range losses() {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for i := range text {
			for k := range families {
				n, r, name := families[k].undo(text, i)
				if n < 0 || i+n > len(text) || n > 0 && (name == "" || int(r.n) > len(r.b)) {
					t.Fatalf("%q at %d: %d bytes, %v %q", text, i, n, r, name)
				}
			}
		}
	})
}

// FuzzMasks holds the fast classification to the slow one.
func FuzzMasks(f *testing.F) {
	f.Add([]byte("seed = \"abc\" + 'def' \\x41 %41 &amp; \x1b[0m and more than thirty-two bytes"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > blockBytes {
			return
		}
		var fast, slow masks
		for w := range fast.classify(text, 0, len(text)) {
			slow.word(w, text, 32*w, min(32*w+32, len(text)))
			if fast.pairs[w] != slow.pairs[w] || fast.base[w] != slow.base[w] || fast.list[w] != slow.list[w] {
				t.Fatalf("word %d of %q differs", w, text)
			}
		}
	})
}
