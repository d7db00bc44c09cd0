package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

var csvHead = []string{
	"id", "rule", "title", "severity", "confidence", "status", "suppressed_by", "secret", "kind", "path", "line", "column", "end_line", "end_column",
	"commit", "author", "email", "date", "subject", "at_head", "image", "layer", "text", "tags", "stored",
}

// writeCSV writes one row a place (RFC 4180), suppressed findings included. The head is there even when nothing was found.
func writeCSV(w io.Writer, v *view) error {
	out := csv.NewWriter(w)
	rows := [][]string{csvHead}
	for i := range v.Findings {
		f := &v.Findings[i]
		for j := range f.Places {
			rows = append(rows, csvRow(f, &f.Places[j]))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(f *finding.Finding, p *finding.Place) []string {
	status, by := string(finding.NotChecked), p.Silenced
	if f.Verdict != nil {
		status = string(f.Verdict.Status)
	}
	if f.Suppression != nil {
		by = f.Suppression.Who()
	}
	row := []string{
		f.ID, f.Rule, f.Title, f.Severity.String(), strconv.FormatFloat(f.Confidence, 'f', 2, 64), status, by, f.Secret.Reveal(),
		string(p.Origin.Kind), placeName(&p.Origin), strconv.Itoa(p.Start.Line), strconv.Itoa(p.Start.Column), strconv.Itoa(p.End.Line), strconv.Itoa(p.End.Column),
	}
	if g := p.Origin.Git; g != nil {
		date := ""
		if !g.Date.IsZero() {
			date = g.Date.UTC().Format(time.RFC3339)
		}
		row = append(row, g.Commit, g.Author, g.Email, date, g.Subject, strconv.FormatBool(g.AtHead))
	} else {
		row = append(row, "", "", "", "", "", "")
	}
	if m := p.Origin.Image; m != nil {
		row = append(row, m.Name, m.Layer)
	} else {
		row = append(row, "", "")
	}
	kept := ""
	if f.Stored != nil {
		kept = f.Stored.Says()
	}
	return append(row, p.Line, strings.Join(f.Tags, " "), kept)
}

// harmless keeps a spreadsheet from taking a cell for a formula (OWASP, "CSV Injection", 2024): an apostrophe before
// the characters that start one. Nor does a terminal that shows the file act on it.
func harmless(cell string) string {
	cell = tame(cell)
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
