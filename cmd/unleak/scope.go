package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/source/git/repo"
	"github.com/unleak/unleak/triage"
)

// widening are the flags that make a scan see more than it does by itself.
var widening = []string{"submodules", "follow-symlinks"}

// scope says what decides what a scan finds, beside the flags that narrow it (partOf): settings of configuration files,
// flags that read more, and the branches of the working trees that are read as folders.
func (s *settings) scope(f *scanFlags, p plan) []string {
	c := &s.config
	var all []string
	list := func(key string, values, flags []string) {
		for _, v := range values {
			if one := key + "=" + v; !slices.Contains(flags, v) && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	list("enable", c.Enable, f.enable)
	list("disable", c.Disable, f.disable)
	list("exclude", c.Exclude, f.exclude)
	if c.MinConfidence > f.confidence {
		list("min_confidence", []string{strconv.FormatFloat(c.MinConfidence, 'g', -1, 64)}, nil)
	}
	for i := range c.Allow {
		list("allow", []string{allowMark(&c.Allow[i])}, nil)
	}
	list("rules", s.ruleFiles, nil)
	if mark := triage.KeyMark(s.idKey); mark != "" {
		list("id_key", []string{mark}, nil)
	}
	f.given.Visit(func(g *pflag.Flag) {
		switch {
		case slices.Contains(depths, g.Name):
			n, err := strconv.Atoi(g.Value.String())
			if usual, errUsual := strconv.Atoi(g.DefValue); err == nil && errUsual == nil && n > usual {
				list("--"+g.Name, []string{strconv.Itoa(n)}, nil)
			}
		case slices.Contains(widening, g.Name) && g.Value.String() == "true":
			all = append(all, "--"+g.Name)
		}
	})
	known := map[string][]string{} // thousands of files may lie in one folder
	for _, t := range p.targets {
		dir, ok := readAsFiles(p.command, t)
		if !ok {
			continue
		}
		at, ok := known[dir]
		if !ok {
			at = standsAt(dir)
			known[dir] = at
		}
		list("branch", at, nil)
	}
	slices.Sort(all)
	return all
}

// allowMark tells one entry of what is not reported from another, without its values.
func allowMark(a *config.Allow) string {
	b := *a
	b.Values = nil
	return fmt.Sprintf("%.4x", sha256.Sum256(fmt.Appendf(nil, "%q %d", fmt.Sprintf("%+v", b), len(a.Values))))
}

// readAsFiles returns the folder that a target is or lies in, where its files are read and not a history.
func readAsFiles(command, target string) (dir string, ok bool) {
	kind := source.Detect(target)
	if command != "dir" && command != "scan" || kind == source.Repository && command == "scan" {
		return "", false
	}
	dir, err := filepath.Abs(target)
	if err != nil || kind == source.Stdin || kind == source.RemoteGit || kind == source.RemoteImg {
		return "", false
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	return dir, true
}

// standsAt returns the branch, or else the commit, of the working tree that a folder is or lies in: another branch has
// other files.
func standsAt(dir string) []string {
	for ; source.Detect(dir) != source.Repository; dir = filepath.Dir(dir) {
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
	r, err := repo.Open(dir)
	if err != nil {
		return nil
	}
	at := r.Current()
	if at == "" {
		at = ciBranch(dir)
	}
	if at == "" {
		if id, ok := r.Head(); ok {
			at = id.String()
		}
	}
	return []string{strings.TrimPrefix(at, "refs/heads/")}
}

// ciBranch returns the branch that a CI system has checked out in a folder. Many check out a commit, not the branch.
func ciBranch(dir string) string {
	for _, ci := range [...]struct{ folder, branch string }{
		{"GITHUB_WORKSPACE", "GITHUB_REF"}, {"CI_PROJECT_DIR", "CI_COMMIT_REF_NAME"}, {"WORKSPACE", "BRANCH_NAME"},
		{"BUILD_SOURCESDIRECTORY", "BUILD_SOURCEBRANCH"}, {"BITBUCKET_CLONE_DIR", "BITBUCKET_BRANCH"},
		{"CIRCLE_WORKING_DIRECTORY", "CIRCLE_BRANCH"},
	} {
		folder := os.Getenv(ci.folder)
		if folder == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(folder, "~"); ok && (rest == "" || rest[0] == '/') { // CircleCI's usual one is "~/project"
			if home, err := os.UserHomeDir(); err == nil {
				folder = home + rest
			}
		}
		if a, err := os.Stat(folder); err == nil {
			if b, err := os.Stat(dir); err == nil && os.SameFile(a, b) {
				return os.Getenv(ci.branch)
			}
		}
	}
	return ""
}
