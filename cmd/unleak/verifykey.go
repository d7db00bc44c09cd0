package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/files"
)

// keyFlags tell about the one credential to ask about.
type keyFlags struct {
	rule  string
	parts []string
	from  []string // what was scanned: the secrets of a masked report are found there again
}

func (k *keyFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&k.rule, "id", "", "the same as --rule")
	c.Flags().StringArrayVar(&k.parts, "part", nil, "NAME=VALUE: another part of the one credential, such as host=db.example:5432; repeatable")
	c.Flags().StringArrayVar(&k.from, "from", nil, "what a masked report is of: its secrets are looked for there again; repeatable")
}

// maxKeyInput is the most that is read where one credential is expected, or a report, in bytes.
const maxKeyInput = 256 << 20

// readAll reads an input of at most max bytes. At a terminal it asks for one line and does not show it.
func (a *app) readAll(name string, max int64) ([]byte, error) {
	if f, ok := a.stdin.(*os.File); ok && name == "-" && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.stderr, "credential (one line, not shown; name a file for more): ")
		line, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.stderr)
		return line, err
	}
	in, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, max+1))
	if err == nil && int64(len(text)) > max {
		err = fmt.Errorf("%s: more than %d MiB", name, max>>20)
	}
	return text, err
}

// asReport reads a JSON report or SARIF log; nil if the text is none.
func asReport(name string, text []byte) (*finding.Report, error) {
	head := bytes.TrimLeft(text[:min(len(text), 4096)], " \t\r\n\ufeff")
	ours := bytes.Contains(text, []byte(`"schema"`)) && bytes.Contains(text, []byte(`"findings"`)) || bytes.Contains(text, []byte(`"unleakId/v1"`))
	if !bytes.HasPrefix(head, []byte("{")) || !ours {
		return nil, nil
	}
	return report.Read(name, bytes.NewReader(text))
}

// report makes a finding of the credential in a text: what the rule finds there, with its parts, or else the whole text.
func (k *keyFlags) report(ctx context.Context, name string, text []byte, only []string, s *settings) (*finding.Report, error) {
	if len(only) != 1 {
		return nil, errors.New("one credential has one rule: give --rule once")
	}
	rule := s.rule(only[0])
	r := &finding.Report{Version: version(), Command: "verify key", Targets: []string{name}}
	found, err := scanner.Run(ctx, scanner.Options{Jobs: 1, NewDetector: func() scanner.Detector { return s.engine.NewScanner() }},
		&files.Stdin{Reader: bytes.NewReader(text)})
	if err != nil {
		return nil, err
	}
	for _, f := range found.Findings {
		if f.Rule == rule.ID {
			r.Findings = append(r.Findings, f)
		}
	}
	secret := strings.Trim(string(text), "\r\n")
	if len(r.Findings) == 0 && secret == "" {
		return nil, errors.New("no credential in the input")
	}
	if len(r.Findings) == 0 {
		one := finding.Position{Line: 1, Column: 1, Byte: 1}
		r.Findings = []finding.Finding{{
			Rule: rule.ID, Title: rule.Title, Severity: rule.Severity, Confidence: 1, Secret: finding.NewSecret(secret),
			Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindStdin}, Start: one, End: one}},
		}}
	}
	for i := range r.Findings {
		if name != "-" {
			for n := range r.Findings[i].Places {
				r.Findings[i].Places[n].Origin = finding.Origin{Kind: finding.KindFile, Path: name}
			}
		}
		if err := k.addParts(&r.Findings[i]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// addParts adds the parts that the user gave, in place of what stood beside the credential.
func (k *keyFlags) addParts(f *finding.Finding) error {
	for _, p := range k.parts {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" || value == "" {
			return fmt.Errorf("--part %q: want NAME=VALUE, such as host=db.example:5432", p)
		}
		kept := f.Parts[:0:0]
		for _, old := range f.Parts {
			if old.Name != name {
				kept = append(kept, old)
			}
		}
		f.Parts, f.Elsewhere = append(kept, finding.Part{Name: name, Value: finding.NewSecret(value)}), nil
	}
	return nil
}
