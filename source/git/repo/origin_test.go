package repo

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOrigin(t *testing.T) {
	dir := t.TempDir()
	for address, want := range map[string]string{
		"https://user:pass@example.com/acme/app.git?token=x": "https://example.com/acme/app.git",
		"git@example.com:acme/app.git":                       "ssh://example.com/acme/app.git",
		"ssh://git@example.com:22/acme/app":                  "ssh://example.com:22/acme/app",
		"/srv/git/app.git":                                   "",
		"../app":                                             "",
		"https://%zz/":                                       "",
	} {
		text := "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = \"" + address + "\"\n"
		if err := os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := (&Repo{CommonDir: dir}).Origin(); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if got := (&Repo{CommonDir: filepath.Join(dir, "none")}).Origin(); got != "" {
		t.Errorf("without a configuration: %q", got)
	}
}
