package report

import (
	"bufio"
	"io"
	"strings"
)

// Table writes rows under a head, in columns as wide as their widest cell, freed of what a terminal would act on. It
// is for the lists that commands print beside reports: what it is given must be masked (see Masked).
func Table(w io.Writer, head []string, rows [][]string, opts Options) error {
	b := bufio.NewWriter(w)
	t := newTerminal(b, opts)
	widths := make([]int, len(head))
	cells := make([][]string, 0, len(rows)+1)
	for _, row := range append([][]string{head}, rows...) {
		line := make([]string, len(head))
		for i := range line {
			if i < len(row) {
				line[i] = clean(row[i])
			}
			widths[i] = max(widths[i], columns(line[i]))
		}
		cells = append(cells, line)
	}
	for n, row := range cells {
		var line strings.Builder
		for i, c := range row {
			line.WriteString(c)
			if i+1 < len(row) {
				line.WriteString(strings.Repeat(" ", widths[i]-columns(c)+2))
			}
		}
		if n == 0 {
			t.line(t.style(bold, strings.TrimRight(line.String(), " ")))
			continue
		}
		t.line(line.String())
	}
	if t.err != nil {
		return t.err
	}
	return b.Flush()
}
