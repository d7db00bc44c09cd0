package match

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// Bounds of a value that is searched for.
const (
	Shortest    = 8       // characters
	Largest     = 1 << 20 // bytes
	fewest      = 4       // different characters
	fewDigits   = 12      // of a plain number
	plainLetter = 12      // of a value of letters alone, in one case: a word
)

// common are values that stores hold and texts are full of, in lower case: the frequent passwords of published lists
// (length 8 and more) and words of configuration.
var common = []string{
	"password", "password1", "password12", "password123", "password1234", "password!", "passw0rd", "p@ssw0rd", "p@ssword", "p@55w0rd", "12345678", "123456789",
	"1234567890", "0123456789", "87654321", "11111111", "00000000", "qwertyui", "qwertyuiop", "qwerty123", "qwerty12", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "zaq12wsx",
	"abcd1234", "abc12345", "a1b2c3d4", "changeme", "changeme1", "changeme123", "changeit", "change-me", "change_me", "iloveyou", "sunshine", "princess", "football", "baseball",
	"superman", "trustno1", "letmein1", "welcome1", "welcome123", "admin123", "admin1234", "administrator", "root1234", "rootroot", "testtest", "test1234", "testing123",
	"secret123", "secretkey", "secret-key", "secret_key", "mysecret", "my-secret", "supersecret", "super-secret", "topsecret", "password-here", "your-password", "yourpassword",
	"example1", "example123", "postgres", "postgresql", "mongodb1", "rabbitmq", "localhost", "localhost:8080", "127.0.0.1", "production", "development", "staging1", "disabled",
	"undefined", "required", "optional", "internal", "external", "eu-west-1", "eu-west-2", "eu-central-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-southeast-1",
	"ap-southeast-2", "ap-northeast-1", "europe-west1", "us-central1", "westeurope", "northeurope", "application/json", "text/html", "utf8mb4_unicode_ci", "info,warn,error",
}

var (
	hostName    = lazyregexp.New(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+(:[0-9]{1,5})?$`)
	topDomain   = lazyregexp.New(`(?i)\.(com|net|org|io|dev|local|internal|lan|corp|svc|cluster|example|test|localhost|cloud|app|co|de|uk|eu|us|info)(:[0-9]{1,5})?$`)
	mailAddress = lazyregexp.New(`^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	filePath    = lazyregexp.New(`^(~|\.{1,2})?(/[A-Za-z0-9._-]+)+/?$`)
	arn         = lazyregexp.New(`^arn:aws[a-z-]*:`)
	reference   = lazyregexp.New(`^(\$\{?[A-Za-z_][\w.:-]*\}?|\{\{.*\}\}|<[^<>]+>|%[A-Za-z_]+%|\*+|[xX]+|(your|insert|replace)[-_ ].*|(?i:todo|tbd|n/?a|none|null|placeholder))$`)
	duration    = lazyregexp.New(`^[0-9]+(\.[0-9]+)?(ms|s|m|h|d|k|kb|mb|gb|ki|mi|gi|%)?$`)
)

// refuse says why a value is not searched for: it would be found where nobody leaked it. "" means it is.
func (s *Set) refuse(value string) string {
	switch {
	case value == "":
		return "empty"
	case utf8.RuneCountInString(value) < Shortest:
		return "shorter than 8 characters"
	case len(value) > Largest:
		return "longer than 1 MiB"
	case strings.TrimSpace(value) == "" || different(value) < fewest:
		return "of fewer than 4 different characters"
	}
	lower := strings.ToLower(strings.TrimSpace(value))
	if s.common[lower] {
		return "a common value"
	}
	return ordinary(value, lower)
}

// ordinary refuses what is configuration rather than a secret.
func ordinary(value, lower string) string {
	switch {
	case reference.MatchString(value):
		return "a reference or placeholder"
	case allOf(value, unicode.IsDigit) && len(value) < fewDigits, duration.MatchString(lower) && len(value) < fewDigits:
		return "a plain number"
	case allOf(value, unicode.IsLetter) && len(value) < plainLetter && (value == lower || value[1:] == lower[1:] || value == strings.ToUpper(value)):
		return "a word"
	case isTime(value):
		return "a date"
	case isAddress(value), hostName.MatchString(value) && topDomain.MatchString(value):
		return "the name or address of a host"
	case filePath.MatchString(value) && strings.Count(value, "/") > 1 && value == lower && len(value) < 64:
		return "a path"
	case arn.MatchString(value):
		return "the name of a cloud resource"
	case mailAddress.MatchString(value) && topDomain.MatchString(value):
		return "a mail address"
	case openURL(value):
		return "a URL without a credential"
	}
	return ""
}

func allOf(s string, is func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !is(r) }) < 0
}

func different(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		if seen[r] = true; len(seen) >= fewest {
			break
		}
	}
	return len(seen)
}

func isTime(s string) bool {
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func isAddress(s string) bool {
	if _, err := netip.ParseAddrPort(s); err == nil {
		return true
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// openURL tells whether a value is a URL that holds nothing secret by its form: no user, no query, no long random
// segment as webhooks have.
func openURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	for _, part := range strings.Split(u.Path, "/") {
		if len(part) >= 16 && strings.ContainsAny(part, "0123456789") {
			return false
		}
	}
	return true
}
