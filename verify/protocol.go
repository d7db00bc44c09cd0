package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Credential is one value to ask about, with the other parts that it needs.
type Credential struct {
	Rule   *rules.Rule
	Secret string
	Parts  []rules.KV // name and value, each name once
}

// Part returns a part by name.
func (c Credential) Part(name string) (string, bool) {
	for _, p := range c.Parts {
		if p.Key == name {
			return p.Value, true
		}
	}
	return "", false
}

// need returns a part, or an error that says that it was not found.
func (c Credential) need(name string) (string, error) {
	if v, ok := c.Part(name); ok {
		return v, nil
	}
	return "", missing(name)
}

// values returns everything that must not show up in a message or log. Where a credential belongs is no secret.
func (c Credential) values() []string {
	out := []string{c.Secret}
	for _, p := range c.Parts {
		if named := (finding.Part{Name: p.Key}); !named.Open() {
			out = append(out, p.Value)
		}
	}
	return out
}

// Target says who would be asked, before anyone is.
type Target struct {
	Host  string // "api.github.com" or "db.example:5432"
	Named bool   // the rule or protocol names the host; otherwise it comes from the finding
	Show  string // the request as text, all of the credential masked
	Place string // tells requests to one host apart whose answers need negative controls of their own
}

// Answer is what the issuer said, judged.
type Answer struct {
	Status finding.Status // Live, Dead, Expired or Unknown
	Cause  string
	Facts  map[string]string
}

func unknown(format string, a ...any) Answer {
	return Answer{Status: finding.Unknown, Cause: fmt.Sprintf(format, a...)}
}

// Protocol is a way to ask. It must change nothing where it asks and connect through the client alone. Methods are
// called from several goroutines.
type Protocol interface {
	// Hosts lists the hosts it may contact whatever the finding says; "*.example.com" and "(from the finding)" are
	// hosts too.
	Hosts() []string
	// Target says whom Ask would ask. Its error tells why c cannot be asked about; it is shown.
	Target(c Credential) (Target, error)
	// Ask asks once. An error is no answer: a *Transient one is tried again, the others become Unknown.
	Ask(ctx context.Context, client *Client, c Credential) (Answer, error)
	// Mutate returns a credential of the same shape that no issuer can have given out, or false if there is none.
	Mutate(c Credential) (Credential, bool)
}

// fromFinding stands in Hosts for a host that only a finding tells.
const fromFinding = "(from the finding)"

// protocols are the ones that a rule may name.
var protocols = []struct {
	name string
	asks []Protocol // tried in turn
}{
	{"aws-sts", []Protocol{
		awsSTS{"sts.amazonaws.com", "us-east-1"}, awsSTS{"sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
		awsSTS{"sts.cn-north-1.amazonaws.com.cn", "cn-north-1"},
	}},
	{"gcp-service-account", []Protocol{gcpServiceAccount{}}},
	{"postgres", []Protocol{postgres}},
	{"mysql", []Protocol{mysql}},
	{"redis", []Protocol{redis}},
	{"mongodb", []Protocol{mongo}},
	{"amqp", []Protocol{amqp}},
	{"smtp", []Protocol{smtp}},
	{"ldap", []Protocol{ldap}},
	{"ftp", []Protocol{ftp}},
	{"ssh-key", sshAsks},
	{"github-app", []Protocol{githubApp{}}},
	{"jwt", []Protocol{jwtKeys{}}},
	{"azure-sas", []Protocol{azureSAS{}}},
	{"tls-key", []Protocol{tlsKey{}}},
	{"connection-url", []Protocol{connection{escaped: true}}},
	{"connection", []Protocol{connection{}}},
	{"docker-registry", []Protocol{registryLogin{}}},
	{"kubernetes", []Protocol{kubernetes{}}},
	{"private-key", slices.Concat([]Protocol{certified{kubernetes{}, true}}, uncertified(sshAsks...), uncertified(tlsKey{}, githubApp{}))},
}

// certified is a way to ask about private keys that have a certificate beside them, or else about those that have none.
type certified struct {
	Protocol
	yes bool
}

// uncertified are ways to ask about private keys without a certificate beside them.
func uncertified(asks ...Protocol) []Protocol {
	var out []Protocol
	for _, p := range asks {
		out = append(out, certified{p, false})
	}
	return out
}

// errOther is the error of a way to ask that is for credentials of another kind.
var errOther = problem("it is asked about in another way")

// Target implements Protocol.
func (p certified) Target(c Credential) (Target, error) {
	if _, ok := c.Part(partCertificate); ok != p.yes {
		return Target{}, errOther
	}
	return p.Protocol.Target(c)
}

func protocolNames() string {
	var names []string
	for _, p := range protocols {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// protocolsOf returns the ways to ask about credentials of a rule, in the order they are tried.
func protocolsOf(r *rules.Rule) ([]Protocol, error) {
	if r.Verify == nil {
		return nil, nil
	}
	if name := r.Verify.Protocol; name != "" {
		for _, p := range protocols {
			if p.name == name {
				return p.asks, nil
			}
		}
		return nil, fmt.Errorf("rule %q: unknown protocol %q (%s)", r.ID, name, protocolNames())
	}
	out := []Protocol{&block{rule: r, url: r.Verify.URL}}
	for _, u := range r.Verify.Also {
		out = append(out, &block{rule: r, url: u})
	}
	return out, nil
}
