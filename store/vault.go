package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"github.com/unleak/unleak/finding"
)

// vault reads KV secrets engines of HashiCorp Vault and OpenBao, which share the API ("KV secrets engine version 1/2 -
// HTTP API", HashiCorp and OpenBao, 2026).
type vault struct {
	*caller
	login   func(ctx context.Context) error
	prefix  string // mount and path below it; "": every KV mount the token sees
	engine  string // "1" or "2" where the user says so
	current bool
}

// bounds of one store, so that a loop of folders ends
const (
	maxFolders = 200_000
	maxFolder  = 64 // levels
)

func openVault(s spec, o Options) (source, error) {
	if err := s.check("auth", "role", "mount", "namespace", "kv", "jwt_file", "port"); err != nil {
		return nil, err
	}
	base := cmp.Or(o.Getenv("VAULT_ADDR"), o.Getenv("BAO_ADDR"))
	if s.scheme != "vault" {
		base = cmp.Or(o.Getenv("BAO_ADDR"), o.Getenv("VAULT_ADDR"))
	}
	if s.host != "" {
		base = map[bool]string{true: "http://", false: "https://"}[s.plain] + s.host
	}
	if base == "" {
		return nil, fmt.Errorf("store %q: no host, and VAULT_ADDR is not set", s.text)
	}
	if kv := s.query.Get("kv"); kv != "" && kv != "1" && kv != "2" {
		return nil, fmt.Errorf("store %q: kv=%s (want 1 or 2)", s.text, kv)
	}
	name := map[string]string{"vault": "vault"}[s.scheme]
	name = cmp.Or(name, "openbao") + " " + base
	if o.Caller.CAFile == "" {
		o.Caller.CAFile = cmp.Or(o.Getenv("VAULT_CACERT"), o.Getenv("BAO_CACERT"))
	}
	c, err := newCaller(name, o.Caller, base)
	if err != nil {
		return nil, err
	}
	c.header.Set("X-Vault-Request", "true")
	if ns := cmp.Or(s.query.Get("namespace"), cmp.Or(o.Getenv("VAULT_NAMESPACE"), o.Getenv("BAO_NAMESPACE"))); ns != "" {
		c.header.Set("X-Vault-Namespace", ns)
		c.service += " namespace " + ns
	}
	v := &vault{caller: c, prefix: s.path, engine: s.query.Get("kv"), current: o.Current}
	v.login, err = vaultLogin(c, s, o)
	return v, err
}

func (v *vault) name() string { return v.service }

func (v *vault) close() { v.Close() }

func (v *vault) read(ctx context.Context, r *reader) error {
	if err := v.login(ctx); err != nil {
		return err
	}
	mounts, err := v.mounts(ctx, r)
	if err != nil {
		return err
	}
	if len(mounts) == 0 {
		return fmt.Errorf("the token sees no KV secrets engine: name one, as in vault://HOST/secret, or let the policy read sys/internal/ui/mounts")
	}
	for _, m := range mounts {
		w := &vaultWalk{vault: v, r: r, mount: m, folders: &atomic.Int64{}}
		if err := w.folder(ctx, m.below, 0); err != nil {
			return err
		}
	}
	return nil
}

// mount is a KV secrets engine, and the folder or secret below which it is read.
type mount struct {
	path  string // with a slash at its end
	two   bool   // version 2
	below string
}

// mountInfo is what Vault says of a mount.
type mountInfo struct {
	Path    string            `json:"path"`
	Type    string            `json:"type"`
	Options map[string]string `json:"options"`
}

// mounts finds out which engines to read: the one the user named, or all the token sees.
func (v *vault) mounts(ctx context.Context, r *reader) ([]mount, error) {
	if v.prefix != "" {
		return v.named(ctx)
	}
	var answer struct {
		Data struct {
			Secret map[string]mountInfo `json:"secret"`
		} `json:"data"`
	}
	if err := v.get(ctx, "/v1/sys/internal/ui/mounts", "sys/internal/ui/mounts", &answer); err != nil {
		return nil, fmt.Errorf("listing its engines: %w", err)
	}
	var out []mount
	for path, m := range answer.Data.Secret {
		if m.Type == "kv" || m.Type == "generic" {
			out = append(out, mount{path: path, two: m.Options["version"] == "2"})
		} else if m.Type != "system" && m.Type != "identity" && m.Type != "cubbyhole" {
			r.skip(path, finding.SkipExcluded, "secrets engine of type "+m.Type+" keeps no values to compare with")
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].path < out[j].path })
	return out, nil
}

// named returns the engine that holds the path the user named. A token that may not ask which engine that is gets the
// first segment for it and version 2, unless the user says otherwise.
func (v *vault) named(ctx context.Context) ([]mount, error) {
	var answer struct{ Data mountInfo }
	err := v.get(ctx, "/v1/sys/internal/ui/mounts/"+escape(v.prefix), "sys/internal/ui/mounts/"+v.prefix, &answer)
	first, rest, _ := strings.Cut(v.prefix, "/")
	m := mount{path: first + "/", two: v.engine != "1", below: rest}
	switch {
	case err == nil && answer.Data.Type != "kv" && answer.Data.Type != "generic":
		return nil, fmt.Errorf("%s is a secrets engine of type %q, not kv", answer.Data.Path, answer.Data.Type)
	case err == nil:
		m.path = answer.Data.Path
		m.below = strings.TrimPrefix(strings.TrimPrefix(v.prefix, strings.TrimSuffix(m.path, "/")), "/")
		m.two = answer.Data.Options["version"] == "2"
	case !denied(err) && !missing(err):
		return nil, err
	}
	if v.engine != "" {
		m.two = v.engine == "2"
	}
	if m.two { // people write the paths of the API as well
		for _, word := range []string{"data", "metadata"} {
			if m.below == word || strings.HasPrefix(m.below, word+"/") {
				m.below = strings.TrimPrefix(strings.TrimPrefix(m.below, word), "/")
				break
			}
		}
	}
	return []mount{m}, nil
}

// escape writes a path for a URL, its slashes kept.
func escape(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// fields takes the fields of a secret, in order. What is no string is taken apart.
func (r *reader) fields(e entry, data map[string]json.RawMessage) {
	names := make([]string, 0, len(data))
	for name := range data {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		at := e
		at.key = name
		var text string
		if json.Unmarshal(data[name], &text) == nil {
			r.value(at, text)
			continue
		}
		r.value(at, string(data[name]))
	}
}
