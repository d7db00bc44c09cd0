// Package builtin holds the rules that come with unleak: one TOML file a provider, and table_gen.go, which is the same
// rules compiled ahead so that a start costs no parsing.
//
// After a change to a TOML file run `go generate ./rules/builtin`; a test compares.
package builtin

import (
	"embed"

	"github.com/unleak/unleak/rules"
)

//go:generate go run ./gen

// Files holds the TOML files, with the examples that the table leaves out.
//
//go:embed *.toml
var Files embed.FS

// Rules returns the built-in rules by id, without their examples. The slice is shared: do not change it.
func Rules() []rules.Rule { return table[:] }

// WithExamples parses the TOML files again, examples included. It takes tens of milliseconds.
func WithExamples() ([]rules.Rule, error) { return rules.LoadDir(Files, ".") }
