package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/triage"
)

// ignoreName is the ignore file a repository may carry.
const ignoreName = ".unleakignore"

// ownIgnores are the ignore files a repository may carry: ours, and those of the scanners it comes from.
var ownIgnores = []string{ignoreName, ".gitleaksignore", ".betterleaksignore"}

// policy reads the ignore files and the baseline, and a repository's own ignore files. Another scanner's list may stand
// for either; with findings it is matched to them by value, hash and line, without by line alone.
func (s *settings) policy(own []ownList, findings []finding.Finding) (triage.Policy, error) {
	j, err := s.judges(own)
	return j.of(findings), err
}

// judges is a policy, and the lists of other scanners in it, which mean something only for given findings.
type judges struct {
	policy  triage.Policy
	foreign map[int]*triage.Imported // by position in policy.Ignores
}

// of returns the policy for some findings.
func (j judges) of(findings []finding.Finding) triage.Policy {
	p := j.policy
	p.Ignores = slices.Clone(p.Ignores)
	for i, im := range j.foreign {
		was := p.Ignores[i]
		p.Ignores[i] = im.File(was.Name, p.At(was, findings), p.Key)
		p.Ignores[i].AtTop = was.AtTop
	}
	return p
}

func (j *judges) add(file *triage.IgnoreFile, im *triage.Imported) {
	j.foreign[len(j.policy.Ignores)] = im
	j.policy.Ignores = append(j.policy.Ignores, file)
}

// judges reads what policy says.
func (s *settings) judges(own []ownList) (judges, error) {
	j := judges{foreign: map[int]*triage.Imported{}}
	j.policy = triage.Policy{Key: s.idKey, AllowMark: s.config.AllowMark, Today: s.today, Beside: s.own.beside, FromTop: s.own.below}
	var all []ownList
	for _, name := range s.config.IgnoreFiles {
		all = append(all, ownList{name: name})
	}
	for _, list := range append(all, own...) {
		name := list.name
		text, err := os.ReadFile(name)
		if err != nil {
			return j, fmt.Errorf("ignore file: %w", err)
		}
		file, err := triage.ParseIgnore(name, text)
		if err != nil {
			foreign, ok := s.foreignList(name, text)
			if !ok {
				return j, err
			}
			j.add(&triage.IgnoreFile{Name: name, AtTop: list.top}, foreign)
			continue
		}
		file.AtTop = list.top
		j.policy.Ignores = append(j.policy.Ignores, file)
	}
	if name := s.config.Baseline; name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return j, fmt.Errorf("baseline: %w", err)
		}
		if j.policy.Baseline, err = triage.ParseBaseline(name, text, s.idKey); err != nil {
			foreign, ok := s.foreignList(name, text)
			if !ok {
				return j, err
			}
			j.add(&triage.IgnoreFile{Name: name}, foreign)
		}
	}
	return j, nil
}

// foreignList reads another scanner's list of accepted findings.
func (s *settings) foreignList(name string, text []byte) (*triage.Imported, bool) {
	im, err := triage.Import("", name, text, func(id string) bool { return s.rule(id) != nil })
	return im, err == nil
}

// ownList is an ignore file that a repository carries.
type ownList struct {
	name string
	top  bool // at the top of the work tree, whose paths begin there
}

// ownLists returns a repository's own ignore files, as far as they count.
func (s *settings) ownLists(noRepoConfig bool) []ownList {
	var lists []ownList
	for _, folder := range []string{s.own.top, s.own.folder} {
		for _, name := range ownIgnores {
			file := filepath.Join(folder, name)
			if info, err := os.Stat(file); folder != "" && !noRepoConfig && err == nil && info.Mode().IsRegular() && !slices.Contains(s.config.IgnoreFiles, file) {
				lists = append(lists, ownList{file, folder == s.own.top})
			}
		}
	}
	return lists
}

// triage applies inline allows, ignore files and the baseline. What a repository's own files hide is said.
func (s *settings) triage(r *finding.Report, policy judges, own []ownList, noRepoConfig bool) error {
	p := policy.of(r.Findings)
	p.Part = len(r.Coverage.Part) > 0 || s.own.files
	done := p.Apply(r.Findings)
	for _, n := range done.Notes {
		r.Coverage.Note(n)
	}
	for by, n := range done.Needed {
		for _, list := range own {
			if by == triage.ByIgnore+" "+list.name {
				r.Coverage.Note(fmt.Sprintf("%s silenced by %s (see --no-repo-config)", number(n, "finding", "findings"), s.own.called(list.name)))
			}
		}
	}
	for _, folder := range []string{s.own.top, s.own.folder} {
		if folder == "" {
			continue
		}
		s.noteForeign(r, folder)
		if noRepoConfig {
			continue
		}
		if err := s.noteConfig(r, filepath.Join(folder, config.FileName)); err != nil {
			return err
		}
	}
	return nil
}

// called names a file that the repository carries.
func (o *own) called(file string) string {
	if o.top != "" && file == filepath.Join(o.top, filepath.Base(file)) {
		return "the " + filepath.Base(file) + " at the repository's top"
	}
	return "the target's own " + filepath.Base(file)
}

// foreignConfigs are the names under which other scanners look for a repository's configuration.
var foreignConfigs = []string{".betterleaks.toml", ".gitleaks.toml"}

// noteForeign tells of another scanner's configuration, which is never used unasked: it could silence rules.
func (s *settings) noteForeign(r *finding.Report, repository string) {
	for _, name := range foreignConfigs {
		file := filepath.Join(repository, name)
		if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() || slices.Contains(s.ruleFiles, file) {
			continue
		}
		r.Coverage.Note(fmt.Sprintf("%s was not used: `unleak config import %s` makes a configuration of it, `--rules %s` loads its rules", s.own.called(file), name, name))
	}
}

// expose works out ids, exposure and what the findings mean together.
func (s *settings) expose(r *finding.Report) {
	s.ids.Set(r.Findings)
	triage.Same(r.Findings)
	triage.Expose(r.Findings)
	r.Observations = append(triage.Observations(r.Findings), triage.ObserveStored(r.Findings)...)
	observeManifests(r)
}

// noteConfig says all that a repository's own configuration sets: a hostile one could switch rules off, exclude paths
// or let every finding pass.
func (s *settings) noteConfig(r *finding.Report, name string) error {
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	c, err := config.Parse(name, string(text))
	if err != nil {
		return err
	}
	if len(c.AllowHosts) > 0 {
		r.Coverage.Note(fmt.Sprintf("allow_hosts of %s was not honoured: name hosts with --allow-host", s.own.called(name)))
		c.AllowHosts = nil
	}
	if sets := c.Effects(); len(sets) > 0 {
		r.Coverage.Note(fmt.Sprintf("%s was honoured (see --no-repo-config): %s", s.own.called(name), strings.Join(sets, "; ")))
	}
	return nil
}
