package detectors

import (
	"bytes"
	"strings"
	"unicode"
)

// pppRow reads a line of PPP's files of secrets: client, server, secret, addresses (pppd(8), "Authentication", 2024). Fields
// may stand in quotation marks.
func pppRow(line []byte) (from, to int, ok bool) {
	at, n := 0, 0
	for ; ; n++ {
		lo, hi, next := field(line, at)
		if lo < 0 {
			break
		}
		if n < 2 && !account(line[lo:hi]) && string(line[lo:hi]) != "*" {
			return 0, 0, false
		}
		if n == 2 {
			from, to = lo, hi
		}
		if n > 2 && bytes.IndexFunc(line[lo:hi], offAddress) >= 0 {
			return 0, 0, false
		}
		at = next
	}
	return from, to, n >= 3 && n <= 8
}

// offAddress tells what stands in no host, address, network or option of PPP.
func offAddress(r rune) bool {
	return offHost(r) && r != '*' && r != '!' && r != '/' && r != '+' && r != '%'
}

// field returns the next field of a line behind at, without its quotation marks, and where the search goes on; -1 at the end.
func field(line []byte, at int) (lo, hi, next int) {
	for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
		at++
	}
	if at >= len(line) || line[at] == '#' {
		return -1, -1, at
	}
	if q := line[at]; q == '"' || q == '\'' {
		if n := bytes.IndexByte(line[at+1:], q); n >= 0 {
			return at + 1, at + 1 + n, at + n + 2
		}
	}
	lo = at
	for at < len(line) && line[at] != ' ' && line[at] != '\t' {
		at++
	}
	return lo, at, at
}

// userRow reads user:password, which may hold colons and blanks (rsyncd.conf(5), "secrets file", 2024; lighttpd,
// mod_authn_file, 2024).
func userRow(line []byte) (from, to int, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 || !account(line[:colon]) || colon+1 < len(line) && line[colon+1] == ' ' || bytes.HasPrefix(line[colon:], []byte("://")) {
		return 0, 0, false
	}
	_, _, mail := mailRow(line)
	_, _, digest := digestRow(line)
	return colon + 1, len(line), !mail && !digest
}

// plainRow is userRow with nothing behind the password.
func plainRow(line []byte) (from, to int, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 || !account(line[:colon]) || bytes.IndexByte(line[colon+1:], ':') >= 0 || bytes.ContainsAny(line, " \t") {
		return 0, 0, false
	}
	return colon + 1, len(line), true
}

// listRow reads user:password in a file of any name. Where users would stand, settings and dictionaries have words for what
// follows.
func listRow(line []byte) (from, to int, ok bool) {
	from, to, ok = plainRow(line)
	return from, to, ok && !heading(line[:from-1])
}

// heading tells whether v says what stands beside it.
func heading(v []byte) bool {
	switch strings.ToLower(string(v)) {
	case "host", "hostname", "server", "ip", "address", "addr", "port", "url", "uri", "domain", "site", "database", "db", "dbname", "schema", "table",
		"user", "username", "login", "name", "email", "mail", "id", "uid", "account", "password", "passwd", "pass", "pwd", "secret", "token", "key", "version",
		"english", "french", "german", "spanish", "italian", "dutch", "portuguese", "polish", "russian", "swedish", "danish", "norwegian", "finnish",
		"czech", "turkish", "greek", "chinese", "japanese", "korean", "arabic", "hebrew", "hindi", "latin":
		return true
	}
	return false
}

// looksMade tells whether v has letters and digits, or a sign that words do not have.
func looksMade(v []byte) bool {
	letters := bytes.IndexFunc(v, unicode.IsLetter) >= 0
	return len(v) >= 6 && letters && bytes.ContainsAny(v, "0123456789!#$%&*?^~+=")
}

// mailRow reads a line of Exim's passwd.client, host:login:password (Debian, exim4_passwd_client(5), 2024), or one of
// Postfix' map of passwords, destination user:password (Postfix, SASL_README, 2025).
func mailRow(line []byte) (from, to int, ok bool) {
	colon := bytes.LastIndexByte(line, ':')
	head := line[:max(0, colon)]
	cut := bytes.LastIndexAny(head, ": \t")
	if colon < 1 || cut < 1 || !account(head[cut+1:]) || bytes.IndexByte(line[colon:], ' ') >= 0 || bytes.Count(line, []byte(":")) > 2 || hexDigest(line[colon+1:]) {
		return 0, 0, false
	}
	host := bytes.Trim(bytes.TrimSpace(head[:cut]), "[]*.")
	return colon + 1, len(line), len(host) == 0 && line[0] == '*' || len(host) > 2 && bytes.IndexFunc(host, offHost) < 0 && bytes.IndexByte(line[:cut], '.') >= 0
}

func offHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != ':' && r != ']' && r != '@' && r != '_'
}

// shareRow reads a line of davfs2's secrets: a URL or a folder, a user, a password (davfs2.conf(5), 2024).
func shareRow(line []byte) (from, to int, ok bool) {
	lo, hi, at := field(line, 0)
	if lo < 0 || !shared(line[lo:hi]) {
		return 0, 0, false
	}
	if lo, hi, at = field(line, at); lo < 0 || !account(line[lo:hi]) {
		return 0, 0, false
	}
	if from, to, at = field(line, at); from < 0 {
		return 0, 0, false
	}
	lo, _, _ = field(line, at)
	return from, to, lo < 0
}

// shared tells whether v is a URL or a folder.
func shared(v []byte) bool {
	return (len(v) > 1 && v[0] == '/' && v[1] != '/' && v[1] != '*' || bytes.HasPrefix(v, []byte("http"))) && !bytes.ContainsAny(v, `"'(){};=`)
}

// digestRow reads a line of a file of digests, user:realm:MD5 in hexadecimal (Apache, htdigest, 2025), or the NT hash of
// Samba's (smbpasswd(5), 2024): user:uid:LM hash:NT hash:flags:time.
func digestRow(line []byte) (from, to int, ok bool) {
	var colons [5]int
	n := 0
	for i, ch := range line {
		if ch == ':' && n < len(colons) {
			colons[n] = i
			n++
		}
	}
	switch {
	case n == 2 && account(line[:colons[0]]) && hexDigest(line[colons[1]+1:]):
		return colons[1] + 1, len(line), true
	case n == len(colons) && account(line[:colons[0]]) && hexDigest(line[colons[2]+1:colons[3]]):
		return colons[2] + 1, colons[3], true
	}
	return 0, 0, false
}

func hexDigest(v []byte) bool {
	for _, b := range v {
		if (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'f') {
			return false
		}
	}
	return len(v) == 32
}

// optionRow reads a line that sets an option of curl or turnserver: user = "bob:x", --proxy-user bob:x, realm=acme.org, or
// names one that takes no value.
func optionRow(line []byte) (from, to int, ok bool) {
	name, i := 0, 0
	for i < len(line) && (line[i] == '-' || line[i]|0x20 >= 'a' && line[i]|0x20 <= 'z' || line[i] >= '0' && line[i] <= '9') {
		if i++; line[name] == '-' {
			name = i
		}
	}
	if i == name {
		return 0, 0, false
	}
	rest := bytes.TrimLeft(line[i:], " \t")
	if len(rest) == 0 {
		return 0, 0, true
	}
	tied := rest[0] == '=' || rest[0] == ':'
	if !tied && len(rest) == len(line)-i {
		return 0, 0, false
	}
	at := len(line) - len(rest)
	if tied {
		at++
	}
	from, to, next := field(line, at)
	if from < 0 {
		return 0, 0, tied
	}
	if behind, _, _ := field(line, next); behind >= 0 && !tied {
		return 0, 0, false // prose
	}
	switch string(line[name:i]) {
	case "user", "u", "proxy-user", "U":
		colon := bytes.IndexByte(line[from:to], ':')
		if colon > 0 && account(line[from:from+colon]) && !bytes.HasPrefix(line[from+colon:to], []byte(":0x")) {
			return from + colon + 1, to, true
		}
	}
	return 0, 0, true
}

// wholeRow reads a line that is one word: a name, or the password below it.
func wholeRow(line []byte) (from, to int, ok bool) {
	return 0, len(line), len(line) <= 128 && !bytes.ContainsAny(line, " \t:")
}

// account tells whether v may name a user.
func account(v []byte) bool {
	for _, b := range v {
		if (b|0x20 < 'a' || b|0x20 > 'z') && (b < '0' || b > '9') && bytes.IndexByte([]byte("._-@+$%\\"), b) < 0 {
			return false
		}
	}
	return len(v) > 0 && len(v) <= 100
}
