package detectors

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// ofSettings finds the settings beside a password that have its name but for the last word: DB_HOST and DB_USER beside
// DB_PASSWORD; host and user beside password in the same block.
func (s *Scanner) ofSettings(text []byte, secret finding.Span) place {
	name, at := nameBefore(text, secret.Start)
	stem, ok := cutWord(name, passwordWords)
	if !ok {
		return place{}
	}
	all, parent := s.settings.around(text, finding.Span{Start: at, End: secret.End}, stem == "")
	find := func(words []string) string {
		best := setting{far: nearReach + 1}
		for _, s := range all {
			if s.far < best.far && isNamed(s.name, stem, words) {
				best = s
			}
		}
		return string(best.value)
	}
	p := place{host: find(hostWords), port: find(portWords), user: find(userWords), database: find(databaseWords)}
	if strings.Trim(p.port, "0123456789") != "" {
		p.port = ""
	}
	if p.host == "" || strings.Contains(p.host, "/") {
		p.fromURL(find(urlWords), p.host)
	}
	p.splitPort()
	if p.host != "" && p.scheme == "" {
		before := strings.ToLower(string(text[max(lineStartOf(text, at), at-nearReach):at]))
		p.scheme = cmp.Or(schemeOf(p.port, find(schemeWords), stem), portSchemes[p.port], schemeOf(p.port, before, string(parent)))
		if p.scheme == "" && find(charsetWords) == "utf8mb4" { // only MySQL calls it so
			p.scheme = "mysql"
		}
	}
	return p
}

// fromURL takes the place from settings that hold a URL without a password.
func (p *place) fromURL(urls ...string) {
	p.host = ""
	for _, u := range urls {
		u = strings.TrimPrefix(u, "jdbc:")
		name, rest, ok := strings.Cut(u, "://")
		scheme := loginSchemes[strings.ToLower(name)]
		if !ok || scheme == "" {
			continue
		}
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			rest = rest[i+1:]
		}
		q := place{scheme: scheme, user: p.user}
		q.read(rest)
		*p = q
		return
	}
}

// the last words of names, as people write them
var (
	passwordWords = []string{"password", "passwd", "passphrase", "passwort", "pass", "pwd", "pw", "secret", "auth"}
	hostWords     = []string{"hostname", "host", "servername", "server", "address", "addr", "endpoint", "datasource", "data source"}
	portWords     = []string{"portnumber", "port"}
	userWords     = []string{"username", "user_name", "userid", "user_id", "user id", "user", "login", "uid", "role"}
	databaseWords = []string{"database_name", "databasename", "database", "dbname", "db_name", "db", "name", "initial catalog", "schema", "vhost"}
	urlWords      = []string{"jdbcurl", "jdbc_url", "url", "uri", "dsn", "connectionstring"}
	charsetWords  = []string{"charset", "encoding"}
	schemeWords   = []string{"connection", "driver", "driverclassname", "dialect", "engine", "adapter", "type", "client", "scheme", "protocol", "mailer", "provider"}
)

// hostMarks are parts of hostWords and urlWords, one of each: where none stands within settingsReach of a password, no setting
// tells a host.
var hostMarks = []string{"host", "server", "addr", "endpoint", "source", "url", "uri", "dsn", "connectionstring"}

// settingsReach is more than how far from a credential a setting may stand that is read, in bytes.
const settingsReach = nearReach + 512

// cutWord cuts one of the words, and what ties it, off the end of a name.
func cutWord(name string, words []string) (stem string, ok bool) {
	for _, w := range words {
		if rest, ok := strings.CutSuffix(name, w); ok {
			return strings.TrimRight(rest, "_-. "), true
		}
	}
	return "", false
}

// isNamed tells whether a name is a stem with one of the words behind it.
func isNamed(name []byte, stem string, words []string) bool {
	if len(name) < len(stem) || string(name[:len(stem)]) != stem {
		return false
	}
	rest := bytes.TrimLeft(name[len(stem):], "_-. ")
	return slices.ContainsFunc(words, func(w string) bool { return string(rest) == w || len(name) == len(stem) && strings.HasSuffix(stem, w) })
}

// schemeNames are how settings name services, and in what order they count: the first that a text holds.
var schemeNames = []struct{ word, scheme string }{
	{"postgres", "postgres"}, {"pgsql", "postgres"}, {"npgsql", "postgres"}, {"psycopg", "postgres"}, {"mariadb", "mysql"}, {"mysql", "mysql"},
	{"mongo", "mongodb"}, {"redis", "redis"}, {"valkey", "redis"}, {"rabbit", "amqp"}, {"amqp", "amqp"}, {"ldap", "ldap"}, {"smtp", "smtp"},
	{"mail", "smtp"}, {"sftp", ""}, {"ftp", "ftp"},
}

var portSchemes = map[string]string{
	"5432": "postgres", "6432": "postgres", "3306": "mysql", "6379": "redis", "27017": "mongodb", "5672": "amqp", "5671": "amqps",
	"25": "smtp", "587": "smtp", "2525": "smtp", "465": "smtps", "389": "ldap", "636": "ldaps", "21": "ftp",
}

// schemeOf tells a service by the first text that names one.
func schemeOf(port string, texts ...string) string {
	for _, text := range texts {
		for _, n := range schemeNames {
			if strings.Contains(strings.ToLower(text), n.word) {
				return withPort(n.scheme, port)
			}
		}
		if text == "pg" {
			return "postgres"
		}
	}
	return ""
}

// withPort chooses TLS from the first byte where the port says so.
func withPort(scheme, port string) string {
	if s := portSchemes[port]; s == scheme+"s" {
		return s
	}
	return scheme
}

// nameBefore reads the name of the setting whose value starts at an offset: NAME=, "name": ", <name>, define('NAME', '.
func nameBefore(text []byte, at int) (name string, start int) {
	const tie = "=:>,"
	floor := max(0, at-120)
	i := skipBack(text, at, floor, " \t\"'`(")
	j := skipBack(text, i, floor, tie+" \t")
	if j == i || strings.Trim(string(text[j:i]), " \t") == "" {
		return "", at
	}
	j = skipBack(text, j, floor, " \t\"'`])")
	end := j
	for j > floor && isNameByte(text[j-1]) {
		j--
	}
	return strings.ToLower(string(text[j:end])), j
}

func skipBack(text []byte, at, floor int, set string) int {
	for at > floor && strings.IndexByte(set, text[at-1]) >= 0 {
		at--
	}
	return at
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
