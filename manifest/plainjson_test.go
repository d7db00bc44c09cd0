package manifest

import (
	"strings"
	"testing"
)

// Comments and what looks like one in a string do not hide the settings around them, and lines keep their numbers.
func TestSettingsWithComments(t *testing.T) {
	text := `{
  "ConnectionStrings": {
    "Default": "Server=tcp://a;Password=Hq82hdK29sLm" // of the old server "
  },
  /* a block
     "Password": "of a block" */
  "Url": "https://x/*",
  "Api": { "Key": "\"//", "Token": "Wq82hdK29sLm" }, // the last
}
`
	var lines []int
	for _, n := range Look("appsettings.json", []byte(text)) {
		if n.Kind.Inline() {
			lines = append(lines, n.Start)
		}
	}
	if len(lines) != 2 || lines[0] != 3 || lines[1] != 8 {
		t.Errorf("inline at lines %v, want 3 and 8", lines)
	}
	for _, broken := range []string{"{ //", "{ /*", `{ "a`, `{ "a\`, "/"} {
		Look("appsettings.json", []byte(broken))
	}
}

// The address of a configuration server may hold a password, and no note holds a value.
func TestNoNoteHoldsTheUserOfAnAddress(t *testing.T) {
	notes := Look("application.properties", []byte("spring.config.import=optional:configserver:http://root:s3cret/Value@config:8888\nspring.datasource.password: Hq82hdK29sLm\n"))
	if len(notes) != 2 || !notes[1].Kind.Inline() {
		t.Fatalf("%+v", notes)
	}
	if d := notes[0].Detail; strings.Contains(d, "s3cret") || strings.Contains(d, "Value") || !strings.HasSuffix(d, "http://config:8888") {
		t.Error(d)
	}
}
