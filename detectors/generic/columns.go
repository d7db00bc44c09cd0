package generic

import "bytes"

const (
	mostColumns = 64 // a table may have
	mostRows    = 10 // that are looked at: what is further from its name than the engine's window is not bound to it
)

// column handles a name that heads a column, of a CSV file or a Markdown table: its values stand below it. j is the
// first byte after the name and what closes it. It tells whether the name is such a head.
func (b *binder) column(j int) bool {
	t, c := b.text, b.c
	sep := b.at(j)
	if sep == '\n' || sep == '\r' {
		if sep = b.before(); sep == 0 {
			return false
		}
	}
	if sep != ',' && sep != ';' && sep != '\t' && sep != '|' {
		return false
	}
	head := bytes.TrimRight(t[b.lo:], "\r")
	index, count := fields(head, sep, c.Key.Start-b.lo)
	if sep == '|' && has(head, skipSpace(head, 0), "||") { // of a wiki: || user || password ||
		index = bytes.Count(head[:c.Key.Start-b.lo], []byte("||")) - 1
		count = bytes.Count(bytes.TrimRight(head, " \t"), []byte("||")) - 1
	}
	if count < 2 || count > mostColumns || index < 0 {
		return false
	}
	above := b.lo
	if sep == '|' && b.lo > 0 {
		if above = lineStart(t, b.lo-1); b.at(skipSpace(t, above)) == '|' {
			return false // a row of the table, whose head is further up
		}
	}
	from := b.hi + 1
	if !b.nextLine() {
		return false
	}
	b.lo = above
	line := bytes.TrimRight(b.text[from:], "\r")
	if sep == '|' {
		switch i := skipSpace(line, 0); {
		case ruler(line):
			from = b.hi + 1
			if !b.nextLine() {
				return true
			}
			line = bytes.TrimRight(b.text[from:], "\r")
		case has(line, i, "||") || i >= len(line) || line[i] != '|' || head[min(skipSpace(head, 0), len(head)-1)] != '|':
			return false // nor a table of Cucumber
		}
	}
	c.sep, c.nextLine = sepTable, true
	for rows := 0; rows < mostRows; rows++ {
		start, end, n := field(line, sep, index)
		if n != count {
			return rows > 0 || sep == '|'
		}
		b.cell(from+start, from+end)
		from = b.hi + 1
		if !b.nextLine() {
			break
		}
		line = bytes.TrimRight(b.text[from:], "\r")
	}
	return true
}

// before returns the separator that stands before the name, 0 for none.
func (b *binder) before() byte {
	p := b.c.Key.Start - 1
	for p >= b.lo && (b.text[p] == '"' || b.text[p] == ' ') {
		p--
	}
	if p < b.lo {
		return 0
	}
	switch ch := b.text[p]; ch {
	case ',', ';', '\t', '|':
		return ch
	}
	return 0
}

// cell keeps the value of a table's cell.
func (b *binder) cell(i, end int) {
	t, c := b.text, b.c
	for i < end && isSpace(t[i]) {
		i++
	}
	for end > i && isSpace(t[end-1]) {
		end--
	}
	c.quote = quoteNone
	if q, w := quoteAt(t, i); q != quoteNone && end-i > 2*w {
		c.quote = q
		i, end = i+w, end-len(quotes[q].shut)
	}
	b.emit(i, end)
}

// fields takes a line for the head of a table: each field a name. It returns which of them offset at is in and how
// many there are; an index of -1 where it is no head.
func fields(line []byte, sep byte, at int) (index, count int) {
	index = -1
	line, shift := trimBars(line, sep)
	start := 0
	for start <= len(line) {
		end := len(line)
		if n := bytes.IndexByte(line[start:], sep); n >= 0 {
			end = start + n
		}
		if !heading(line[start:end]) {
			return -1, 0
		}
		if at >= start+shift && at <= end+shift {
			index = count
		}
		count++
		start = end + 1
	}
	return index, count
}

// field returns where field index of a row stands and how many fields it has. A separator in quotes is none.
func field(line []byte, sep byte, index int) (start, end, count int) {
	row, shift := trimBars(line, sep)
	at, quoted := 0, false
	for i := 0; i <= len(row); i++ {
		if i < len(row) && (row[i] != sep || quoted) {
			if row[i] == '"' && sep != '|' {
				quoted = !quoted
			}
			continue
		}
		if count == index {
			start, end = at+shift, i+shift
		}
		count++
		at = i + 1
	}
	return start, end, count
}

// trimBars takes the bars off the ends of a row of a Markdown table.
func trimBars(line []byte, sep byte) (row []byte, shift int) {
	if sep != '|' {
		return line, 0
	}
	for shift < len(line) && isSpace(line[shift]) {
		shift++
	}
	if shift < len(line) && line[shift] == '|' {
		shift++
	}
	row = bytes.TrimRight(line[shift:], " \t")
	return bytes.TrimSuffix(row, []byte("|")), shift
}

// heading tells whether a field of a table's first line is a name.
func heading(v []byte) bool {
	v = bytes.Trim(v, " \t\"*`")
	if len(v) == 0 || len(v) > 40 || !isLetter(v[0]) && v[0] < 0x80 && v[0] != '_' {
		return false
	}
	for _, ch := range v {
		if !isAlnum(ch) && ch != '_' && ch != '-' && ch != ' ' && ch != '.' && ch != '/' && ch < 0x80 {
			return false
		}
	}
	return true
}

// ruler tells whether a line is the rule under the head of a Markdown table.
func ruler(line []byte) bool {
	dashes := 0
	for _, ch := range line {
		switch ch {
		case '-':
			dashes++
		case '|', ':', ' ', '\t':
		default:
			return false
		}
	}
	return dashes >= 3
}
