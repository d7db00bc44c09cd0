package manifest

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// isCompose tells the shape of a Compose file: services with an image or a build.
func isCompose(root *yaml.Node) bool {
	services := get(root, "services")
	for _, name := range keys(services) {
		if s := get(services, name); get(s, "image") != nil || get(s, "build") != nil {
			return true
		}
	}
	return false
}

// compose looks at a Compose file (Compose Specification: services.environment, env_file, secrets; secrets.file,
// environment and external; https://github.com/compose-spec/compose-spec).
func (l *look) compose(root *yaml.Node) {
	services := get(root, "services")
	for _, service := range keys(services) {
		s := get(services, service)
		if files := get(s, "env_file"); files != nil {
			l.add(Note{Kind: Environment, Start: files.Line, End: last(files), Name: service, Detail: "env_file " + envFiles(files) + ", which is to stay out of git"})
		}
		l.composeEnvironment(service, get(s, "environment"))
		l.composeEnvironment(service, get(s, "build", "args"))
		l.composeCommand(service, get(s, "command"))
		l.composeCommand(service, get(s, "entrypoint"))
	}
	secrets := get(root, "secrets")
	for _, name := range keys(secrets) {
		n := get(secrets, name)
		detail := ""
		switch {
		case text(n, "file") != "":
			detail = "from the file " + text(n, "file") + ", which is to stay out of git"
		case text(n, "environment") != "":
			detail = "from the variable " + text(n, "environment")
		case text(n, "external") == "true" || get(n, "external", "name") != nil:
			detail = "kept by the engine (external)"
		default:
			continue
		}
		l.add(Note{Kind: ComposeSecret, Start: n.Line, End: last(n), Name: name, Detail: detail})
	}
}

func envFiles(n *yaml.Node) string {
	var names []string
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if p := text(c, "path"); p != "" {
				names = append(names, p)
			} else {
				names = append(names, c.Value)
			}
		}
	}
	return strings.Join(names, ", ")
}

// composeEnvironment looks at variables as a mapping or as a list of NAME=value; NAME alone is passed on.
func (l *look) composeEnvironment(service string, env *yaml.Node) {
	eachSetting(env, func(name, value string, at, end *yaml.Node) {
		preset := ofDefault(value)
		if !secretName(name) && !secretValue(value) {
			return
		}
		note := Note{Start: at.Line, End: max(last(at), last(end)), Name: name}
		if !inline(name, value) && !inline(name, preset) {
			if value == "" || variable.MatchString(value) {
				note.Kind, note.Detail = Environment, "taken from the environment of whoever starts "+service
				l.add(note)
			}
			return
		}
		note.Kind, note.Detail = InlineEnv, fmt.Sprintf("the value of %s stands in the file", name)
		if preset != "" {
			note.Detail = fmt.Sprintf("the value that %s has where nobody sets it stands in the file", name)
		}
		l.composeInstead(&note, service)
		l.add(note)
	})
}

// composeInstead says what to do about a variable with a value. No SDK of AWS reads a variable that ends in _FILE, but each
// reads a file of credentials (AWS SDKs and Tools Reference Guide, "Shared config and credentials files", 2026).
func (l *look) composeInstead(note *Note, service string) {
	name := note.Name
	id := lowerWith(name, "_")
	switch {
	case strings.HasPrefix(name, "AWS_"):
		note.Advice = "Rotate the key. On AWS give the task or the machine a role and leave the variable out: the SDKs find it by themselves. Elsewhere mount a credentials file as a secret"
		note.Replacement = fmt.Sprintf("services:\n  %s:\n    environment:\n      AWS_SHARED_CREDENTIALS_FILE: /run/secrets/aws_credentials\n    secrets: [aws_credentials]\nsecrets:\n  aws_credentials:\n    file: ./secrets/aws_credentials\n", service)
	case !secretName(name):
		note.Advice = "Move the value into a file that git ignores (.env beside this one), or into the environment of whoever starts it, rotate it, and take it from there"
		note.Replacement = fmt.Sprintf("services:\n  %s:\n    environment:\n      %s: ${%s:?}\n", service, name, name)
	default:
		note.Advice = "Move the value into a file that git ignores, or into the engine's or a store's secrets, rotate it, and mount it as a secret (images read NAME_FILE; without that, write NAME: ${NAME:?})"
		note.Replacement = fmt.Sprintf("services:\n  %s:\n    environment:\n      %s_FILE: /run/secrets/%s\n    secrets: [%s]\nsecrets:\n  %s:\n    file: ./secrets/%s\n", service, name, id, id, id, id)
	}
}

// eachSetting calls see for every entry of a mapping, or of a list of NAME=value or NAME.
func eachSetting(n *yaml.Node, see func(name, value string, at, end *yaml.Node)) {
	if n == nil {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			switch {
			case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
				see(k.Value, "", k, v)
			case v.Kind == yaml.ScalarNode:
				see(k.Value, v.Value, k, v)
			case get(v, "value") != nil: // GitLab
				see(k.Value, text(v, "value"), k, v)
			}
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind == yaml.ScalarNode {
				name, value, _ := strings.Cut(c.Value, "=")
				see(name, value, c, c)
			} else if name := text(c, "name"); name != "" { // Azure Pipelines
				see(name, text(c, "value"), c, c)
			}
		}
	}
}
