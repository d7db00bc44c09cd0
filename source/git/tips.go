package git

import (
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// tip is a reference with the object it leads to, annotated tags seen through.
type tip struct {
	name   string
	number int32
	branch string // what people call it, if it is a branch
	head   bool   // it is HEAD
}

// branchName returns what people call a branch; "" for other references.
func branchName(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		if name, ok := strings.CutPrefix(ref, prefix); ok {
			return strings.TrimSuffix(name, "/HEAD")
		}
	}
	return ""
}

// tips returns where the references lead. Those that lead nowhere are reported.
func (r *run) tips(t *table, refs []repo.Ref, tags []tag) []tip {
	targets := make(map[int32]object.ID, len(tags))
	for _, g := range tags {
		targets[g.number] = g.target
	}
	var out []tip
	for _, ref := range refs {
		number, ok := t.peel(ref.ID, targets)
		if !ok {
			r.skip(finding.Skip{Name: ref.Name, Reason: finding.SkipMissing, Detail: "leads to " + ref.ID.String() + ", which is not in the repository"})
			continue
		}
		out = append(out, tip{name: ref.Name, number: number, branch: branchName(ref.Name), head: ref.Name == "HEAD"})
	}
	return out
}

// maxTags is how many annotated tags may stand one behind the other.
const maxTags = 64

// peel returns the object behind annotated tags.
func (t *table) peel(id object.ID, targets map[int32]object.ID) (int32, bool) {
	for range maxTags {
		number, ok := t.find(id[:t.store.Hash])
		if !ok {
			return 0, false
		}
		next, tagged := targets[number]
		if !tagged {
			return number, true
		}
		id = next
	}
	return 0, false
}

func numbersOf(tips []tip) []int32 {
	out := make([]int32, len(tips))
	for i, t := range tips {
		out[i] = t.number
	}
	return out
}
