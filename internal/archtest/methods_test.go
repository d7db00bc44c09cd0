package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMethodsByName keeps the linker able to leave out methods that nobody calls. One function that looks up methods
// by a name known only when it runs (text/template has one) makes it keep all exported methods of all types, which is
// a tenth of the program. Reflect's own functions are named where reflect.Value is used as an interface.
func TestMethodsByName(t *testing.T) {
	if testing.Short() {
		t.Skip("links the program")
	}
	build := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "unleak"), "-ldflags=-dumpdep", module+"/cmd/unleak")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput() // what depends on what: "caller -> callee <ReflectMethod>"
	if err != nil {
		t.Fatalf("go build: %v", err)
	}
	lines := strings.Split(string(out), "\n")
	if len(lines) < 10_000 {
		t.Fatalf("the linker told only %d lines", len(lines))
	}
	for _, line := range lines {
		from, to, _ := strings.Cut(line, " -> ")
		if strings.HasSuffix(to, "<ReflectMethod>") && !strings.HasPrefix(to, "reflect.") {
			t.Errorf("%s reaches %s", from, strings.TrimSuffix(to, " <ReflectMethod>"))
		}
	}
}
