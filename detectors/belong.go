package detectors

import (
	"strings"

	"github.com/unleak/unleak/finding"
)

// place is where a password belongs.
type place struct{ scheme, host, port, user, database, options string }

// belongings returns the parts that say where a password belongs: the rest of its own URL, or the settings that are
// named like it. Without a host there are none.
func (s *Scanner) belongings(text []byte, secret finding.Span) []finding.Part {
	p, ok := ofURL(text, secret)
	if !ok {
		if s.hostless.Of(text, max(0, secret.Start-settingsReach), min(len(text), secret.End+settingsReach)) {
			return nil
		}
		p = s.ofSettings(text, secret)
	}
	if p.host == "" {
		return nil
	}
	p.splitPort()
	var out []finding.Part
	for _, kv := range []rulePart{
		{"scheme", p.scheme}, {"host", p.host}, {"port", p.port}, {"user", p.user}, {"database", p.database}, {"options", p.options},
	} {
		if kv.value != "" {
			out = append(out, finding.Part{Name: kv.name, Value: finding.NewSecret(strings.Clone(kv.value)), Span: secret})
		}
	}
	return out
}

type rulePart struct{ name, value string }

// splitPort takes a port off the host.
func (p *place) splitPort() {
	if h, port, ok := cutPort(p.host); ok {
		p.host, p.port = h, port
	}
}

// cutPort splits "host:port"; an IPv6 address without brackets has no port.
func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 || i == len(s)-1 || strings.Trim(s[i+1:], "0123456789") != "" || strings.Count(s[:i], ":") > 0 && s[i-1] != ']' {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// urlReach is how far a URL's ends may be from the password in it, in bytes.
const urlReach = 300

// loginSchemes are the schemes of URLs whose user and host are told: others carry tokens as users.
var loginSchemes = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "mysql2": "mysql", "redis": "redis", "rediss": "rediss",
	"mongodb": "mongodb", "mongodb+srv": "mongodb+srv", "amqp": "amqp", "amqps": "amqps", "smtp": "smtp", "smtps": "smtps",
	"ldap": "ldap", "ldaps": "ldaps", "ftp": "ftp", "ftps": "ftps", "pgsql": "postgres",
}

// ofURL reads the URL that a password is part of: scheme://user:PASSWORD@host, or jdbc:scheme://host/db?password=PASSWORD.
func ofURL(text []byte, secret finding.Span) (place, bool) {
	from, to := max(0, secret.Start-urlReach), min(len(text), secret.End+urlReach)
	before, after := string(text[from:secret.Start]), string(text[secret.End:to])
	if i := strings.IndexAny(after, " \t\r\n\"'`<>\\|^"); i >= 0 {
		after = after[:i]
	} else if to < len(text) {
		return place{}, false // cut: half a host is another host
	}
	if i := strings.LastIndexAny(before, " \t\r\n\"'`<>|^"); i >= 0 {
		before = before[i+1:]
	}
	mark := strings.LastIndex(before, "://")
	if mark < 0 {
		return place{}, false
	}
	start := mark
	for start > 0 && isSchemeByte(before[start-1]) {
		start--
	}
	scheme, ok := loginSchemes[strings.ToLower(before[start:mark])]
	if !ok {
		return place{}, false
	}
	p := place{scheme: scheme}
	rest := before[mark+3:]
	switch {
	case strings.HasPrefix(after, "@") && strings.HasSuffix(rest, ":"):
		p.user = strings.TrimSuffix(rest, ":")
		p.read(after[1:])
	case strings.HasSuffix(rest, "="): // of a query
		p.read(rest + "x" + after)
	default:
		return place{}, false
	}
	return p, !isReference(p.host) && (p.user == "" || !isReference(p.user))
}

func isSchemeByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+'
}

// read takes host, port, database and options from what stands behind the user of a URL.
func (p *place) read(s string) {
	s, query, _ := strings.Cut(s, "?")
	if query == "" {
		s, query, _ = strings.Cut(s, ";") // as SQL Server's driver has it
		query = strings.ReplaceAll(query, ";", "&")
	}
	host, path, _ := strings.Cut(s, "/")
	p.host, _, _ = strings.Cut(host, ",") // the first of several
	p.host = strings.TrimRight(p.host, ".;)]},")
	if strings.HasPrefix(host, "[") {
		p.host = host
	}
	p.database = strings.TrimRight(path, ".;)]},/")
	var kept []string
	for _, kv := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		name, value, _ := strings.Cut(kv, "=")
		switch strings.ToLower(name) {
		case "user", "username":
			p.user = value
		case "password", "pwd", "pass":
		case "sslmode", "tls", "ssl", "usessl", "authsource", "authmechanism", "replicaset", "encrypt":
			kept = append(kept, kv)
		}
	}
	p.options = strings.Join(kept, "&")
}
