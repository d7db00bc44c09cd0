package store

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/match"
	"github.com/unleak/unleak/verify"
)

// Options say how stores are asked. The zero value asks gently and writes no audit log.
type Options struct {
	Caller  verify.Options              // timeouts, proxy, certificates and audit log; addresses come from the store's spec
	Getenv  func(name string) string    // required: where credentials and defaults come from
	Home    string                      // the user's home folder, for token and credentials files; "": none
	Current bool                        // only current versions
	CI      []string                    // words of paths that CI uses, beside the usual ones
	Tell    func(page string)           // shows the page where the user signs in with a browser; nil: nobody can
	Helper  func(program string) string // runs Vault's token helper with "get"; nil: helpers are not run
}

// Contents is what stores hold, as far as they could be read.
type Contents struct {
	Values  []match.Value
	Stores  []string // that were read, sorted
	Skipped []finding.Skip
	Counts  map[string]int64 // "secrets", "versions"
}

// Set makes the values searchable, and adds what was refused to the coverage.
func (c *Contents) Set(coverage *finding.Coverage) *match.Set {
	set, refused := match.New(c.Values)
	if n := len(refused); n > 0 {
		coverage.Note(fmt.Sprintf("%d of %d values of the stores are not searched for: %s", n, len(c.Values), named(refused)))
	}
	coverage.Count("store values", int64(set.Len()))
	return set
}

// named says which values are not searched for and why, the first of very many.
func named(refused []match.Refused) string {
	const most = 50
	var names []string
	for _, r := range refused[:min(most, len(refused))] {
		names = append(names, fmt.Sprintf("%s (%s)", r.Ref.String(), r.Reason))
	}
	if more := len(refused) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// Cover adds what was read and what could not be to the coverage.
func (c *Contents) Cover(coverage *finding.Coverage) {
	for unit, n := range c.Counts {
		coverage.Count(unit, n)
	}
	for _, s := range c.Skipped {
		coverage.Skip(s)
	}
}

// Gaps tells whether something could not be read.
func (c *Contents) Gaps() bool {
	return slices.ContainsFunc(c.Skipped, func(s finding.Skip) bool { return !s.Reason.ByChoice() })
}

// source is one store that can be read. It reports what it could not read as a skip; an error means that it could not
// be read at all.
type source interface {
	name() string
	read(ctx context.Context, r *reader) error
}

// Read reads the stores of the specs, several at a time; what they hold is in the order of the specs. A store that cannot
// be read at all is an error: whoever compares with it must know.
func Read(ctx context.Context, specs []string, o Options) (*Contents, error) {
	if o.Caller.Audit != nil {
		o.Caller.Audit = &oneAtATime{w: o.Caller.Audit}
	}
	var sources []source
	defer func() {
		for _, s := range sources {
			if closer, ok := s.(interface{ close() }); ok {
				closer.close()
			}
		}
	}()
	for _, spec := range specs {
		s, err := open(spec, o)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	all := &reader{into: &Contents{Counts: map[string]int64{}}, opts: o, busy: make(chan struct{}, storesAtOnce-1)}
	err := all.each(ctx, len(sources), func(ctx context.Context, into *reader, i int) error {
		r := newReader(sources[i], o)
		if err := readOne(ctx, sources[i], r); err != nil {
			return fmt.Errorf("%s: %w", sources[i].name(), err)
		}
		into.into.join(r.into)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c := all.into
	for _, s := range sources {
		c.Stores = append(c.Stores, s.name())
	}
	slices.Sort(c.Stores)
	c.Stores = slices.Compact(c.Stores)
	return c, nil
}

// readOne reads a store. One of which nothing could be read is an error.
func readOne(ctx context.Context, s source, r *reader) error {
	err := s.read(ctx, r)
	if c := r.into; err == nil && len(c.Values) == 0 && len(c.Skipped) > 0 {
		err = fmt.Errorf("nothing could be read: %s: %s", c.Skipped[0].Name, c.Skipped[0].Detail)
	}
	return err
}

// kinds are the schemes of specs, and what opens them.
func kinds() map[string]func(spec, Options) (source, error) {
	return map[string]func(spec, Options) (source, error){
		"vault": openVault, "openbao": openVault, "bao": openVault,
		"aws-sm": openSecretsManager, "aws-secretsmanager": openSecretsManager, "aws-ssm": openParameters,
		"gcp-sm": openGoogle, "azure-kv": openAzure, "k8s": openKubernetes, "kubernetes": openKubernetes,
	}
}

// spec is a store's address taken apart.
type spec struct {
	text   string
	scheme string // of kinds
	plain  bool   // plain HTTP was asked for: "vault+http"
	host   string
	path   string // without slashes at its ends
	query  url.Values
}

// open reads a spec: an address of one of the kinds, or the name of a file.
func open(text string, o Options) (source, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme == "file" {
		return openFile(strings.TrimPrefix(text, "file://"))
	}
	kind, transport, _ := strings.Cut(scheme, "+")
	make, known := kinds()[kind]
	if !known || transport != "" && transport != "http" && transport != "https" {
		return nil, fmt.Errorf("store %q: unknown kind %q (vault, openbao, aws-sm, aws-ssm, gcp-sm, azure-kv, k8s, or the name of a .env or JSON file)", without(text), scheme)
	}
	u, err := url.Parse("x://" + rest)
	if err != nil || u.User != nil {
		return nil, fmt.Errorf("store %q: want KIND://HOST/PATH?OPTION=VALUE; credentials come from the environment (see docs/stores.md)", without(text))
	}
	s := spec{text: text, scheme: kind, plain: transport == "http", host: u.Host, path: strings.Trim(u.Path, "/"), query: u.Query()}
	return make(s, o)
}

// without cuts what may be a password out of a spec that is shown.
func without(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

// option returns an option of the spec, or of the environment, or a default.
func (s spec) option(name, usual string) string {
	if v := s.query.Get(name); v != "" {
		return v
	}
	return usual
}

// check refuses options that the store does not know.
func (s spec) check(known ...string) error {
	for name := range s.query {
		if !slices.Contains(known, name) {
			return fmt.Errorf("store %q: unknown option %q (%s)", without(s.text), name, strings.Join(known, ", "))
		}
	}
	return nil
}

// reader takes what a store holds.
type reader struct {
	into  *Contents
	store string
	opts  Options
	busy  chan struct{} // a place for each further part that is read at once
}

// entry is one version of one secret.
type entry struct {
	path, key, version string
	current            bool
	changed            time.Time
	file               bool // the path is the name of a file, which no running system is
}

// value takes one value. What is a JSON object is taken field by field as well.
func (r *reader) value(e entry, text string) {
	r.add(e, text)
	for _, leaf := range leaves(text) {
		at := e
		at.key = joinKey(e.key, leaf.key)
		r.add(at, leaf.text)
	}
}

func (r *reader) add(e entry, text string) {
	text = strings.TrimRight(text, "\r\n")
	use := r.use(e.path + "/" + parents(e.key))
	if e.file && use == finding.PlaceRuntime {
		use = r.use(parents(e.key))
	}
	ref := finding.StoreRef{Store: r.store, Path: e.path, Key: e.key, Version: e.version, Current: e.current, Changed: e.changed, Use: use}
	r.into.Values = append(r.into.Values, match.Value{Secret: finding.NewHidden(text), Refs: []finding.StoreRef{ref}})
}

// skip records what could not be read.
func (r *reader) skip(path string, reason finding.SkipReason, detail string) {
	r.into.Skipped = append(r.into.Skipped, finding.Skip{Name: strings.TrimSpace(r.store + " " + path), Reason: reason, Detail: detail})
}

// count adds to the coverage.
func (r *reader) count(unit string, n int64) { r.into.Counts[unit] += n }

func joinKey(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// parents returns a field's path without its own name, which says what it is rather than who uses it.
func parents(key string) string { return key[:max(0, strings.LastIndexByte(key, '.'))] }

// words of paths that tell who uses a secret
var (
	ciWords      = []string{"ci", "cicd", "cd", "pipeline", "pipelines", "github", "gitlab", "jenkins", "actions", "buildkite", "circleci", "teamcity", "drone", "travis", "build", "builds", "bitbucket", "argocd", "terraform"}
	runtimeWords = []string{"prod", "production", "runtime", "live", "app", "apps", "service", "services", "staging", "stage", "k8s", "kubernetes", "backend", "frontend", "api", "web", "worker", "db", "database"}
)

// use tells from a path who uses what is kept there.
func (r *reader) use(path string) finding.PlaceKind {
	words := strings.FieldsFunc(strings.ToLower(path), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	runtime := false
	for _, w := range words {
		if slices.Contains(ciWords, w) || slices.Contains(r.opts.CI, w) {
			return finding.PlacePipeline
		}
		runtime = runtime || slices.Contains(runtimeWords, w)
	}
	if runtime {
		return finding.PlaceRuntime
	}
	return ""
}
