package source

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/internal/plainfile"
)

// Kind is what a target of a scan is.
type Kind string

// The kinds of target.
const (
	Stdin      Kind = "stdin"      // "-"
	Repository Kind = "repository" // a git repository on disk, bare or not
	RemoteGit  Kind = "remote git" // a URL or scp-like address of a repository
	Image      Kind = "image"      // a docker-save or OCI archive, or an OCI layout
	RemoteImg  Kind = "remote image"
	Directory  Kind = "directory"
	File       Kind = "file"
	Missing    Kind = "missing" // a path that is not there
)

// scpLike is git's short form of an ssh address: user@host:path.
var scpLike = lazyregexp.New(`^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:[^\\]`)

// Detect tells what a target is. What is there on disk wins over what looks like an address.
func Detect(target string) Kind {
	if target == "-" {
		return Stdin
	}
	info, err := os.Stat(target)
	if err != nil {
		return detectAddress(target)
	}
	switch {
	case info.IsDir() && isRepository(target):
		return Repository
	case info.IsDir() && isLayout(target):
		return Image
	case info.IsDir():
		return Directory
	case info.Mode().IsRegular() && isImageArchive(target):
		return Image
	}
	return File
}

// HandedOver tells the name of a file that the program was started with, such as /dev/fd/63, which a shell makes of
// <(command). A named pipe elsewhere is not opened: nobody may ever write to it.
func HandedOver(path string) bool {
	abs, err := filepath.Abs(path)
	return err == nil && (abs == "/dev/stdin" || strings.HasPrefix(abs, "/dev/fd/") || strings.HasPrefix(abs, "/proc/"))
}

// PipeNote says of a named pipe that it is not read, and how it would be.
func PipeNote(shown string) string {
	return fmt.Sprintf("%s is a named pipe and is not read: `unleak stdin < %s` waits for what is written to it", shown, shown)
}

func detectAddress(target string) Kind {
	if kind, _, ok := strings.Cut(target, ":"); ok {
		switch kind {
		case "docker", "docker-daemon", "docker-archive", "oci", "oci-archive", "containerd":
			return RemoteImg
		}
	}
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		switch u.Scheme {
		case "http", "https", "git", "ssh", "git+ssh", "ssh+git", "ftp", "ftps":
			return RemoteGit
		}
	}
	if strings.HasPrefix(target, "file://") || scpLike.MatchString(target) {
		return RemoteGit
	}
	return Missing
}

// isRepository tells a work tree (with a .git folder, or a .git file that leads elsewhere) or a bare repository.
func isRepository(dir string) bool {
	dotGit := filepath.Join(dir, ".git")
	if info, err := os.Stat(dotGit); err == nil {
		if info.Mode().IsRegular() {
			return bytes.HasPrefix(readHead(dotGit, 8), []byte("gitdir: "))
		}
		return isGitDir(dotGit)
	}
	return isGitDir(dir)
}

func isGitDir(dir string) bool {
	return exists(filepath.Join(dir, "HEAD")) && exists(filepath.Join(dir, "objects")) && exists(filepath.Join(dir, "refs"))
}

func isLayout(dir string) bool {
	return exists(filepath.Join(dir, "oci-layout")) && exists(filepath.Join(dir, "index.json")) ||
		exists(filepath.Join(dir, "io.containerd.content.v1.content", "blobs")) // the root folder of containerd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readHead(path string, n int64) []byte {
	f, err := plainfile.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head, _ := io.ReadAll(io.LimitReader(f, n))
	return head
}
