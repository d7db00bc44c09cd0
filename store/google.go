package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/unleak/unleak/verify"
)

// google reads GCP Secret Manager by its REST API ("Secret Manager API v1", Google Cloud, 2026).
type google struct {
	*caller
	project string
	prefix  string
	login   func(ctx context.Context) (string, error)
	current bool
}

const (
	googleAPI   = "https://secretmanager.googleapis.com"
	googleToken = "https://oauth2.googleapis.com/token"
	googleScope = "https://www.googleapis.com/auth/cloud-platform"
)

func openGoogle(s spec, o Options) (source, error) {
	if err := s.check("endpoint", "token_uri"); err != nil {
		return nil, err
	}
	project := cmp.Or(s.host, o.Getenv("GOOGLE_CLOUD_PROJECT"))
	if project == "" {
		return nil, fmt.Errorf("store %q: want a project, as in gcp-sm://my-project, or GOOGLE_CLOUD_PROJECT", s.text)
	}
	base, tokens := s.option("endpoint", googleAPI), s.option("token_uri", googleToken)
	c, err := newCaller("gcp-sm "+project, o.Caller, base, tokens)
	if err != nil {
		return nil, err
	}
	return &google{caller: c, project: project, prefix: s.path, login: googleLogin(c, tokens, o), current: o.Current}, nil
}

func (g *google) name() string { return g.service }

func (g *google) close() { g.Close() }

// googleLogin takes a token from the environment (`gcloud auth print-access-token`, or a CI job's federation), or makes
// one with a service account's key ("Using OAuth 2.0 for Server to Server Applications", Google, 2026).
func googleLogin(c *caller, tokens string, o Options) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		for _, name := range []string{"GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"} {
			if token := o.Getenv(name); token != "" {
				return token, nil
			}
		}
		file := o.Getenv("GOOGLE_APPLICATION_CREDENTIALS")
		if file == "" {
			return "", fmt.Errorf("no credentials: set GOOGLE_OAUTH_ACCESS_TOKEN (gcloud auth print-access-token) or GOOGLE_APPLICATION_CREDENTIALS")
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		var key struct {
			Type  string `json:"type"`
			Email string `json:"client_email"`
			PEM   string `json:"private_key"`
			ID    string `json:"private_key_id"`
		}
		if err := json.Unmarshal(text, &key); err != nil || key.Type != "service_account" {
			return "", fmt.Errorf("%s: want the key file of a service account; for other kinds set GOOGLE_OAUTH_ACCESS_TOKEN", file)
		}
		private, err := verify.ParseRSA(key.PEM)
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		now := time.Now()
		jwt, err := verify.SignJWT(private, map[string]string{"alg": "RS256", "typ": "JWT", "kid": key.ID}, map[string]any{
			"iss": key.Email, "scope": googleScope, "aud": tokens, "iat": now.Unix(), "exp": now.Add(30 * time.Minute).Unix(),
		})
		if err != nil {
			return "", err
		}
		return oauthToken(ctx, c, tokens, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {jwt}})
	}
}

// oauthToken trades a grant for an access token (RFC 6749).
func oauthToken(ctx context.Context, c *caller, tokens string, form url.Values) (string, error) {
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := c.form(ctx, tokens, "token", form, &answer); err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	if answer.Token == "" {
		return "", fmt.Errorf("login: no token came")
	}
	return answer.Token, nil
}

func (g *google) read(ctx context.Context, r *reader) error {
	token, err := g.login(ctx)
	if err != nil {
		return err
	}
	g.header.Set("Authorization", "Bearer "+token)
	query := url.Values{"pageSize": {"250"}}
	if g.prefix != "" {
		query.Set("filter", "name:"+g.prefix)
	}
	var p pages
	for {
		var page struct {
			Secrets []struct {
				Name string `json:"name"`
			} `json:"secrets"`
			Next string `json:"nextPageToken"`
		}
		if err := g.get(ctx, "/v1/projects/"+url.PathEscape(g.project)+"/secrets?"+query.Encode(), "secrets", &page); err != nil {
			return p.failed(ctx, r, "secrets", err)
		}
		err := r.each(ctx, len(page.Secrets), func(ctx context.Context, r *reader, i int) error {
			name := page.Secrets[i].Name
			if !strings.HasPrefix(path.Base(name), g.prefix) { // the filter matches anywhere in the name
				return nil
			}
			r.count("secrets", 1)
			return g.secret(ctx, r, name)
		})
		if err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		if err := p.next(page.Next); err != nil {
			return p.failed(ctx, r, "secrets", err)
		}
		query.Set("pageToken", page.Next)
	}
}

// secret reads the enabled versions of a secret; the newest is the current one.
func (g *google) secret(ctx context.Context, r *reader, name string) error {
	short := path.Base(name)
	query := url.Values{"pageSize": {"250"}, "filter": {"state:ENABLED"}}
	first := true
	var p pages
	for {
		var page struct {
			Versions []struct {
				Name    string    `json:"name"`
				State   string    `json:"state"`
				Created time.Time `json:"createTime"`
			} `json:"versions"` // newest first
			Next string `json:"nextPageToken"`
		}
		if err := g.get(ctx, "/v1/"+escape(name)+"/versions?"+query.Encode(), short, &page); err != nil {
			if err := r.unread(ctx, short, fmt.Errorf("older versions: %w", err)); err != nil || p.read > 0 {
				return err
			}
			return g.version(ctx, r, name+"/versions/latest", entry{path: short, current: true})
		}
		for _, v := range page.Versions {
			if v.State != "" && v.State != "ENABLED" {
				continue
			}
			e := entry{path: short, version: path.Base(v.Name), current: first, changed: v.Created}
			first = false
			if err := g.version(ctx, r, v.Name, e); err != nil {
				return err
			}
			if g.current {
				return nil
			}
		}
		if page.Next == "" {
			return nil
		}
		if err := p.next(page.Next); err != nil {
			return p.failed(ctx, r, short, err)
		}
		query.Set("pageToken", page.Next)
	}
}

func (g *google) version(ctx context.Context, r *reader, name string, e entry) error {
	var answer struct {
		Name    string `json:"name"`
		Payload struct {
			Data string `json:"data"`
		} `json:"payload"`
	}
	subject := e.path + " version " + path.Base(name)
	if err := g.get(ctx, "/v1/"+escape(name)+":access", subject, &answer); err != nil {
		return r.unread(ctx, subject, err)
	}
	data, err := base64.StdEncoding.DecodeString(answer.Payload.Data)
	if err != nil {
		return r.unread(ctx, subject, fmt.Errorf("its data are no base64"))
	}
	r.count("versions", 1)
	e.version = cmp.Or(path.Base(answer.Name), e.version)
	r.value(e, string(data))
	return nil
}
