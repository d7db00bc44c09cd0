package object

import "bytes"

// Mode is the file mode of a tree entry.
type Mode uint32

// The modes git writes. Old trees hold others, as 0100664: only the type bits count.
const (
	ModeTree    Mode = 0o040000
	ModeFile    Mode = 0o100644
	ModeExec    Mode = 0o100755
	ModeSymlink Mode = 0o120000
	ModeGitlink Mode = 0o160000

	modeType Mode = 0o170000
)

// IsTree tells whether the entry is a folder.
func (m Mode) IsTree() bool { return m&modeType == ModeTree }

// IsGitlink tells whether the entry is a submodule: its id names a commit of another repository.
func (m Mode) IsGitlink() bool { return m&modeType == ModeGitlink }

// Entry is one line of a tree. Name and Raw are parts of the tree's text.
type Entry struct {
	Mode       Mode
	Name       []byte
	Raw        []byte // the id's bytes
	Start, End int    // of the whole entry in the text
}

// NextEntry reads the entry that starts at p. It returns false at the end of the text and where the text is not a
// tree; the two differ in p being len(text).
//
//	mode in octal, ' ', name, 0, id in raw bytes
func NextEntry(text []byte, p, hash int) (e Entry, ok bool) {
	if p >= len(text) {
		return e, false
	}
	i := p
	for ; i < len(text) && text[i] != ' '; i++ {
		if text[i] < '0' || text[i] > '7' || i-p > 7 {
			return e, false
		}
		e.Mode = e.Mode<<3 | Mode(text[i]-'0')
	}
	i++
	if i >= len(text) {
		return e, false
	}
	n := bytes.IndexByte(text[i:], 0)
	if n <= 0 || len(text)-(i+n+1) < hash {
		return e, false
	}
	e.Name = text[i : i+n]
	i += n + 1
	e.Raw = text[i : i+hash]
	e.Start, e.End = p, i+hash
	return e, true
}

// IsSymlink tells whether the entry is a symbolic link: its blob is the target.
func (m Mode) IsSymlink() bool { return m&modeType == ModeSymlink }
