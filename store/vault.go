package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

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
	if err := s.check("auth", "role", "mount", "namespace", "kv", "jwt_file"); err != nil {
		return nil, err
	}
	base := orElse(o.Getenv("VAULT_ADDR"), o.Getenv("BAO_ADDR"))
	if s.scheme != "vault" {
		base = orElse(o.Getenv("BAO_ADDR"), o.Getenv("VAULT_ADDR"))
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
	name = orElse(name, "openbao") + " " + base
	if o.Caller.CAFile == "" {
		o.Caller.CAFile = orElse(o.Getenv("VAULT_CACERT"), o.Getenv("BAO_CACERT"))
	}
	c, err := newCaller(name, o.Caller, base)
	if err != nil {
		return nil, err
	}
	c.header.Set("X-Vault-Request", "true")
	if ns := orElse(s.query.Get("namespace"), orElse(o.Getenv("VAULT_NAMESPACE"), o.Getenv("BAO_NAMESPACE"))); ns != "" {
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
		w := &vaultWalk{vault: v, r: r, mount: m}
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

// vaultWalk goes through one engine.
type vaultWalk struct {
	*vault
	r       *reader
	mount   mount
	folders int
	read    int // secrets that could be read
}

func (w *vaultWalk) at(verb, path string) string {
	if !w.mount.two {
		verb = ""
	}
	return "/v1/" + escape(w.mount.path+verb+path)
}

// folder lists a folder and reads what is in it. A path that lists nothing may be a secret itself.
func (w *vaultWalk) folder(ctx context.Context, path string, depth int) error {
	if path != "" && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	if w.folders++; w.folders > maxFolders || depth > maxFolder {
		w.r.skip(w.mount.path+path, finding.SkipBudget, "more folders than are followed")
		return nil
	}
	var answer struct {
		Data struct{ Keys []string } `json:"data"`
	}
	err := w.get(ctx, w.at("metadata/", path)+"?list=true", w.mount.path+path, &answer)
	if depth == 0 && path != "" && (err == nil && len(answer.Data.Keys) == 0 || missing(err) || denied(err)) {
		return w.secret(ctx, strings.TrimSuffix(path, "/"))
	}
	if missing(err) { // an empty folder
		return nil
	}
	if err != nil {
		return w.r.unread(ctx, w.mount.path+path, fmt.Errorf("listing: %w", err))
	}
	slices.Sort(answer.Data.Keys)
	for _, key := range answer.Data.Keys {
		if strings.HasSuffix(key, "/") {
			err = w.folder(ctx, path+key, depth+1)
		} else {
			err = w.secret(ctx, path+key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *vaultWalk) secret(ctx context.Context, path string) error {
	w.r.count("secrets", 1)
	if !w.mount.two {
		var answer struct {
			Data map[string]json.RawMessage `json:"data"`
		}
		if err := w.get(ctx, w.at("", path), w.mount.path+path, &answer); err != nil {
			return w.r.unread(ctx, w.mount.path+path, err)
		}
		w.r.fields(entry{path: w.mount.path + path, current: true}, answer.Data)
		return nil
	}
	return w.versions(ctx, path)
}

// vaultVersion is what the metadata of a secret say of a version.
type vaultVersion struct {
	Created   time.Time `json:"created_time"`
	Deleted   string    `json:"deletion_time"` // "": not
	Destroyed bool      `json:"destroyed"`
}

func (v vaultVersion) gone(now time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, v.Deleted)
	return v.Destroyed || v.Deleted != "" && (err != nil || at.Before(now))
}

// versions reads every version of a secret that is still there, or the current one where the policy allows no metadata.
func (w *vaultWalk) versions(ctx context.Context, path string) error {
	full := w.mount.path + path
	var meta struct {
		Data struct {
			Current  int                     `json:"current_version"`
			Versions map[string]vaultVersion `json:"versions"`
		} `json:"data"`
	}
	err := w.get(ctx, w.at("metadata/", path), full, &meta)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		if denied(err) && !w.current {
			w.r.skip(full, finding.SkipUnreadable, "older versions: the policy does not allow to read its metadata")
		}
		return w.version(ctx, path, 0, true)
	}
	var numbers []int
	for text, v := range meta.Data.Versions {
		n, err := strconv.Atoi(text)
		if err != nil || w.current && n != meta.Data.Current {
			continue
		}
		if v.gone(time.Now()) {
			w.r.count("deleted versions", 1)
			continue
		}
		numbers = append(numbers, n)
	}
	sort.Sort(sort.Reverse(sort.IntSlice(numbers)))
	for _, n := range numbers {
		if err := w.version(ctx, path, n, n == meta.Data.Current); err != nil {
			return err
		}
	}
	return nil
}

// version reads one version; 0 is the current one.
func (w *vaultWalk) version(ctx context.Context, path string, n int, current bool) error {
	full, query := w.mount.path+path, ""
	if n > 0 {
		query = "?version=" + strconv.Itoa(n)
	}
	var answer struct {
		Data struct {
			Data     map[string]json.RawMessage `json:"data"`
			Metadata struct {
				Version int       `json:"version"`
				Created time.Time `json:"created_time"`
			} `json:"metadata"`
		} `json:"data"`
	}
	if err := w.get(ctx, w.at("data/", path)+query, full+query, &answer); err != nil {
		return w.r.unread(ctx, full+query, err)
	}
	w.r.count("versions", 1)
	m := answer.Data.Metadata
	w.r.fields(entry{path: full, version: strconv.Itoa(m.Version), current: current, changed: m.Created}, answer.Data.Data)
	return nil
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
