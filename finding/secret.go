package finding

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"
)

// Secret is a credential's value. It masks itself wherever it is printed, formatted, logged or encoded; Reveal is the
// only way to the value.
type Secret struct {
	value  string
	hidden bool
}

// NewSecret wraps a credential's value.
func NewSecret(value string) Secret { return Secret{value: value} }

// NewHidden wraps a value of which no report shows a single character, whatever was asked for: one that a secret store
// handed out.
func NewHidden(value string) Secret { return Secret{value: value, hidden: true} }

// Hidden tells whether the value is never to be shown.
func (s Secret) Hidden() bool { return s.hidden }

// Masked returns what may be shown of the value.
func (s Secret) Masked() string {
	if s.hidden {
		return maskAll
	}
	return Mask(s.value)
}

// Reveal returns the value itself. Whoever calls it answers for where it goes.
func (s Secret) Reveal() string { return s.value }

// IsZero tells whether there is no value.
func (s Secret) IsZero() bool { return s.value == "" }

// String returns the masked value.
func (s Secret) String() string { return s.Masked() }

// Format masks under every verb, %#v and %x included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.Masked())) }

// MarshalText masks; encoding/json and encoding/xml use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.Masked()), nil }

// LogValue masks in log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.Masked()) }

// shortest value of which a few characters may be shown, and how many of them at most
const (
	maskWhole = 16
	maskShow  = 4
	maskAll   = "********"
)

// Mask returns value with all but a short, telling prefix replaced by asterisks: nothing of a value under 16
// characters, otherwise at most four characters. The number of asterisks does not tell the length.
func Mask(value string) string {
	if i := strings.IndexByte(value, '\n'); i >= 0 && strings.HasPrefix(value, "-----BEGIN ") {
		return strings.TrimRight(value[:i], "\r") + " ********"
	}
	if utf8.RuneCountInString(value) < maskWhole {
		return "********"
	}
	n := 0
	for i := range value {
		if n == maskShow {
			return value[:i] + "********"
		}
		n++
	}
	return "********"
}
