package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A folder of every kind of node and of lengths around the padding, as Nix 2.8 hashes it (nix hash path, November 2026).
func TestNarHash(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "seven": "1234567", "eight": "12345678", "nine": "123456789", "b/c/deep": "x\n", "b-": "sorts before b/", "Z": "and this first",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "run"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../elsewhere", filepath.Join(dir, "link")); err != nil {
		t.Skip("no links here:", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "nothing"), 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := narHash(dir)
	if err != nil {
		t.Fatal(err)
	}
	const want = "sha256-z/zgZ29X7yPfilI1o0pfcBHMLcsF+B/EWp4eB5JxSwY="
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if nix, err := exec.LookPath("nix"); err == nil {
		out, err := exec.Command(nix, "--extra-experimental-features", "nix-command", "hash", "path", dir).Output()
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.TrimSpace(string(out)); said != got {
			t.Errorf("Nix says %s, we %s", said, got)
		}
	}
	if _, err := narHash(filepath.Join(dir, "none")); err == nil {
		t.Error("what is not there has a hash")
	}
}
