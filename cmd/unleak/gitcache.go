package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/internal/lazyregexp"
	"github.com/unleak/unleak/source/git"
)

// cacheFlags say where scans remember what they read.
type cacheFlags struct {
	on  bool
	dir string
}

func (f *cacheFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.on, "cache", false, "remember what was read of repositories and images, findings encrypted: the next scan reads only what is new")
	c.Flags().StringVar(&f.dir, "cache-dir", "", "folder for --cache (default: unleak in the user's cache folder)")
}

// apply sets the cache's folder and what tells its contents apart; s.config.Exclude is all that chooses paths.
func (f *cacheFlags) apply(o *git.Options, s *settings) (err error) {
	o.Cache, o.RulesHash, err = f.place(s)
	o.Chosen = fmt.Sprintf("%q", s.config.Exclude)
	return err
}

// place returns the folder, "" for none, and what tells its contents apart. Where there is no place to remember things
// in, nothing is, and the report says so.
func (f *cacheFlags) place(s *settings) (dir, hash string, err error) {
	if !f.on && f.dir == "" {
		return "", "", nil
	}
	dir = f.dir
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			s.notes = append(s.notes, fmt.Sprintf("--cache: nothing is remembered: %v; name a folder with --cache-dir", err))
			return "", "", nil
		}
		dir = filepath.Join(user, "unleak")
	}
	if hash, err = s.rulesHash(); err != nil {
		return "", "", fmt.Errorf("--cache: %w", err)
	}
	return dir, hash, nil
}

// rulesHash is another one whenever a scan could find something else: it covers the program itself, with its rules
// and engine, the files of further rules, and the settings that decide what a match is.
func (s *settings) rulesHash() (string, error) {
	h := sha256.New()
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	if err := hashProgram(h, program); err != nil {
		return "", err
	}
	for _, name := range s.ruleFiles {
		if err := hashFile(h, name); err != nil {
			return "", err
		}
	}
	c := &s.config
	fmt.Fprintf(h, "%q %q %v %d %+v %q", c.Enable, c.Disable, c.MinConfidence, s.decodeDepth, c.Allow, c.AllowMark)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// buildID is what Go's linker writes near the start of a program, as a note of ELF and as text elsewhere: a hash of all that
// it is made of, and one of the result (cmd/internal/buildid of Go 1.26).
var buildID = lazyregexp.New(`(?:Go\x00\x00|Go build ID: ")[0-9A-Za-z_\-]{20}/[0-9A-Za-z_\-]{20}/[0-9A-Za-z_\-]{20}/[0-9A-Za-z_\-]{20}`)

// hashProgram adds what tells a program from any other: the id of its build, or, of one built without, its content.
func hashProgram(to io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 32<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if id := buildID.Get().Find(head[:n]); id != nil {
		_, err = fmt.Fprintf(to, "%q\n", id)
		return err
	}
	return hashFile(to, name)
}

// hashFile adds a file's length and content.
func hashFile(to io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, "%d %x\n", n, h.Sum(nil))
	return err
}
