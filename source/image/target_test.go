package image

import (
	"os"
	"testing"
)

// TestFolderNamedAsTransport: a folder may be called "oci"; only "oci:" names a transport.
func TestFolderNamedAsTransport(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("oci", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("oci/index.json", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"oci", "oci:oci"} {
		got, err := parseTarget(text, &Options{})
		if err != nil || got.kind != inLayout || got.path != "oci" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}
