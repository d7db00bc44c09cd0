package generic

import (
	"math"
	"path"
	"strings"

	"github.com/unleak/unleak/finding"
)

// DefaultConfidence is the least confidence of a match that is reported unless the user says otherwise. It lies where
// F1 is highest in the cross-validation; see docs/accuracy.md.
const DefaultConfidence = 0.5

// Accept applies what the path of a text says: texts for people, lock files and generated code lower the confidence of
// m, and tests and documentation get a tag. It returns false for a match below minConfidence (0: DefaultConfidence).
func Accept(name string, m *finding.Match, minConfidence float64) bool {
	if minConfidence <= 0 {
		minConfidence = DefaultConfidence
	}
	name = strings.ReplaceAll(name, `\`, "/")
	folded := strings.ToLower(name)
	if shift := pathShift(folded); shift != 0 {
		m.Confidence = shiftLogit(m.Confidence, shift)
	} else if (m.Confidence == plainScore || m.Confidence == likelyScore) && (configuration(folded) && (strings.ContainsAny(m.Secret, "0123456789") || !exemplary(folded)) || (written(folded) || shellScript(folded)) && numbers(m.Secret)) {
		m.Confidence = everydayScore
	} else if m.Confidence == wordScore && configuration(folded) && !exemplary(folded) {
		m.Confidence = everydayScore
	}
	if translations(folded) {
		if said(m.Secret) {
			return false
		}
		if inWords(m.Secret) {
			m.Confidence = shiftLogit(m.Confidence, -2.5)
		}
	} else if oneTongue(folded) && wordy(m.Secret) && !random([]byte(m.Secret)) {
		return false
	}
	if m.Confidence < minConfidence {
		return false
	}
	if tag := PathTag(name); tag != "" {
		m.Tags = withTag(m.Tags, tag)
	}
	return true
}

// MayRise tells whether there are paths at which Accept raises a confidence.
func MayRise(confidence float64) bool {
	return confidence == plainScore || confidence == likelyScore || confidence == wordScore
}

func shiftLogit(p, shift float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return 1 / (1 + math.Exp(-(math.Log(p/(1-p)) + shift)))
}

// locks are files in which a package manager keeps digests.
var locks = map[string]bool{
	"package-lock.json": true, ".secrets.baseline": true, "npm-shrinkwrap.json": true, "yarn.lock": true, "pnpm-lock.yaml": true, "go.sum": true,
	"cargo.lock": true, "poetry.lock": true, "pipfile.lock": true, "composer.lock": true, "gemfile.lock": true,
	"packages.lock.json": true, "podfile.lock": true, "flake.lock": true, "mix.lock": true, "pubspec.lock": true,
	"uv.lock": true, "bun.lock": true, "deno.lock": true, ".terraform.lock.hcl": true,
}

// pathShift returns what a path adds to the logit of the confidence.
func pathShift(name string) float64 {
	base := path.Base(name)
	switch {
	case locks[base]:
		return -6
	case strings.Contains(base, ".min.") || strings.HasSuffix(base, ".map") || strings.HasSuffix(base, ".svg") || strings.HasSuffix(base, ".css"):
		return -3
	case strings.HasSuffix(base, ".po") || strings.HasSuffix(base, ".pot") || strings.HasSuffix(base, ".xlf") || strings.HasSuffix(base, ".resx"):
		return -3
	}
	return 0
}

// configuration tells whether a file, by its path in lower case, holds settings: what stands there without quotes is a
// literal and no variable.
func configuration(name string) bool {
	base := path.Base(name)
	switch path.Ext(base) {
	case ".properties", ".yml", ".yaml", ".ini", ".cfg", ".conf", ".cnf", ".env", ".toml", ".tfvars", ".config", ".nmconnection", ".service", ".netrc",
		".cf", ".ext", ".users", ".credentials", ".creds", ".cred", ".inventory", ".psk", ".rsc", ".ovpn", ".container", ".envrc", ".secrets", ".passwd", ".netdev", ".desktop", ".remmina":
		return true
	case "", base:
		for _, s := range [...]string{"credentials", "dockerfile", "hosts", "inventory", "user-data", "env", "environment", "secrets", "kickstart", "wireless"} {
			if strings.HasSuffix(base, s) {
				return true
			}
		}
	}
	return strings.HasPrefix(base, ".env") || strings.HasSuffix(base, "rc") && base[0] == '.' || strings.HasPrefix(name, "etc/") || strings.Contains(name, "/etc/")
}

// exemplary tells whether a file of settings, by its path in lower case, shows others what to write, or is one of texts in a
// language: .env.example, config.sample.yml, en.yml.
func exemplary(name string) bool {
	base := path.Base(name)
	for _, s := range [...]string{"example", "sample", "template", "dist", "tmpl", "skel", "defaults"} {
		if strings.Contains(base, s) {
			return true
		}
	}
	stem, _, _ := strings.Cut(base, ".")
	return tongueCode(stem) || PathTag(name) == "docs"
}

// written tells whether a file, by its path in lower case, holds what people wrote: notes, mails, documentation.
func written(name string) bool {
	switch path.Ext(name) {
	case ".txt", ".md", ".rst", ".adoc", ".org", ".eml", ".text", ".markdown", ".note":
		return true
	}
	return false
}

// shellScript tells whether a file, by its path in lower case, is one of a shell's: what stands there without quotes is a literal.
func shellScript(name string) bool {
	switch path.Ext(name) {
	case ".sh", ".bash", ".zsh", ".ksh", ".fish", ".bat", ".cmd":
		return true
	}
	return false
}

// numbers tells whether a value ends in two digits and more that do not count up.
func numbers(v string) bool {
	n := len(v)
	return n > 2 && chars[v[n-1]]&charDigit != 0 && chars[v[n-2]]&charDigit != 0 && v[n-1] != v[n-2]+1
}

// manual tells whether a path is that of a manual page: man/man1/x.1.gz.
func manual(name string) bool {
	_, rest, ok := strings.Cut(name, "man/man")
	return ok && len(rest) > 2 && rest[0] >= '0' && rest[0] <= '9' && rest[1] == '/'
}

// PathTag returns "test" or "docs" where a path says that what stands there is a test or documentation, else "".
func PathTag(name string) string {
	for part := range strings.SplitSeq(name, "/") {
		if stem, _, _ := strings.Cut(part, "."); strings.HasSuffix(stem, "Test") || strings.HasSuffix(stem, "Tests") || strings.HasSuffix(stem, "Spec") {
			return "test" // dockerTest, LoginTests.cs, AccountSpec.groovy
		}
	}
	if base := path.Base(name); strings.HasPrefix(base, "t") && strings.HasSuffix(base, ".sh") && len(base) > 6 && base[5] == '-' && strings.Trim(base[1:5], "0123456789") == "" {
		return "test" // t0001-init.sh, as git names them
	}
	name = strings.ToLower(name)
	tag := ""
	if strings.Contains(name, "share/man/") || strings.Contains(name, "share/info/") || strings.Contains(name, "share/locale/") || strings.Contains(name, "/lc_messages/") || manual(name) {
		tag = "docs" // of a Unix system: manual pages, translations
	}
	switch path.Ext(name) {
	case ".md", ".mdx", ".rst", ".adoc", ".rdoc":
		tag = "docs"
	}
	for part := range strings.SplitSeq(name, "/") {
		for word := range strings.FieldsFuncSeq(part, func(r rune) bool { return r == '.' || r == '_' || r == '-' }) {
			switch word {
			case "test", "tests", "spec", "specs", "testing", "testdata", "fixture", "fixtures", "mock", "mocks", "e2e", "testcases", "unittest", "unittests", "phpunit", "conftest":
				return "test"
			case "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "tutorial", "guides":
				tag = "docs"
			}
		}
	}
	return tag
}

// withTag adds a tag to sorted tags, without changing the slice given.
func withTag(tags []string, tag string) []string {
	out := make([]string, 0, len(tags)+1)
	for i, t := range tags {
		if t == tag {
			return tags
		}
		if t > tag {
			return append(append(out, tag), tags[i:]...)
		}
		out = append(out, t)
	}
	return append(out, tag)
}
