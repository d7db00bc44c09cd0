package image

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// target is what a reference names.
type target struct {
	name string // as the user wrote it
	kind targetKind
	path string         // of layouts and archives
	tag  string         // of layouts and archives: only this image; "": all
	ref  name.Reference // of registries
	text string         // of daemons: the reference as the daemon knows it
}

type targetKind uint8

const (
	inRegistry targetKind = iota
	inDaemon
	inEither // daemon, then registry
	inLayout
	inArchive
	inStream     // an archive on standard input
	inContainerd // containerd's root folder
)

// parseTarget tells what text names. What is there on disk wins.
func parseTarget(text string, opts *Options) (target, error) {
	t := target{name: text}
	if text == "-" {
		t.kind = inStream
		return t, nil
	}
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok {
		scheme = "" // a folder may be called oci
	}
	switch scheme {
	case "docker":
		t.kind = inRegistry
		return t.reference(strings.TrimPrefix(rest, "//"), opts)
	case "docker-daemon":
		t.kind, t.text = inDaemon, rest
		return t, nil
	case "docker-archive", "oci-archive":
		t.kind = inArchive
		return t.onDisk(rest)
	case "oci":
		t.kind = inLayout
		return t.onDisk(rest)
	case "containerd":
		t.kind, t.path = inContainerd, rest
		if !isContainerd(rest) {
			return t, fmt.Errorf("image %q: not the root folder of containerd (usually /var/lib/containerd)", text)
		}
		return t, nil
	}
	if info, err := os.Stat(text); err == nil {
		t.path = text
		if !info.IsDir() {
			t.kind = inArchive
			return t, nil
		}
		if isContainerd(text) {
			t.kind = inContainerd
			return t, nil
		}
		t.kind = inLayout
		if _, err := os.Stat(filepath.Join(text, "index.json")); err != nil {
			return t, fmt.Errorf("image %q: a folder without index.json is no OCI layout", text)
		}
		return t, nil
	}
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") ||
		strings.HasSuffix(text, ".tar") || strings.HasSuffix(text, ".tar.gz") || strings.HasSuffix(text, ".tgz") {
		return t, fmt.Errorf("image %q: no such file or folder", text)
	}
	t.kind, t.text = inEither, text
	if opts.NoDaemon {
		t.kind = inRegistry
	}
	return t.reference(text, opts)
}

func (t target) onDisk(path string) (target, error) {
	t.path = path
	if _, err := os.Stat(path); err == nil {
		return t, nil
	}
	for i := strings.LastIndexByte(path, ':'); i > 0; i = strings.LastIndexByte(path[:i], ':') {
		t.path, t.tag = path[:i], path[i+1:]
		if _, err := os.Stat(t.path); err == nil {
			return t, nil
		}
	}
	return t, fmt.Errorf("image %q: no such file or folder", t.name)
}

func (t target) reference(text string, opts *Options) (target, error) {
	var options []name.Option
	if opts.Insecure {
		options = append(options, name.Insecure)
	}
	ref, err := name.ParseReference(text, options...)
	if err != nil {
		return t, fmt.Errorf("image %q: neither a file or folder nor a reference: %w", text, err)
	}
	if mirror := opts.Mirrors[ref.Context().RegistryStr()]; mirror != "" {
		separator := ":"
		if _, ok := ref.(name.Digest); ok {
			separator = "@"
		}
		mirrored := mirror + "/" + ref.Context().RepositoryStr() + separator + ref.Identifier()
		if ref, err = name.ParseReference(mirrored, options...); err != nil {
			return t, fmt.Errorf("image %q: mirror %q: %w", text, mirror, err)
		}
	}
	t.ref = ref
	return t, nil
}

// same tells whether both name one thing. A tag and a digest of one repository do where the image is one.
func (t *target) same(u *target) bool {
	if t.ref == nil || u.ref == nil || t.text != "" && t.kind == inDaemon || u.text != "" && u.kind == inDaemon {
		return t.kind == u.kind && t.text == u.text && t.tag == u.tag && realPath(t.path) == realPath(u.path)
	}
	if t.ref.Context().Name() != u.ref.Context().Name() {
		return false
	}
	_, one := t.ref.(name.Digest)
	_, other := u.ref.(name.Digest)
	return one || other || t.ref.Identifier() == u.ref.Identifier()
}

func realPath(path string) string {
	if path == "" {
		return ""
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

// exactly tells whether two targets are one whatever the images are.
func (t *target) exactly(u *target) bool {
	return t.kind == u.kind && t.same(u) && (t.ref == nil || t.ref.Identifier() == u.ref.Identifier())
}
