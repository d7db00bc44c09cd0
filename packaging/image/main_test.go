package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func example() *about {
	return &about{
		program: []byte("\x7fELF program"), certificates: []byte("certificates"), architecture: "arm64",
		version: "v0.1.0", commit: "5d41402abc4b", made: time.Unix(1_700_000_000, 0).UTC(),
	}
}

// The archive can be loaded, holds what it should and nothing else, and says what it is.
func TestImage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := example().write(file); err != nil {
		t.Fatal(err)
	}
	img, err := tarball.ImageFromPath(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(img); err != nil {
		t.Error(err)
	}
	c, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if c.OS != "linux" || c.Architecture != "arm64" || !c.Created.Equal(example().made) {
		t.Errorf("%s/%s of %v", c.OS, c.Architecture, c.Created)
	}
	if !regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`).MatchString(c.Config.User) {
		t.Errorf("runs as %q: want numbers, not root's", c.Config.User)
	}
	for _, label := range []string{"title", "source", "licenses", "version", "revision", "created"} {
		if c.Config.Labels["org.opencontainers.image."+label] == "" {
			t.Errorf("no label %s in %v", label, c.Config.Labels)
		}
	}
	files := contents(t, mutate.Extract(img))
	for name, want := range map[string]string{"usr/bin/unleak": "\x7fELF program", "etc/ssl/certs/ca-certificates.crt": "certificates"} {
		if files[name] != want {
			t.Errorf("%s holds %q, want %q", name, files[name], want)
		}
	}
	if got := c.Config.Entrypoint; len(got) != 1 || files[strings.TrimPrefix(got[0], "/")] == "" {
		t.Errorf("entry point %q is no file of the image", got)
	}
	if len(files) != 4 {
		t.Errorf("%d files, want program, certificates, users and groups alone", len(files))
	}
	if !strings.Contains(files["etc/passwd"], ":"+strings.Split(c.Config.User, ":")[0]+":") {
		t.Errorf("the user %s has no name", c.Config.User)
	}
}

// contents reads the regular files of an image, and checks that nobody but their owner may write them.
func contents(t *testing.T, in io.ReadCloser) map[string]string {
	t.Helper()
	defer in.Close()
	files := map[string]string{}
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = string(text)
		if h.Uid != 0 || h.Mode&0o022 != 0 || h.Mode&0o6000 != 0 {
			t.Errorf("%s: mode %o of user %d", h.Name, h.Mode, h.Uid)
		}
	}
}

func TestImageIsReproducible(t *testing.T) {
	var all [2][]byte
	for i := range all {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := example().write(file); err != nil {
			t.Fatal(err)
		}
		var err error
		if all[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(all[0], all[1]) {
		t.Error("the same files give other bytes")
	}
}

func TestImageNeedsItsParts(t *testing.T) {
	for name, spoil := range map[string]func(*about){
		"program":      func(a *about) { a.program = nil },
		"certificates": func(a *about) { a.certificates = nil },
		"architecture": func(a *about) { a.architecture = "" },
	} {
		a := example()
		spoil(a)
		if err := a.write(filepath.Join(t.TempDir(), "image.tar")); err == nil {
			t.Errorf("an image without %s", name)
		}
	}
	if err := new(about).read(os.Args[0], filepath.Join(t.TempDir(), "none.crt")); err == nil {
		t.Error("certificates that are not there are none")
	}
}

// What docker builds runs as the same user, by number: Kubernetes refuses to start an image of a named one where
// runAsNonRoot is asked for.
func TestDockerfilesRunAsNobodyByNumber(t *testing.T) {
	for _, file := range []string{"../../Dockerfile", "../Dockerfile"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		users := regexp.MustCompile(`(?m)^USER (.*)$`).FindAllStringSubmatch(string(text), -1)
		if len(users) == 0 {
			t.Errorf("%s names no user", file)
		}
		for _, u := range users {
			if u[1] != "65532:65532" {
				t.Errorf("%s: USER %s, want 65532:65532", file, u[1])
			}
		}
		if !strings.Contains(string(text), "LABEL org.opencontainers.image.source=https://github.com/unleak/unleak") {
			t.Errorf("%s does not say where the image comes from", file)
		}
	}
}
