package manifest

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// How the CI services name what they keep for a job, from their documentation (2026-11).
var (
	githubSecret = lazyregexp.New(`\$\{\{[^}]*\bsecrets\.([A-Za-z_][A-Za-z0-9_]*)`)
	shellName    = lazyregexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)
	azureName    = lazyregexp.New(`\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)
)

// named collects names of secrets that a mapping takes, for one note.
type named struct {
	names      []string
	start, end int
}

func (s *named) add(n *yaml.Node, names ...string) {
	for _, name := range names {
		if !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
		if s.start == 0 || n.Line < s.start {
			s.start = n.Line
		}
		s.end = max(s.end, last(n))
	}
}

func (l *look) named(s *named, kind Kind, detail string) {
	if len(s.names) > 0 {
		slices.Sort(s.names)
		l.add(Note{Kind: kind, Start: s.start, End: s.end, Name: strings.Join(s.names, ", "), Detail: detail})
	}
}

// scalars calls see with every text below a node.
func scalars(n *yaml.Node, see func(*yaml.Node)) {
	switch n.Kind {
	case yaml.ScalarNode:
		see(n)
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			scalars(n.Content[i], see)
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			scalars(c, see)
		}
	}
}

// uses notes the secrets that texts below a node name, one note for each group (job), where re finds a name that is
// secret by itself or looks it.
func (l *look) uses(groups []*yaml.Node, re *lazyregexp.Regexp, all bool, defined map[string]bool, kind Kind, detail string) {
	for _, g := range groups {
		var s named
		scalars(g, func(n *yaml.Node) {
			for _, m := range re.Get().FindAllStringSubmatch(n.Value, -1) {
				if (all || secretName(m[1])) && !defined[m[1]] && !strings.EqualFold(m[1], "GITHUB_TOKEN") && !l.static(n.Line) {
					s.add(n, m[1])
				}
			}
		})
		l.named(&s, kind, detail)
	}
}

// static tells whether a line belongs to a cloud key that is to go.
func (l *look) static(line int) bool {
	return slices.ContainsFunc(l.notes, func(n Note) bool { return n.Kind == StaticCloudKey && n.Start <= line && line <= n.End })
}

// children returns the values of a mapping that are mappings or lists, as jobs are.
func children(n *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 1; i < len(n.Content); i += 2 {
		if n.Content[i].Kind != yaml.ScalarNode {
			out = append(out, n.Content[i])
		}
	}
	return out
}

// inlineVariables notes variables with a secret's name whose value stands in the file. Cloud keys are told elsewhere.
func (l *look) inlineVariables(n *yaml.Node, advice string, replacement func(name string) string) map[string]bool {
	defined := map[string]bool{}
	eachSetting(n, func(name, value string, at, end *yaml.Node) {
		if !secretName(name) || !literal(value) || strings.Contains(value, "$") {
			return
		}
		defined[name] = true
		if cloudVariables[name] != "" || name == "AWS_ACCESS_KEY_ID" {
			return
		}
		l.add(Note{
			Kind: InlineEnv, Start: at.Line, End: max(last(at), last(end)), Name: name, Detail: fmt.Sprintf("the value of %s stands in the file", name),
			Advice: advice, Replacement: replacement(name),
		})
	})
	return defined
}

func (l *look) githubSecrets(root *yaml.Node) {
	groups := children(get(root, "jobs"))
	if env := get(root, "env"); env != nil {
		groups = append(groups, env)
	}
	if runs := get(root, "runs"); runs != nil {
		groups = append(groups, runs)
	}
	l.uses(groups, githubSecret, true, nil, CISecret, "secrets of the repository, environment or organisation")
	for _, job := range children(get(root, "jobs")) {
		if text(job, "secrets") == "inherit" {
			n := get(job, "secrets")
			l.add(Note{Kind: CISecret, Start: n.Line, End: n.Line, Name: "inherit", Detail: "every secret of the caller is handed on: name those that are needed"})
		}
	}
	walk(root, "", 0, func(key string, n *yaml.Node) {
		if key == "env" {
			l.inlineVariables(n, "Keep the value as a secret of the repository or environment, rotate it, and take it from there", func(name string) string {
				return fmt.Sprintf("env:\n  %s: ${{ secrets.%s }}\n", name, upperSnake(name))
			})
		}
	})
}

func (l *look) gitlabVariables(root *yaml.Node) {
	defined := map[string]bool{}
	walk(root, "", 0, func(key string, n *yaml.Node) {
		if key != "variables" {
			return
		}
		for name := range l.inlineVariables(n, "Fetch the value from a store by the job's own OIDC token, or keep it as a masked and protected CI/CD variable, and rotate it", func(name string) string {
			return fmt.Sprintf("id_tokens:\n  VAULT_ID_TOKEN:\n    aud: https://VAULT\nsecrets:\n  %s:\n    vault: PATH/%s@MOUNT\n    file: false\n", name, lowerWith(name, "-"))
		}) {
			defined[name] = true
		}
	})
	l.uses(children(root), shellName, false, defined, CISecret, "CI/CD variables of the project or group")
}

func (l *look) azure(root *yaml.Node) {
	walk(root, "", 0, func(key string, n *yaml.Node) {
		task, _, _ := strings.Cut(strings.ToLower(text(n, "task")), "@")
		switch {
		case task == "azurekeyvault":
			l.add(Note{Kind: KeyVault, Start: n.Line, End: last(n), Name: text(n, "inputs", "KeyVaultName"), Detail: "fetched by the job: " + text(n, "inputs", "SecretsFilter")})
		case text(n, "group") != "" && key == "variables":
			l.add(Note{Kind: CISecret, Start: n.Line, End: last(n), Name: text(n, "group"), Detail: "a variable group"})
		}
	})
	defined := map[string]bool{}
	tell := func(n *yaml.Node) {
		for name := range l.inlineVariables(n, "Keep the value in Azure Key Vault, rotate it, and let the job fetch it", func(name string) string {
			id := lowerWith(name, "-")
			return fmt.Sprintf("steps:\n  - task: AzureKeyVault@2\n    inputs:\n      azureSubscription: CONNECTION\n      KeyVaultName: VAULT\n      SecretsFilter: %s\n  - script: COMMAND\n    env:\n      %s: $(%s)\n", id, name, id)
		}) {
			defined[name] = true
		}
	}
	var lists func(n *yaml.Node, depth int)
	lists = func(n *yaml.Node, depth int) { // variables may be a list, which walk takes apart
		if n == nil || depth > 64 {
			return
		}
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if k := n.Content[i].Value; k == "variables" || k == "env" {
				tell(n.Content[i+1])
			}
		}
		for _, c := range n.Content {
			lists(c, depth+1)
		}
	}
	lists(root, 0)
	l.uses([]*yaml.Node{root}, azureName, false, defined, CISecret, "secret variables of the pipeline or of a group")
}

func (l *look) circle(root *yaml.Node) {
	walk(root, "", 0, func(key string, n *yaml.Node) {
		if c := get(n, "context"); c != nil && (c.Kind == yaml.SequenceNode || c.Kind == yaml.ScalarNode && c.Value != "") {
			var s named
			scalars(c, func(x *yaml.Node) { s.add(x, x.Value) })
			l.named(&s, CISecret, "contexts, whose variables the job gets")
		}
		if key == "environment" {
			l.inlineVariables(n, "Keep the value in a context that only this job may use, rotate it, and name the context", func(name string) string {
				return "workflows:\n  WORKFLOW:\n    jobs:\n      - JOB:\n          context: [CONTEXT]\n"
			})
		}
	})
}

// keptBy notes what Drone, Woodpecker and Travis CI keep or encrypt.
func (l *look) keptBy(root *yaml.Node) {
	walk(root, "", 0, func(key string, n *yaml.Node) {
		if from := text(n, "from_secret"); from != "" {
			l.add(Note{Kind: CISecret, Start: n.Line, End: last(n), Name: from, Detail: "for " + key})
		}
		if get(n, "secure") != nil && len(n.Content) == 2 {
			l.add(Note{Kind: CISecret, Start: n.Line, End: last(n), Name: key, Detail: "encrypted for this repository"})
		}
	})
}
