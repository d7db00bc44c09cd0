package archive

import "strings"

// Names tells which names on the paths of members were not there in the path before: a folder's name is told with the
// first of its files, an archive's with its first member. The zero value is ready to use.
type Names struct{ last []string }

// Each calls told with each new name and the members that lead to it, the named one included.
func (n *Names) Each(path []string, told func(inside []string, name string)) {
	same := true
	for i, p := range path {
		name := p
		if same && i < len(n.last) {
			if p == n.last[i] {
				continue
			}
			name = p[sharedFolders(p, n.last[i]):]
		}
		same = false
		told(path[:i+1:i+1], name)
	}
	n.last = append(n.last[:0], path...)
}

// sharedFolders returns the length of the folders, with their slashes, that a path shares with the one before, or that it is.
func sharedFolders(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(b) && i < len(a) && a[i] == '/' {
		return i + 1
	}
	return strings.LastIndexByte(a[:i], '/') + 1
}
