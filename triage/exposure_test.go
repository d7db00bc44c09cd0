package triage

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

func TestKindOfPlace(t *testing.T) {
	for path, want := range map[string]finding.PlaceKind{
		".github/workflows/ci.yml": finding.PlacePipeline, "sub/.gitlab-ci.yml": finding.PlacePipeline, "Jenkinsfile": finding.PlacePipeline,
		"Jenkinsfile.prod": finding.PlacePipeline, ".circleci/config.yml": finding.PlacePipeline,
		"deploy/app.yaml": finding.PlaceRuntime, "docker-compose.prod.yml": finding.PlaceRuntime, "main.tf": finding.PlaceRuntime, "a/Dockerfile": finding.PlaceRuntime,
		"charts/x/values.yaml": finding.PlaceRuntime, "src/app.go": finding.PlaceSource, "src/app_test.go": finding.PlaceTest, "testdata/a.key": finding.PlaceTest,
		"docs/x.yaml": finding.PlaceDocs, "README": finding.PlaceDocs, "a.md": finding.PlaceDocs, "config/app.yml": finding.PlaceConfig, ".env": finding.PlaceConfig,
		"deployer.go": finding.PlaceSource, "contest/a.go": finding.PlaceSource, "latest.go": finding.PlaceSource,
	} {
		if got := KindOfPlace(&finding.Origin{Kind: finding.KindGit, Path: path}); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for kind, want := range map[finding.Kind]finding.PlaceKind{finding.KindImage: finding.PlaceImage, finding.KindConfig: finding.PlaceImage,
		finding.KindLog: finding.PlaceLog, finding.KindMessage: finding.PlaceHistory, finding.KindStdin: finding.PlaceSource} {
		if got := KindOfPlace(&finding.Origin{Kind: kind}); got != want {
			t.Errorf("%s is %q, want %q", kind, got, want)
		}
	}
}

func gitPlace(repo, path, commit, author, first, last string, head bool) finding.Place {
	g := &finding.GitOrigin{Repository: repo, Commit: commit, Author: author, Date: date(first), AtHead: head}
	if last != "" {
		g.LastDate = date(last)
	}
	return finding.Place{Origin: finding.Origin{Kind: finding.KindGit, Path: path, Git: g}, Start: finding.Position{Line: 1}, End: finding.Position{Line: 1}}
}

func TestExpose(t *testing.T) {
	fs := some("x")
	fs[0].Places = []finding.Place{
		gitPlace("r1", "b.go", "2", "new", "2025-06-01", "2025-07-01", false),
		gitPlace("r2", "a.md", "1", "old", "2024-01-01", "", false),
	}
	Expose(fs)
	want := &finding.Exposure{First: date("2024-01-01"), Last: date("2025-07-01"), Places: 2, In: []string{"r1", "r2"},
		Kinds: []finding.PlaceKind{finding.PlaceDocs, finding.PlaceSource}, Owner: "new"}
	if diff := cmp.Diff(want, fs[0].Exposure); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	fs[0].Places = append(fs[0].Places, finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: "x"}})
	if Expose(fs); !fs[0].Exposure.Now {
		t.Error("a secret in a file at hand is not there now")
	}
}

func TestObservations(t *testing.T) {
	make := func(rule, value string, places ...finding.Place) finding.Finding {
		return finding.Finding{ID: ID(rule, value, nil), Rule: rule, Title: "T " + rule, Severity: finding.Medium, Secret: finding.NewSecret(value), Places: places}
	}
	place := func(repo, path string) finding.Place { return gitPlace(repo, path, "1", "a", "2025-01-01", "", true) }
	aws := make("aws-access-key", "v1", place("r", ".github/workflows/a.yml"), place("r", "deploy/x.yaml"))
	other := make("generic-password", "v1", place("r2", "x.go"))
	alone := make("generic-password", "v2", place("r", "deploy/x.yaml"))
	hidden := make("generic-password", "v3", place("r", ".gitlab-ci.yml"), place("q", "deploy/x.yaml"))
	hidden.Suppression = &finding.Suppression{By: ByInline}
	masked := make("a", "abcd********", place("r", "x")) // equal masks are no equal secrets
	masked2 := make("b", "abcd********", place("r9", "x"))
	got := Observations([]finding.Finding{aws, alone, hidden, other, masked, masked2})
	var kinds []string
	for _, o := range got {
		kinds = append(kinds, o.Kind)
		if len(o.Findings) != 2 {
			t.Errorf("%s names %v", o.Kind, o.Findings)
		}
		if o.Kind == ObservedShared && (o.Severity != finding.High || !strings.Contains(o.Detail, ".github/workflows/a.yml and in deploy/x.yaml")) {
			t.Errorf("%+v", o)
		}
	}
	if diff := cmp.Diff([]string{ObservedShared, ObservedCloudKey, ObservedReuse}, kinds); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompare(t *testing.T) {
	set := func(fs []finding.Finding) *finding.Report { SetIDs(fs, nil); return &finding.Report{Findings: fs} }
	older, newer := set(some("a", "b", "c")), set(some("b", "c", "d", "e"))
	newer.Findings[1].Suppression = &finding.Suppression{By: ByBaseline}
	newer.Findings[3].Suppression = &finding.Suppression{By: ByInline}
	newer.Coverage.Skip(finding.Skip{Name: "x", Reason: finding.SkipFailed})
	d := Compare(older, newer)
	names := func(fs []finding.Finding) (s string) {
		for _, f := range fs {
			s += f.Secret.Reveal()
		}
		return s
	}
	if names(d.New) != "d" || names(d.Gone) != "a" || names(d.Still) != "bc" || len(d.Notes) != 1 {
		t.Errorf("new %q, gone %q, still %q, notes %q", names(d.New), names(d.Gone), names(d.Still), d.Notes)
	}
}

func TestMerge(t *testing.T) {
	a := &finding.Report{Targets: []string{"t2"}, Findings: some("x", "y"), Version: "v1"}
	b := &finding.Report{Targets: []string{"t1"}, Findings: some("y", "z"), Version: "v1"}
	SetIDs(a.Findings, nil)
	SetIDs(b.Findings, nil)
	a.Coverage.Count("files", 2)
	b.Coverage.Count("files", 3)
	b.Findings[0].Places[0].Origin.Path = "other"
	b.Findings[0].Severity = finding.High
	b.Findings[0].Verdict = &finding.Verdict{Status: finding.Live}
	a.Findings[1].Suppression = &finding.Suppression{By: ByInline}
	for name, m := range map[string]*finding.Report{"ab": Merge(a, b), "ba": Merge(b, a), "aba": Merge(a, b, a)} {
		if len(m.Findings) != 3 || m.Version != "v1" || strings.Join(m.Targets, " ") != "t1 t2" {
			t.Fatalf("%s: %d findings, targets %v", name, len(m.Findings), m.Targets)
		}
		for _, f := range m.Findings {
			if f.Secret.Reveal() == "y" && (len(f.Places) != 2 || f.Severity != finding.High || f.Verdict == nil || f.Suppression != nil) {
				t.Errorf("%s: merged finding %+v", name, f)
			}
		}
	}
	if n := Merge(a, b).Coverage.Counts["files"]; n != 5 {
		t.Errorf("%d files", n)
	}
	if len(a.Findings[1].Places) != 1 {
		t.Error("Merge changes its arguments")
	}
}

func TestInventory(t *testing.T) {
	fs := some("a-long-secret-value")
	fs[0].ID = zeroID
	fs[0].Places = []finding.Place{gitPlace("r1", "a", "1", "jane", "2026-01-01", "", true), gitPlace("r2", "a", "2", "joe", "2026-01-05", "", true)}
	got := Inventory(&finding.Report{Findings: fs}, date("2026-01-31"))
	want := []Asset{{ID: zeroID, Rule: "generic-password", Severity: "info", Secret: "a-lo********", Owner: "joe", First: date("2026-01-01"), AgeDays: 30,
		Now: true, Places: 2, In: []string{"r1", "r2"}, Reused: true, Status: finding.NotChecked}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Inventory(&finding.Report{Findings: fs}, time.Time{}); got[0].AgeDays != 0 {
		t.Errorf("age %d without a day", got[0].AgeDays)
	}
}
