package generic

import (
	"bytes"
	"slices"

	"github.com/unleak/unleak/finding"
)

// mostArguments is how many arguments of a call are looked at.
const mostArguments = 8

// argument is one of a call: a literal, without its quotation marks, or an expression.
type argument struct {
	from, to int
	quote    int
}

// arguments reads the arguments of a call from i on, to the end of the line or the closing parenthesis.
func arguments(t []byte, i int, out *[mostArguments]argument) int {
	n := 0
	for n < mostArguments && i < len(t) {
		i = skipSpace(t, i)
		a := argument{from: i, to: i}
		if at, w := quotePrefix(t, i); w > 0 {
			q, w := quoteAt(t, at)
			end := closing(t, at+w, q)
			if end < 0 {
				return n
			}
			a = argument{at + w, end, q}
			i = end + len(quotes[q].shut)
		}
		for depth := 0; i < len(t); i++ {
			ch := t[i]
			if depth == 0 && (ch == ',' || ch == ')' || ch == ';') {
				break
			}
			switch ch {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			case '"', '\'':
				if a.quote != quoteNone {
					a.quote, a.from = quoteNone, i // "a" + "b"
				}
				if end := closing(t, i+1, quoteKind(ch)); end > 0 {
					i = end
				}
			case '+':
				a.quote, a.from = quoteNone, i
			}
		}
		if a.quote == quoteNone {
			a.to = i
		}
		out[n] = a
		n++
		if i >= len(t) || t[i] != ',' {
			return n
		}
		i++
	}
	return n
}

func quoteKind(ch byte) int {
	if ch == '\'' {
		return quoteSingle
	}
	return quoteDouble
}

// connection handles what connects to a host as a user with a password: db.connect("host", "root", "x"), odbcConnect("dsn",
// "bob", "x"). Signals of user interfaces are connected, too: something has to say that the call is of the first kind, a host,
// a well-known user or the function's name. pos is where connect( stands.
func (d *Detector) connection(t []byte, pos, n int) {
	i := skipSpace(t, pos+n)
	if i >= len(t) || t[i] == ')' || t[i] == '&' || t[i] == '{' || t[i] == '(' || t[i] == '\n' {
		return
	}
	if t[pos]|0x20 == 'd' && pos > 0 && isName(t[pos-1]) {
		return // a longer name than MATLAB's database
	}
	lo, hi := lineStart(t, pos), lineEnd(t, pos, pos+n+forwardCap)
	var args [mostArguments]argument
	count := arguments(t[:hi], i, &args)
	if count < 3 && !(count == 2 && args[1].quote != quoteNone) {
		return
	}
	name := pos
	for name > lo && (isName(t[name-1]) || t[name-1] == ':' || t[name-1] == '>') {
		name--
	}
	call := t[name : pos+n-1]
	if lastWord(call, "signal.connect", "signals.connect", "socket.connect") {
		return // none takes a password
	}
	if lastWord(call, "sock.connect", "ws.connect", "bus.connect", "emitter.connect", "events.connect", "channel.connect", "hub.connect") &&
		!slices.ContainsFunc(args[:count], func(a argument) bool { return a.quote != quoteNone && hostLike(t[a.from:a.to]) }) {
		return // few take one
	}
	sure, first := speaksOfHosts(call), containsFold(call, "oracle") // its first argument is the user
	for k := range args[:count] {
		a := &args[k]
		v := t[a.from:a.to]
		if k > 0 && a.quote != quoteNone && telling(v) && len(v) <= 64 {
			user := &args[k-1]
			who := t[user.from:user.to]
			if user.quote != quoteNone && (wellKnown(who) || lastWord(who, "user", "usr") && isUser(who)) || user.quote == quoteNone && names(who) || sure && user.quote != quoteNone && (k > 1 || first) && isUser(who) {
				d.handed(t, pos, n, a, k, finding.Span{Start: lo, End: hi})
				return
			}
		}
		sure = sure || len(v) > 0 && (a.quote != quoteNone && hostLike(v) || a.quote == quoteNone && k+1 < count && speaksOfHosts(v))
	}
}

// handed keeps a literal argument that is a password.
func (d *Detector) handed(t []byte, pos, n int, a *argument, arg int, context finding.Span) {
	v := t[a.from:a.to]
	if reference(v) || masked(v) || hostLike(v) || bytes.IndexByte(v, ' ') >= 0 || fileName(v) || algorithm(v) {
		return
	}
	c := Candidate{Rule: RulePassword, Key: finding.Span{Start: pos, End: pos + n - 1}, Value: finding.Span{Start: a.from, End: a.to},
		Context: context, sep: sepArgs, quote: a.quote, arg: arg, password: true}
	c.judged = c.Value
	d.add(&c)
}

// speaksOfHosts tells whether a function's name or a variable's speaks of what one logs in to.
func speaksOfHosts(v []byte) bool {
	if len(v) > 64 {
		v = v[len(v)-64:]
	}
	for _, s := range [...]string{"sql", "odbc", "ssh", "ftp", "imap", "smtp", "pop3", "ldap", "mqtt", "host", "server", "dsn", "jdbc", "database", "url", "transport", "telnet", "dbconnect", "db.", "env:", "oracle", "scpclient", "jenkins"} {
		if containsFold(v, s) {
			return true
		}
	}
	return lastWord(v, "db", "conn")
}

// hostLike tells whether v is a host, an address or a data source.
func hostLike(v []byte) bool {
	if len(v) < 3 || bytes.IndexByte(v, ' ') >= 0 {
		return false
	}
	if bytes.Contains(v, []byte("://")) || hasFold(v, 0, "localhost") || hasFold(v, 0, "jdbc:") || hasFold(v, 0, "dbi:") {
		return true
	}
	dots, digits := 0, 0
	for _, ch := range v {
		switch {
		case ch == '.':
			dots++
		case chars[ch]&charDigit != 0:
			digits++
		case !isAlnum(ch) && ch != '-' && ch != ':':
			return false
		}
	}
	return dots == 3 && digits+dots == len(v) || dots > 0 && fileName(v)
}

// wellKnown tells whether v is a user that many systems have.
func wellKnown(v []byte) bool {
	for _, s := range [...]string{"sa", "root", "admin", "scott", "system", "postgres", "administrator", "oracle", "deploy", "ubuntu", "pi"} {
		if len(v) == len(s) && hasFold(v, 0, s) {
			return true
		}
	}
	return false
}

// names tells whether an expression is a variable that names a user.
func names(v []byte) bool {
	v = bytes.TrimRight(v, " ")
	if hasFold(v, 0, "on") || hasFold(v, 0, "handle") {
		return false // what is called
	}
	return len(v) <= 40 && lastWord(v, "user", "username", "login", "uname", "usr", "user_name", "userid")
}

// isUser tells whether a literal may be the name of an account.
func isUser(v []byte) bool {
	for _, ch := range v {
		if !isName(ch) && ch != '@' && ch != '\\' {
			return false
		}
	}
	return len(v) >= 2 && len(v) <= 60 && !hostLike(v)
}

// encoded handles a literal that is a user and a password and is encoded for a header: btoa("bob:x"). pos is where the
// function's name stands.
func (d *Detector) encoded(t []byte, pos, n int) {
	i := skipSpace(t, pos+n)
	at, w := quotePrefix(t, i)
	if w == 0 || at > i+1 {
		return
	}
	q, w := quoteAt(t, at)
	hi := lineEnd(t, pos, pos+n+256)
	end := closing(t[:hi], at+w, q)
	if end < 0 {
		return
	}
	from := at + w
	colon := bytes.IndexByte(t[from:end], ':')
	if colon < 2 || end-from-colon < 5 || end-from > 120 || !isUser(t[from:from+colon]) || bytes.IndexByte(t[from+colon+1:end], ':') >= 0 {
		return
	}
	v := t[from+colon+1 : end]
	if behind := skipSpace(t[:hi], end+len(quotes[q].shut)); behind < hi && t[behind] == '+' || v[0] == '/' || bytes.ContainsAny(v, " {}()[]<>") || !noted(v, true) && !random(v) || reference(v) || masked(v) {
		return
	}
	lo := lineStart(t, pos)
	if !speaksOfHeader(t[lo:hi]) {
		if numberedWord(v) || saysWhat(t[from:from+colon]) {
			return
		}
		if hasFold(t, pos, "getbytes(") || hasFold(t, pos, "utf8.encode(") || hasFold(t, pos, "buffer.from(") { // the base64 is another's
			lo = lineStart(t, max(0, lo-1))
			for range 3 {
				hi = lineEnd(t, min(len(t), hi+1), hi+256)
			}
			if !containsFold(t[lo:hi], "base64") && !speaksOfHeader(t[lo:hi]) {
				return
			}
		}
	}
	c := Candidate{Rule: RulePassword, Key: finding.Span{Start: pos, End: pos + n - 1}, Value: finding.Span{Start: from + colon + 1, End: end},
		Context: finding.Span{Start: lo, End: hi}, sep: sepUser, quote: q, password: true}
	c.judged = c.Value
	d.add(&c)
}

// saysWhat tells whether what stands before a colon says what follows, rather than who: salt:x, sha256:x, topic:x.
func saysWhat(v []byte) bool {
	var word [16]byte
	if len(v) > len(word) {
		return false
	}
	for i, ch := range v {
		word[i] = lower(ch)
	}
	switch roleOf(word[:len(v)]) {
	case roleNonce, roleWhat, roleLookup, roleKey, roleLabel, roleUI, roleSealed, rolePublic:
		return true
	}
	switch string(word[:len(v)]) {
	case "urn", "topic", "channel", "sha512", "sha384", "sha224", "did":
		return true
	}
	return false
}

// speaksOfHeader tells whether a line is about the header that user:password is made of, or about signing in.
func speaksOfHeader(line []byte) bool {
	return containsFold(line, "basic") || containsFold(line, "authorization") || speaksOfLogin(line)
}

// bound handles the password behind the name that one binds to a directory as: ldap.bind("cn=admin,dc=acme", "x"). pos is
// where dc= stands.
func (d *Detector) bound(t []byte, pos int) {
	if pos == 0 || t[pos-1] != ',' && t[pos-1] != ' ' {
		return
	}
	i := pos + len("dc=")
	limit := min(len(t), i+120)
	for i < limit && (isName(t[i]) || t[i] == '=' || t[i] == ',' || t[i] == ' ') {
		i++
	}
	if i >= limit || t[i] != '"' && t[i] != '\'' || i+1 >= len(t) || t[i+1] != ',' {
		return
	}
	lo, hi := lineStart(t, pos), lineEnd(t, i, i+256)
	var args [mostArguments]argument
	if arguments(t[:hi], i+2, &args) == 0 || args[0].quote == quoteNone {
		return
	}
	v := t[args[0].from:args[0].to]
	if bytes.ContainsAny(v, "=(,*") || !telling(v) {
		return // a filter, another name
	}
	d.handed(t, pos, len("dc="), &args[0], 1, finding.Span{Start: lo, End: hi})
}
