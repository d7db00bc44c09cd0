package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/source"
)

// own is whose configuration and ignore files count beside the user's: those of the folder that is scanned, and as git has
// it with its .gitignore, those at the top of the work tree that the folder, or all of several targets, are part of.
type own struct {
	folder string // the target, or the folder in which all targets are files; "": none
	beside string // how the paths of targets begin that are files, with a slash behind it; "": paths begin in the folder
	files  bool   // the targets are files in the folder
	top    string // of the work tree; "": the folder is the top itself, or in none
	below  string // path from the top to where paths begin, with a slash behind it
}

// ownOf returns whose files count for targets.
func ownOf(targets []string) own {
	o := own{folder: ownFolder(targets)}
	if o.folder == "" {
		o.top, o.below = topOfAll(targets)
		return o
	}
	if o.files = onlyFolder(targets) == ""; o.files && o.folder != "." {
		o.beside = filepath.ToSlash(o.folder) + "/"
	}
	o.top, o.below = topOf(o.folder)
	return o
}

// topOfAll returns the top of the work tree that the working folder and several targets in it are part of, and the working
// folder's path from there: the paths of several targets begin in the working folder. It is "" where there is none.
func topOfAll(targets []string) (top, below string) {
	if top, below = topOf("."); top == "" && source.Detect(".") == source.Repository && isWorkTree(".") {
		top = "."
	}
	for _, t := range targets {
		info, err := os.Stat(t)
		if err != nil || !filepath.IsLocal(t) {
			return "", ""
		}
		folder := t
		if !info.IsDir() {
			folder = filepath.Dir(t)
		}
		if of, _ := topOf(folder); filepath.Clean(folder) != "." && (of == "" || of != top) {
			return "", ""
		}
	}
	if len(targets) == 0 {
		return "", ""
	}
	return top, below
}

// historyOf returns whose files count for the history of the repository that a folder is or is part of: the paths in a
// history begin at the top.
func historyOf(folder string) own {
	if folder == "" {
		return own{}
	}
	if top, _ := topOf(folder); top != "" {
		folder = top
	}
	return own{folder: folder}
}

// topOf returns the top of the work tree that a folder lies below, and the folder's path from there with a slash behind it;
// "" where there is none. A top that belongs to another user does not count: who may write to a folder above, such as
// /tmp, is not to say what is found below.
func topOf(folder string) (top, below string) {
	dir, err := realPath(folder)
	if err != nil || source.Detect(dir) == source.Repository {
		return "", ""
	}
	start, err := os.Stat(dir)
	if err != nil {
		return "", ""
	}
	for at := filepath.Dir(dir); ; at = filepath.Dir(at) {
		if source.Detect(at) == source.Repository && isWorkTree(at) {
			info, err := os.Stat(at)
			if err != nil || !sameOwner(start, info) {
				return "", ""
			}
			rel, err := filepath.Rel(at, dir)
			if err != nil {
				return "", ""
			}
			return fromHere(at), filepath.ToSlash(rel) + "/"
		}
		if at == filepath.Dir(at) {
			return "", ""
		}
	}
}

// fromHere shortens the path of a folder that the working folder is or lies below.
func fromHere(dir string) string {
	here, err := realPath(".")
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(dir, here)
	if err != nil || !filepath.IsLocal(rel) {
		return dir
	}
	if rel == "." {
		return "."
	}
	up := strings.Repeat("../", strings.Count(filepath.ToSlash(rel), "/")+1)
	return filepath.FromSlash(strings.TrimSuffix(up, "/"))
}

// loadConfig reads the configuration that counts for a scan. What the file at the top says of paths is written from there.
func loadConfig(named string, o own) (config.Config, error) {
	c, err := config.Load(named, o.folder, o.top)
	if err != nil {
		return c, err
	}
	if err := source.CheckGlobs(c.FromTop.Exclude); err != nil {
		return c, err
	}
	c.Exclude = append(belowTop(c.FromTop.Exclude, o.below), c.Exclude...)
	for _, a := range c.FromTop.Allow {
		a.Beside, a.FromTop = o.beside, o.below
		c.Allow = append(c.Allow, a)
	}
	return c, nil
}

// belowTop writes globs of the top as paths begin.
func belowTop(globs []string, below string) []string {
	if below == "" {
		return globs
	}
	return source.Below(globs, strings.TrimSuffix(below, "/"))
}

// sameFile tells whether two names are of one file that is there.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
