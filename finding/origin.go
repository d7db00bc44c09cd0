package finding

import "time"

// Kind says what kind of place bytes came from.
type Kind string

// The kinds of origin.
const (
	KindFile    Kind = "file"    // a file of a working tree or folder
	KindGit     Kind = "git"     // a blob of a repository
	KindMessage Kind = "message" // a commit or tag message, a note or a ref's name: text of a repository that is no file
	KindName    Kind = "name"    // the name of what the path leads to: a file, a folder, a member of an archive
	KindIndex   Kind = "index"   // a blob of the staged index
	KindImage   Kind = "image"   // a file in a layer of a container image
	KindConfig  Kind = "config"  // a field of an image's configuration
	KindLog     Kind = "log"
	KindStdin   Kind = "stdin"
)

// Origin says where bytes came from. Only the parts that fit its Kind are set.
type Origin struct {
	Kind   Kind       `json:"kind"`
	Path   string     `json:"path,omitempty"`   // slashes; in a scan from the target where that is a folder or repository, in a report from where the command was given
	Above  string     `json:"-"`                // folders that lead to the path, with a slash behind; rules that are bound to paths see them, reports do not
	Inside []string   `json:"inside,omitempty"` // members of archives, outermost first
	Git    *GitOrigin `json:"git,omitempty"`
	Image  *ImageRef  `json:"image,omitempty"`
	Log    *LogOrigin `json:"log,omitempty"`
}

// Name returns the path with the archive members behind it: "a.zip!b/c.txt".
func (o Origin) Name() string {
	name := o.Path
	for _, m := range o.Inside {
		name += "!" + m
	}
	return name
}

// Forget is what takes out of a repository all that no ref leads to.
const Forget = "git reflog expire --expire=now --all && git gc --prune=now"

// BlobName names a blob of a repository that no path is known of, such as what a commit left behind that a hook
// stopped: "blob f1d9645f0a (no ref leads to it)". It is "" for every other origin.
func (o *Origin) BlobName() string {
	g := o.Git
	if o.Path != "" || g == nil || g.Blob == "" {
		return ""
	}
	name := "blob " + g.Blob[:min(len(g.Blob), 10)]
	if g.Unreachable {
		name += " (no ref leads to it)"
	}
	for _, m := range o.Inside {
		name += "!" + m
	}
	return name
}

// InName tells whether it is the name of what the path leads to that holds the text, rather than its content.
func (o *Origin) InName() bool { return o.Kind == KindName }

// Now returns the path and line at which a secret of a repository's history stands at HEAD, if that is not where it came
// in: the file was moved or copied, or the line is another. moved is false for every other place.
func (p *Place) Now() (path string, line int, moved bool) {
	g := p.Origin.Git
	if g == nil || !g.AtHead || g.HeadPath == "" || g.HeadPath == p.Origin.Path && g.HeadLine == p.Start.Line {
		return p.Origin.Path, p.Start.Line, false
	}
	return g.HeadPath, g.HeadLine, true
}

// GitOrigin is the place in a repository's history.
type GitOrigin struct {
	Repository string    `json:"repository,omitempty"` // as the user named it
	Blob       string    `json:"blob,omitempty"`
	Commit     string    `json:"commit,omitempty"` // introduced it
	Author     string    `json:"author,omitempty"`
	Email      string    `json:"email,omitempty"`
	Date       time.Time `json:"date,omitzero"` // author date
	Subject    string    `json:"subject,omitempty"`
	Ref        string    `json:"ref,omitempty"` // for a text that is a ref's name or a tag's message, or what came with an entry of the stash

	Commits     int       `json:"commits,omitempty"` // how many commits carry it
	Paths       []string  `json:"paths,omitempty"`   // every path it lived at, sorted
	AtHead      bool      `json:"at_head"`
	HeadPath    string    `json:"head_path,omitempty"`   // where it stands at HEAD: where it came in if it is still there, else the first path
	HeadLine    int       `json:"head_line,omitempty"`   // its line there, from 1
	Branches    []string  `json:"branches,omitempty"`    // whose tips hold it, sorted
	LastCommit  string    `json:"last_commit,omitempty"` // the last that had it
	LastDate    time.Time `json:"last_date,omitzero"`
	RemovedBy   string    `json:"removed_by,omitempty"`
	Unreachable bool      `json:"unreachable,omitempty"` // no ref leads to it
}

// ImageRef is the place in a container image.
type ImageRef struct {
	Name       string `json:"name"` // as the user named it
	Digest     string `json:"digest,omitempty"`
	Platform   string `json:"platform,omitempty"`
	Layer      string `json:"layer,omitempty"` // digest
	LayerIndex int    `json:"layer_index"`     // from 0, base first; -1 for the configuration
	CreatedBy  string `json:"created_by,omitempty"`
	Field      string `json:"field,omitempty"`      // of the configuration: "env", "label", "history", ...
	Base       bool   `json:"base,omitempty"`       // the layer belongs to the base image
	RemovedIn  string `json:"removed_in,omitempty"` // digest of the layer that deletes or overwrites the file
	Removed    bool   `json:"removed,omitempty"`    // not visible in the final file system
}

// LogOrigin is what a log format says of the event.
type LogOrigin struct {
	Time   time.Time `json:"time,omitzero"`
	Host   string    `json:"host,omitempty"`
	Unit   string    `json:"unit,omitempty"` // service, container, stream
	Format string    `json:"format,omitempty"`
}
