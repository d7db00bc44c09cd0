package rules

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

var knownKeys = []string{
	"provider", "rules", "id", "title", "opens", "severity", "technique", "regex", "secret_group", "first_group", "path", "keywords",
	"entropy", "checks", "reject", "confidence", "tags", "documented", "remediation", "examples", "negatives", "verify", "parts", "part_only", "name", "rule",
	"method", "url", "headers", "body", "basic", "live", "dead", "expired", "facts", "status", "json", "equals",
	"contains", "header",
}

func unknownKey(name, text string, key toml.Key) error {
	last := key[len(key)-1]
	hint := ""
	if near := Nearest(last, knownKeys); near != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", near)
	}
	line := 1
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimLeft(l, " \t{,[")
		if rest, ok := strings.CutPrefix(l, last); ok && strings.HasPrefix(strings.TrimLeft(rest, " \t]"), "=") ||
			strings.HasSuffix(strings.TrimRight(l, "]"), "."+last) {
			line = i + 1
			break
		}
	}
	return fmt.Errorf("%s:%d: unknown key %q%s", name, line, key.String(), hint)
}

// Nearest returns the known word that differs least from word, by at most a third of its letters; "" if none does.
func Nearest(word string, known []string) string {
	best, least := "", len(word)/3+1
	for _, k := range known {
		if d := distance(word, k); d < least || d == least && best == "" {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
