package manifest

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// Values that are secret by themselves, whatever the setting is called.
var (
	urlPassword = lazyregexp.New(`(?i)\b[a-z][a-z0-9+.-]*://[^\s/?#@:"']*:([^\s@/"']+)@`)
	knownToken  = lazyregexp.New(`\b(?:[sr]k_(?:live|test)_|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA|ASIA|AIza|SG\.|npm_|pypi-|hvs\.|dop_v1_|shp(?:at|ss|ca)_|sk-(?:ant|proj)-)[A-Za-z0-9_.-]{14,}|-----BEGIN [A-Z ]*PRIVATE KEY`)
	argument    = lazyregexp.New(`(?i)--((?:[a-z0-9]+-)*(?:requirepass|masterauth|password|passwd|secret|token|api-key|access-key|secret-key))(?:\s*=\s*|\s+)["']?([^\s"']+)`)
)

// secretValue tells a URL with a password and a token of a known form.
func secretValue(v string) bool {
	if m := urlPassword.Get().FindStringSubmatch(v); m != nil && !reference(m[1]) && !variable.MatchString(m[1]) && !strings.Contains(m[1], "{{") {
		return true
	}
	return knownToken.MatchString(v) && !strings.Contains(v, "EXAMPLE")
}

// inline tells whether a setting is a secret whose value stands in the file.
func inline(name, value string) bool {
	return secretName(name) && literal(value) || secretValue(value)
}

// composeCommand looks at the arguments of a service's command.
func (l *look) composeCommand(service string, command *yaml.Node) {
	if command == nil {
		return
	}
	var words []string
	scalars(command, func(n *yaml.Node) { words = append(words, n.Value) })
	for _, m := range argument.Get().FindAllStringSubmatch(strings.Join(words, " "), -1) {
		if reference(m[2]) || variable.MatchString(m[2]) || strings.HasPrefix(m[2], "-") || strings.HasPrefix(m[2], "/") {
			continue
		}
		name := upperSnake(service + "-" + m[1])
		l.add(Note{
			Kind: InlineSetting, Start: command.Line, End: last(command), Name: "--" + m[1], Detail: fmt.Sprintf("the value of --%s stands in the command of %s, which every list of processes shows", m[1], service),
			Advice:      "Move the value into a configuration file that is mounted as a secret, and rotate it; where the program reads none, take it from the environment",
			Replacement: fmt.Sprintf("services:\n  %s:\n    command: PROGRAM --%s ${%s:?}\n", service, m[1], name),
		})
	}
}

var (
	dockerName = lazyregexp.New(`(?i)^(docker|container)file([._-].*)?$|\.(docker|container)file$`)
	dockerSet  = lazyregexp.New(`(?i)^\s*(ARG|ENV)\s+(.*)$`)
	dockerPair = lazyregexp.New(`([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|'[^']*'|\S*)`)
	dockerOne  = lazyregexp.New(`^([A-Za-z_][A-Za-z0-9_]*)\s+(.*)$`) // ENV NAME value, the old way
)

// dockerfile looks at the variables that a Dockerfile sets.
func (l *look) dockerfile(text []byte) {
	continued := false // an ARG or ENV goes on
	eachLine(text, []string{"#"}, func(n int, line string) {
		pairs := line
		m := dockerSet.Get().FindStringSubmatch(line)
		if m != nil {
			pairs = m[2]
		} else if !continued {
			return
		}
		continued = strings.HasSuffix(strings.TrimSpace(line), `\`)
		found := dockerPair.Get().FindAllStringSubmatch(pairs, -1)
		if old := dockerOne.Get().FindStringSubmatch(pairs); m != nil && old != nil {
			found = [][]string{old}
		}
		for _, f := range found {
			if value := strings.Trim(f[2], `"'`); inline(f[1], value) {
				id := lowerWith(f[1], "_")
				l.add(Note{
					Kind: InlineEnv, Start: n, End: n, Name: f[1], Detail: fmt.Sprintf("the value of %s stands in the file, and stays in the image's history", f[1]),
					Advice:      "Rotate the value; hand it to the steps of the build that need it as a build secret (docker build --secret), and to the running container by its environment or a mounted secret",
					Replacement: fmt.Sprintf("RUN --mount=type=secret,id=%s,env=%s COMMAND\n", id, f[1]),
				})
			}
		}
	})
}

var valuesName = lazyregexp.New(`(?i)^values([._-][a-z0-9._-]+)?\.ya?ml$|\.values\.ya?ml$`)

// values looks at the values of a Helm chart.
func (l *look) values(root *yaml.Node) {
	flat(root, "", 0, func(path string, key, value *yaml.Node) {
		_, name, ok := cutLast(path, ".")
		if !ok {
			name = path
		}
		upper := upperSnake(name)
		about := strings.HasPrefix(upper, "EXISTING") || strings.HasSuffix(upper, "PASSWORD_KEY") || strings.HasSuffix(upper, "PULL_SECRETS")
		if about && !secretValue(value.Value) || !inline(name, value.Value) {
			return
		}
		l.add(Note{
			Kind: InlineSetting, Start: key.Line, End: last(value), Name: path, Detail: fmt.Sprintf("the value of %s stands in the file", path),
			Advice:      "Move the value into a Secret that External Secrets or the Secrets Store CSI driver fills, rotate it, and name that Secret (most charts take existingSecret); where nothing but git is at hand, encrypt the file with SOPS",
			Replacement: "existingSecret: NAME\n",
		})
	})
}
