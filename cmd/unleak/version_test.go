package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestBuiltFrom(t *testing.T) {
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{
		{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: strings.Repeat("0123456789", 4)},
		{Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	if got := builtFrom(info).String(); !strings.HasPrefix(got, "commit 012345678901, changed since, 2026-01-02T03:04:05Z, go") {
		t.Errorf("%q", got)
	}
	if got := builtFrom(nil).String(); !strings.HasPrefix(got, "go") {
		t.Errorf("without build information: %q", got)
	}
}
