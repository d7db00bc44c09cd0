package finding

import "strings"

// Tree says how paths of files in a report are written from the top of the work tree that they lie in, as platforms want
// them that show a repository.
type Tree struct {
	Strip string `json:"strip,omitempty"` // how the paths begin, with a slash behind it: "clone/"
	Add   string `json:"add,omitempty"`   // what stands in its place, with a slash behind it: "services/api/"
}

// FromTop returns a path as it is written from the top; one that lies elsewhere stays as it is.
func FromTop(t *Tree, path string) string {
	if t == nil || path == "" {
		return path
	}
	rest, ok := strings.CutPrefix(path, t.Strip)
	if !ok {
		return path
	}
	return t.Add + rest
}

// OnDisk tells whether a path is that of a file or folder on disk, and no path of a repository, image or log.
func OnDisk(o *Origin) bool {
	return (o.Kind == KindFile || o.Kind == KindName) && o.Git == nil && o.Image == nil && o.Log == nil
}

// Rewrite writes the paths of files and folders on disk among places as write does, in place.
func Rewrite(places []Place, write func(path string) string) {
	for i := range places {
		if o := &places[i].Origin; OnDisk(o) {
			o.Path = write(o.Path)
		}
	}
}
