package interchange_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/interchange"
)

// peerFolder names a folder with rule files of other scanners, a folder each, fetched for the run.
const peerFolder = "UNLEAK_PEER_RULES"

// TestPeers loads the rules that other scanners publish, runs their examples through them and counts:
//
//	UNLEAK_PEER_RULES=dir go test ./rules/interchange -run TestPeers -v
func TestPeers(t *testing.T) {
	dir := os.Getenv(peerFolder)
	if dir == "" {
		t.Skip("no " + peerFolder + ": the rule files of other scanners are fetched for a run and not kept here")
	}
	folders, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		t.Run(f.Name(), func(t *testing.T) { checkPeer(t, filepath.Join(dir, f.Name())) })
	}
}

var anyName = regexp.MustCompile(`"[^"]*"|\d+`)

func checkPeer(t *testing.T, dir string) {
	var all []rules.Rule
	var allow []rules.Allow
	taken := map[string]bool{}
	why := map[string]int{}
	files, lost := 0, 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(".toml.yml.yaml", filepath.Ext(name)) {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s, err := interchange.Parse(name, string(text), interchange.Options{Known: func(id string) bool { return taken[id] }})
		if err != nil {
			t.Error(err)
			return nil
		}
		files++
		for _, r := range s.Rules {
			taken[r.ID] = true
			all = append(all, r)
		}
		allow = append(allow, s.Allow...)
		for _, w := range s.Warnings {
			why[anyName.ReplaceAllString(w.Text, "_")]++
			if strings.HasPrefix(w.Text, "not loaded") {
				lost++
				t.Log(w)
			} else if !strings.Contains(w.Text, "not run") {
				t.Log(w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d rules loaded, %d not", files, len(all), lost)
	var reasons []string
	for w := range why {
		reasons = append(reasons, w)
	}
	sort.Slice(reasons, func(i, k int) bool { return why[reasons[i]] > why[reasons[k]] })
	for _, w := range reasons {
		t.Logf("%5d %s", why[w], w)
	}
	runExamples(t, all, allow)
}

func runExamples(t *testing.T, all []rules.Rule, allow []rules.Allow) {
	e, err := detectors.New(all, detectors.Options{MinConfidence: 0.01, DecodeDepth: -1, Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	bare := slices.Clone(all)
	for i := range bare {
		bare[i].Filter, bare[i].Required = nil, nil
	}
	e2, err := detectors.New(bare, detectors.Options{MinConfidence: 0.01, DecodeDepth: -1})
	if err != nil {
		t.Fatal(err)
	}
	finds := func(s *detectors.Scanner, id, text string) bool {
		for _, m := range s.Scan([]byte(text), nil, nil) {
			if m.Rule == id && s.Accept(&finding.Origin{Path: "x.txt"}, &m) {
				return true
			}
		}
		return false
	}
	s, unfiltered := e.NewScanner(), e2.NewScanner()
	examples, found, own, strange, negatives, silent, unbound := 0, 0, 0, 0, 0, 0, 0
	for i := range all {
		r := &all[i]
		if len(r.Plan.Literals) == 0 {
			unbound++
			t.Logf("no literal: %s", r.ID)
		}
		for _, text := range r.Examples {
			examples++
			switch {
			case finds(s, r.ID, text):
				found++
			case finds(unfiltered, r.ID, text):
				own++ // the rule's own entropy or requirements
			case !regexp.MustCompile(r.Regex).MatchString(text):
				strange++
			default:
				t.Logf("missed: %s: %.200q\n   %s", r.ID, text, r.Regex)
			}
		}
		for _, text := range r.Negatives {
			negatives++
			if !finds(s, r.ID, text) {
				silent++
			} else {
				t.Logf("flagged: %s: %.200q", r.ID, text)
			}
		}
	}
	t.Logf("%d of %d examples found, %d more but for the rule's own filter, %d do not match its regex in Go either; %d of %d negatives left alone; %d rules without a literal", found, examples, own, strange, silent, negatives, unbound)
}
