// Package archtest holds the table of who may import whom and checks it.
package archtest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/unleak/unleak"

// may lists, for each package and those below it, the packages of the module it may import. Longest name wins.
var may = map[string][]string{
	"finding":                 {},
	"sarif":                   {},
	"decode":                  {},
	"archive":                 {},
	"internal":                {},
	"rules":                   {"finding"},
	"scanner":                 {"finding"},
	"triage":                  {"finding"},
	"detectors":               {"detectors", "rules", "decode", "finding"},
	"verify":                  {"rules", "finding", "verify"},
	"match":                   {"decode", "finding"},
	"events":                  {"report", "verify", "finding"},
	"store":                   {"match", "verify", "finding"},
	"manifest":                {},
	"trend":                   {"finding"},
	"rotate":                  {"triage", "verify", "rules", "finding"},
	"report":                  {"sarif", "rules", "finding"},
	"config":                  {"rules"},
	"settle":                  {"scanner", "rules", "finding"},
	"redact":                  {"settle", "detectors", "triage", "archive", "scanner", "rules", "finding"},
	"source":                  {"source", "settle", "scanner", "archive", "finding"},
	module:                    {"scanner", "detectors", "rules", "finding", "triage", "source"}, // what others import
	"cmd":                     nil,                                                              // everything
	"bench":                   nil,
	"packaging":               nil,
	"rules/builtin":           {"rules", "finding"},
	"rules/builtin/gen":       {"rules", "finding"},
	"rules/interchange":       {"rules", "finding"},
	"detectors/proof":         {"finding"},
	"detectors/generic":       {"finding"},
	"source/sourcetest":       {"scanner", "finding"},
	"detectors/generic/train": nil,
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 10 {
		t.Fatalf("go list names only %d packages", len(lines))
	}
	for _, line := range lines {
		fields := strings.Fields(line)
		from := strings.TrimPrefix(fields[0], module+"/")
		allowed, known := rule(from)
		if !known {
			t.Errorf("%s: not in the table of internal/archtest; add who it may import", from)
			continue
		}
		for _, imported := range fields[1:] {
			to, ours := strings.CutPrefix(imported, module+"/")
			if !ours || allowed == nil || below(to, []string{from}) {
				continue
			}
			if !below(to, allowed) && !below(to, []string{"internal"}) {
				t.Errorf("%s may not import %s (it may import %v)", from, to, allowed)
			}
		}
	}
}

// rule returns what a package may import.
func rule(from string) ([]string, bool) {
	for name := from; ; {
		if allowed, ok := may[name]; ok {
			return allowed, true
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return nil, false
		}
		name = name[:i]
	}
}

func below(pkg string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return pkg == r || strings.HasPrefix(pkg, r+"/") })
}

// TestNetwork keeps the network out of what must work offline: these packages cannot reach net/http at all, and none
// but those that are asked to connect, and what starts a server for tests, imports it.
func TestNetwork(t *testing.T) {
	for _, pkg := range []string{"finding", "scanner", "detectors", "decode", "rules", "triage", "report", "match", "manifest", "trend"} {
		out, err := exec.Command("go", "list", "-deps", module+"/"+pkg).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", pkg, err)
		}
		if slices.Contains(strings.Fields(string(out)), "net/http") {
			t.Errorf("%s depends on net/http", pkg)
		}
	}
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, line := range strings.Split(string(out), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || !slices.Contains(fields[1:], "net/http") && !slices.Contains(fields[1:], "net") {
			continue
		}
		if from := strings.TrimPrefix(fields[0], module+"/"); !below(from, []string{"verify", "source/image", "store", "events", "internal/kubetest", "internal/freeport"}) {
			t.Errorf("%s imports the network", from)
		}
	}
}
