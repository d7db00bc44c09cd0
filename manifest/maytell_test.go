package manifest

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// What is not parsed for want of telling words would have told nothing.
func TestMayTellLeavesNothingOut(t *testing.T) {
	lines := []string{
		"apiVersion: v1", "kind: Secret", "data: {password: aHVudGVyMg==}", "stringData:\n  token: Xq82hdK29sLm", "metadata: {name: n}",
		"services:\n  db:\n    image: x\n    environment: {DB_PASSWORD: Xq82hdK29sLm}", "services: {db: {build: ., command: --password Xq82hdK29sLm}}",
		"services: {db: {environment: {DB_PASSWORD: Xq82hdK29sLm}}}", "runs:\n  steps:\n  - env: {API_TOKEN: Xq82hdK29sLm}", "runs: {}", "steps: []",
		"sops: {mac: x}", "sops: {version: 3}", `"\x61piVersion": v1`, `"ki\u006ed": Secret`, "\"kin\\\n  d\": Secret", `"kind": "Secret"`, "'apiVersion': v1",
		"? kind\n: Secret", "a: {{ lookup }}", "- item", "---", "password: Xq82hdK29sLm", "image: x", "env: [{name: A_TOKEN, value: Xq82hdK29sLm}]",
	}
	random := rand.New(rand.NewPCG(1, 2))
	parsed, told := 0, 0
	for range 20000 {
		var b strings.Builder
		for range 1 + random.IntN(5) {
			b.WriteString(lines[random.IntN(len(lines))] + "\n")
		}
		l := &look{name: "/a/b.yaml"}
		l.documents(withoutTemplates([]byte(b.String())))
		told += len(l.notes)
		if mayTell([]byte(b.String())) {
			parsed++
		} else if len(l.notes) > 0 {
			t.Fatalf("%q is left out and tells %v", b.String(), l.notes)
		}
	}
	if told == 0 || parsed == 20000 {
		t.Errorf("%d notes, %d of 20000 parsed: the test tells nothing", told, parsed)
	}
}
