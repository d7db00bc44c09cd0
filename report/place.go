package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// bestPlace returns the index of the place a reader should see first: one that is open before one that is silenced, one
// that still holds the secret before one of the past, a file before text of a repository or an image.
func bestPlace(f *finding.Finding) int {
	best, rank := 0, -silencedRank-1
	for i := range f.Places {
		r := placeRank(&f.Places[i].Origin)
		if f.Places[i].Silenced != "" {
			r -= silencedRank
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

const silencedRank = 10 // more than any placeRank

func placeRank(o *finding.Origin) int {
	switch {
	case o.Kind == finding.KindFile, o.Kind == finding.KindIndex:
		return 5
	case o.InName() && o.Git == nil && o.Image == nil:
		return 4
	case o.Git != nil && o.Git.AtHead:
		return 4
	case o.Image != nil && !o.Image.Removed:
		return 3
	case o.Git != nil && o.Git.Unreachable:
		return 0
	case o.Kind == finding.KindMessage:
		return 1
	}
	return 2
}

// location writes path:line:column, the form editors and terminals make clickable. A name stands on no line.
func location(p *finding.Place) string {
	if p.Origin.InName() {
		return placeName(&p.Origin) + inItsName
	}
	return fmt.Sprintf("%s:%d:%d", placeName(&p.Origin), p.Start.Line, p.Start.Column)
}

const inItsName = " (its name)"

// lineOf writes path:line; a line that is not known is left out.
func lineOf(path string, line int) string {
	if line <= 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// standing returns the file and lines for platforms that point into what is checked out: of a secret that was moved since
// it came in, those at HEAD. moved: columns and text of the line are not known then.
func standing(p *finding.Place) (name string, first, last int, moved bool) {
	first, last = p.Start.Line, max(p.Start.Line, p.End.Line)
	path, line, moved := p.Now()
	if !moved || line <= 0 {
		return placeName(&p.Origin), max(1, first), max(1, last), false
	}
	o := finding.Origin{Path: path, Inside: p.Origin.Inside}
	return o.Name(), line, line + last - first, true
}

// placeName names where a text came from even where that has no path.
func placeName(o *finding.Origin) string {
	if name := cmp.Or(o.BlobName(), o.Name()); name != "" {
		return name
	}
	switch {
	case o.Image != nil && o.Image.Field != "":
		return "image " + o.Image.Field
	case o.Kind == finding.KindMessage && o.Git != nil && o.Git.Ref != "":
		return o.Git.Ref
	case o.Kind == finding.KindMessage:
		return "commit message"
	case o.Kind == finding.KindStdin:
		return "stdin"
	}
	return string(o.Kind)
}

// origin says in words where a place is beyond its path; short leaves out what takes a line of its own.
func origin(p *finding.Place, short bool) string {
	o := &p.Origin
	switch {
	case o.Git != nil:
		return gitOrigin(p, short)
	case o.Image != nil:
		return imageOrigin(o.Image, short)
	case o.Log != nil:
		return logOrigin(o.Log)
	}
	return ""
}

func gitOrigin(p *finding.Place, short bool) string {
	g := p.Origin.Git
	var s []string
	if g.Commit != "" {
		s = append(s, "commit "+abbreviate(g.Commit))
	}
	if !g.Date.IsZero() {
		s = append(s, g.Date.UTC().Format(time.DateOnly))
	}
	if g.Author != "" && !short {
		s = append(s, "by "+g.Author)
	}
	text := strings.Join(s, " ")
	if short {
		return text
	}
	if g.Subject != "" {
		text += fmt.Sprintf(" %q", g.Subject)
	}
	if g.Ref != "" && p.Origin.Kind != finding.KindMessage {
		text += "; in " + g.Ref
	}
	switch {
	case g.Unreachable:
		text += "; no ref leads to it, but the repository still holds it"
		if p.Origin.BlobName() != "" {
			text += ": git cat-file -p " + abbreviate(g.Blob)
		}
	case g.AtHead:
		text += "; still at HEAD"
		if path, line, moved := p.Now(); moved {
			text += ", now at " + lineOf(path, line)
		}
	case g.RemovedBy != "":
		text += "; removed by " + abbreviate(g.RemovedBy) + ", still in history"
	}
	if g.Commits > 1 {
		text += fmt.Sprintf("; in %s", plural(g.Commits, "commit"))
	}
	return strings.TrimPrefix(text, "; ")
}

func abbreviate(id string) string { return id[:min(10, len(id))] }

func imageOrigin(i *finding.ImageRef, short bool) string {
	text := "image " + i.Name
	if i.Platform != "" && !short {
		text += " (" + i.Platform + ")"
	}
	if i.LayerIndex >= 0 {
		text += fmt.Sprintf(", layer %d %s", i.LayerIndex, abbreviateDigest(i.Layer))
	} else {
		text += ", configuration"
	}
	if short {
		return text
	}
	if i.Base {
		text += " of the base image"
	}
	if i.CreatedBy != "" {
		text += ": " + shorten(i.CreatedBy, 120)
	}
	if i.Removed {
		text += "; not in the final file system, but anyone who pulls the image has it"
	}
	return text
}

func abbreviateDigest(d string) string {
	algorithm, sum, ok := strings.Cut(d, ":")
	if !ok {
		return abbreviate(d)
	}
	return algorithm + ":" + sum[:min(12, len(sum))]
}

func logOrigin(l *finding.LogOrigin) string {
	var s []string
	if !l.Time.IsZero() {
		s = append(s, "logged "+l.Time.UTC().Format(time.RFC3339))
	}
	if l.Host != "" {
		s = append(s, "on "+l.Host)
	}
	if l.Unit != "" {
		s = append(s, "by "+l.Unit)
	}
	return strings.Join(s, " ")
}
