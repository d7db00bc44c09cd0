package git

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// resolve returns the commit that a revision names: a reference as git abbreviates it, an id or the start of one,
// each with ~N and ^N behind it (gitrevisions(7)).
func (r *run) resolve(spec string, refs []repo.Ref) (object.ID, error) {
	base, steps := spec, ""
	if i := strings.IndexAny(spec, "~^"); i >= 0 {
		base, steps = spec[:i], spec[i:]
	}
	if base == "" || base == "@" {
		base = "HEAD"
	}
	id, ok := r.named(base, refs)
	if !ok {
		return id, fmt.Errorf("%q is no branch, tag or commit of %s", spec, r.opts.Name)
	}
	reader := r.store.NewReader()
	c, err := commitAt(reader, &id)
	for err == nil && steps != "" {
		var parent int
		var generations int
		if parent, generations, steps, err = nextStep(steps); err != nil {
			break
		}
		for range generations {
			if parent == 0 {
				break
			}
			if parent > len(c.Parents) {
				return id, fmt.Errorf("%q: %s has no parent %d", spec, id, parent)
			}
			id = c.Parents[parent-1]
			if c, err = commitAt(reader, &id); err != nil {
				break
			}
		}
	}
	if err != nil {
		return id, fmt.Errorf("%q: %w", spec, err)
	}
	return id, nil
}

// nextStep reads "~", "~3", "^", "^2" or "^{...}" from the start of steps.
func nextStep(steps string) (parent, generations int, rest string, err error) {
	if i := strings.IndexByte(steps, '}'); strings.HasPrefix(steps, "^{") && i > 0 {
		return 0, 1, steps[i+1:], nil
	}
	end := 1
	for end < len(steps) && steps[end] >= '0' && steps[end] <= '9' {
		end++
	}
	n := 1
	if end > 1 {
		if n, err = strconv.Atoi(steps[1:end]); err != nil || n > 1<<24 {
			return 0, 0, "", fmt.Errorf("%q: number is too large", steps[:end])
		}
	}
	switch steps[0] {
	case '~':
		return 1, n, steps[end:], nil
	case '^':
		return n, 1, steps[end:], nil
	}
	return 0, 0, "", fmt.Errorf("%q is not understood", steps)
}

// named returns what a name without suffixes stands for.
func (r *run) named(name string, refs []repo.Ref) (object.ID, bool) {
	for _, form := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		full := fmt.Sprintf(form, name)
		i, ok := slices.BinarySearchFunc(refs, full, func(ref repo.Ref, name string) int { return strings.Compare(ref.Name, name) })
		if ok {
			return refs[i].ID, true
		}
	}
	if len(name) == 2*r.store.Hash {
		id, err := object.ParseID(name)
		return id, err == nil
	}
	return r.store.Abbreviated(name)
}

// commitAt reads a commit, seeing through annotated tags; id becomes the commit's.
func commitAt(reader *repo.Reader, id *object.ID) (c object.CommitInfo, err error) {
	for range maxTags {
		kind, text, err := reader.Read(*id)
		if err != nil {
			return c, err
		}
		switch kind {
		case object.Commit:
			return object.ParseCommit(text)
		case object.Tag:
			t, err := object.ParseTag(text)
			if err != nil {
				return c, err
			}
			*id = t.Target
		default:
			return c, fmt.Errorf("%s is a %s, not a commit", *id, kind)
		}
	}
	return c, fmt.Errorf("%s: too many tags one behind the other", *id)
}
