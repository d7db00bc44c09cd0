package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/verify"
)

// maxAnswer is how much of an answer is read: a page of Kubernetes Secrets may hold 500 of 1 MiB, and rarely does.
const maxAnswer = 512 << 20

// retries after an answer that asks to wait: a store that is read whole meets its limits.
const retries = 6

// caller sends the requests of one store.
type caller struct {
	*verify.Caller
	service string
	base    string // URL without a slash at its end
	header  http.Header
	later   func(*verify.Reply) bool
}

// newCaller returns a caller that reaches the hosts of the given URLs and no other. The user named them, so they may be
// private, and plain HTTP where the URL says so.
func newCaller(service string, o verify.Options, base string, more ...string) (*caller, error) {
	for _, text := range append([]string{base}, more...) {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.User != nil {
			return nil, fmt.Errorf("%s: %q is no address", service, text)
		}
		o.AllowHosts = append(o.AllowHosts, verify.HostPort(u))
	}
	o.AllowPrivate = true
	if o.Retries == 0 {
		o.Retries = retries
	}
	o.UserAgent = "unleak (secret store comparison)"
	c, err := verify.NewCaller(o)
	if err != nil {
		return nil, err
	}
	return &caller{Caller: c, service: service, base: strings.TrimRight(base, "/"), header: http.Header{}}, nil
}

// refusal is an answer that is not what was asked for.
type refusal struct {
	status int
	text   string // what the service says, cleaned
	gone   bool   // a version of Vault's KV engine that was deleted: its answer has metadata and status 404
}

func (e *refusal) Error() string {
	if e.text == "" {
		return fmt.Sprintf("status %d", e.status)
	}
	return fmt.Sprintf("status %d: %s", e.status, e.text)
}

// denied tells whether the service says that the credential may not.
func denied(err error) bool {
	var r *refusal
	return errors.As(err, &r) && (r.status == http.StatusForbidden || r.status == http.StatusUnauthorized)
}

func missing(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.status == http.StatusNotFound
}

// get asks for a path below the base and decodes the JSON of the answer.
func (c *caller) get(ctx context.Context, path, subject string, into any) error {
	return c.ask(ctx, verify.Request{Method: http.MethodGet, URL: c.base + path}, subject, into)
}

// post sends JSON.
func (c *caller) post(ctx context.Context, path, subject string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	h := http.Header{"Content-Type": {"application/json"}}
	return c.ask(ctx, verify.Request{Method: http.MethodPost, URL: c.base + path, Body: text, Header: h}, subject, into)
}

// form sends a form to a full URL.
func (c *caller) form(ctx context.Context, target, subject string, values url.Values, into any) error {
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	return c.ask(ctx, verify.Request{Method: http.MethodPost, URL: target, Body: []byte(values.Encode()), Header: h}, subject, into)
}

// ask sends a request with the caller's own headers. An answer other than 2xx is a *refusal.
func (c *caller) ask(ctx context.Context, r verify.Request, subject string, into any) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for n, v := range c.header {
		r.Header[n] = v
	}
	r.Most = maxAnswer
	reply, err := c.Do(ctx, verify.Call{Request: r, Service: c.service, Subject: subject, Later: c.later})
	if err != nil {
		return err
	}
	if reply.Status < 200 || reply.Status > 299 {
		return &refusal{reply.Status, saying(reply.Body), deletedVersion(reply.Body)}
	}
	if reply.Cut {
		return fmt.Errorf("the answer is longer than %d MiB", maxAnswer>>20)
	}
	if err := json.Unmarshal(reply.Body, into); err != nil {
		return fmt.Errorf("the answer is no JSON of the documented form")
	}
	return nil
}

// deletedVersion tells the answer of Vault's KV engine, version 2, about a version that was deleted or destroyed.
func deletedVersion(body []byte) bool {
	var a struct {
		Data struct {
			Metadata struct {
				Deleted   string `json:"deletion_time"`
				Destroyed bool   `json:"destroyed"`
			} `json:"metadata"`
		} `json:"data"`
	}
	return json.Unmarshal(body, &a) == nil && (a.Data.Metadata.Destroyed || a.Data.Metadata.Deleted != "")
}

// saying returns the message of an error answer, in the fields that services use for it, freed of control characters.
func saying(body []byte) string {
	var e struct {
		Errors   []string        `json:"errors"`
		Message  string          `json:"message"`
		Message2 string          `json:"Message"`
		Type     string          `json:"__type"`
		Error    json.RawMessage `json:"error"`
		Describe string          `json:"error_description"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	text := strings.Join(e.Errors, "; ")
	var inner struct{ Message string }
	var plain string
	switch {
	case text != "":
	case e.Type != "":
		text = e.Type[strings.LastIndexByte(e.Type, '#')+1:] + ": " + cmp.Or(e.Message, e.Message2)
	case e.Describe != "":
		text = e.Describe
	case json.Unmarshal(e.Error, &inner) == nil && inner.Message != "":
		text = inner.Message
	case json.Unmarshal(e.Error, &plain) == nil && plain != "":
		text = plain
	default:
		text = cmp.Or(e.Message, e.Message2)
	}
	text = strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(text, "?"))), " ")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
		return ' '
	}
	return r
}

// unread records a thing that could not be read, with the reason that fits. It returns an error only when ctx is done.
func (r *reader) unread(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	reason := finding.SkipFailed
	switch {
	case denied(err):
		reason = finding.SkipUnreadable
	case missing(err):
		reason = finding.SkipMissing
	}
	r.skip(path, reason, err.Error())
	return nil
}
