package verify

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/unleak/unleak/rules"
)

// block asks by the HTTP request of a rule's verify block, at one of its URLs.
type block struct {
	rule *rules.Rule
	url  string
}

// wholeURL is the URL of a credential that is a URL itself, as a webhook is.
const wholeURL = "{secret|url}"

// Hosts implements Protocol.
func (b *block) Hosts() []string {
	host := hostOf(b.url)
	if !strings.Contains(host, "{") {
		return []string{host}
	}
	out := append([]string{}, b.rule.Verify.Hosts...)
	if b.url == wholeURL {
		return out
	}
	return append(out, fromFinding)
}

// hostOf returns the host part of a URL template.
func hostOf(template string) string {
	if template == wholeURL {
		return template
	}
	_, rest, _ := strings.Cut(template, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// request fills the block in for a credential.
func (b *block) request(x expander) (Request, error) {
	v := b.rule.Verify
	r := Request{Method: v.Method, Header: http.Header{}}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	var err error
	if r.URL, err = x.expand(b.url, "path"); err != nil {
		return r, err
	}
	for _, h := range v.Headers {
		text, err := x.expand(h.Value, "")
		if err != nil {
			return r, err
		}
		if strings.ContainsAny(text, "\r\n\x00") {
			return r, refuse("the value holds a line break")
		}
		r.Header.Set(h.Key, text)
	}
	if v.Basic != "" {
		text, err := x.expand(v.Basic, "")
		if err != nil {
			return r, err
		}
		if x.mask {
			r.Header.Set("Authorization", "Basic base64("+text+")")
		} else {
			r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(text)))
		}
	}
	body, err := x.expand(v.Body, "")
	r.Body = []byte(body)
	return r, err
}

func (b *block) expander(c Credential, mask bool) expander {
	return expander{cred: c, vars: b.rule.Verify.Vars, now: time.Now(), mask: mask}
}

// Target implements Protocol.
func (b *block) Target(c Credential) (Target, error) {
	r, err := b.request(b.expander(c, false))
	if err != nil {
		return Target{}, err
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return Target{}, refuse("the request's URL is not valid")
	}
	shown, err := b.request(b.expander(c, true))
	if err != nil {
		return Target{}, err
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(shown.URL, u.Scheme+"://"), "/")
	shown.URL = u.Scheme + "://" + u.Host + "/" + path
	return Target{Host: u.Host, Named: b.named(u.Hostname()), Show: show(shown), Place: b.url}, nil
}

// named tells whether the rule itself stands for the host.
func (b *block) named(host string) bool {
	return !strings.Contains(hostOf(b.url), "{") || matchesAny(host, b.rule.Verify.Hosts)
}

// show writes a request as people read it.
func show(r Request) string {
	var out strings.Builder
	out.WriteString(r.Method + " " + r.URL + "\n")
	var names []string
	for n := range r.Header {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		out.WriteString(n + ": " + strings.Join(r.Header[n], ", ") + "\n")
	}
	if len(r.Body) > 0 {
		out.WriteString("\n" + string(r.Body) + "\n")
	}
	return out.String()
}

// Ask implements Protocol.
func (b *block) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	r, err := b.request(b.expander(c, false))
	if err != nil {
		return Answer{}, err
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return Answer{}, refuse("the request's URL is not valid")
	}
	r.Named = b.named(u.Hostname())
	reply, err := client.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	_, told := c.Part(partHost) // what stands beside the credential names the host: it belongs there
	elsewhere := b.rule.Verify.SelfHosted && r.Named && !told && len(client.instances[b.rule.Provider]) == 0 && !client.allowed.has(u.Hostname(), "443")
	return judge(b.rule.Verify, reply, elsewhere)
}

// Mutate implements Protocol.
func (b *block) Mutate(c Credential) (Credential, bool) {
	s, ok := mutate(c.Secret)
	c.Secret = s
	return c, ok
}
