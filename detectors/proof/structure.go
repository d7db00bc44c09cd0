package proof

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// base64JSON checks that the token is, behind its prefix, base64 of a JSON object (1Password, Grafana Cloud, Sentry).
func base64JSON(c Candidate) Result {
	const opening = "eyJ" // base64 of {"
	start := strings.Index(c.Secret, opening)
	if start < 0 {
		return Result{Confidence: doubtful}
	}
	body := c.Secret[start:]
	if i := strings.IndexAny(body, "_."); i >= 0 && !json.Valid(decodeAny(body)) {
		body = body[:i]
	}
	if !json.Valid(decodeAny(body)) {
		return Result{Confidence: doubtful}
	}
	return proved("structure", "holds base64 of a JSON object")
}

// grafanaLegacy checks an API key of Grafana before version 9: base64 of {"k": key, "n": name, "id": organisation}. The
// links of other products start alike ({"k": ..., "t": ...} in Power BI).
func grafanaLegacy(c Candidate) Result {
	var key struct {
		K, N, T string
		ID      int
	}
	const start, uuidStart = 32, 14 // characters of base64; bytes up to the first dash of {"k":"UUID
	if head := decodeAny(c.Secret[:min(len(c.Secret), start)]); len(head) > uuidStart && head[uuidStart] == '-' {
		return drop()
	}
	if json.Unmarshal(decodeAny(c.Secret), &key) != nil {
		return Result{Confidence: doubtful}
	}
	if key.K == "" || key.N == "" || key.T != "" {
		return drop()
	}
	return proved("structure", "key "+short(key.N)+" of organisation "+strconv.Itoa(key.ID))
}

// stockPasswords stand for a password in the samples of manuals and tests.
var stockPasswords = [...]string{"password", "pass", "passwd", "pwd", "secret", "changeme", "foo", "bar", "<password>"}

// base64Text drops a value that is not base64 of printable text, or of a user and a password that stands for one.
func base64Text(c Candidate) Result {
	b := decodeAny(c.Secret)
	if len(b) == 0 {
		return drop()
	}
	for _, x := range b {
		if x < ' ' && x != '\n' && x != '\t' && x != '\r' || x > '~' {
			return drop()
		}
	}
	if _, password, ok := strings.Cut(strings.TrimSpace(string(b)), ":"); ok && slices.Contains(stockPasswords[:], strings.ToLower(password)) {
		return drop()
	}
	return proved("structure", "base64 of text")
}

func decodeAny(text string) []byte {
	text = strings.TrimRight(text, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(text); err == nil {
			return b
		}
	}
	return nil
}

// pypiMacaroon checks that a PyPI token is a macaroon of pypi.org. "Adding API tokens", warehouse, 2019; the macaroon
// binary format v2 of libmacaroons.
func pypiMacaroon(c Candidate) Result {
	b := decodeAny(strings.TrimPrefix(c.Secret, "pypi-"))
	if len(b) < 32 || b[0] != 2 || b[1] != 1 || b[2] == 0 || int(b[2])+3 > len(b) {
		return Result{Confidence: doubtful}
	}
	return proved("structure", "macaroon of "+short(string(b[3:3+int(b[2])])))
}

// discordBot checks that a bot token starts with base64 of the bot's id. "Discord API reference: snowflakes", 2024.
func discordBot(c Candidate) Result {
	first, _, _ := strings.Cut(c.Secret, ".")
	id := string(decodeAny(first))
	n, err := strconv.ParseUint(id, 10, 64)
	const epoch, shift = 1420070400000, 22 // milliseconds; bits
	if err != nil || len(id) < 16 || len(id) > 20 {
		return drop()
	}
	made := time.UnixMilli(int64(n>>shift) + epoch).UTC()
	return proved("structure", "bot "+id+", created "+made.Format(time.DateOnly))
}

// stripeMode tells live keys from test keys. "API keys", Stripe documentation, 2026.
func stripeMode(c Candidate) Result {
	kind := ""
	if strings.Contains(c.Secret, "rk_") {
		kind = ", restricted key"
	}
	switch {
	case strings.Contains(c.Secret, "_test_"):
		return proved("mode", "test mode"+kind, "test-mode")
	case strings.Contains(c.Secret, "_live_") || strings.Contains(c.Secret, "_prod_"):
		return proved("mode", "live mode"+kind)
	}
	return Result{}
}

// slackKinds says what a prefix means. "Token types", Slack API documentation, 2025.
var slackKinds = [...]struct{ prefix, kind string }{
	{"xoxb-", "bot token"}, {"xoxp-", "user token"}, {"xapp-", "app-level token"}, {"xoxe.xoxb-", "rotating bot token"},
	{"xoxe.xoxp-", "rotating user or configuration token"}, {"xoxe-", "refresh token"}, {"xoxa-", "legacy workspace token"},
	{"xoxr-", "legacy refresh token"}, {"xoxs-", "session token"}, {"xoxc-", "browser session token"},
	{"xoxd-", "browser cookie"}, {"xoxo-", "legacy token"}, {"xwfp-", "workflow token"},
}

func slackKind(c Candidate) Result {
	for _, k := range slackKinds {
		if strings.HasPrefix(c.Secret, k.prefix) {
			return proved("kind", k.kind)
		}
	}
	return Result{}
}

// twilioSID drops account and key ids that are no random hex.
func twilioSID(c Candidate) Result {
	const prefix, least = 2, 8 // distinct digits of 32
	if len(c.Secret) <= prefix || distinct(c.Secret[prefix:]) < least {
		return drop()
	}
	return Result{}
}
