package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/source/files"
	"github.com/unleak/unleak/source/git"
	"github.com/unleak/unleak/source/image"
)

// defaultArchiveDepth is how deep archives within archives are read.
const defaultArchiveDepth = 4

func newScan(a *app) *cobra.Command {
	var f scanFlags
	var cache cacheFlags
	c := &cobra.Command{
		Use:   "scan [TARGET...]",
		Short: "Scan targets of any kind: repository, folder, file, image archive, URL, or - for standard input",
		Long: `Scan tells what each target is and scans all of it: a repository's whole history and its
working tree, a folder with the archives inside, an image's layers. Without a target it
scans the folder it stands in.

` + exitHelp,
		RunE: func(c *cobra.Command, targets []string) error {
			if len(targets) == 0 {
				targets = []string{"."}
			}
			targets = source.Distinct(targets)
			own := ownOf(targets)
			return a.scanWith(c.Context(), &f, plan{
				command: "scan", targets: targets, own: own, shown: shownOf(targets, own),
				sources: func(s *settings) ([]scanner.Source, error) {
					o := git.Options{Archives: defaultArchiveDepth}
					if err := cache.apply(&o, s); err != nil {
						return nil, err
					}
					return detectSources(a, targets, s, o)
				},
			})
		},
	}
	f.add(c)
	cache.add(c)
	return c
}

// ownFolder returns the folder whose own configuration counts: the one target when that is a folder, or the one in which all
// targets are files.
func ownFolder(targets []string) string {
	if folder := onlyFolder(targets); folder != "" || len(targets) == 0 {
		return folder
	}
	folder := filepath.Dir(targets[0])
	for _, t := range targets {
		if info, err := os.Stat(t); err != nil || !info.Mode().IsRegular() || filepath.Dir(t) != folder {
			return ""
		}
	}
	return folder
}

// onlyFolder returns the one target when it is a folder.
func onlyFolder(targets []string) string {
	if len(targets) != 1 || !isFolder(targets[0]) {
		return ""
	}
	return targets[0]
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// detectSources makes the sources of every target; a repository has two, its history, read as o says, and its working
// tree.
func detectSources(a *app, targets []string, s *settings, o git.Options) ([]scanner.Source, error) {
	o.Only = s.included(nil)
	targets = source.Distinct(targets)
	var all []scanner.Source
	var trees []string
	for _, t := range targets {
		var src scanner.Source
		var err error
		switch source.Detect(t) {
		case source.Stdin:
			src = &files.Stdin{Reader: a.stdin, Archives: defaultArchiveDepth, Plan: s.plan}
		case source.Repository:
			src, err = git.New(t, o)
			if isWorkTree(t) {
				trees = append(trees, t)
			}
		case source.RemoteGit:
			src, err = git.New(t, o)
		case source.Image, source.RemoteImg:
			src, err = image.New([]string{t}, image.Options{
				Archives: defaultArchiveDepth, Exclude: s.config.Exclude, Cache: o.Cache, RulesHash: o.RulesHash,
			})
		case source.Missing:
			err = fmt.Errorf("%s: no such file or folder (for an image in a registry use `unleak image %s`)", t, t)
		default:
			trees = append(trees, t)
		}
		if err != nil {
			return nil, err
		}
		if src != nil {
			all = append(all, src)
		}
	}
	if len(trees) > 0 {
		src, err := files.New(trees, files.Options{
			Archives: defaultArchiveDepth, Exclude: shownOf(targets, s.own).globs(s.config.Exclude), Without: s.replaced,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, src)
	}
	return all, nil
}

func newDir(a *app) *cobra.Command {
	var f scanFlags
	var o files.Options
	c := &cobra.Command{
		Use:     "dir PATH...",
		Aliases: []string{"file", "directory"},
		Short:   "Scan files and folders, with the archives inside them",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			paths = source.Distinct(paths)
			own := ownOf(paths)
			shown := shownOf(paths, own)
			return a.scanWith(c.Context(), &f, plan{
				command: "dir", targets: paths, own: own, shown: shown,
				sources: func(s *settings) ([]scanner.Source, error) {
					opts := o
					opts.Exclude, opts.Include, opts.Without = shown.globs(s.config.Exclude), shown.globs(o.Include), s.replaced
					src, err := files.New(paths, opts)
					return []scanner.Source{src}, err
				},
			})
		},
	}
	f.add(c)
	s := c.Flags()
	s.BoolVar(&o.GitIgnore, "gitignore", false, "leave out what .gitignore files name")
	s.StringSliceVar(&o.Include, "include", nil, "glob of the only paths to scan; repeatable")
	s.BoolVar(&o.FollowSymlinks, "follow-symlinks", false, "read what symbolic links lead to")
	s.Int64Var(&o.MaxFileBytes, "max-file-bytes", 0, "skip larger files (default and 0: no limit)")
	s.IntVar(&o.Archives, "archive-depth", defaultArchiveDepth, "archives within archives that are read; 0: none")
	return c
}

func newStdin(a *app) *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "stdin",
		Short: "Scan standard input as one document",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.scanWith(c.Context(), &f, plan{
				command: "stdin", targets: []string{"-"},
				sources: func(s *settings) ([]scanner.Source, error) {
					return []scanner.Source{&files.Stdin{Reader: a.stdin, Archives: defaultArchiveDepth, Plan: s.plan}}, nil
				},
			})
		},
	}
	f.add(c)
	return c
}

// isWorkTree tells a working tree from a bare repository.
func isWorkTree(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err == nil
}
