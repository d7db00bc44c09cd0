package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// missingPart is the error of a credential that lacks a part.
type missingPart struct{ name string }

func (e *missingPart) Error() string { return fmt.Sprintf("its %s was not found", e.name) }

func missing(name string) error { return &missingPart{name} }

// expander puts a credential's values in the place of placeholders.
type expander struct {
	cred  Credential
	vars  []rules.KV
	now   time.Time
	mask  bool // for people: values masked, nothing escaped
	depth int  // of variables within variables
}

// maxVarDepth bounds variables that use variables.
const maxVarDepth = 4

// expand fills a template. plain is the filter of placeholders that name none ("" leaves the value as it is).
func (x expander) expand(template, plain string) (string, error) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "{")
		out.WriteString(before)
		if !ok {
			return out.String(), nil
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok || !isPlaceholder(name) {
			out.WriteByte('{')
			template = rest
			continue
		}
		name, filter, ok := strings.Cut(name, "|")
		if !ok {
			filter = plain
		}
		value, err := x.value(name)
		if err != nil {
			return "", err
		}
		if value, err = x.filter(value, filter); err != nil {
			return "", err
		}
		out.WriteString(value)
		template = after
	}
}

// isPlaceholder tells placeholders from the braces of a JSON body.
func isPlaceholder(name string) bool {
	return name == "secret" || strings.HasPrefix(name, "secret|") || strings.HasPrefix(name, "part:") || strings.HasPrefix(name, "var:")
}

func (x expander) value(name string) (string, error) {
	if name == "secret" {
		if x.mask {
			return finding.Mask(x.cred.Secret), nil
		}
		return x.cred.Secret, nil
	}
	if v, ok := strings.CutPrefix(name, "var:"); ok {
		return x.variable(v)
	}
	name, fallback, hasFallback := strings.Cut(strings.TrimPrefix(name, "part:"), "=")
	v, ok := x.cred.Part(name)
	switch {
	case !ok && hasFallback:
		return fallback, nil
	case !ok:
		return "", missing(name)
	case x.mask:
		return finding.Mask(v), nil
	}
	return v, nil
}

func (x expander) filter(v, filter string) (string, error) {
	if x.mask && filter != "base64" {
		return v, nil
	}
	switch filter {
	case "", "url":
		return v, nil
	case "lower":
		return strings.ToLower(v), nil
	case "query":
		return url.QueryEscape(v), nil
	case "path":
		if v == "." || v == ".." || v == "" {
			return "", refuse("a value is no path segment")
		}
		return url.PathEscape(v), nil
	case "base64":
		if x.mask {
			return "base64(" + v + ")", nil
		}
		return base64.StdEncoding.EncodeToString([]byte(v)), nil
	case "unbase64":
		b, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return "", problem("a value is no base64")
		}
		return string(b), nil
	case "json":
		b, err := json.Marshal(v)
		return strings.TrimSuffix(strings.TrimPrefix(string(b), `"`), `"`), err
	}
	return "", fmt.Errorf("unknown filter %q (query, path, base64, unbase64, json, lower)", filter)
}

// variable computes a value of Vars: "time FORMAT", "hmac-sha256 hex KEY TEXT", "sha256 hex TEXT".
func (x expander) variable(name string) (string, error) {
	for _, kv := range x.vars {
		if kv.Key != name {
			continue
		}
		if x.depth++; x.depth > maxVarDepth {
			return "", fmt.Errorf("variable %q uses itself", name)
		}
		verb, rest, _ := strings.Cut(kv.Value, " ")
		if verb == "time" {
			return x.time(rest)
		}
		if x.mask {
			return "(" + verb + ")", nil
		}
		return x.digest(verb, rest)
	}
	return "", fmt.Errorf("unknown variable %q", name)
}

func (x expander) time(format string) (string, error) {
	switch format {
	case "unix":
		return strconv.FormatInt(x.now.Unix(), 10), nil
	case "unix-ms":
		return strconv.FormatInt(x.now.UnixMilli(), 10), nil
	case "http": // RFC 9110, 5.6.7
		return x.now.UTC().Format(http.TimeFormat), nil
	case "rfc3339":
		return x.now.UTC().Format("2006-01-02T15:04:05.000Z"), nil
	}
	return "", fmt.Errorf("unknown time format %q (unix, unix-ms, rfc3339, http)", format)
}

func (x expander) digest(verb, rest string) (string, error) {
	encoding, rest, _ := strings.Cut(rest, " ")
	var h hash.Hash
	keyText, isMAC := strings.CutPrefix(verb, "hmac-")
	make := map[string]func() hash.Hash{"sha256": sha256.New, "sha512": sha512.New}[keyText]
	if make == nil {
		return "", fmt.Errorf("unknown computation %q (time, sha256, sha512, hmac-sha256, hmac-sha512)", verb)
	}
	if isMAC {
		key, text, _ := strings.Cut(rest, " ")
		k, err := x.expand(key, "")
		if err != nil {
			return "", err
		}
		h, rest = hmac.New(make, []byte(k)), text
	} else {
		h = make()
	}
	text, err := x.expand(rest, "")
	if err != nil {
		return "", err
	}
	h.Write([]byte(text))
	switch encoding {
	case "hex":
		return hex.EncodeToString(h.Sum(nil)), nil
	case "base64":
		return base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
	}
	return "", fmt.Errorf("unknown encoding %q (hex, base64)", encoding)
}
