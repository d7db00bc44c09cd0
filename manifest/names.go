package manifest

import (
	"path"
	"strings"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// fileKind is what a file's name says of it, beside Kubernetes manifests, which their content tells.
type fileKind int

const (
	otherFile fileKind = iota
	composeFile
	jenkinsFile
	terraformFile
	springYAML
	springProperties
	appSettings
	dockerFile
	helmValues
)

var (
	composeName  = lazyregexp.New(`(?i)^(docker-)?(compose|stack)([._-][a-z0-9._-]+)?\.ya?ml$|\.compose\.ya?ml$`)
	springName   = lazyregexp.New(`(?i)^(application|bootstrap)(-[a-z0-9_.-]+)?\.(ya?ml|properties)$`)
	settingsName = lazyregexp.New(`(?i)^(appsettings|local\.settings|secrets)(\.[a-z0-9_-]+)*\.json$`)
	jenkinsName  = lazyregexp.New(`(?i)^jenkinsfile([._-].+)?$|\.jenkinsfile$`)
)

func kindOf(name string) fileKind {
	base := strings.ToLower(path.Base(name))
	ext := path.Ext(base)
	yaml := ext == ".yml" || ext == ".yaml"
	switch {
	case yaml && composeName.MatchString(base):
		return composeFile
	case strings.Contains(base, "jenkinsfile") && jenkinsName.MatchString(base):
		return jenkinsFile
	case ext == ".tf" || ext == ".tfvars":
		return terraformFile
	case ext == ".properties" && springName.MatchString(base):
		return springProperties
	case yaml && springName.MatchString(base):
		return springYAML
	case ext == ".json" && settingsName.MatchString(base):
		return appSettings
	case strings.Contains(base, "file") && dockerName.MatchString(base):
		return dockerFile
	case yaml && valuesName.MatchString(base):
		return helmValues
	}
	return otherFile
}

// harmless are the ends of names of settings about a secret that are none.
var harmless = []string{
	"_FILE", "_PATH", "_NAME", "_URL", "_URI", "_HOST", "_ID", "_TTL", "_TYPE", "_LENGTH", "_ENABLED", "_EXPIRATION", "_EXPIRY", "_SECONDS", "_MINUTES",
	"_HEADER", "_ENDPOINT", "_ARN", "_REF", "_VERSION", "_POLICY", "_ISSUER", "_AUDIENCE", "_ALGORITHM", "_VALIDITY", "_LIFETIME", "_STORE", "_MANAGER",
}

var secretWords = []string{"PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL", "PASSPHRASE"}

// secretName tells whether the name of a variable or setting stands for a secret.
func secretName(name string) bool {
	upper := upperSnake(name)
	if upper == "AWS_ACCESS_KEY_ID" {
		return true
	}
	for _, end := range harmless {
		if strings.HasSuffix(upper, end) {
			return false
		}
	}
	for _, word := range secretWords {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return false
}

// upperSnake writes dbPassword, db-password and db.password as DB_PASSWORD.
func upperSnake(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '.' || c == ':' || c == ' ':
			c = '_'
		case c >= 'A' && c <= 'Z' && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z':
			b.WriteByte('_')
		}
		b.WriteByte(c)
	}
	return strings.ToUpper(b.String())
}

// lowerWith writes a name in lower case with a separator: db-password.
func lowerWith(name, separator string) string {
	return strings.ReplaceAll(strings.ToLower(upperSnake(name)), "_", separator)
}

var variable = lazyregexp.New(`\$\{?\(?[A-Za-z_]`)

// literal tells whether a value of a setting with a secret's name stands in the file itself.
func literal(v string) bool {
	v = strings.TrimSpace(v)
	if len(v) < 6 || reference(v) || variable.MatchString(v) || strings.Contains(v, "{{") {
		return false
	}
	for _, start := range []string{"/", "./", "../", "file:", "arn:", "http://", "https://", "@Microsoft.", "ENC(", "{cipher}", "#{"} {
		if strings.HasPrefix(v, start) {
			return false
		}
	}
	return true
}

// ofDefault returns the value that stands behind :- in ${NAME:-value}, which a shell or Compose takes without another.
func ofDefault(v string) string {
	if m := withDefault.Get().FindStringSubmatch(strings.TrimSpace(v)); m != nil {
		return m[1]
	}
	return ""
}

var withDefault = lazyregexp.New(`^\$\{[A-Za-z0-9_.]+:?[-=]([^}]*)\}$`)
