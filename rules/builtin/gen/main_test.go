package main

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
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
	files, err := pack(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{table: code, packed: files, page: document(all)} {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./rules/builtin", name)
		}
	}
}

// TestPacked: the files in the program are the files of the folder.
func TestPacked(t *testing.T) {
	packed, err := builtin.Files()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(os.DirFS(".."), "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 100 {
		t.Fatalf("only %d files", len(names))
	}
	for _, name := range names {
		got, err := fs.ReadFile(packed, name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want, err := os.ReadFile("../" + name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as in the folder: run go generate ./rules/builtin (%v)", name, err)
		}
	}
}
