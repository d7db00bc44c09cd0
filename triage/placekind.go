package triage

import (
	"path"
	"strings"

	"github.com/unleak/unleak/finding"
)

// KindOfPlace tells what a place is to those who run the software, from where it stands and what it is called.
func KindOfPlace(o *finding.Origin) finding.PlaceKind { return kindMemo(nil).of(o) }

// kindMemo remembers what was told from names: many places of a scan share one. nil remembers nothing.
type kindMemo map[string]finding.PlaceKind

func (m kindMemo) of(o *finding.Origin) finding.PlaceKind {
	switch {
	case o.InName() && o.Image != nil:
		return finding.PlaceImage
	case o.InName() && o.Git != nil && !o.Git.AtHead:
		return finding.PlaceHistory
	}
	switch o.Kind {
	case finding.KindImage, finding.KindConfig:
		return finding.PlaceImage
	case finding.KindLog:
		return finding.PlaceLog
	case finding.KindMessage:
		return finding.PlaceHistory
	}
	name := o.Path
	if n := len(o.Inside); n > 0 {
		name = o.Inside[n-1]
	}
	k, ok := m[name]
	if !ok {
		k = kindOfName(name)
		if m != nil {
			m[name] = k
		}
	}
	return k
}

// kindOfName tells it from a path alone.
func kindOfName(name string) finding.PlaceKind {
	name = "/" + strings.ToLower(strings.TrimPrefix(name, "./"))
	base := path.Base(name)
	for _, k := range placeKinds {
		if k.fits(name, base) {
			return k.kind
		}
	}
	return finding.PlaceSource
}

// placeKind tells a kind by names of folders in slashes, whole file names, beginnings and ends of file names, all lower case.
type placeKind struct {
	kind                         finding.PlaceKind
	folders, names, starts, ends []string
}

func (k *placeKind) fits(name, base string) bool {
	for _, f := range k.folders {
		if strings.Contains(name, f) {
			return true
		}
	}
	for _, n := range k.names {
		if base == n {
			return true
		}
	}
	for _, s := range k.starts {
		if strings.HasPrefix(base, s) {
			return true
		}
	}
	for _, e := range k.ends {
		if strings.HasSuffix(base, e) {
			return true
		}
	}
	return false
}

func inSlashes(names ...string) []string {
	for i, n := range names {
		names[i] = "/" + n + "/"
	}
	return names
}

// placeKinds in order: the first that fits decides. The pipeline files are those the services document as their
// defaults (2026-11).
var placeKinds = []placeKind{
	{
		kind: finding.PlacePipeline,
		folders: inSlashes(".github/workflows", ".github/actions", ".gitea/workflows", ".forgejo/workflows", ".gitlab/ci", ".circleci", ".buildkite",
			".woodpecker", ".tekton", ".teamcity", ".semaphore", ".azure-pipelines", ".ci", ".jenkins"),
		names: []string{".travis.yml", "bitbucket-pipelines.yml", ".drone.yml", "appveyor.yml", ".appveyor.yml", "buildspec.yml", "buildspec.yaml",
			"cloudbuild.yaml", "cloudbuild.yml", "codefresh.yml", ".cirrus.yml", "wercker.yml", "screwdriver.yaml", ".woodpecker.yml", ".drone.star"},
		starts: []string{"jenkinsfile", ".gitlab-ci", "azure-pipelines"},
		ends:   []string{".gitlab-ci.yml", ".jenkinsfile"},
	},
	{
		kind:    finding.PlaceTest,
		folders: inSlashes("test", "tests", "testing", "__tests__", "__mocks__", "spec", "specs", "testdata", "fixtures", "fixture", "mocks", "e2e"),
		starts:  []string{"test_"},
		ends: []string{"_test.go", "_test.py", "_test.rb", "_spec.rb", ".test.js", ".test.ts", ".test.tsx", ".test.jsx", ".spec.js", ".spec.ts", "test.java",
			"tests.java", "test.kt", "tests.cs", "test.cs", "test.php"},
	},
	{
		kind:    finding.PlaceDocs,
		folders: inSlashes("doc", "docs", "documentation", "man", "examples", "example", "samples"),
		starts:  []string{"readme", "changelog", "contributing", "install"},
		ends:    []string{".md", ".mdx", ".rst", ".adoc", ".asciidoc", ".tex", ".ipynb"},
	},
	{
		kind: finding.PlaceRuntime,
		folders: inSlashes("k8s", "kubernetes", "helm", "charts", "deploy", "deployment", "deployments", "manifests", "kustomize", "ansible", "terraform",
			"nomad", "argocd", "flux"),
		names: []string{"procfile", "fly.toml", "app.yaml", "serverless.yml", "serverless.yaml", "kustomization.yaml", "kustomization.yml", "chart.yaml",
			"render.yaml", "vercel.json", "netlify.toml", "now.json", "task-definition.json", "taskdef.json", "ecs-params.yml", "dockerrun.aws.json", "wrangler.toml"},
		starts: []string{"docker-compose", "compose.", "dockerfile", "containerfile", ".env.prod", ".env.stag", "values."},
		ends:   []string{".tf", ".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup", ".nomad", ".hcl", ".dockerfile", ".service"},
	},
	{
		kind:   finding.PlaceConfig,
		starts: []string{".env", ".npmrc", ".pypirc", ".netrc", "_netrc", ".git-credentials", ".pgpass", ".my.cnf", ".s3cfg", "config.", "settings.", "credentials", "secrets."},
		ends:   []string{".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".config", ".properties", ".json", ".xml", ".env", ".plist", ".cnf", ".pem", ".key"},
	},
}
