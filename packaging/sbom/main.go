// Sbom turns what `go version -m` prints of a program into a software bill of materials, CycloneDX 1.6 as JSON
// (https://cyclonedx.org/docs/1.6/json, 2024-04). The same program gives the same bytes.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	version := flag.String("version", "", "of the program")
	when := flag.Int64("time", 0, "of the build, in seconds since 1970")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *version, time.Unix(*when, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

type bom struct {
	Format      string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    metadata    `json:"metadata"`
	Components  []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
	Hashes  []hash `json:"hashes,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

func run(in io.Reader, out io.Writer, version string, when time.Time) error {
	b := bom{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{Timestamp: when.Format(time.RFC3339)}}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 2 && fields[0] == "mod":
			b.Metadata.Component = module("application", fields[1], version, "")
		case len(fields) >= 3 && fields[0] == "dep":
			b.Components = append(b.Components, module("library", fields[1], fields[2], strings.Join(fields[3:], "")))
		case len(fields) == 2 && strings.HasPrefix(fields[1], "go1"): // "FILE: go1.26.0"
			b.Components = append(b.Components, module("library", "stdlib", strings.TrimPrefix(fields[1], "go"), ""))
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if b.Metadata.Component.Name == "" || len(b.Components) == 0 {
		return errors.New("standard input is not what `go version -m` prints")
	}
	slices.SortFunc(b.Components, func(x, y component) int { return strings.Compare(x.Ref, y.Ref) })
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(b)
}

// module describes a Go module; sum is its hash as go.sum has it.
func module(kind, path, version, sum string) component {
	purl := "pkg:golang/" + path + "@" + version
	c := component{Type: kind, Ref: purl, Name: path, Version: version, PURL: purl}
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:")); err == nil && len(raw) == 32 {
		c.Hashes = []hash{{"SHA-256", hex.EncodeToString(raw)}}
	}
	return c
}
