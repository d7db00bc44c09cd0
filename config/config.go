// Package config reads .unleak.toml: strict, layered from the user's file over one named on the command line to the
// repository's own.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"

	"github.com/unleak/unleak/internal/plainfile"
)

// FileName is the name of a repository's configuration.
const FileName = ".unleak.toml"

// EnvFile names a configuration file; it stands in for --config.
const EnvFile = "UNLEAK_CONFIG"

// Config is what a configuration file may set. Keys are the names in the tags.
type Config struct {
	Rules         []string `toml:"rules"`          // rule files of one's own, relative to this file
	Enable        []string `toml:"enable"`         // only these rules
	Disable       []string `toml:"disable"`        // not these rules
	MinConfidence float64  `toml:"min_confidence"` // 0 to 1
	Exclude       []string `toml:"exclude"`        // globs of paths that are not scanned
	IgnoreFiles   []string `toml:"ignore_files"`   // relative to this file
	Baseline      string   `toml:"baseline"`       // relative to this file
	FailOn        string   `toml:"fail_on"`
	AllowMark     string   `toml:"allow_mark"`
	IDKey         string   `toml:"id_key"`      // makes finding ids keyed; better in UNLEAK_ID_KEY
	AllowHosts    []string `toml:"allow_hosts"` // as --allow-host; not honoured in a repository's own file

	Allow []Allow `toml:"allow"` // what is not reported

	FromTop Paths    `toml:"-"` // of the file at the top of the work tree
	Sources []string `toml:"-"` // files read, in order
	Foreign []string `toml:"-"` // of Rules: those that the scanned repository itself names
	Unread  string   `toml:"-"` // why the user's own file could not be read, if there may be one; "": it was, or there is none
}

// Paths is what a file says of paths, which begin in its folder: those of a scan of a folder below do not.
type Paths struct {
	Exclude []string
	Allow   []Allow // that look at paths
}

// Load reads the layers that exist: the user's file, the one at the top of the work tree, the one in the folder that is
// scanned, unless these are "", and over all the one named (or in UNLEAK_CONFIG). A named file must exist. What the one at
// the top says of paths is kept apart. All mistakes are returned at once.
//
// A repository cannot allow hosts, and the rules it brings (Foreign) cannot say whom to ask: whoever wrote what is
// scanned must not choose where credentials are sent, or which addresses of the reader's network are asked.
func Load(named, folder, top string) (Config, error) {
	var c Config
	var errs []error
	if dir, err := os.UserConfigDir(); err == nil {
		errs = append(errs, c.user(filepath.Join(dir, "unleak", "config.toml")))
	}
	for _, dir := range []string{top, folder} {
		if dir == "" {
			continue
		}
		own := Config{}
		errs = append(errs, own.layer(filepath.Join(dir, FileName), false), own.inside(dir))
		own.AllowHosts = nil
		if dir == top {
			c.FromTop = own.takePaths()
		}
		c.merge(own)
		c.Sources = append(c.Sources, own.Sources...)
		c.Foreign = append(c.Foreign, own.Rules...)
	}
	if named == "" {
		named = os.Getenv(EnvFile)
	}
	if named != "" {
		errs = append(errs, c.layer(named, true))
	}
	return c, errors.Join(errs...)
}

// takePaths takes out what is said of paths.
func (c *Config) takePaths() Paths {
	p := Paths{Exclude: c.Exclude}
	c.Exclude = nil
	var rest []Allow
	for _, a := range c.Allow {
		if len(a.Paths) > 0 {
			p.Allow = append(p.Allow, a)
		} else {
			rest = append(rest, a)
		}
	}
	c.Allow = rest
	return p
}

// user reads the user's file. In a container or a job the home is often another user's, whose file is not for us.
func (c *Config) user(name string) error {
	err := c.layer(name, false)
	var read *fs.PathError
	switch {
	case errors.Is(err, syscall.ENOTDIR): // a home such as /dev/null
		return nil
	case errors.As(err, &read):
		c.Unread = err.Error()
		return nil
	}
	return err
}

// inside refuses files that lie outside of the repository that names them: their content would show in messages.
func (c *Config) inside(repository string) error {
	root, err := filepath.EvalSymlinks(repository)
	if err != nil {
		return nil // nothing was read from there
	}
	var errs []error
	for _, name := range append(append([]string{c.Baseline}, c.Rules...), c.IgnoreFiles...) {
		if name == "" {
			continue
		}
		real, err := filepath.EvalSymlinks(name)
		if err != nil {
			real = name
		}
		if rel, err := filepath.Rel(root, real); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			errs = append(errs, fmt.Errorf("%s: %q lies outside of the repository", filepath.Join(repository, FileName), name))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) layer(name string, must bool) error {
	read := plainfile.Read
	if must { // named by the user, who may hand over a pipe
		read = os.ReadFile
	}
	text, err := read(name)
	if err != nil {
		if !must && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("configuration: %w", err)
	}
	over, err := Parse(name, string(text))
	if err != nil {
		return err
	}
	c.merge(over)
	c.Sources = append(c.Sources, name)
	return nil
}

// Parse reads one file; name is for messages and makes relative paths absolute.
func Parse(name, text string) (Config, error) {
	var c Config
	if err := strict(name, text); err != nil {
		return c, err
	}
	if _, err := toml.Decode(text, &c); err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	errs := []error{c.checkValues(name, text)}
	errs = append(errs, c.checkAllows(name, text))
	dir := filepath.Dir(name)
	for _, list := range [][]string{c.Rules, c.IgnoreFiles} {
		for i := range list {
			list[i] = under(dir, list[i])
		}
	}
	if c.Baseline != "" {
		c.Baseline = under(dir, c.Baseline)
	}
	return c, errors.Join(errs...)
}

func under(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// Keys lists every key a file may hold.
func Keys() []string { return keysOf(reflect.TypeFor[Config]()) }

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if k, _, _ := strings.Cut(t.Field(i).Tag.Get("toml"), ","); k != "-" {
			keys = append(keys, k)
		}
	}
	return keys
}

// merge lays a later layer over c: lists add up, single values replace.
func (c *Config) merge(over Config) {
	c.Rules = append(c.Rules, over.Rules...)
	c.Enable = append(c.Enable, over.Enable...)
	c.Disable = append(c.Disable, over.Disable...)
	c.Exclude = append(c.Exclude, over.Exclude...)
	c.IgnoreFiles = append(c.IgnoreFiles, over.IgnoreFiles...)
	c.AllowHosts = append(c.AllowHosts, over.AllowHosts...)
	c.Allow = append(c.Allow, over.Allow...)
	if over.MinConfidence != 0 {
		c.MinConfidence = over.MinConfidence
	}
	for _, s := range []struct{ to, from *string }{
		{&c.Baseline, &over.Baseline}, {&c.FailOn, &over.FailOn}, {&c.AllowMark, &over.AllowMark}, {&c.IDKey, &over.IDKey},
	} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
}
