package report

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/sarif"
)

func sarifLocation(p *finding.Place) sarif.Location {
	o := &p.Origin
	region := &sarif.Region{
		StartLine: max(1, p.Start.Line), StartColumn: max(1, p.Start.Column),
		EndLine: max(1, p.Start.Line, p.End.Line), EndColumn: max(1, p.End.Column),
	}
	if region.EndLine == region.StartLine {
		region.EndColumn = max(region.EndColumn, region.StartColumn)
	}
	if p.Line != "" {
		region.Snippet = &sarif.Text{Text: p.Line}
	}
	l := sarif.Location{
		PhysicalLocation: &sarif.PhysicalLocation{ArtifactLocation: artifact(o), Region: region},
		Properties:       placeProperties(p),
	}
	if name := logicalName(o); name != "" {
		l.LogicalLocations = []sarif.LogicalLocation{{Name: placeName(o), FullyQualifiedName: name, Kind: "member"}}
	}
	text := origin(p, false)
	if o.InName() {
		text = strings.TrimSuffix("in its name, not its content; "+text, "; ")
	}
	if text != "" {
		l.Message = &sarif.Text{Text: strings.NewReplacer("[", "(", "]", ")", "{", "(", "}", ")").Replace(text)}
	}
	return l
}

// sarifNow is where a secret that was moved since it came in stands at HEAD; false of any other.
func sarifNow(p *finding.Place) (sarif.Location, bool) {
	_, first, last, moved := standing(p)
	if !moved {
		return sarif.Location{}, false
	}
	o := p.Origin
	o.Path = o.Git.HeadPath
	return sarif.Location{PhysicalLocation: &sarif.PhysicalLocation{
		ArtifactLocation: artifact(&o), Region: &sarif.Region{StartLine: first, EndLine: last},
	}}, true
}

// artifact names the file. A relative path is one below the root that was scanned.
func artifact(o *finding.Origin) sarif.ArtifactLocation {
	name := cleanPath(o.Path)
	for _, m := range o.Inside {
		name += "!" + m
	}
	if name == "" {
		name = strings.ReplaceAll(placeName(o), " ", "-")
	}
	if strings.HasPrefix(name, "/") {
		return sarif.ArtifactLocation{URI: "file://" + encodePath(name)}
	}
	return sarif.ArtifactLocation{URI: encodePath(name), URIBaseID: sarifRoot}
}

// encodePath percent-encodes a path, leaving its slashes. A colon would make a scheme of a first segment (RFC 3986, 4.2).
func encodePath(p string) string {
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(s), ":", "%3A")
	}
	return strings.Join(segments, "/")
}

// logicalName names a place in a repository's history, an image or a log, which a path alone does not.
func logicalName(o *finding.Origin) string {
	switch {
	case o.Git != nil && o.Git.Commit != "":
		return fmt.Sprintf("commit %s/%s", o.Git.Commit, placeName(o))
	case o.Git != nil && o.Git.Blob != "":
		return fmt.Sprintf("blob %s/%s", o.Git.Blob, placeName(o))
	case o.Image != nil && o.Image.LayerIndex < 0:
		return fmt.Sprintf("%s/configuration/%s", o.Image.Name, placeName(o))
	case o.Image != nil:
		return fmt.Sprintf("%s/layer %d %s/%s", o.Image.Name, o.Image.LayerIndex, o.Image.Layer, placeName(o))
	}
	return ""
}

func placeProperties(p *finding.Place) map[string]any {
	out := map[string]any{"kind": p.Origin.Kind}
	if p.Decoded != "" {
		out["decoded"] = p.Decoded
	}
	if p.Origin.Git != nil {
		out["git"] = p.Origin.Git
	}
	if p.Origin.Image != nil {
		out["image"] = p.Origin.Image
	}
	if p.Origin.Log != nil {
		out["log"] = p.Origin.Log
	}
	return out
}

// sarifProvenance names the repositories, at what commit they stood, and those that are known by an address alone.
func sarifProvenance(v *view) []sarif.VersionControlDetails {
	seen := map[string]bool{}
	for i := range v.Findings {
		for j := range v.Findings[i].Places {
			if g := v.Findings[i].Places[j].Origin.Git; g != nil && g.Repository != "" {
				seen[g.Repository] = true
			}
		}
	}
	var out []sarif.VersionControlDetails
	for i := range v.Revisions {
		r := &v.Revisions[i]
		delete(seen, r.Repository)
		details := sarif.VersionControlDetails{RepositoryURI: r.URI, RevisionID: r.Commit, Branch: r.Branch}
		if len(v.Revisions) == 1 {
			details.MappedTo = &sarif.ArtifactLocation{URIBaseID: sarifRoot}
		}
		if u, err := url.Parse(r.URI); err == nil && u.Scheme != "" {
			out = append(out, details)
		}
	}
	for _, name := range sortedKeys(seen) {
		u, err := url.Parse(name)
		switch {
		case err == nil && u.Scheme != "" && u.Host != "":
			u.User = nil
			name = u.String()
		case strings.HasPrefix(name, "/"):
			name = "file://" + encodePath(name)
		default:
			continue
		}
		out = append(out, sarif.VersionControlDetails{RepositoryURI: name, MappedTo: &sarif.ArtifactLocation{URIBaseID: sarifRoot}})
	}
	return out
}

// reasonTexts explain each reason for a skip. Their order is that of the notification descriptors.
var reasonTexts = []struct {
	reason finding.SkipReason
	text   string
}{
	{finding.SkipUnreadable, "The system refused to read it."},
	{finding.SkipCorrupt, "It does not parse as what it claims to be."},
	{finding.SkipMissing, "It is named but not there."},
	{finding.SkipTooLarge, "It is over a limit of size."},
	{finding.SkipTooDeep, "It is nested beyond a limit."},
	{finding.SkipEncrypted, "It needs a password."},
	{finding.SkipUnsupported, "Its format is known but not read."},
	{finding.SkipBudget, "A limit of the whole scan was reached."},
	{finding.SkipLFS, "It is a pointer to a file of Git LFS."},
	{finding.SkipSubmodule, "It is another repository."},
	{finding.SkipFailed, "A detector or parser broke down on it."},
	{finding.SkipInterrupted, "The scan was interrupted."},
	{finding.SkipBinary, "It is binary."},
	{finding.SkipExcluded, "It was excluded by choice."},
	{finding.SkipSpecial, "It is a device, socket or pipe."},
}

func sarifReasons() []sarif.ReportingDescriptor {
	out := make([]sarif.ReportingDescriptor, len(reasonTexts))
	for i, r := range reasonTexts {
		out[i] = sarif.ReportingDescriptor{ID: reasonID(r.reason), ShortDescription: &sarif.Text{Text: r.text}}
	}
	return out
}

func reasonID(r finding.SkipReason) string { return "skip/" + strings.ReplaceAll(string(r), " ", "-") }

// sarifInvocation carries the coverage record: the whole as properties, and a notification for each thing skipped.
func sarifInvocation(v *view, left int) sarif.Invocation {
	c := &v.Coverage
	inv := sarif.Invocation{
		ExecutionSuccessful: c.Skipped[finding.SkipInterrupted] == 0 && !c.Empty(),
		Properties: map[string]any{
			"command": v.Command, "targets": list(v.Targets), "coverage": toJSONCoverage(c), "summary": summarize(v),
		},
	}
	for _, s := range c.Examples {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, skipNotification(s))
	}
	named := map[finding.SkipReason]int64{}
	for _, s := range c.Examples {
		named[s.Reason]++
	}
	for i, r := range reasonTexts {
		if more := c.Skipped[r.reason] - named[r.reason]; more > 0 {
			inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarif.Notification{
				Descriptor: &sarif.DescriptorReference{ID: reasonID(r.reason), Index: i}, Level: skipLevel(r.reason),
				Message: sarif.Text{Text: fmt.Sprintf("%s skipped: %s", thousands(more)+" more", r.reason)},
			})
		}
	}
	for _, n := range c.Notes {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarif.Notification{Level: sarif.Warning, Message: sarif.Text{Text: n}})
	}
	if left > 0 {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarif.Notification{Level: sarif.Warning,
			Message: sarif.Text{Text: fmt.Sprintf("%s left out: a run may hold %s; the JSON format has all", plural(left, "result"), thousands(sarifResults))}})
	}
	return inv
}

func skipNotification(s finding.Skip) sarif.Notification {
	text := fmt.Sprintf("%s: %s", s.Name, s.Reason)
	if s.Detail != "" {
		text += ": " + s.Detail
	}
	n := sarif.Notification{Level: skipLevel(s.Reason), Message: sarif.Text{Text: text}}
	for i, r := range reasonTexts {
		if r.reason == s.Reason {
			n.Descriptor = &sarif.DescriptorReference{ID: reasonID(r.reason), Index: i}
		}
	}
	return n
}

func skipLevel(r finding.SkipReason) sarif.Level {
	if r.ByChoice() {
		return sarif.Note
	}
	return sarif.Warning
}
