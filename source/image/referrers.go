package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/unleak/unleak/finding"
)

// cosignTags are the ends of the tags under which cosign keeps signatures, attestations and SBOMs of an image where the
// registry does not list referrers (cosign's specification, "Storage", 2023).
var cosignTags = []string{".sig", ".att", ".sbom"}

// the most pages of referrers of one manifest
const maxPages = 100

// attached loads what a registry says is attached to a manifest. Nothing is attached to what is attached.
func (l *loader) attached(ctx context.Context, st *registryStore, digest string) {
	if l.opts.NoReferrers || l.inAttached {
		return
	}
	list, err := st.referrers(ctx, digest)
	if err != nil && ctx.Err() == nil {
		l.sink.Skip(finding.Skip{Name: l.name + "@" + digest, Reason: reasonOf(err), Detail: "what is attached: " + err.Error()})
	}
	l.inAttached = true
	defer func() { l.inAttached = false }()
	for _, d := range list {
		text, err := st.manifest(ctx, d.Digest.String())
		if err == nil {
			err = l.manifest(ctx, st, d, text, 1)
		}
		if err != nil && ctx.Err() == nil {
			l.skip(d.Digest.String(), err)
		}
	}
}

// referrers lists what names a manifest as its subject: with the registry's interface for that, or by the tags that
// stand in for it (OCI distribution specification 1.1, "Listing Referrers"), and by cosign's tags.
func (s *registryStore) referrers(ctx context.Context, digest string) ([]v1.Descriptor, error) {
	list, err := s.listReferrers(ctx, digest)
	tag := strings.Replace(digest, ":", "-", 1)
	var errs []error
	if errors.Is(err, errNoReferrers) {
		var d *v1.Descriptor
		if d, err = s.tagged(ctx, tag); d != nil {
			list = append(list, *d)
		}
	}
	errs = append(errs, err)
	for _, end := range cosignTags {
		d, err := s.tagged(ctx, tag+end)
		if d != nil {
			list = append(list, *d)
		}
		errs = append(errs, err)
	}
	return list, errors.Join(errs...)
}

// tagged returns what a tag names, nil where there is none.
func (s *registryStore) tagged(ctx context.Context, tag string) (*v1.Descriptor, error) {
	d, err := s.get(ctx, s.repository.Tag(tag))
	if err == nil {
		return &v1.Descriptor{Digest: d.Digest, MediaType: d.MediaType, Size: d.Size}, nil
	}
	if reasonOf(err) == finding.SkipMissing {
		return nil, nil
	}
	return nil, err
}

// errNoReferrers says that a registry does not have the interface.
var errNoReferrers = errors.New("the registry lists no referrers")

func (s *registryStore) listReferrers(ctx context.Context, digest string) ([]v1.Descriptor, error) {
	client, err := s.http(ctx)
	if err != nil {
		return nil, registryError(err)
	}
	address := &url.URL{
		Scheme: s.repository.Scheme(), Host: s.repository.RegistryStr(),
		Path: fmt.Sprintf("/v2/%s/referrers/%s", s.repository.RepositoryStr(), digest),
	}
	var list []v1.Descriptor
	for range maxPages {
		page, next, err := referrersPage(ctx, client, address)
		if err != nil {
			return list, err
		}
		list = append(list, page...)
		if next == nil || next.Host != address.Host || next.Scheme != address.Scheme {
			return list, nil
		}
		address = next
	}
	return list, &reasoned{finding.SkipBudget, fmt.Errorf("more than %d pages of referrers", maxPages)}
}

func referrersPage(ctx context.Context, client *http.Client, address *url.URL) ([]v1.Descriptor, *url.URL, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", string(types.OCIImageIndex))
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, registryError(err)
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusNotFound, http.StatusBadRequest, http.StatusNotAcceptable, http.StatusMethodNotAllowed:
		return nil, nil, errNoReferrers
	}
	if err := transport.CheckError(res, http.StatusOK); err != nil {
		return nil, nil, registryError(err)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), string(types.OCIImageIndex)) {
		return nil, nil, errNoReferrers
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err != nil {
		return nil, nil, registryError(err)
	}
	var index v1.IndexManifest
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, nil, fmt.Errorf("referrers: %w", err)
	}
	return index.Manifests, nextPage(address, res.Header.Get("Link")), nil
}

// nextPage reads a Link header: <address>; rel="next".
func nextPage(of *url.URL, link string) *url.URL {
	address, rel, ok := strings.Cut(link, ";")
	if !ok || !strings.Contains(rel, "next") {
		return nil
	}
	next, err := of.Parse(strings.Trim(strings.TrimSpace(address), "<>"))
	if err != nil {
		return nil
	}
	return next
}

// attachedHere returns those of an index's manifests whose subject is among kept.
func attachedHere(ctx context.Context, st store, all, kept []v1.Descriptor) []v1.Descriptor {
	have := map[string]bool{}
	for _, d := range kept {
		have[d.Digest.String()] = true
	}
	var out []v1.Descriptor
	for _, d := range all {
		if have[d.Digest.String()] {
			continue
		}
		text, err := st.manifest(ctx, d.Digest.String())
		if err != nil {
			continue // it is not the one asked for
		}
		var m struct {
			Subject *v1.Descriptor `json:"subject"`
		}
		if json.Unmarshal(text, &m) == nil && m.Subject != nil && have[m.Subject.Digest.String()] {
			out = append(out, d)
		}
	}
	return out
}
