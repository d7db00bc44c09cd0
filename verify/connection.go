package verify

import "context"

// connection chooses the protocol by the scheme of a connection URL, for rules that find a password in any URL.
type connection struct{}

// logins are the schemes that can be asked about.
var logins = map[string]login{
	"postgres": postgres, "postgresql": postgres, "mysql": mysql, "mariadb": mysql, "redis": redis, "rediss": redis,
	"mongodb": mongo, "mongodb+srv": mongo, "amqp": amqp, "amqps": amqp, "smtp": smtp, "smtps": smtp, "ldap": ldap, "ldaps": ldap, "ftp": ftp, "ftps": ftp,
}

func (connection) of(c Credential) (login, error) {
	e, err := readEndpoint(c)
	if err != nil {
		return login{}, err
	}
	l, ok := logins[e.scheme]
	if !ok {
		return l, problem("logins of this scheme cannot be asked about")
	}
	return l, nil
}

// Hosts implements Protocol.
func (connection) Hosts() []string { return []string{fromFinding} }

// Target implements Protocol.
func (p connection) Target(c Credential) (Target, error) {
	l, err := p.of(c)
	if err != nil {
		return Target{}, err
	}
	return l.Target(c)
}

// Ask implements Protocol.
func (p connection) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	l, err := p.of(c)
	if err != nil {
		return Answer{}, err
	}
	return l.Ask(ctx, client, c)
}

// Mutate implements Protocol.
func (p connection) Mutate(c Credential) (Credential, bool) {
	l, err := p.of(c)
	if err != nil {
		return c, false
	}
	return l.Mutate(c)
}
