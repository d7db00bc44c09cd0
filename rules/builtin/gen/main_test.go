package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/unleak/unleak/rules"
)

// TestFresh fails when a TOML file was changed and `go generate ./rules/builtin` was not run.
func TestFresh(t *testing.T) {
	t.Chdir("..")
	all, err := rules.LoadDir(os.DirFS("."), ".")
	if err != nil {
		t.Fatal(err)
	}
	code, err := source(all)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{table: code, page: document(all)} {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./rules/builtin", name)
		}
	}
}
