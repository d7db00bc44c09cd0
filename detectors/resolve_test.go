package detectors_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestManyValuesInOneEncodedStretch: all values out of one compressed text stand at the same place; none is lost, and
// their number costs no more than itself.
func TestManyValuesInOneEncodedStretch(t *testing.T) {
	const n = 20000
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for i := range n {
		fmt.Fprintf(w, "db%d: postgres://svc:q7Zx%05dKp@db.internal:5432/app\n", i, i)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text := []byte("blob: " + base64.StdEncoding.EncodeToString(packed.Bytes()) + "\n")
	e := engine(t, detectors.Options{})
	values := map[string]bool{}
	for _, m := range e.Resolve(e.NewScanner().Scan(text, nil, nil)) {
		values[m.Secret] = true
	}
	for i := range n {
		if want := fmt.Sprintf("q7Zx%05dKp", i); !values[want] {
			t.Fatalf("%s is lost; %d values are found", want, len(values))
		}
	}
}
