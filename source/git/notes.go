package git

import "strings"

// noteRef returns the reference of notes a commit belongs to; "" for others.
func (a *attribution) noteRef(position int32) string { return a.notes[position] }

// findNotes fills notes: commits that references under refs/notes lead to, and no other.
func (a *attribution) findNotes(refs []tip) {
	a.notes = map[int32]string{}
	var others []int32
	for _, r := range refs {
		if !strings.HasPrefix(r.name, notesPrefix) {
			others = append(others, r.number)
		}
	}
	var reached []bool
	for _, r := range refs {
		if !strings.HasPrefix(r.name, notesPrefix) {
			continue
		}
		if reached == nil {
			reached = a.history.reach(others)
		}
		for i, in := range a.history.reach([]int32{r.number}) {
			position := a.history.position[i]
			if in && !reached[i] && a.notes[position] == "" {
				a.notes[position] = r.name
			}
		}
	}
}

const notesPrefix = "refs/notes/"
