package redact_test

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/redact"
)

// token is made up. It is joined from parts so that this file holds none.
const token = "gh" + "p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"

// A program's log, redacted before it is written.
func ExampleRedactor_NewWriter() {
	r, err := redact.New(redact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	w := r.NewWriter(os.Stdout)
	defer w.Close() // passes on the rest
	logger := log.New(w, "", 0)
	logger.Printf("push refused, token %s", token)
	logger.Print("done")
	// Output:
	// push refused, token [unleak:github-pat:8fad2cce1745a4c3582c]
	// done
}

// A handler in front of another. The key of an attribute counts as the name of its value.
func ExampleRedactor_NewHandler() {
	r, err := redact.New(redact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	untimed := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	logger := slog.New(r.NewHandler(slog.NewTextHandler(os.Stdout, untimed)))
	logger.Info("connected", "user", "jo", "password", "Xk29sLq0pzQ1")
	logger.Warn("bad header", slog.Group("request", "auth", "token "+token))
	// Output:
	// level=INFO msg=connected user=jo password=[unleak:generic-password:089a6c08ed646b4dd7d6]
	// level=WARN msg="bad header" request.auth="token [unleak:github-pat:8fad2cce1745a4c3582c]"
}

// A reader that leaves the text alone and tells what is in it.
func ExampleRedactor_NewReader() {
	r, err := redact.New(redact.Options{OnFindings: func(found []finding.Finding) {
		for _, f := range found {
			fmt.Printf("line %d: %s %s\n", f.Places[0].Start.Line, f.Rule, f.Secret)
		}
	}})
	if err != nil {
		log.Fatal(err)
	}
	text := strings.NewReader("first\nsecond " + token + "\n")
	n, err := io.Copy(io.Discard, r.NewReader(text))
	fmt.Println(n, "bytes", err)
	// Output:
	// line 2: github-pat ghp_********
	// 54 bytes <nil>
}

func ExampleRedactor_String() {
	r, err := redact.New(redact.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.String("postgres://app:Xk29sLq0pzQ1@db/orders"))
	// Output: postgres://app:[unleak:url-credentials:e017a215c94a857c2a45]@db/orders
}
