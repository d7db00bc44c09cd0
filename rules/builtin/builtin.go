// Package builtin holds the rules that come with unleak: one TOML file a provider, and table_gen.go, which is the same
// rules compiled ahead so that a start costs no parsing.
//
// After a change to a TOML file run `go generate ./rules/builtin`; a test compares.
package builtin

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	_ "embed" // for packed
	"fmt"
	"io"
	"io/fs"

	"github.com/unleak/unleak/rules"
)

//go:generate go run ./gen

// packed holds the TOML files as gen packs them.
//
//go:embed files_gen.bin
var packed []byte

// Files returns the TOML files, with the examples that the table leaves out. They are unpacked at each call.
func Files() (fs.FS, error) {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, fmt.Errorf("built-in rules: %w", err)
	}
	return zip.NewReader(bytes.NewReader(text), int64(len(text)))
}

// Rules returns the built-in rules by id, without their examples. The slice is shared: do not change it.
func Rules() []rules.Rule { return table[:] }

// WithExamples parses the TOML files again, examples included. It takes tens of milliseconds.
func WithExamples() ([]rules.Rule, error) {
	files, err := Files()
	if err != nil {
		return nil, err
	}
	return rules.LoadDir(files, ".")
}
