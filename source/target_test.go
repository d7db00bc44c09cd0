package source

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func tarWith(names ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, n := range names {
		_ = w.WriteHeader(&tar.Header{Name: n, Mode: 0o600})
	}
	_ = w.Close()
	return b.Bytes()
}

func TestDetect(t *testing.T) {
	t.Chdir(t.TempDir())
	blob := "blobs/sha256/" + strings.Repeat("ab", 32)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(tarWith(blob, "index.json"))
	_ = z.Close()
	for name, text := range map[string]string{
		"work/.git/HEAD": "ref: x", "work/.git/objects/x": "", "work/.git/refs/x": "",
		"bare/HEAD": "ref: x", "bare/objects/x": "", "bare/refs/x": "",
		"tree/.git": "gitdir: ../work/.git/worktrees/tree\n", "not/.git": "hello", "half/.git/x": "",
		"layout/oci-layout": "{}", "layout/index.json": "{}",
		"saved": string(tarWith(blob, "manifest.json")), "packed": packed.String(), "plain.tar": string(tarWith("a", "b")),
		"text": "hello", "empty": "",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for target, want := range map[string]Kind{
		"-": Stdin, "work": Repository, "bare": Repository, "tree": Repository, "work/.git": Repository, "not": Directory, "half": Directory,
		".": Directory, "layout": Image, "saved": Image, "packed": Image, "plain.tar": File, "text": File, "empty": File,
		"https://example.com/a/b": RemoteGit, "git@example.com:a/b.git": RemoteGit, "ssh://git@example.com/a": RemoteGit, "file:///srv/a.git": RemoteGit,
		"docker://alpine:3": RemoteImg, "docker-daemon:app:1": RemoteImg, "gone": Missing, "alpine:3": Missing, "/dev/null": File,
	} {
		if got := Detect(target); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}
