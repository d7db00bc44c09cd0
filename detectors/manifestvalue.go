package detectors

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/unleak/unleak/detectors/proof"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
)

// What a key of a manifest says by its last word, or by any: that the value is public, or that it is a secret.
var (
	publicWords = strings.Fields(`user username login host hostname port name namespace email mail region database dbname db
		bucket endpoint url uri crt cert certificate ca pub public id project tenant subscription type provider path enabled debug
		level env environment version issuer audience domain scheme driver timeout address addr server servers index size mode`)
	secretKeyWords = strings.Fields(`password passwd pass pwd secret token key keys credential credentials private passphrase
		apikey salt signing cookie session pin dsn pw auth htpasswd webhook license`)
)

// The confidences of a value: by a telling name and a shape that people do not type; by a telling name alone; by its
// shape alone; of bytes that are no text.
const (
	manifestSure   = 0.9
	manifestNamed  = 0.75
	manifestShaped = 0.7
	manifestBytes  = 0.75
)

// The lengths of values that are looked at, in bytes.
const (
	leastNamed  = 4
	leastBytes  = 12 // in base64
	leastShaped = 12
	mostValue   = 400 // what is longer is a file: what it holds is found by itself
)

// match judges an entry; ok is false where it is no secret.
func (e *manifestEntry) match(c *compiled) (m finding.Match, ok bool) {
	m = finding.Match{Rule: c.ID, Secret: e.text, Span: e.value, Rank: rankContext, Tags: c.Tags}
	if e.encoded {
		plain, good := decodeManifest(e.text)
		if !good {
			return m, false
		}
		if isText(plain) {
			m.Secret, m.Decoded, m.Rank = strings.TrimRight(plain, "\r\n"), "base64", rankEntry
		} else if sealed([]byte(plain)) {
			return m, false
		}
	}
	public, telling := e.named()
	binary := e.encoded && m.Decoded == ""
	filler, sample := placeholder([]byte(m.Secret))
	switch {
	case public || filler != "" || len(m.Secret) > mostValue || stockPhrase(m.Secret):
		return m, false
	case binary && len(m.Secret) < leastBytes:
		return m, false
	case binary && (telling || len(m.Secret) >= 24):
		m.Confidence = manifestBytes
	case binary, !secretText(m.Secret, telling):
		return m, false
	case telling && len(m.Secret) >= 8 && randomEnough([]byte(m.Secret), 3):
		m.Confidence = manifestSure
	case telling && len(m.Secret) >= leastNamed:
		m.Confidence = manifestNamed
	case len(m.Secret) >= leastShaped && letterAndDigit(m.Secret) && randomEnough([]byte(m.Secret), 3):
		m.Confidence = manifestShaped
	default:
		return m, false
	}
	if sample {
		m.Tags = addTag(m.Tags, "example")
	}
	return m, c.prove(&m, m.Secret)
}

// decodeManifest decodes a value of data; one that is no base64 is a template or encrypted.
func decodeManifest(text string) (string, bool) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		plain, err = base64.RawStdEncoding.DecodeString(text)
	}
	return string(plain), err == nil && len(plain) > 0
}

func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

var (
	nameWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Z]?[a-z0-9]+|[A-Z0-9]+`) })
	plainText = lazyregexp.New(`(?i)^(?:true|false|null|none|yes|no|on|off|\d{1,7}|[a-z][a-z0-9+.-]*://[^@]*|[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|local|internal|svc|cluster|dev|cloud)(?::\d+)?|\d+(?:\.\d+){3}(?::\d+)?|/[\w./-]*)$`)
	template  = lazyregexp.New(`\{\{|\$\{|\$\(|^<.*>$|^%.*%$|^ENC\[`)
)

// named tells what the key's name says of the value.
func (e *manifestEntry) named() (public, telling bool) {
	words := nameWords().FindAllString(e.key, -1)
	for i := range words {
		words[i] = strings.ToLower(words[i])
	}
	telling = slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(secretKeyWords, func(s string) bool { return w == s || len(s) > 4 && strings.HasSuffix(w, s) })
	})
	if len(words) > 0 {
		last := words[len(words)-1]
		public = slices.Contains(publicWords, last) || telling && slices.Contains(words, "public")
	}
	return public, telling
}

// secretText tells whether a text may be a secret at all.
func secretText(s string, telling bool) bool {
	if strings.HasPrefix(s, "-----BEGIN ") || template.MatchString(s) || strings.Contains(s, "\n") || plainText.MatchString(s) {
		return false
	}
	if strings.Count(s, " ") > 0 && !telling {
		return false
	}
	check, ok := proof.Lookup("placeholder")
	return !ok || len(s) < 8 || !check(proof.Candidate{Secret: s, Match: s}).Drop
}

func letterAndDigit(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) })
}
