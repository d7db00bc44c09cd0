package verify

import "context"

// connection chooses the protocol by the scheme of a connection URL or by the part "scheme", for rules that find the
// password of any service. escaped says that it was found in a URL, where "%40" stands for "@".
type connection struct{ escaped bool }

// logins are the schemes that can be asked about.
var logins = map[string]login{
	"postgres": postgres, "postgresql": postgres, "mysql": mysql, "mariadb": mysql, "redis": redis, "rediss": redis,
	"mongodb": mongo, "mongodb+srv": mongo, "amqp": amqp, "amqps": amqp, "smtp": smtp, "smtps": smtp, "ldap": ldap, "ldaps": ldap, "ftp": ftp, "ftps": ftp,
}

// of returns the protocol for a credential, and the credential as that protocol takes it.
func (p connection) of(c Credential) (login, Credential, error) {
	e, err := readEndpoint(c)
	if err != nil {
		return login{}, c, err
	}
	if _, apart := c.Part(partHost); apart && p.escaped && e.password == c.Secret {
		c.Secret = unescape(c.Secret)
	}
	l, ok := logins[e.scheme]
	switch {
	case e.scheme == "":
		return l, c, missing("kind of service")
	case !ok:
		return l, c, problem("logins of this scheme cannot be asked about")
	}
	return l, c, nil
}

// Hosts implements Protocol.
func (connection) Hosts() []string { return []string{fromFinding} }

// Target implements Protocol.
func (p connection) Target(c Credential) (Target, error) {
	l, c, err := p.of(c)
	if err != nil {
		return Target{}, err
	}
	return l.Target(c)
}

// Ask implements Protocol.
func (p connection) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	l, c, err := p.of(c)
	if err != nil {
		return Answer{}, err
	}
	return l.Ask(ctx, client, c)
}

// Mutate implements Protocol. The password that is changed is the one that is asked with, so nothing is escaped in it.
func (p connection) Mutate(c Credential) (Credential, bool) {
	l, c, err := p.of(c)
	if err != nil {
		return c, false
	}
	return l.Mutate(c)
}
