package unleak

import (
	"fmt"
	"time"

	"github.com/unleak/unleak/finding"
)

// Secret is a credential's value. It masks itself in String, Format, JSON and log/slog; Reveal returns it.
type Secret = finding.Secret

// Finding is one credential: a rule, a value, and every place the value stands at.
type Finding struct {
	ID         string // of 20 digits; depends on rule and value alone
	Rule       string // id of the rule
	Title      string // what it is, in words
	Severity   string // info, low, medium, high or critical
	Confidence float64
	Secret     Secret
	Parts      map[string]Secret // what was found beside it, by role: "access key id", ...
	Proofs     []string          // what was checked offline, in words
	Tags       []string          // "test", "docs", "example", "public", ...
	Places     []Place           // at least one
	Allowed    string            // why it is silenced; "" if it is not
}

// Place is where a finding stands.
type Place struct {
	Path   string // slashes; relative to the target where that is a folder or repository; with "!" before members of archives
	Line   int    // from 1
	Column int    // from 1, in characters
	Offset int64  // from 0, in bytes of the text
	Commit Commit // of a repository; the zero value elsewhere
	Layer  string // digest of an image's layer; "" elsewhere
}

// Commit is the commit that brought a finding.
type Commit struct {
	ID      string
	Author  string
	Email   string
	Date    time.Time
	Subject string
}

// String returns "path:line:column", with the commit before it where there is one.
func (p Place) String() string {
	at := fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
	if p.Commit.ID != "" {
		at = p.Commit.ID[:min(10, len(p.Commit.ID))] + ":" + at
	}
	return at
}

func convert(f *finding.Finding) Finding {
	out := Finding{
		ID: f.ID, Rule: f.Rule, Title: f.Title, Severity: f.Severity.String(), Confidence: f.Confidence,
		Secret: f.Secret, Tags: f.Tags,
	}
	for _, p := range f.Proofs {
		out.Proofs = append(out.Proofs, p.Kind+": "+p.Detail)
	}
	for _, p := range f.Parts {
		if out.Parts == nil {
			out.Parts = map[string]Secret{}
		}
		out.Parts[p.Name] = p.Value
	}
	if s := f.Suppression; s != nil {
		out.Allowed = "allowed at " + s.Where
		if s.Reason != "" {
			out.Allowed += ": " + s.Reason
		}
	}
	for i := range f.Places {
		out.Places = append(out.Places, convertPlace(&f.Places[i]))
	}
	return out
}

func convertPlace(p *finding.Place) Place {
	out := Place{Path: p.Origin.Name(), Line: p.Start.Line, Column: p.Start.Column, Offset: p.Start.Offset}
	if g := p.Origin.Git; g != nil {
		out.Commit = Commit{g.Commit, g.Author, g.Email, g.Date, g.Subject}
	}
	if m := p.Origin.Image; m != nil {
		out.Layer = m.Layer
	}
	return out
}
