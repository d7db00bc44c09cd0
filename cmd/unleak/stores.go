package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/store"
)

// storeFlags say which secret stores are read.
type storeFlags struct {
	stores  []string
	current bool
	ci      []string
}

// files are the stores that may be files.
func (f *storeFlags) files() []string {
	var names []string
	for _, s := range f.stores {
		names = append(names, strings.TrimPrefix(s, "file://"))
	}
	return names
}

func (f *storeFlags) add(c *cobra.Command) {
	s := c.Flags()
	s.StringArrayVar(&f.stores, "store", nil, "secret store to compare with (docs/stores.md): a .env or JSON file, vault://, openbao://, aws-sm://, aws-ssm://, gcp-sm://, azure-kv://, k8s://; repeatable")
	s.BoolVar(&f.current, "store-current", false, "read only current versions, not older ones")
	s.StringSliceVar(&f.ci, "store-ci", nil, "word in the paths of secrets that CI uses, beside the usual ones; repeatable")
}

// addNetwork adds the flags of the network that stores need, under the names they have for verification.
func (v *verifyFlags) addNetwork(c *cobra.Command) {
	s := c.Flags()
	s.DurationVar(&v.timeout, "verify-timeout", 0, "time for one request (default 10s)")
	s.StringVar(&v.proxy, "verify-proxy", "", "proxy for requests to stores; direct: none (default: from the environment)")
	s.StringVar(&v.caFile, "verify-ca", "", "PEM certificates trusted beside the system's")
	s.StringVar(&v.auditFile, "verify-audit", "", "file to append one JSON line to for each contact")
}

// read reads the stores. From here on no core dump of this process is written: it would hold their values.
func (f *storeFlags) read(ctx context.Context, a *app, v *verifyFlags) (*store.Contents, error) {
	if len(f.stores) == 0 {
		return nil, nil
	}
	if err := noCoreDump(); err != nil {
		return nil, fmt.Errorf("core dumps cannot be switched off, and one would hold the stores' values: %w", err)
	}
	audited := *v
	audited.dryRun = false
	o, done, err := audited.options(a)
	if err != nil {
		return nil, err
	}
	o.Cache = ""
	home, _ := os.UserHomeDir()
	c, err := store.Read(ctx, f.stores, store.Options{
		Caller: o, Getenv: os.Getenv, Home: home, Current: f.current, CI: f.ci,
		Tell: a.signIn(),
		Helper: func(program string) string {
			out, err := exec.CommandContext(ctx, program, "get").Output()
			if err != nil {
				return ""
			}
			return string(out)
		},
	})
	return c, errors.Join(err, done())
}

// judge says of each finding where the stores keep its value, or the value of one of its parts.
func judge(c *store.Contents, all []finding.Finding) {
	byValue := c.Index()
	for i := range all {
		f := &all[i]
		s := &finding.Stored{Asked: c.Stores, Gaps: c.Gaps()}
		s.Refs = byValue.Refs(f.Secret.Reveal())
		for k := 0; k < len(f.Parts) && len(s.Refs) == 0; k++ {
			if !f.Parts[k].Open() {
				s.Refs = byValue.Refs(f.Parts[k].Value.Reveal())
			}
		}
		f.Stored = s
	}
}

// signIn returns what shows the page where the user signs in to a store; nil in a pipeline, where nobody does.
func (a *app) signIn() func(page string) {
	if os.Getenv("CI") != "" {
		return nil
	}
	return func(page string) {
		fmt.Fprintf(a.stderr, "open this page within two minutes, and sign in:\n\n    %s\n\n", page)
	}
}
