package proof

import "strings"

// classes tells which kinds of character a text holds.
func classes(s string) (lower, upper, digit bool) {
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z':
			lower = true
		case b >= 'A' && b <= 'Z':
			upper = true
		case b >= '0' && b <= '9':
			digit = true
		}
	}
	return
}

func isHex(s string) bool {
	for i := range len(s) {
		b := s[i]
		if !(b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F') {
			return false
		}
	}
	return len(s) > 0
}

// camelCase tells whether a long value is an identifier in code: words of three letters and more, but for a fifth of it,
// in both cases, and next to no digits. Of random letters and digits that long fewer than one in a thousand are.
func camelCase(s string) bool {
	const long = 24
	lower, upper, _ := classes(s)
	if len(s) < long || !lower || !upper {
		return false
	}
	words, digits := 0, 0
	for i := 0; i < len(s); {
		start := i
		if s[i] >= 'A' && s[i] <= 'Z' {
			i++
		}
		for i < len(s) && s[i] >= 'a' && s[i] <= 'z' {
			i++
		}
		if i-start >= 3 {
			words += i - start
		}
		if i == start {
			if s[i] >= '0' && s[i] <= '9' {
				digits++
			}
			i++
		}
	}
	return 5*words >= 4*len(s) && 10*digits <= len(s)
}

// mixed drops a value without digits, or of digits alone unless there are many: words, names and numbers, where the
// format is random letters and digits.
func mixed(c Candidate) Result {
	const many = 24
	lower, upper, digit := classes(c.Secret)
	if !digit && strings.Contains(strings.ToLower(c.Secret), "abcdef") {
		return Result{} // a sample, no word
	}
	if !digit || !lower && !upper && len(c.Secret) < many || camelCase(c.Secret) {
		return drop()
	}
	return Result{}
}

// uuidNotNull drops UUIDs that name nothing, of few distinct digits, and marks counted-up samples.
func uuidNotNull(c Candidate) Result {
	s := strings.ToLower(strings.ReplaceAll(c.Secret, "-", ""))
	const least = 5 // distinct hex digits; a random UUID has fewer about once in a billion
	if distinct(s) < least {
		return drop()
	}
	for _, sample := range [...]string{"12345678", "01234567", "aaaaaaaabbbb", "123e4567e89b12d3"} {
		if strings.HasPrefix(s, sample) {
			return Result{Tags: []string{"example"}}
		}
	}
	return Result{}
}

func distinct(s string) int {
	var seen [256]bool
	n := 0
	for i := range len(s) {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}

// fillers are words that stand where a value should. They are long enough not to occur in random text.
var fillers = [...]string{
	"xxxxxx", "example", "placeholder", "changeme", "change_me", "change-me", "your_", "your-", "yourkey", "yourtoken", "insert",
	"redacted", "dummy", "********", "...", "________", "secret_here", "key_here", "token_here", "replace_", "replace-",
}

// documentation tells whether a value that holds the word example is otherwise made like a real one: documentation
// writes the word into its samples.
func documentation(s string) bool {
	const long, various, digits = 24, 14, 3 // bytes, distinct characters, digits
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n >= digits && len(s) >= long && distinct(s) >= various
}

// placeholder drops values that stand for one: few distinct characters, or a telling word in them.
func placeholder(c Candidate) Result {
	const least = 5 // distinct characters
	if distinct(c.Secret) < least {
		return drop()
	}
	lower := strings.ToLower(c.Secret)
	for _, f := range fillers {
		if strings.Contains(lower, f) {
			if f == "example" && documentation(c.Secret) {
				return Result{Tags: []string{"example"}}
			}
			return drop()
		}
	}
	if standIn(lower) {
		return drop()
	}
	return Result{}
}

// standIn tells whether a value, in lower case, is words that say what should stand there: somePassword, yourStrongSecret.
func standIn(s string) bool {
	if !strings.HasPrefix(s, "some") && !strings.HasPrefix(s, "your") {
		return false
	}
	for i := range len(s) {
		if (s[i] < 'a' || s[i] > 'z') && s[i] != '_' && s[i] != '-' {
			return false
		}
	}
	for _, end := range [...]string{"password", "passwd", "passphrase", "secret", "token", "key"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}
