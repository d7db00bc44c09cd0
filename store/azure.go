package store

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"
	"time"
)

// azure reads Azure Key Vault secrets ("Azure Key Vault REST API, secrets, version 7.4", Microsoft, 2026).
type azure struct {
	*caller
	prefix  string
	login   func(ctx context.Context) (string, error)
	current bool
}

const (
	azureVersion = "api-version=7.4"
	azureScope   = "https://vault.azure.net/.default"
	azureLogin   = "https://login.microsoftonline.com"
)

func openAzure(s spec, o Options) (source, error) {
	if err := s.check("endpoint", "authority"); err != nil {
		return nil, err
	}
	if s.host == "" {
		return nil, fmt.Errorf("store %q: want a vault, as in azure-kv://my-vault", s.text)
	}
	host := s.host
	if !strings.Contains(host, ".") {
		host += ".vault.azure.net"
	}
	authority := s.option("authority", cmp.Or(o.Getenv("AZURE_AUTHORITY_HOST"), azureLogin))
	c, err := newCaller("azure-kv "+s.host, o.Caller, s.option("endpoint", "https://"+host), authority)
	if err != nil {
		return nil, err
	}
	return &azure{caller: c, prefix: s.path, login: azureToken(c, strings.TrimRight(authority, "/"), o), current: o.Current}, nil
}

func (a *azure) name() string { return a.service }

func (a *azure) close() { a.Close() }

// azureToken takes a token from the environment (`az account get-access-token --resource https://vault.azure.net`), or
// logs an application in with a federated identity (workload identity of a CI job or a pod) or its secret.
func azureToken(c *caller, authority string, o Options) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if token := o.Getenv("AZURE_ACCESS_TOKEN"); token != "" {
			return token, nil
		}
		tenant, client := o.Getenv("AZURE_TENANT_ID"), o.Getenv("AZURE_CLIENT_ID")
		form := url.Values{"client_id": {client}, "scope": {azureScope}, "grant_type": {"client_credentials"}}
		switch file, secret := o.Getenv("AZURE_FEDERATED_TOKEN_FILE"), o.Getenv("AZURE_CLIENT_SECRET"); {
		case tenant == "" || client == "" || file == "" && secret == "":
			return "", fmt.Errorf("no credentials: set AZURE_ACCESS_TOKEN, or AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_FEDERATED_TOKEN_FILE or AZURE_CLIENT_SECRET")
		case file != "":
			token, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			form.Set("client_assertion", strings.TrimSpace(string(token)))
			form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		default:
			form.Set("client_secret", secret)
		}
		return oauthToken(ctx, c, authority+"/"+url.PathEscape(tenant)+"/oauth2/v2.0/token", form)
	}
}

// azureItem is an entry of a list: a secret or a version of one.
type azureItem struct {
	ID         string `json:"id"` // https://VAULT/secrets/NAME[/VERSION]
	Attributes struct {
		Enabled bool  `json:"enabled"`
		Created int64 `json:"created"`
	} `json:"attributes"`
}

func (a *azure) read(ctx context.Context, r *reader) error {
	token, err := a.login(ctx)
	if err != nil {
		return err
	}
	a.header.Set("Authorization", "Bearer "+token)
	secrets, err := a.list(ctx, "/secrets", "secrets")
	if err != nil && len(secrets) == 0 {
		return fmt.Errorf("listing: %w", err)
	}
	if err != nil { // what further pages would have held is coverage
		if err := r.unread(ctx, "secrets", fmt.Errorf("listing, behind %d of them: %w", len(secrets), err)); err != nil {
			return err
		}
	}
	return r.each(ctx, len(secrets), func(ctx context.Context, r *reader, i int) error {
		name := path.Base(secrets[i].ID)
		if !strings.HasPrefix(name, a.prefix) {
			return nil
		}
		r.count("secrets", 1)
		if !secrets[i].Attributes.Enabled {
			r.count("disabled secrets", 1)
			return nil
		}
		return a.secret(ctx, r, name)
	})
}

// list reads all pages of a list, or those before the one that fails. The link to the next page must stay with the vault.
func (a *azure) list(ctx context.Context, where, subject string) ([]azureItem, error) {
	var all []azureItem
	var p pages
	next := where + "?" + azureVersion + "&maxresults=25"
	for next != "" {
		var page struct {
			Value []azureItem `json:"value"`
			Next  string      `json:"nextLink"`
		}
		if err := a.get(ctx, next, subject, &page); err != nil {
			return all, err
		}
		all = append(all, page.Value...)
		next = ""
		if page.Next != "" {
			u, err := url.Parse(page.Next)
			if base, _ := url.Parse(a.base); err != nil || u.Host != base.Host && u.Host != "" || u.Path == "" {
				return all, fmt.Errorf("the next page lies at another host")
			}
			if err := p.next(page.Next); err != nil {
				return all, err
			}
			next = u.EscapedPath() + "?" + u.RawQuery
		}
	}
	return all, nil
}

// secret reads the enabled versions; the newest of them is what the vault hands out.
func (a *azure) secret(ctx context.Context, r *reader, name string) error {
	where := "/secrets/" + url.PathEscape(name)
	if a.current {
		return a.version(ctx, r, where, entry{path: name, current: true})
	}
	versions, err := a.list(ctx, where+"/versions", name)
	if err != nil {
		if err := r.unread(ctx, name, fmt.Errorf("older versions: %w", err)); err != nil {
			return err
		}
		return a.version(ctx, r, where, entry{path: name, current: true})
	}
	newest, several := int64(-1), false
	for _, v := range versions {
		several = v.Attributes.Created == newest || several && v.Attributes.Created < newest
		newest = max(newest, v.Attributes.Created)
	}
	if several { // made within one second: the vault knows which it hands out
		if err := a.version(ctx, r, where, entry{path: name, current: true}); err != nil {
			return err
		}
		newest = -1
	}
	for _, v := range versions {
		if !v.Attributes.Enabled {
			r.count("disabled versions", 1)
			continue
		}
		e := entry{path: name, version: path.Base(v.ID), current: v.Attributes.Created == newest, changed: time.Unix(v.Attributes.Created, 0).UTC()}
		if err := a.version(ctx, r, where+"/"+url.PathEscape(e.version), e); err != nil {
			return err
		}
	}
	return nil
}

func (a *azure) version(ctx context.Context, r *reader, where string, e entry) error {
	var answer struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	}
	subject := strings.TrimSpace(e.path + " " + e.version)
	if err := a.get(ctx, where+"?"+azureVersion, subject, &answer); err != nil {
		return r.unread(ctx, subject, err)
	}
	r.count("versions", 1)
	e.version = cmp.Or(e.version, path.Base(answer.ID))
	r.value(e, answer.Value)
	return nil
}
