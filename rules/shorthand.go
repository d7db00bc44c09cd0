package rules

import (
	"strings"
	"sync"
)

// What stands between a name and its value, in the regexes of rule files {{tie}}: quotes and brackets that close the
// name, the sign or word that ties ("=", ":", "=>", ":=", ",", "(", "||", a type between ":" and "=", an attribute or a
// member called value), blanks and line breaks, and what opens the value. {{tie-loose}} also takes a blank or a dash
// behind a word such as key or token, for names that mean nothing else, and {{tie-word}} such a blank or dash alone, for
// regexes that ask for the word themselves. A name's own rest goes before it:
//
//	(?i:heroku[\w .-]{0,32}{{tie}})({{uuid}})
//
// {{uuid}} is a UUID in either case. {{shell}} is an argument of a command, as a shell takes it: quoted it may hold what
// would end it bare; it has a group for each of its three forms, for rules with first_group.
const (
	uuid = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

	tie      = tieSign + `(?:key|token|secret|pat|password)\s{1,2})` + tieOpen
	tieLoose = tieSign + `(?:key|token|secret|private|access|pat|password)[ ._-]{1,3})` + tieOpen
	tieWord  = tieSign + `[\s._-]{1,3})` + tieOpen

	tieSign = `(?:\\?["'` + "`" + `\[\])]){0,3}\s{0,14}(?:[=:>,(|?+]{1,3}|:\s?[\w?.&<>]{1,16}\s?=|\bor\b|value["']?\s{0,2}[=:]|\{[^{}]{0,120}?\bdefault\s{0,8}=|</key>\s{0,12}<string>|`
	tieOpen = `\s{0,12}(?:[|>][+-]?\r?\n\s{0,12})?(?:["']?value["']?\s{0,2}[:=]\s{0,2})?(?:\\?["'` + "`" + `(>= ]){0,4}`
)

// shell leaves out what the shell fills in: a variable or a command in double quotes or bare.
const shell = `(?:'([^'\x00-\x20\x7f-\xff<>{}]{4,64})'|"([^"\\$` + "`" + `\x00-\x20\x7f-\xff<>{}]{4,64})"|["']?([^\x00-\x20\x7f-\xff"'` + "`" + `$<>{}|;&()\\%,\[\]]{4,64}))`

var shorthands = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("{{tie}}", tie, "{{tie-loose}}", tieLoose, "{{tie-word}}", tieWord, "{{uuid}}", uuid, "{{shell}}", shell)
})

// Pattern returns the rule's regex with its shorthands written out. They stay in Regex so that the program holds what
// they stand for once.
func (r *Rule) Pattern() string {
	if !strings.Contains(r.Regex, "{{") {
		return r.Regex
	}
	return shorthands().Replace(r.Regex)
}
