// Narhash prints the hash that Nix gives a file or folder: SHA-256 over its archive, as "sha256-" and base64. Given the
// folder that `go mod vendor` writes it prints the vendorHash of flake.nix, without Nix.
//
// The archive is that of E. Dolstra, "The Purely Functional Software Deployment Model", 2006, figure 5.2: strings have
// their length in front, 8 bytes, little-endian, and zeros behind up to a multiple of 8.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: narhash FOLDER")
		os.Exit(2)
	}
	hash, err := narHash(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "narhash:", err)
		os.Exit(1)
	}
	fmt.Println(hash)
}

func narHash(name string) (string, error) {
	h := sha256.New()
	a := archiver{bufio.NewWriter(h)}
	a.text("nix-archive-1")
	if err := a.node(name); err != nil {
		return "", err
	}
	if err := a.out.Flush(); err != nil {
		return "", err
	}
	return "sha256-" + base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// archiver writes to a hash, which takes everything.
type archiver struct{ out *bufio.Writer }

func (a archiver) text(all ...string) {
	for _, s := range all {
		a.length(int64(len(s)))
		_, _ = a.out.WriteString(s)
		a.pad(int64(len(s)))
	}
}

func (a archiver) length(n int64) {
	_, _ = a.out.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func (a archiver) pad(n int64) { _, _ = a.out.Write(make([]byte, (8-n%8)%8)) }

// node writes a file, a link, or a folder with what is in it.
func (a archiver) node(name string) error {
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	a.text("(", "type")
	switch info.Mode().Type() {
	case 0:
		err = a.file(name, info)
	case fs.ModeSymlink:
		var target string
		target, err = os.Readlink(name)
		a.text("symlink", "target", target)
	case fs.ModeDir:
		err = a.folder(name)
	default:
		err = fmt.Errorf("%s is neither a file nor a folder nor a link", name)
	}
	a.text(")")
	return err
}

func (a archiver) file(name string, info fs.FileInfo) error {
	a.text("regular")
	if info.Mode()&0o100 != 0 {
		a.text("executable", "")
	}
	a.text("contents")
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	a.length(info.Size())
	if _, err := io.CopyN(a.out, f, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a.pad(info.Size())
	return nil
}

func (a archiver) folder(name string) error {
	a.text("directory")
	entries, err := os.ReadDir(name) // sorted by name, as the archive has them
	if err != nil {
		return err
	}
	for _, e := range entries {
		a.text("entry", "(", "name", e.Name(), "node")
		if err := a.node(filepath.Join(name, e.Name())); err != nil {
			return err
		}
		a.text(")")
	}
	return nil
}
