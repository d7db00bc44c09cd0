package report

import (
	"bufio"
	"cmp"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/unleak/unleak/finding"
)

// gitleaksFinding is one object of gitleaks' JSON report (report.Finding of gitleaks v8.30, 2026-07). Columns count
// from 1 and the end is inclusive, as there.
type gitleaksFinding struct {
	RuleID      string
	Description string
	StartLine   int
	EndLine     int
	StartColumn int
	EndColumn   int
	Match       string
	Secret      string
	File        string
	SymlinkFile string
	Commit      string
	Entropy     float32
	Author      string
	Email       string
	Date        string
	Message     string
	Tags        []string
	Fingerprint string
}

// writeGitleaks writes one object a place, and an empty list when nothing was found. Suppressed findings are left out,
// as gitleaks leaves them out.
func writeGitleaks(w io.Writer, v *view) error {
	b := bufio.NewWriter(w)
	sep := "["
	for _, text := range inShares(len(v.Findings), func(from, to int) []byte { return gitleaksObjects(v, from, to) }) {
		if len(text) > 0 {
			b.WriteString(sep)
			b.Write(text[1:])
			sep = ","
		}
	}
	if sep == "[" {
		b.WriteString("[]\n")
	} else {
		b.WriteString("\n]\n")
	}
	return b.Flush()
}

// gitleaksBytes is about what an object takes.
const gitleaksBytes = 640

// gitleaksObjects returns the objects of some findings, each with a comma before it.
func gitleaksObjects(v *view, from, to int) []byte {
	text := make([]byte, 0, (to-from)*gitleaksBytes)
	for n := from; n < to; n++ {
		f := &v.Findings[n]
		if f.Suppression != nil {
			continue
		}
		entropy := v.entropy(n)
		for i := range f.Places {
			if f.Places[i].Silenced == "" {
				text = toGitleaks(f, &f.Places[i], entropy).append(text)
			}
		}
		for i := range f.Parts {
			if p := &f.Parts[i]; p.Start.Line > 0 && p.Rule != "" && !v.public(p.Rule) {
				text = partToGitleaks(f, p).append(text)
			}
		}
	}
	return text
}

// public tells whether what a rule finds is no secret: the id of a client, an account.
func (v *view) public(rule string) bool {
	r := v.rule(rule)
	return r != nil && r.Severity == finding.Info
}

func toGitleaks(f *finding.Finding, p *finding.Place, entropy float32) gitleaksFinding {
	out := gitleaksFinding{
		RuleID: f.Rule, Description: f.Title, StartLine: p.Start.Line, EndLine: p.End.Line,
		StartColumn: p.Start.Column, EndColumn: max(1, p.End.Column-1), Match: p.Line, Secret: f.Secret.Reveal(),
		File: cmp.Or(p.Origin.BlobName(), p.Origin.Name()), Entropy: entropy, Tags: list(f.Tags),
	}
	out.Fingerprint = out.File + ":" + f.Rule + ":" + strconv.Itoa(p.Start.Line)
	if g := p.Origin.Git; g != nil {
		out.Commit, out.Author, out.Email, out.Message = g.Commit, g.Author, g.Email, g.Subject
		if !g.Date.IsZero() {
			out.Date = g.Date.UTC().Format(time.RFC3339)
		}
		if g.Commit != "" {
			out.Fingerprint = g.Commit + ":" + out.Fingerprint
		}
	}
	return out
}

// partToGitleaks makes the object of a component that has a place of its own, as gitleaks knows no pairs.
func partToGitleaks(f *finding.Finding, part *finding.Part) gitleaksFinding {
	out := toGitleaks(f, &f.Places[0], 0)
	out.RuleID, out.Secret, out.Match = part.Rule, part.Value.Reveal(), ""
	out.Description = part.Name + " of: " + f.Title
	out.StartLine, out.EndLine = part.Start.Line, part.End.Line
	out.StartColumn, out.EndColumn = part.Start.Column, max(1, part.End.Column-1)
	out.Fingerprint = out.File + ":" + part.Rule + ":" + strconv.Itoa(part.Start.Line)
	if out.Commit != "" {
		out.Fingerprint = out.Commit + ":" + out.Fingerprint
	}
	return out
}

// shannon is the entropy of s in bits a byte.
func shannon(s string) float32 {
	if s == "" {
		return 0
	}
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	var shares [16]float64 // of bytes that come so often; 0: not known
	sum := 0.0
	for _, n := range counts {
		switch {
		case n >= len(shares):
			sum += entropyShare(n, len(s))
		case n > 0:
			if shares[n] == 0 {
				shares[n] = entropyShare(n, len(s))
			}
			sum += shares[n]
		}
	}
	return float32(sum)
}

// entropyShare is what a byte that comes n times in so many adds to the entropy.
func entropyShare(n, of int) float64 {
	p := float64(n) / float64(of)
	return -(p * math.Log2(p))
}
