package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/source/git"
)

// cacheFlags say where scans remember what they read.
type cacheFlags struct {
	on  bool
	dir string
}

func (f *cacheFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.on, "cache", false, "remember what holds nothing, of repositories and images: the next scan reads only what is new")
	c.Flags().StringVar(&f.dir, "cache-dir", "", "folder for --cache (default: unleak in the user's cache folder)")
}

// apply sets the cache's folder and what tells its contents apart.
func (f *cacheFlags) apply(o *git.Options, s *settings) (err error) {
	o.Cache, o.RulesHash, err = f.place(s)
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
	for _, name := range append([]string{program}, s.ruleFiles...) {
		if err := hashFile(h, name); err != nil {
			return "", err
		}
	}
	c := &s.config
	fmt.Fprintf(h, "%q %q %v %d %+v %q", c.Enable, c.Disable, c.MinConfidence, s.decodeDepth, c.Allow, c.AllowMark)
	return hex.EncodeToString(h.Sum(nil)), nil
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
