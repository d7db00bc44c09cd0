// Image packs the program into a container image without a daemon: an archive that docker, podman and skopeo load. It
// holds what packaging/Dockerfile's plain image holds: the program, certificates of authorities, and a user without
// rights. The same files give the same bytes.
package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// The user that the program runs as: by number, for Kubernetes does not believe in names (runAsNonRoot).
const user = 65532

// authorities are where systems keep the certificates of authorities: Debian and Alpine, Red Hat, macOS.
var authorities = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}

// about is what an image is made of and says of itself.
type about struct {
	program, certificates         []byte
	architecture, version, commit string
	made                          time.Time
}

func main() {
	binary := flag.String("binary", "", "the program, for Linux")
	certificates := flag.String("certificates", "", "file of certificates of authorities (default: this system's)")
	var a about
	flag.StringVar(&a.architecture, "arch", "", "amd64 or arm64")
	flag.StringVar(&a.version, "version", "", "of the program")
	flag.StringVar(&a.commit, "commit", "", "that it was built from")
	when := flag.Int64("time", 0, "of the build, in seconds since 1970")
	out := flag.String("o", "", "file to write")
	flag.Parse()
	a.made = time.Unix(*when, 0).UTC()
	err := a.read(*binary, *certificates)
	if err == nil {
		err = a.write(*out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// read reads the files that go into the image.
func (a *about) read(binary, certificates string) (err error) {
	if a.program, err = os.ReadFile(binary); err != nil {
		return err
	}
	places := authorities
	if certificates != "" {
		places = []string{certificates}
	}
	for _, name := range places {
		if a.certificates, err = os.ReadFile(name); err == nil {
			return nil
		}
	}
	return fmt.Errorf("certificates of authorities: %w; name a file with -certificates", err)
}

func (a *about) write(file string) error {
	img, err := a.image()
	if err != nil {
		return err
	}
	tag, err := name.NewTag("unleak:" + a.version)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(file, tag, img)
}

// image returns the image: what rarely changes in the first layer, the program in the second.
func (a *about) image() (v1.Image, error) {
	if len(a.program) == 0 || len(a.certificates) == 0 || a.architecture == "" {
		return nil, errors.New("a program, its architecture and certificates are needed")
	}
	ground := []entry{
		{name: "etc/", mode: 0o755},
		{name: "etc/group", mode: 0o644, text: []byte("root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n")},
		{name: "etc/passwd", mode: 0o644, text: []byte("root:x:0:0:root:/root:/sbin/nologin\n" +
			"nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n")},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, text: a.certificates},
		{name: "home/", mode: 0o755},
		{name: "home/nonroot/", mode: 0o700, owner: user},
		{name: "tmp/", mode: 0o1777},
	}
	program := []entry{
		{name: "usr/", mode: 0o755},
		{name: "usr/bin/", mode: 0o755},
		{name: "usr/bin/unleak", mode: 0o755, text: a.program},
	}
	img := empty.Image
	for _, part := range []struct {
		by    string
		files []entry
	}{{"user, certificates", ground}, {"COPY unleak /usr/bin/unleak", program}} {
		layer, err := a.layer(part.files)
		if err != nil {
			return nil, err
		}
		img, err = mutate.Append(img, mutate.Addendum{
			Layer: layer, History: v1.History{CreatedBy: part.by, Created: v1.Time{Time: a.made}},
		})
		if err != nil {
			return nil, err
		}
	}
	c, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(img, a.config(c))
}

// config says how the image runs, and where it comes from (https://specs.opencontainers.org/image-spec/annotations).
func (a *about) config(of *v1.ConfigFile) *v1.ConfigFile {
	c := of.DeepCopy()
	c.OS, c.Architecture, c.Created = "linux", a.architecture, v1.Time{Time: a.made}
	c.Config = v1.Config{
		User:       fmt.Sprintf("%d:%d", user, user),
		Env:        []string{"PATH=/usr/bin", "HOME=/home/nonroot", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
		Entrypoint: []string{"/usr/bin/unleak"},
		WorkingDir: "/home/nonroot",
		Labels: map[string]string{
			"org.opencontainers.image.title":       "unleak",
			"org.opencontainers.image.description": "Finds leaked credentials in git history, working trees, container images and logs",
			"org.opencontainers.image.source":      "https://github.com/unleak/unleak",
			"org.opencontainers.image.licenses":    "Apache-2.0",
			"org.opencontainers.image.version":     a.version,
			"org.opencontainers.image.revision":    a.commit,
			"org.opencontainers.image.created":     a.made.Format(time.RFC3339),
		},
	}
	return c
}

// entry is a file of a layer, or, its name ending in a slash, a folder.
type entry struct {
	name  string
	mode  int64
	owner int
	text  []byte
}

// layer packs files into a layer.
func (a *about) layer(files []entry) (v1.Layer, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: f.mode, Uid: f.owner, Gid: f.owner, Size: int64(len(f.text)), ModTime: a.made, Typeflag: tar.TypeReg}
		if f.name[len(f.name)-1] == '/' {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
}
