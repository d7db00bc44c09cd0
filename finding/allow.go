package finding

import "strings"

// ForeignAllow is a comment by which another scanner is told to leave a line alone. It is honoured, so that what was
// judged once need not be judged again.
type ForeignAllow struct {
	Text     string // in lower case
	Scanner  string
	NextLine bool // it speaks of the line below
}

// ForeignAllows lists the comments that are honoured, longer before shorter where one starts with the other. Their
// grammar: README of gitleaks 8.30 and betterleaks 1.1, detect_secrets/filters/allowlist.py of 1.5 (with a blank or a
// hyphen, allowlist or whitelist), README of trufflehog 3.90, docs/USAGE.md of kingfisher 1.60, README of secretlint 11,
// and ggshield 1.40 (secret ignore).
var ForeignAllows = []ForeignAllow{
	{Text: "gitleaks:allow", Scanner: "gitleaks"},
	{Text: "betterleaks:allow", Scanner: "betterleaks"},
	{Text: "pragma: allowlist secret", Scanner: "detect-secrets"},
	{Text: "pragma: allowlist-secret", Scanner: "detect-secrets"},
	{Text: "pragma: allowlist nextline secret", Scanner: "detect-secrets", NextLine: true},
	{Text: "pragma: allowlist-nextline-secret", Scanner: "detect-secrets", NextLine: true},
	{Text: "pragma: whitelist secret", Scanner: "detect-secrets"},
	{Text: "pragma: whitelist-secret", Scanner: "detect-secrets"},
	{Text: "pragma: whitelist nextline secret", Scanner: "detect-secrets", NextLine: true},
	{Text: "trufflehog:ignore", Scanner: "TruffleHog"},
	{Text: "kingfisher:ignore", Scanner: "Kingfisher"},
	{Text: "kingfisher:allow", Scanner: "Kingfisher"},
	{Text: "ggignore", Scanner: "ggshield"},
	{Text: "secretlint-disable-line", Scanner: "secretlint"},
	{Text: "secretlint-disable-next-line", Scanner: "secretlint", NextLine: true},
}

// AllowWords returns words of which every one of the comments holds one.
func AllowWords() []string { return []string{"allow", "whitelist", "ignore", "secretlint"} }

// FindForeignAllow returns where such a comment starts in a line, or -1; nextLine chooses those that speak of the line
// below.
func FindForeignAllow(line string, nextLine bool) (at int, mark ForeignAllow) {
	lower := lowerASCII(line)
	at = -1
	for _, m := range ForeignAllows {
		if m.NextLine != nextLine {
			continue
		}
		i := strings.Index(lower, m.Text)
		if i < 0 || at >= 0 && at <= i || wordAt(lower, i-1) || wordAt(lower, i+len(m.Text)) {
			continue
		}
		at, mark = i, m
	}
	return at, mark
}

// lowerASCII makes the letters of ASCII small. It changes no length, and costs little on long lines in other scripts.
func lowerASCII(s string) string {
	isCapital := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	i := 0
	for i < len(s) && !isCapital(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	b := []byte(s)
	for ; i < len(b); i++ {
		if isCapital(b[i]) {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

// wordAt tells whether the byte at i goes on a word.
func wordAt(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
