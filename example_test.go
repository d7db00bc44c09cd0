package unleak_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/unleak/unleak"
)

// token is made up; it stands in parts so that no push protection stops at it.
const token = "gh" + "p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"

func ExampleScan() {
	text := []byte("# settings\ntoken = " + token + "\n")
	for f, err := range unleak.Scan(context.Background(), unleak.Text("settings.ini", text), unleak.Options{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Severity, f.Rule, f.Secret, f.Places[0])
		fmt.Println(f.Proofs[0])
	}
	// Output:
	// critical github-pat ghp_******** settings.ini:2:9
	// checksum: CRC32 of GitHub tokens holds
}

func ExampleReader() {
	upload := strings.NewReader("password: hunter2\nGITHUB_TOKEN=" + token + "\n")
	only := unleak.Options{Enable: []string{"github-pat"}}
	for f, err := range unleak.Scan(context.Background(), unleak.Reader("upload", upload), only) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Title, "in", f.Places[0].Path)
	}
	// Output: GitHub personal access token (classic) in upload
}

// What could not be read is an error, behind the findings.
func ExampleErrIncomplete() {
	for f, err := range unleak.Scan(context.Background(), unleak.Files("testdata/nothing-here"), unleak.Options{}) {
		switch {
		case errors.Is(err, unleak.ErrIncomplete):
			fmt.Println("not all was read")
		case err != nil:
			fmt.Println("cannot scan")
		default:
			fmt.Println(f.Rule)
		}
	}
	// Output: cannot scan
}

// A comment in the text allows a finding; Silenced returns it all the same.
func ExampleOptions_silenced() {
	text := []byte("token = " + token + " # unleak:allow github-pat -- made up for the docs\n")
	for f, err := range unleak.Scan(context.Background(), unleak.Text("a.ini", text), unleak.Options{Silenced: true}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Rule, f.Allowed)
	}
	// Output: github-pat allowed at a.ini:1: made up for the docs
}
