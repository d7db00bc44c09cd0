package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHashProgram: what tells builds apart is the id of the build where there is one, and the content otherwise.
func TestHashProgram(t *testing.T) {
	id := func(c string) string { return strings.Join([]string{c, c, c, c}, "/") }
	a, b := id(strings.Repeat("a", 20)), id(strings.Repeat("b", 20))
	rest := strings.Repeat("x", 40<<10)
	hash := func(content string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := hashProgram(&out, name); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, form := range []string{"\x7fELF\x04\x00\x00\x00\x53\x00\x00\x00\x04\x00\x00\x00Go\x00\x00%", "MZ\xff Go build ID: \"%\"\n \xff"} {
		one, other := strings.Replace(form, "%", a, 1), strings.Replace(form, "%", b, 1)
		if hash(one+rest) == hash(other+rest) {
			t.Errorf("%q: two builds are one", form)
		}
		if hash(one+rest) != hash(one+"y"+rest) {
			t.Errorf("%q: the id was not found", form)
		}
	}
	if hash("#!/bin/sh"+rest+"1") == hash("#!/bin/sh"+rest+"2") || hash("") == hash("a") {
		t.Error("without an id the content is not looked at")
	}
}

// TestHashOfThisProgram: programs that Go builds have the id.
func TestHashOfThisProgram(t *testing.T) {
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := hashProgram(&out, name); err != nil || !strings.Contains(out.String(), "/") {
		t.Errorf("%q %v", out.String(), err)
	}
}
