package decode

// segment is a part of a run between two line breaks or joins.
type segment struct{ start, end int }

// minLine is the shortest line that a wrapped run goes on after.
const minLine = 16

// run decodes the run around text[i], a base64 symbol, with the lines it is wrapped over. The symbols [a, b) are known
// to belong to it.
func (l *level) run(i, a, b int) {
	text := l.text
	for a > 0 && is(inBase64, text[a-1]) && i-a < MaxRun {
		a--
	}
	for b < len(text) && is(inBase64, text[b]) && b-a < 2*MaxRun {
		b++
	}
	l.runsTo = b
	if a > 0 && text[a-1] == '\\' && (text[a] == 'n' || text[a] == 'r') {
		a++ // a line break written as an escape
	}
	if b-a < minBase64 {
		return
	}
	l.segments = l.segments[:0]
	prev, before := joinBack(text, a)
	_, after := join(text, b)
	if !before && !after && b-a <= MaxRun {
		if (Span{a, b}).touches(l.padded()) {
			l.segments = append(l.segments, segment{a, b})
			l.block(l.segments)
		}
		return
	}
	first := a
	if before {
		first = l.firstLine(prev, a)
	}
	l.lines(first, b)
	segs := l.segments
	last := segs[len(segs)-1].end
	l.runsTo = max(b, last)
	if last-segs[0].start > MaxRun {
		l.long(i)
		return
	}
	if !(Span{segs[0].start, last}).touches(l.padded()) {
		return
	}
	l.block(segs)
	l.singles()
}

// padded is within, with room for the padding that belongs to a run's source.
func (l *level) padded() Span { return Span{l.within.Start - maxPadding, l.within.End} }

// maxPadding is the longest padding, that of base32.
const maxPadding = 6

// firstLine goes back from the segment that ends at prev to the start of the run's first segment.
func (l *level) firstLine(prev, a int) int {
	origin := a
	for origin-a < MaxRun {
		s := prev
		for s > 0 && is(inBase64, l.text[s-1]) && origin-s < MaxRun {
			s--
		}
		if prev-s < minLine {
			return a
		}
		a = s
		p, ok := joinBack(l.text, a)
		if !ok {
			return a
		}
		prev = p
	}
	return a
}

// lines collects the segments from the one that starts at a on, at least up to offset b.
func (l *level) lines(a, b int) {
	for origin := a; ; {
		e := a
		for e < len(l.text) && is(inBase64, l.text[e]) && e-origin < 2*MaxRun {
			e++
		}
		l.segments = append(l.segments, segment{a, e})
		if e-a < minLine || e-origin >= 2*MaxRun {
			return
		}
		next, ok := join(l.text, e)
		if !ok || e >= b && !lineOf(l.text, next) {
			return
		}
		a = next
	}
}

// lineOf reports whether the symbols at i fill a line, a string or the like to its end; a word that other text follows
// is no part of a wrapped run.
func lineOf(text []byte, i int) bool {
	e := i
	for e < len(text) && is(inBase64, text[e]) && e-i < MaxRun {
		e++
	}
	if e-i >= 40 || e == len(text) {
		return true
	}
	switch text[e] {
	case '=', '"', '\'', '`', '\n', '\r', '\\', '<', ')', ']', '}', ',', ';':
		return true
	case ' ', '\t':
		for e < len(text) && (text[e] == ' ' || text[e] == '\t') {
			e++
		}
		return e == len(text) || text[e] == '\n' || text[e] == '\r' || text[e] == '+' || text[e] == '\\'
	}
	return false
}

// long decodes a piece of a run too long to be decoded whole, around offset i, and has the search go on in the piece's
// last part.
func (l *level) long(i int) {
	from, to := i-Overlap, i-Overlap+MaxRun
	segs := l.segments[:0]
	for _, s := range l.segments {
		if s.end > from && s.start < to {
			segs = append(segs, segment{max(s.start, from), min(s.end, to)})
		}
	}
	if len(segs) == 0 {
		return
	}
	l.segments = segs
	end := segs[len(segs)-1].end
	l.runsTo = max(i+1, end)
	if end == to {
		l.runsTo = max(i+1, end-Overlap)
	}
	if (Span{segs[0].start, end}).touches(l.within) {
		l.block(segs)
	}
}

// singles decodes lines that may not belong together on their own: all but those as long as their neighbours.
func (l *level) singles() {
	n := len(l.segments)
	for k := 0; n > 1 && k < n; k++ {
		s := l.segments[k]
		size := s.end - s.start
		odd := k == 0 || k == n-1 || size != l.segments[k-1].end-l.segments[k-1].start
		if odd && size >= minBase64 {
			l.block(l.segments[k : k+1])
		}
	}
	if n > 2 {
		l.block(l.segments[:n-1])
	}
}

// join reads what may stand between two lines of one run, from the end of the first: spaces, a closing quote, an
// operator, a backslash, one line break, and the same again in reverse; or a line break written as an escape.
func join(text []byte, i int) (next int, ok bool) {
	if i >= len(text) || !mayJoin[text[i]] {
		return 0, false
	}
	j := i
	if n := written(text, j); n > 0 {
		j += n
		if isAt(inBase64, text, j) {
			return j, true
		}
	}
	stop := min(len(text), i+ContextBytes/2)
	quoted := false
	if j < stop && quote(text[j]) {
		j, quoted = j+1, true
	}
	j = spaces(text, j, stop)
	if j < stop && (text[j] == '+' || text[j] == '.' || text[j] == '&' || text[j] == ',') && quoted {
		j = spaces(text, j+1, stop)
	}
	if j < stop && (text[j] == '\\' || text[j] == '_' && quoted) {
		j++
	}
	if j < stop && text[j] == '\r' {
		j++
	}
	if j >= stop || text[j] != '\n' {
		return 0, false
	}
	j = spaces(text, j+1, stop)
	if quoted && j < stop && (text[j] == '+' || text[j] == '.' || text[j] == '&') {
		j = spaces(text, j+1, stop)
	}
	if j < stop && quote(text[j]) {
		if !quoted {
			return 0, false
		}
		j, quoted = j+1, false
	}
	if quoted || j >= stop || !is(inBase64, text[j]) {
		return 0, false
	}
	return j, true
}

// mayJoin marks what may follow a line of a wrapped run.
var mayJoin = [256]bool{'\n': true, '\r': true, ' ': true, '\t': true, '\\': true, '"': true, '\'': true, '`': true}

// written is the length of a line break written as an escape (\n, \r\n, with up to two backslashes) at j.
func written(text []byte, j int) int {
	i := j
	for k := 0; k < 2; k++ {
		e := j
		for e < len(text) && text[e] == '\\' && e-j < 2 {
			e++
		}
		if e == j || e >= len(text) || text[e] != 'n' && (text[e] != 'r' || k > 0) {
			break
		}
		j = e + 1
		if text[e] == 'n' {
			return j - i
		}
	}
	return 0
}

func spaces(text []byte, j, stop int) int {
	for j < stop && (text[j] == ' ' || text[j] == '\t') {
		j++
	}
	return j
}

// joinBack finds the segment whose continuation starts at i, and returns its end.
func joinBack(text []byte, i int) (end int, ok bool) {
	j := i
	if i == 0 || !mayJoin[text[i-1]] && text[i-1] != 'n' && text[i-1] != '+' && text[i-1] != '.' && text[i-1] != '&' {
		return 0, false
	}
	for j > 0 && i-j < ContextBytes/2 {
		c := text[j-1]
		if c == 'n' && j > 1 && text[j-2] == '\\' {
			return writtenBack(text, j, i)
		}
		if is(inBase64, c) && c != '+' && !(c == '_' && j > 1 && text[j-2] == ' ') {
			break
		}
		if !is(inSpace, c) && !quote(c) && c != '+' && c != '.' && c != '&' && c != ',' && c != '\\' && c != '_' {
			return 0, false
		}
		j--
	}
	if j == i || j == 0 {
		return 0, false
	}
	for e := j; e <= min(j+2, i-1); e++ { // a run may end in '+'
		if next, ok := join(text, e); ok && next == i {
			return e, true
		}
	}
	return 0, false
}

// writtenBack is joinBack over a written line break that ends at j; the symbols themselves may begin with an n.
func writtenBack(text []byte, j, i int) (int, bool) {
	if j != i {
		return 0, false
	}
	for e := j - 2; e >= max(1, j-6); e-- {
		if n := written(text, e); n > 0 && e+n == j && is(inBase64, text[e-1]) {
			return e, true
		}
	}
	return 0, false
}
