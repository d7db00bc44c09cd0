package manifest

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// Stores that frameworks and tools fetch from by themselves, from their documentation (2026-11): Spring Cloud Vault, AWS,
// GCP and Azure; Microsoft's App Service references; Helm's lookup; Terraform's providers.
var (
	springImport = lazyregexp.New(`\b(vault|aws-secretsmanager|aws-parameterstore|configserver|kubernetes|sm)(://|:|@)`)
	springStores = []string{"spring.cloud.vault", "spring.cloud.azure.keyvault.secret", "spring.cloud.config", "spring.cloud.gcp.secretmanager", "azure.keyvault"}
	keyVaultRef  = lazyregexp.New(`@Microsoft\.KeyVault\(\s*(SecretUri=[^)\s;]+|VaultName=[^)]+)\)`)
	helmLookup   = lazyregexp.New(`\blookup\s+"v1"\s+"Secret"\s+([^\s)|}]+)\s+([^\s)|}]+)`)
	userInfo     = lazyregexp.New(`://[^\s,;]*@`) // what a URL says before its host: a user and a password
	inString     = lazyregexp.New(`(?i)\b(password|pwd|accountkey|sharedaccesskey)\s*=\s*([^;"']{6,})`)
)

// helm notes the Secrets that a template reads from the cluster. It sees the text as it is.
func (l *look) helm(text []byte) {
	if !bytes.Contains(text, []byte("lookup")) { // the regex begins with it
		return
	}
	for _, m := range helmLookup.Get().FindAllSubmatchIndex(text, -1) {
		line := bytes.Count(text[:m[0]], []byte("\n")) + 1
		l.add(Note{Kind: HelmLookup, Start: line, End: line, Name: strings.Trim(string(text[m[4]:m[5]]), `"`), Detail: "a Secret that is in the cluster already"})
	}
}

// flat calls see with every scalar of a tree by its dotted path.
func flat(n *yaml.Node, path string, depth int, see func(path string, key, value *yaml.Node)) {
	if depth > 64 || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		at := strings.TrimPrefix(path+"."+k.Value, ".")
		switch v.Kind {
		case yaml.ScalarNode:
			see(at, k, v)
		case yaml.SequenceNode:
			for _, c := range v.Content {
				if c.Kind == yaml.ScalarNode {
					see(at, c, c)
				} else {
					flat(c, at, depth+1, see)
				}
			}
		default:
			flat(v, at, depth+1, see)
		}
	}
}

// spring looks at the settings of a Spring application, in YAML.
func (l *look) spring(root *yaml.Node) {
	stores := map[string]bool{}
	flat(root, "", 0, func(path string, key, value *yaml.Node) {
		l.springSetting(path, value.Value, key.Line, last(value), stores)
	})
}

// properties looks at them in a properties file.
func (l *look) properties(text []byte) {
	stores := map[string]bool{}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		at := strings.IndexAny(line, "=:") // either will do (java.util.Properties.load)
		if at < 0 || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
			continue
		}
		l.springSetting(strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+1:]), i+1, i+1, stores)
	}
}

func (l *look) springSetting(path, value string, start, end int, stores map[string]bool) {
	note := Note{Start: start, End: end, Name: path}
	for _, s := range springStores {
		if strings.HasPrefix(path, s+".") && !stores[s] {
			stores[s] = true
			l.add(Note{Kind: SpringCloud, Start: start, End: end, Name: s, Detail: "settings are fetched from a store at start"})
		}
	}
	_, name, found := cutLast(path, ".")
	if !found {
		name = path
	}
	switch {
	case path == "spring.config.import" && springImport.MatchString(value):
		note.Kind, note.Detail = SpringCloud, "imports "+userInfo.Get().ReplaceAllString(value, "://")
	case strings.HasPrefix(value, "${sm@") || strings.HasPrefix(value, "${sm://"):
		note.Kind, note.Detail = SpringCloud, "from GCP Secret Manager"
	case !secretName(name):
		return
	case strings.HasPrefix(value, "ENC(") || strings.HasPrefix(value, "{cipher}"):
		note.Kind, note.Detail = Encrypted, "decrypted at start"
	case literal(value) || literal(springDefault(value)):
		note.Kind, note.Detail = InlineSetting, fmt.Sprintf("the value of %s stands in the file", path)
		note.Advice = "Move the value into a secret store, rotate it, and import the store (here Vault; AWS, GCP and Azure have their own), or take it from the environment"
		note.Replacement = fmt.Sprintf("spring.config.import: vault://\n%s: ${%s}\n", path, upperSnake(path))
	case variable.MatchString(value):
		note.Kind, note.Detail = Environment, "a placeholder, filled at start"
	default:
		return
	}
	l.add(note)
}

// springDefault returns the value behind the colon of ${name:value}.
func springDefault(v string) string {
	if !strings.HasPrefix(v, "${") || !strings.HasSuffix(v, "}") {
		return ""
	}
	_, after, _ := strings.Cut(v[2:len(v)-1], ":")
	return after
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}

// appSettings looks at the settings of an ASP.NET application.
func (l *look) appSettings(root *yaml.Node) {
	flat(root, "", 0, func(path string, key, value *yaml.Node) {
		note := Note{Start: key.Line, End: last(value), Name: strings.ReplaceAll(path, ".", ":")}
		_, name, ok := cutLast(path, ".")
		if !ok {
			name = path
		}
		inside := inString.Get().FindStringSubmatch(value.Value)
		switch {
		case keyVaultRef.MatchString(value.Value):
			note.Kind, note.Detail = KeyVault, keyVaultRef.Get().FindStringSubmatch(value.Value)[1]
		case strings.HasSuffix(upperSnake(name), "VAULT_URI") || strings.HasSuffix(upperSnake(name), "VAULT_NAME") || strings.Contains(value.Value, ".vault.azure.net"):
			note.Kind, note.Detail = KeyVault, "settings are fetched from it at start"
		case secretName(name) && literal(value.Value), inside != nil && literal(inside[2]):
			note.Kind, note.Detail = InlineSetting, fmt.Sprintf("the value of %s stands in the file", note.Name)
			note.Advice = "Move the value into Azure Key Vault, rotate it, and refer to it from the App Service's settings (elsewhere load the vault with AddAzureKeyVault, and user-secrets while developing)"
			note.Replacement = fmt.Sprintf("%s: \"@Microsoft.KeyVault(SecretUri=https://VAULT.vault.azure.net/secrets/%s)\"\n", strings.ReplaceAll(path, ".", "__"), strings.ReplaceAll(lowerWith(path, "-"), "--", "-"))
		default:
			return
		}
		l.add(note)
	})
}

// plainJSON blanks what JSON with comments has and YAML has not, and leaves the lines as they are.
func plainJSON(text []byte) []byte {
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\t"), []byte(" "))
	for i := 0; i < len(text); i++ {
		end := ""
		switch rest := text[i:]; {
		case rest[0] == '"':
			for i++; i < len(text) && text[i] != '"' && text[i] != '\n'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			continue
		case bytes.HasPrefix(rest, []byte("//")):
			end = "\n"
		case bytes.HasPrefix(rest, []byte("/*")):
			end = "*/"
		default:
			continue
		}
		n := bytes.Index(text[i+2:], []byte(end))
		if n < 0 {
			n = len(text) - i - 2
		} else if end == "*/" {
			n += len(end)
		}
		for k := range text[i : i+2+n] {
			if text[i+k] != '\n' {
				text[i+k] = ' '
			}
		}
		i += 1 + n
	}
	return text
}
