package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"path"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// Kind says how a manifest comes by a secret.
type Kind string

// The kinds. Those of Inline are values that stand in the file.
const (
	SecretRef      Kind = "Kubernetes Secret by reference"
	CSIDriver      Kind = "Secrets Store CSI driver"
	External       Kind = "External Secrets"
	VaultOperator  Kind = "Vault Secrets Operator"
	VaultAgent     Kind = "Vault agent injector"
	SOPS           Kind = "SOPS"
	Sealed         Kind = "Sealed Secrets"
	Federation     Kind = "OIDC federation"
	ComposeSecret  Kind = "Compose secret"
	Environment    Kind = "value from the environment"
	CISecret       Kind = "secret of the CI service"
	KeyVault       Kind = "Azure Key Vault reference"
	Terraform      Kind = "Terraform data source"
	HelmLookup     Kind = "Helm lookup"
	SpringCloud    Kind = "Spring Cloud store"
	Encrypted      Kind = "encrypted setting"
	InlineSetting  Kind = "inline setting"
	InlineSecret   Kind = "inline Kubernetes Secret"
	InlineEnv      Kind = "inline environment value"
	StaticCloudKey Kind = "static cloud key in CI"
)

// Inline tells whether a kind is a value where a reference should be.
func (k Kind) Inline() bool {
	return k == InlineSecret || k == InlineEnv || k == InlineSetting || k == StaticCloudKey
}

// Note is one thing that a manifest does.
type Note struct {
	Kind        Kind
	Start, End  int    // lines, from 1, both included
	Name        string // of the object, variable or step
	Detail      string // what it refers to, or what stands there
	Advice      string // of an inline kind: what to do, in a sentence
	Replacement string // of an inline kind: what to put in its place, in the language of the file
	Reference   bool   // of a static cloud key: it does not stand in the file, which takes it by reference
}

// MaxText is the longest file that is read, in bytes.
const MaxText = 2 << 20

// Fits tells by its name whether a file may be a manifest or pipeline.
func Fits(name string) bool {
	switch path.Ext(strings.ToLower(name)) {
	case ".yml", ".yaml":
		return true
	}
	return kindOf(name) != otherFile || strings.HasSuffix(name, ".enc.json") || path.Base(name) == ".sops.json"
}

// Look reads a file and returns what it does, by line. A file that is no YAML gives nothing. Templates of Helm are read
// with their expressions left out.
func Look(name string, text []byte) []Note {
	notes, _ := lookInto(name, text)
	return notes
}

// lookInto is Look; the error says where a pipeline or Compose file is no YAML, which other files need not be.
func lookInto(name string, text []byte) ([]Note, error) {
	if len(text) > MaxText {
		return nil, nil
	}
	l := &look{name: "/" + strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, "\\", "/")), "/")}
	switch l.file = kindOf(l.name); l.file {
	case jenkinsFile:
		l.jenkins(text)
	case terraformFile:
		l.terraform(text)
	case dockerFile:
		l.dockerfile(text)
	case springProperties:
		l.properties(text)
	case appSettings:
		l.documents(plainJSON(text))
	default:
		l.helm(text)
		if l.file != otherFile || pipelineName.MatchString(l.name) || serviceOf(l.name) != noService || mayTell(text) {
			l.documents(withoutTemplates(text))
		}
	}
	sort.SliceStable(l.notes, func(i, j int) bool {
		a, b := &l.notes[i], &l.notes[j]
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Kind, b.Kind)) < 0
	})
	if l.file != composeFile && !pipelineName.MatchString(l.name) {
		l.broken = nil
	}
	return l.notes, l.broken
}

// pipelineName are the names of pipelines, which are YAML without templates.
var pipelineName = lazyregexp.New(`/\.github/workflows/[^/]+\.ya?ml$|/\.gitlab-ci\.ya?ml$|/azure-pipelines\.ya?ml$|/\.circleci/config\.ya?ml$`)

// telling are words that a document holds, all of one row, if it tells anything by its shape: SOPS, Kubernetes, Compose,
// and actions of GitHub.
var telling = [][]string{{"sops", "mac"}, {"apiVersion", "kind"}, {"services", "image"}, {"services", "build"}, {"runs", "steps"}}

// mayTell tells by its words whether a YAML file may tell anything that its name does not: most need not be parsed. One in
// which words may be written by codes may.
func mayTell(text []byte) bool {
	for _, s := range []string{`\x`, `\u`, `\U`, "\\\n", "\\\r", "\x00"} {
		if bytes.Contains(text, []byte(s)) {
			return true
		}
	}
	return slices.ContainsFunc(telling, func(row []string) bool {
		return !slices.ContainsFunc(row, func(word string) bool { return !bytes.Contains(text, []byte(word)) })
	})
}

// documents looks at the documents of YAML, up to one that is none.
func (l *look) documents(text []byte) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.broken = err
			}
			break
		}
		if len(doc.Content) == 1 {
			l.document(doc.Content[0])
		}
	}
}

var (
	templateLine = lazyregexp.New(`(?m)^[ \t]*\{\{[^\n]*\}\}[ \t]*$`)
	template     = lazyregexp.New(`(?m)(^|[^$])\{\{[^\n]*?\}\}`)
)

// withoutTemplates takes the expressions of Helm out; those of GitHub, which stand behind a $, are plain text to YAML.
func withoutTemplates(text []byte) []byte {
	if !bytes.Contains(text, []byte("{{")) {
		return text
	}
	text = templateLine.Get().ReplaceAll(text, nil)
	return template.Get().ReplaceAll(text, []byte("${1}TEMPLATE"))
}

type look struct {
	name  string
	file  fileKind
	notes []Note

	broken error // why it is no YAML
}

func (l *look) add(n Note) { l.notes = append(l.notes, n) }

// document looks at one document of a file.
func (l *look) document(root *yaml.Node) {
	if root.Kind != yaml.MappingNode {
		return
	}
	if s := get(root, "sops"); s != nil && get(s, "mac") != nil {
		l.add(Note{Kind: SOPS, Start: s.Line, End: last(s), Name: text(root, "metadata", "name"), Detail: "its values are encrypted"})
		return
	}
	if text(root, "apiVersion") != "" && text(root, "kind") != "" {
		l.object(root)
		return
	}
	switch {
	case l.file == appSettings:
		l.appSettings(root)
	case l.file == springYAML:
		l.spring(root)
	case l.file == helmValues:
		l.values(root)
	case l.file == composeFile || isCompose(root):
		l.compose(root)
	default:
		l.pipeline(root)
	}
}

// get returns the value of a key of a mapping.
func get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var next *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				next = n.Content[i+1]
				break
			}
		}
		n = next
	}
	return n
}

// text returns a scalar, or "".
func text(n *yaml.Node, keys ...string) string {
	if v := get(n, keys...); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// keys lists the keys of a mapping in order.
func keys(n *yaml.Node) []string {
	var out []string
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, n.Content[i].Value)
	}
	return out
}

// walk calls see with every mapping below a node, and the key it is found under.
func walk(n *yaml.Node, key string, depth int, see func(key string, n *yaml.Node)) {
	const deepest = 64
	if n == nil || depth > deepest {
		return
	}
	if n.Kind == yaml.MappingNode {
		see(key, n)
		for i := 0; i+1 < len(n.Content); i += 2 {
			walk(n.Content[i+1], n.Content[i].Value, depth+1, see)
		}
		return
	}
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			walk(c, key, depth+1, see)
		}
	}
}

// last returns the last line of a node.
func last(n *yaml.Node) int {
	line := n.Line + strings.Count(strings.TrimRight(n.Value, "\n"), "\n")
	if n.Kind == yaml.ScalarNode && (n.Style == yaml.LiteralStyle || n.Style == yaml.FoldedStyle) {
		line++
	}
	for _, c := range n.Content {
		line = max(line, last(c))
	}
	return line
}
