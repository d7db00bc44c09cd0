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
// or what a reference was or follows, "@{1}", "@{-1}", "@{upstream}", each with ~N and ^N behind it (gitrevisions(7)).
func (r *run) resolve(spec string, refs []repo.Ref) (object.ID, error) {
	base, steps := spec, ""
	if i := strings.IndexAny(spec, "~^"); i >= 0 { // no name of a reference has one
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
	if at := strings.Index(name, "@{"); at >= 0 && strings.HasSuffix(name, "}") {
		return r.logged(name[:at], name[at+2:len(name)-1], refs)
	}
	i, ok := refNamed(name, refs)
	if ok {
		return refs[i].ID, true
	}
	if id, ok := r.repo.Special(name); ok {
		return id, true
	}
	if branch, ok := strings.CutPrefix(strings.TrimPrefix(name, "remotes/"), "origin/"); ok && r.address != "" { // the clone is a mirror of it
		return r.named(branch, refs)
	}
	if len(name) == 2*r.store.Hash {
		id, err := object.ParseID(name)
		return id, err == nil
	}
	return r.store.Abbreviated(name)
}

// refNamed finds the reference that a name abbreviates.
func refNamed(name string, refs []repo.Ref) (int, bool) {
	for _, form := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		full := fmt.Sprintf(form, name)
		i, ok := slices.BinarySearchFunc(refs, full, func(ref repo.Ref, name string) int { return strings.Compare(ref.Name, name) })
		if ok {
			return i, true
		}
	}
	return 0, false
}

// logged returns what "name@{at}" stands for.
func (r *run) logged(name, at string, refs []repo.Ref) (object.ID, bool) {
	full := r.repo.Current()
	if i, ok := refNamed(name, refs); ok && name != "" {
		full = refs[i].Name
	} else if name != "" {
		return object.ID{}, false
	}
	switch strings.ToLower(at) {
	case "u", "upstream", "push":
		if full == "HEAD" {
			full = r.repo.Current()
		}
		if i, ok := refNamed(r.repo.Upstream(full), refs); ok {
			return refs[i].ID, true
		}
		return object.ID{}, false
	}
	n, err := strconv.Atoi(at)
	if err != nil {
		return object.ID{}, false
	}
	if n < 0 && name == "" {
		return r.left(-n, refs)
	}
	if full == "" {
		full = "HEAD"
	}
	log := r.repo.Reflog(full)
	switch {
	case n < 0 || n > len(log) || len(log) == 0:
		return object.ID{}, false
	case n == len(log):
		return log[0].Old, !log[0].Old.IsZero()
	}
	return log[len(log)-1-n].New, true
}

// left returns the branch or commit that was checked out n changes ago.
func (r *run) left(n int, refs []repo.Ref) (object.ID, bool) {
	for _, e := range slices.Backward(r.repo.Reflog("HEAD")) {
		what, ok := strings.CutPrefix(e.Message, "checkout: moving from ")
		if !ok {
			continue
		}
		if n--; n > 0 {
			continue
		}
		from, _, _ := strings.Cut(what, " to ")
		if strings.Contains(from, "@{") { // a log may say anything
			return object.ID{}, false
		}
		return r.named(from, refs)
	}
	return object.ID{}, false
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
