package git

import (
	"strings"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// stashed returns the commits that entries of the stash are made of, by the name of their entry: what was in the working
// tree, and, as its parents behind the first, what was in the index and not tracked (git-stash(1), "Discussion").
func (r *run) stashed(refs []repo.Ref) map[object.ID]string {
	out := map[object.ID]string{}
	reader := r.store.NewReader()
	for _, ref := range refs {
		name, ok := strings.CutPrefix(ref.Name, "refs/stash")
		if !ok || name != "" && name[0] != '@' {
			continue
		}
		if name == "" {
			name = "@{0}"
		}
		id := ref.ID
		c, err := commitAt(reader, &id)
		if err != nil {
			continue // told with what it leads to
		}
		for i, p := range c.Parents {
			if i > 0 {
				out[p] = "stash" + name
			}
		}
		out[id] = "stash" + name
	}
	return out
}
