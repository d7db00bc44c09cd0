package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The bill of a program names the module, the standard library and every dependency, each once, in order.
func TestBill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := exec.Command("go", "version", "-m", self).Output()
	if err != nil {
		t.Fatal(err)
	}
	info = append(info, "\tdep\texample.com/a\tv1.2.3\th1:"+strings.Repeat("A", 43)+"=\n"...)
	var one, two bytes.Buffer
	for _, out := range []*bytes.Buffer{&one, &two} {
		if err := run(bytes.NewReader(info), out, "v1.0.0", time.Unix(1, 0).UTC()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two bills of one program differ")
	}
	var b bom
	if err := json.Unmarshal(one.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	if b.Metadata.Component.Name != "github.com/unleak/unleak" || b.Metadata.Component.Version != "v1.0.0" {
		t.Errorf("it is the bill of %+v", b.Metadata.Component)
	}
	names := map[string]component{}
	for _, c := range b.Components {
		names[c.Name] = c
	}
	if a := names["example.com/a"]; a.PURL != "pkg:golang/example.com/a@v1.2.3" || len(a.Hashes) != 1 || a.Hashes[0].Content != strings.Repeat("00", 32) {
		t.Errorf("%+v", a)
	}
	if names["stdlib"].Version == "" {
		t.Error("the standard library is not in it")
	}
	if err := run(strings.NewReader("nothing\n"), &two, "", time.Time{}); err == nil {
		t.Error("a bill of nothing")
	}
}
