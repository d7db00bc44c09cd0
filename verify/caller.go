package verify

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/unleak/unleak/internal/pause"
)

// Caller asks a service that the user named, in the user's own name: a secret store, an endpoint for events. It shares
// the guard, the retries and the audit log of verification. It is safe for concurrent use.
type Caller struct {
	client *Client
	opts   Options
	audit  *audit

	mu    sync.Mutex
	later time.Time // the service asked to wait until then
}

// Call is one request of a Caller.
type Call struct {
	Request
	Service string // of the audit line: the store
	Subject string // and the path that is read; never a value
	// Later tells whether an answer asks to come back later in a way of its own; nil: none does.
	Later func(*Reply) bool
}

// NewCaller returns a caller for the hosts of Options.AllowHosts.
func NewCaller(o Options) (*Caller, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	client, err := newClient(o)
	if err != nil {
		return nil, err
	}
	return &Caller{client: client, opts: o, audit: newAudit(o.Audit, o.Actor)}, nil
}

// Do sends a request, and again while the failure may pass. Answers that refuse are answers; an error means that there
// is none. Nothing more is sent once the audit log cannot be written.
func (c *Caller) Do(ctx context.Context, call Call) (*Reply, error) {
	backoff := c.opts.Backoff
	for n := 0; ; n++ {
		if err := c.audit.err(); err != nil {
			return nil, err
		}
		if err := c.wait(ctx); err != nil {
			return nil, err
		}
		reply, later, err := c.once(ctx, call)
		if err := c.record(call, reply, err); err != nil {
			return nil, err
		}
		if later == nil || n >= c.opts.Retries || later.After > c.opts.MaxWait || ctx.Err() != nil {
			if err != nil {
				err = errors.New(cause(err))
			}
			return reply, errors.Join(err, ctx.Err())
		}
		c.hold(max(later.After, backoff))
		backoff *= 2
	}
}

// hold keeps all requests back for a while: a service that has enough of one has enough of the others.
func (c *Caller) hold(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := time.Now().Add(d); until.After(c.later) {
		c.later = until
	}
}

func (c *Caller) wait(ctx context.Context) error {
	for {
		c.mu.Lock()
		d := time.Until(c.later)
		c.mu.Unlock()
		if d <= 0 {
			return nil
		}
		if err := pause.For(ctx, d); err != nil {
			return err
		}
	}
}

// once sends a request; later says that another try may go better.
func (c *Caller) once(ctx context.Context, call Call) (reply *Reply, later *Transient, err error) {
	one, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	reply, err = c.client.Do(one, call.Request)
	switch {
	case err != nil && mayPass(err):
		return nil, &Transient{Cause: cause(err)}, err
	case err != nil:
		return nil, nil, err
	case errors.As(transientStatus(reply), &later):
		return reply, later, nil
	case call.Later != nil && call.Later(reply):
		return reply, &Transient{Cause: "rate limit", After: retryAfter(reply, time.Now())}, nil
	}
	return reply, nil, nil
}

// callLine is the audit line of a call. Its fields are kept: log pipelines rely on them.
type callLine struct {
	Time    string `json:"time"`
	Actor   string `json:"actor"`
	Machine string `json:"machine"`
	Event   string `json:"event"` // "store"
	Store   string `json:"store"`
	Path    string `json:"path"`
	Method  string `json:"method"`
	Host    string `json:"host"`
	Outcome string `json:"outcome"` // "answered", "denied", "missing", "throttled" or "failed"
	Status  int    `json:"status,omitempty"`
	Cause   string `json:"cause,omitempty"`
}

func (c *Caller) record(call Call, reply *Reply, err error) error {
	if c.audit.w == nil {
		return nil
	}
	line := callLine{
		Time: now().Format("2006-01-02T15:04:05.000Z"), Actor: c.audit.who, Machine: c.audit.where, Event: "store",
		Store: call.Service, Path: call.Subject, Method: call.Method,
	}
	if u, e := url.Parse(call.URL); e == nil {
		line.Host = u.Host
	}
	switch {
	case err != nil:
		line.Outcome, line.Cause = "failed", cause(err)
	default:
		line.Status, line.Outcome = reply.Status, outcomeOf(reply.Status)
	}
	text, err := json.Marshal(line)
	c.audit.mu.Lock()
	defer c.audit.mu.Unlock()
	if err == nil {
		_, err = c.audit.w.Write(append(text, '\n'))
	}
	if err != nil && c.audit.broken == nil {
		c.audit.broken = fmt.Errorf("audit log: %w", err)
	}
	return c.audit.broken
}

func outcomeOf(status int) string {
	switch {
	case status < 400:
		return "answered"
	case status == 401 || status == 403:
		return "denied"
	case status == 404:
		return "missing"
	case status == 429 || status == 503:
		return "throttled"
	}
	return "failed"
}

// Close drops idle connections.
func (c *Caller) Close() { c.client.Close() }

// AWSKeys are the keys that sign a request to AWS.
type AWSKeys struct{ ID, Secret, Token string }

// SignAWS adds the headers of AWS Signature Version 4 to a request; see sigV4.
func SignAWS(r *Request, k AWSKeys, region, service string, at time.Time) error {
	u, err := url.Parse(r.URL)
	if err != nil {
		return problem("the request's URL is not valid")
	}
	s := sigV4{keyID: k.ID, secret: k.Secret, token: k.Token, region: region, service: service}
	s.sign(r, u, at)
	return nil
}

// ParseRSA reads an RSA private key in PEM.
func ParseRSA(pem string) (*rsa.PrivateKey, error) { return parseRSA(pem) }

// SignJWT signs a token with RS256.
func SignJWT(key *rsa.PrivateKey, head map[string]string, claims map[string]any) (string, error) {
	return signJWT(key, head, claims)
}
