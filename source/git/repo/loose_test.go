package repo

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestLooseSize: a loose object that claims more or less than it has is refused, before memory is taken for what cannot be.
func TestLooseSize(t *testing.T) {
	r := (&Store{Hash: 20}).NewReader()
	for _, c := range []struct {
		claims int64
		text   string
		ok     bool
	}{{4, "text", true}, {0, "", true}, {3, "text", false}, {5, "text", false}, {0, "text", false}, {1 << 40, "text", false}, {1 << 62, "", false}} {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		fmt.Fprintf(z, "blob %d\x00%s", c.claims, c.text)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "object")
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		_, text, err := r.ReadLoose(name)
		if (err == nil) != c.ok || c.ok && string(text) != c.text {
			t.Errorf("claims %d: %q, %v", c.claims, text, err)
		}
	}
}
