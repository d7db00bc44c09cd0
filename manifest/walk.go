package manifest

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// leftOut are folders that hold other people's files.
var leftOut = []string{".git", "node_modules", "vendor", ".terraform"}

// Walk looks at every manifest of a file or folder, in order. Symbolic links are not followed. What cannot be read is
// handed to skip.
func Walk(root string, see func(name string, notes []Note), skip func(name string, err error)) {
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			skip(name, err)
			return nil
		case d.IsDir() && name != root && slices.Contains(leftOut, d.Name()):
			return filepath.SkipDir
		case !d.Type().IsRegular() || !Fits(filepath.ToSlash(name)):
			return nil
		}
		notes, err := LookAt(name)
		if err != nil {
			skip(name, err)
		}
		if len(notes) > 0 {
			see(filepath.ToSlash(name), notes)
		}
		return nil
	})
}

// LookAt is Look for a file on disk; of one that is too long nothing is told.
func LookAt(name string) ([]Note, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxText+1))
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(name) // the folder decides what a pipeline is
	if err != nil {
		abs = name
	}
	notes, err := lookInto(filepath.ToSlash(abs), text)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return notes, err
}
