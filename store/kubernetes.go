package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// kubernetes reads Secrets by the Kubernetes API ("Kubernetes API Reference v1.34, Secret v1 core", 2026). Their
// versions are not kept by the API: all are current.
type kubernetes struct {
	*caller
	namespace string // "": all
	prefix    string
}

const podFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// pages of a list
const kubernetesPage = "500"

func openKubernetes(s spec, o Options) (source, error) {
	if err := s.check("server", "context", "namespace", "kubeconfig"); err != nil {
		return nil, err
	}
	// k8s://CONTEXT/NAMESPACE/PREFIX, each of which may be left out
	namespace, prefix, _ := strings.Cut(s.path, "/")
	c, err := clusterOf(cmp.Or(s.query.Get("context"), s.host), s, o)
	if err != nil {
		return nil, fmt.Errorf("store %q: %w", s.text, err)
	}
	o.Caller.Roots, o.Caller.Certificate = c.roots, c.certificate
	call, err := newCaller("k8s "+c.server, o.Caller, c.server)
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		call.header.Set("Authorization", "Bearer "+c.token)
	}
	return &kubernetes{caller: call, namespace: cmp.Or(namespace, s.query.Get("namespace")), prefix: prefix}, nil
}

func (k *kubernetes) name() string { return k.service }

func (k *kubernetes) close() { k.Close() }

func (k *kubernetes) read(ctx context.Context, r *reader) error {
	if k.namespace != "" {
		return k.list(ctx, r, k.namespace)
	}
	err := k.list(ctx, r, "")
	if !denied(err) {
		return err
	}
	// not allowed to list them in all namespaces at once: one by one then
	var names struct {
		Items []struct {
			Metadata struct{ Name string } `json:"metadata"`
		} `json:"items"`
	}
	if e := k.get(ctx, "/api/v1/namespaces", "namespaces", &names); e != nil {
		return fmt.Errorf("listing all namespaces: %w (name one: k8s:///NAMESPACE)", err)
	}
	for _, n := range names.Items {
		if err := k.list(ctx, r, n.Metadata.Name); err != nil {
			if err := r.unread(ctx, n.Metadata.Name, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// kubernetesSecret is what counts of a Secret.
type kubernetesSecret struct {
	Metadata struct {
		Name      string    `json:"name"`
		Namespace string    `json:"namespace"`
		Version   string    `json:"resourceVersion"`
		Created   time.Time `json:"creationTimestamp"`
	} `json:"metadata"`
	Type string            `json:"type"`
	Data map[string]string `json:"data"`
}

// list reads the Secrets of a namespace, page by page. When the list grew too old between two pages (410), it is begun
// anew, without what was read before.
func (k *kubernetes) list(ctx context.Context, r *reader, namespace string) error {
	where := "/api/v1/secrets"
	if namespace != "" {
		where = "/api/v1/namespaces/" + url.PathEscape(namespace) + "/secrets"
	}
	seen := map[string]bool{}
	next, again := "", 0
	var p pages
	for {
		var page struct {
			Metadata struct {
				Continue string `json:"continue"`
			} `json:"metadata"`
			Items []kubernetesSecret `json:"items"`
		}
		query := url.Values{"limit": {kubernetesPage}}
		if next != "" {
			query.Set("continue", next)
		}
		err := k.get(ctx, where+"?"+query.Encode(), cmp.Or(namespace, "all namespaces"), &page)
		if refused, ok := err.(*refusal); ok && refused.status == http.StatusGone && again < 3 {
			next, p = "", pages{read: p.read}
			again++
			continue
		}
		if err != nil && p.read == 0 {
			return err
		}
		if err != nil {
			return p.failed(ctx, r, cmp.Or(namespace, "all namespaces"), err)
		}
		for i := range page.Items {
			s := &page.Items[i]
			name := s.Metadata.Namespace + "/" + s.Metadata.Name
			if !seen[name] && strings.HasPrefix(s.Metadata.Name, k.prefix) {
				seen[name] = true
				k.secret(r, name, s)
			}
		}
		if next = page.Metadata.Continue; next == "" {
			return nil
		}
		if err := p.next(next); err != nil {
			return p.failed(ctx, r, cmp.Or(namespace, "all namespaces"), err)
		}
	}
}

func (k *kubernetes) secret(r *reader, name string, s *kubernetesSecret) {
	r.count("secrets", 1)
	if s.Type == "helm.sh/release.v1" {
		r.skip(name, finding.SkipExcluded, "a release that Helm keeps, no value")
		return
	}
	var keys []string
	for key := range s.Data {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		text, err := base64.StdEncoding.DecodeString(s.Data[key])
		if err != nil {
			r.skip(name+"#"+key, finding.SkipCorrupt, "its data are no base64")
			continue
		}
		if public := strings.HasSuffix(key, ".crt") || key == "namespace"; public {
			continue // certificates are made to be shown
		}
		r.value(entry{path: name, key: key, version: s.Metadata.Version, current: true, changed: s.Metadata.Created}, string(text))
	}
}
