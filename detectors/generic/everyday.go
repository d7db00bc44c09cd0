package generic

import "bytes"

// everydayScore is the confidence of a password of the everyday shape under a name that says password. The model has
// learnt that words are no passwords, which holds for words alone.
const everydayScore = 0.6

// plainScore is that of a word with a digit or two behind it where no quotes say that it is a text. It is below the default
// confidence, and Accept raises it in a file of settings.
const plainScore = 0.3

// likelyScore is plainScore where the model already says as much.
const likelyScore = 0.45

// plain tells whether a value without quotes, the last of its line, is a word with one to four digits.
func plain(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	switch {
	case c.quote != quoteNone || c.sep != sepAssign && c.sep != sepColon && c.sep != sepEnv && (c.sep != sepPair || f[fKeyUpper] == 0) || c.nextLine && c.sep != sepPair || c.decoded != nil,
		!namesPassword(f) && !namesSecret(f, c, t) || f[fPlaceholder]+f[fIsKey]+f[fTestWords]+f[fDefinition]+f[fComment] > 0 || f[fStock] >= 0.6 || f[fStock] >= 0.45 && (f[fKeyUpper] == 0 || f[fSpaced] > 0),
		f[fMixed] == 0 && f[fLowers]+f[fDigits] < 1 || len(v) > 24:
		return false
	}
	n := 0
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	if !namesPassword(f) && len(v)-n < 2 {
		return false
	}
	if n == len(v) { // a mere word: in a variable of the environment
		return n >= 6 && f[fKeyUpper] == 1 && f[fUppers] == 0 && f[fStock] == 0 && f[fKeyAfter] == 0 && (f[fSpaced] == 0 || c.sep == sepColon || c.sep == sepPair || c.sep == sepEnv) && !state(v) && endsLine(t, c.judged.End)
	}
	return n >= 5 && len(v)-n >= 1 && len(v)-n <= 4 && number(v[n:]) && bytes.IndexByte(v, '.') < 0 && !numberedThing(v, n) && (endsLine(t, c.judged.End) || closesMap(t, c.judged.End))
}

// state tells whether a word says how something is (enabled, required) or is a product's own default.
func state(v []byte) bool {
	for _, w := range [...]string{"enabled", "disabled", "required", "optional", "always", "never", "unset", "generated", "random", "changeit", "environment", "prompt", "interactive", "encrypted", "external", "notasecret", "nopassword", "sekrit", "postgres", "mariadb", "rabbitmq", "minioadmin", "mongodb", "elastic", "keycloak", "grafana", "wordpress", "airflow", "opensearch", "sqlserver", "docker", "django", "gitlab", "strapi", "joomla", "drupal", "moodle", "zabbix", "consul", "tomcat", "oracle", "ubuntu", "vagrant", "server", "client", "master", "system", "sample", "string", "sentry", "harbor", "splunk"} {
		if hasFold(v, 0, w) {
			return true
		}
	}
	return false
}

// numberedThing tells whether the first n letters of v are the name of something that has a number: base64, latin1, step2.
func numberedThing(v []byte, n int) bool {
	for _, w := range [...]string{"base", "latin", "windows", "oauth", "http", "version", "step", "level", "page", "line", "port", "blake", "argon", "bcrypt", "curve", "murmur", "crypt", "varchar", "nvarchar", "char", "string", "text", "binary", "group", "node", "table", "section", "chapter",
		"item", "entry", "field", "column", "stage", "phase", "tier", "role", "type", "rule", "region", "zone", "room", "team", "release", "build"} {
		if n == len(w) && hasFold(v, 0, w) {
			return true
		}
	}
	return false
}

// everyday tells whether a value is what people choose for a password: a word with some digits behind it, and perhaps a
// sign before or after these (Summer2024!, Company@2023, Welcome1!). Where no quotes say that it is a text, the name has to be one of a variable of the
// environment, or the sign must be there, or the word has its capital or a year and ends its line. t is the text.
func everyday(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	switch {
	case !namesPassword(f) && (!namesSecret(f, c, t) || c.quote == quoteNone || c.sep == sepCall || c.sep == sepArgs) || f[fPlaceholder] > 0 || f[fStock] >= 0.45 || f[fIsKey] > 0,
		f[fTestWords]+f[fNonASCII] > 0, f[fDefinition] > 0 && c.quote == quoteNone, c.nextLine && c.sep != sepTable && c.sep != sepColon:
		return false
	}
	letters, digits, signs, joined := 0, 0, 0, false
	for _, ch := range v {
		switch {
		case isLetter(ch) && digits+signs == 0:
			letters++
		case chars[ch]&charDigit != 0 && (signs == 0 || digits == 0 && signs == 1 || joined):
			joined = joined || signs == 1
			digits++
		case ch == '!' || ch == '@' || ch == '#' || ch == '$' || ch == '*' || ch == '?' || ch == '.':
			signs++
		default:
			return false
		}
	}
	if numberedThing(v, letters) || hasFold(v, 0, "some") || letters < 4 || letters > 14 || f[fKeyPass] == 0 && (letters < 5 || digits < 2) || digits+signs < 2 && !c.oneDigit(f, v, t) || digits < 1 || digits > 4 || signs > 2 {
		return false
	}
	if digits >= 2 && c.quote == quoteNone && (c.sep == sepTable || c.sep == sepFlag || c.sep == sepQuery || t[c.Key.Start] == '-' || c.sep == sepAssign && f[fSpaced] == 0 && inString(t, c.judged.End)) {
		return true
	}
	return c.quote != quoteNone || c.stands || c.sep == sepProse || signs > 0 && v[len(v)-1] != '.' || f[fKeyUpper] == 1 && f[fSpaced] == 0 ||
		signs == 0 && (c.sep == sepColon || c.sep == sepAssign) && (chars[v[0]]&charUpper != 0 || digits == 4 && (v[letters] == '1' || v[letters] == '2')) && endsLine(t, c.judged.End)
}

// oneDigit tells whether a word with one digit behind it is a password where it stands: in quotes, in a variable of the
// environment, with a capital behind a colon, the last of its line.
func (c *Candidate) oneDigit(f *Features, v, t []byte) bool {
	switch {
	case c.quote != quoteNone:
		return len(v) >= 7 && !hasFold(v, 0, "hunter2") && (c.password || c.sep != sepArgs && c.sep != sepCall && c.sep != sepProse && c.sep != sepSpace || lastWord(t[c.Key.Start:c.Key.End], "identified"))
	case !endsLine(t, c.judged.End):
		return false
	case c.sep == sepAssign:
		return f[fKeyUpper] == 1 && f[fSpaced] == 0 && len(v) >= 7
	}
	return c.sep == sepColon && chars[v[0]]&charUpper != 0 && len(v) >= 9 && f[fHumps] == 0 && f[fWordShare] < 1
}

// endsLine tells whether nothing but white space follows on the line.
func endsLine(t []byte, i int) bool {
	i = skipSpace(t, i)
	return i >= len(t) || t[i] == '\n' || t[i] == '\r'
}

// composed tells whether a value under a name that says password is made as rules for passwords demand: letters of both
// cases, digits and signs, with no space, bracket or mark of a template among them. Under such a name nothing else looks so.
func composed(f *Features, c *Candidate, v []byte) bool {
	switch {
	case !namesPassword(f) || f[fPlaceholder] > 0 || f[fStock] >= 0.45 || f[fIsKey] > 0 || len(v) < 8 || len(v) > 40,
		f[fMixed] == 0 || f[fTemplate]+f[fURL]+f[fMail]+f[fNonASCII]+f[fTestWords]+f[fPadding] > 0, f[fConcatenated]+f[fExtension] > 0,
		c.sep == sepCall && !c.password && c.wrap != wrapNone, c.sep == sepURL || c.sep == sepScheme || c.nextLine && c.sep != sepTable && c.sep != sepColon:
		return false
	}
	signs := 0
	for _, ch := range v {
		switch ch {
		case '!', '@', '#', '*', '%', '^', '~', '&', '+':
			signs++
		case '$', '?':
			if c.quote == quoteNone {
				return false
			}
			signs++
		case '_', '-', '.':
		default:
			if !isAlnum(ch) {
				return false
			}
		}
	}
	return signs > 0 && f[fRelative] > 0.7
}

// inURL tells whether a password in a URL, behind a user's name, is no mere word: letters with digits or signs among them,
// for a host that is neither this machine nor an example. Nobody writes one there for anything else.
func inURL(f *Features, c *Candidate, t []byte) bool {
	if c.sep != sepURL || c.arg != 0 || f[fLength] < 8 || f[fLetters] == 0 || f[fDigits] == 0 || f[fPlaceholder]+f[fTemplate]+f[fTestWords] > 0 || f[fStock] >= 0.45 {
		return false
	}
	if bytes.IndexByte(t[c.Value.Start:c.Value.End], '%') >= 0 {
		return false // digits of escapes
	}
	host := t[min(c.Value.End+1, len(t)):c.Context.End]
	for _, h := range [...]string{"example", "host", "server", "test"} {
		if hasFold(host, 0, h) {
			return false
		}
	}
	for _, h := range [...]string{"localhost", "127.", "0.0.0.0", "[::1]", "db:", "db/"} {
		if hasFold(host, 0, h) { // of examples as often as not
			return noted(t[c.Value.Start:c.Value.End], false) && !schoolbook(t[c.Value.Start:c.Value.End])
		}
	}
	if len(host) > 3 && (host[0] == '{' || host[0] == '$') && isLetter(host[1]) { // the host alone is a variable
		return noted(t[c.Value.Start:c.Value.End], false) && !schoolbook(t[c.Value.Start:c.Value.End])
	}
	return len(host) > 3 && isAlnum(host[0]) && !containsFold(host[:min(len(host), 64)], "example.")
}

// schoolbook tells whether v is a word that examples write for a password, digits for some of its letters or not: s3cret99,
// Passw0rd.
func schoolbook(v []byte) bool {
	for i := range v {
		for _, w := range [...]string{"pass", "secret", "test", "example", "admin", "user", "root", "guest", "qwerty", "letmein", "hunter", "changeme", "welcome", "hello", "foobar"} {
			if i+len(w) <= len(v) && spells(v[i:i+len(w)], w) {
				return true
			}
		}
	}
	return false
}
