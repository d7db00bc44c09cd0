package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A CI system says where it has checked out what; CircleCI writes the home as a shell would.
func TestCIBranch(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	project := filepath.Join(home, "project")
	if err := os.Mkdir(project, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE", "BUILD_SOURCESDIRECTORY", "BITBUCKET_CLONE_DIR"} {
		t.Setenv(folder, "")
	}
	t.Setenv("CIRCLE_BRANCH", "feature")
	for folder, want := range map[string]string{"~/project": "feature", project: "feature", "~": "", "~other/project": "", "": ""} {
		t.Setenv("CIRCLE_WORKING_DIRECTORY", folder)
		if got := ciBranch(project); got != want {
			t.Errorf("%q: branch %q, want %q", folder, got, want)
		}
	}
}
