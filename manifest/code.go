package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// Jenkins: the environment directive's credentials(), and steps of the Credentials Binding and HashiCorp Vault plugins.
var (
	jenkinsHelper  = lazyregexp.New(`\bcredentials\(\s*['"]([^'"]+)['"]\s*\)`)
	jenkinsBinding = lazyregexp.New(`\bcredentialsId\s*[:=]\s*['"]([^'"]+)['"]`)
	jenkinsVault   = lazyregexp.New(`\bvaultSecrets\b|\bwithVault\b`)
	assignment     = lazyregexp.New(`^\s*(?:def\s+|env\.|String\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?:"([^"$]*)"|'([^']*)')\s*,?\s*(?:(?:#|//).*)?$`)
)

// eachLine calls see with the lines that are no comment, from 1.
func eachLine(text []byte, comments []string, see func(n int, line string)) {
	for i, line := range strings.Split(string(text), "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed != "" && !slices.ContainsFunc(comments, func(c string) bool { return strings.HasPrefix(trimmed, c) }) {
			see(i+1, strings.TrimSuffix(line, "\r"))
		}
	}
}

// assigned returns the name and the value of a line that sets a secret to a text.
func assigned(line string) (name string, ok bool) {
	m := assignment.Get().FindStringSubmatch(line)
	if m == nil || !secretName(m[1]) || !literal(m[2]+m[3]) {
		return "", false
	}
	return m[1], true
}

func (l *look) jenkins(text []byte) {
	eachLine(text, []string{"//", "*", "/*"}, func(n int, line string) {
		for _, re := range []*lazyregexp.Regexp{jenkinsHelper, jenkinsBinding} {
			for _, m := range re.Get().FindAllStringSubmatch(line, -1) {
				l.add(Note{Kind: CISecret, Start: n, End: n, Name: m[1], Detail: "a credential of Jenkins"})
			}
		}
		if jenkinsVault.MatchString(line) {
			l.add(Note{Kind: External, Start: n, End: n, Name: "Vault", Detail: "fetched by the job (HashiCorp Vault plugin)"})
		}
		if name, ok := assigned(line); ok {
			l.add(Note{
				Kind: InlineEnv, Start: n, End: n, Name: name, Detail: fmt.Sprintf("the value of %s stands in the file", name),
				Advice:      "Keep the value as a credential of Jenkins (secret text), rotate it, and take it by its id",
				Replacement: fmt.Sprintf("environment { %s = credentials('%s') }\n", name, lowerWith(name, "-")),
			})
		}
	})
}

// Terraform: data sources and ephemeral resources that read a store.
var (
	terraformSource = lazyregexp.New(`^\s*(data|ephemeral)\s+"([a-z0-9_]+)"\s+"([^"]+)"`)
	terraformStores = []string{
		"aws_secretsmanager_secret_version", "aws_secretsmanager_random_password", "aws_ssm_parameter", "vault_generic_secret", "vault_kv_secret", "vault_kv_secret_v2",
		"vault_aws_access_credentials", "vault_database_secret", "azurerm_key_vault_secret", "google_secret_manager_secret_version", "google_secret_manager_secret_version_access",
		"kubernetes_secret", "kubernetes_secret_v1", "onepassword_item", "sops_file", "doppler_secrets", "infisical_secrets", "infisical_secret", "bitwarden_secret", "akeyless_secret", "akeyless_static_secret", "external_vault",
	}
	terraformSensitive = lazyregexp.New(`^\s*sensitive\s*=\s*true`)
	terraformVariable  = lazyregexp.New(`^\s*variable\s+"([^"]+)"`)
	terraformPair      = lazyregexp.New(`([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"([^"$]*)"`)
	terraformDefault   = lazyregexp.New(`^\s*default\s*=\s*"([^"$]+)"`)
)

func (l *look) terraform(text []byte) {
	of := "" // the variable whose block is read
	eachLine(text, []string{"#", "//", "/*", "*"}, func(n int, line string) {
		if m := terraformSource.Get().FindStringSubmatch(line); m != nil && slices.Contains(terraformStores, m[2]) {
			detail := "read from its store; the value is kept in the state, which is to be encrypted"
			if m[1] == "ephemeral" {
				detail = "read from its store, and not kept in the state"
			}
			l.add(Note{Kind: Terraform, Start: n, End: n, Name: m[2] + "." + m[3], Detail: detail})
		}
		if m := terraformVariable.Get().FindStringSubmatch(line); m != nil {
			of = m[1]
		} else if strings.HasPrefix(line, "}") {
			of = ""
		}
		if terraformSensitive.MatchString(line) && secretName(of) {
			l.add(Note{Kind: Environment, Start: n, End: n, Name: of, Detail: "a sensitive variable, set from outside"})
		}
		if m := terraformDefault.Get().FindStringSubmatch(line); m != nil && secretName(of) && literal(m[1]) {
			l.terraformInline(n, of)
		} else if name, ok := assigned(line); ok {
			l.terraformInline(n, name)
		} else {
			l.terraformPairs(n, of, line)
		}
		if strings.HasSuffix(strings.TrimSpace(line), "}") && strings.Contains(line, "{") {
			of = ""
		}
	})
}

// terraformPairs looks at the arguments of a block on one line, and at values that are secret whatever they are called.
func (l *look) terraformPairs(n int, of, line string) {
	_, inside, block := strings.Cut(line, "{")
	if !block {
		inside = line
	}
	for _, m := range terraformPair.Get().FindAllStringSubmatch(inside, -1) {
		name := m[1]
		if name == "default" && of != "" {
			name = of
		}
		if block && inline(name, m[2]) || secretValue(m[2]) {
			l.terraformInline(n, name)
		}
	}
}

func (l *look) terraformInline(n int, name string) {
	id := lowerWith(name, "_")
	l.add(Note{
		Kind: InlineSetting, Start: n, End: n, Name: name, Detail: fmt.Sprintf("the value of %s stands in the file", name),
		Advice:      "Move the value into a secret store, rotate it, and read it from there (here AWS; vault_kv_secret_v2, azurerm_key_vault_secret and google_secret_manager_secret_version do the same)",
		Replacement: fmt.Sprintf("ephemeral \"aws_secretsmanager_secret_version\" \"%s\" {\n  secret_id = \"PATH\"\n}\n%s = ephemeral.aws_secretsmanager_secret_version.%s.secret_string\n", id, name, id),
	})
}
