package image

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/unleak/unleak/finding"
)

const (
	userAgent     = "unleak"
	headerTimeout = time.Minute // for an answer to begin
)

// registries are the repositories that one scan reads. Each has one store, so that a registry is asked for a token once
// and not once an image.
type registries struct {
	keychain authn.Keychain
	base     http.RoundTripper // makes requests again
	retries  int
	stall    time.Duration // how long a download may stand still
	options  []remote.Option
	puller   *remote.Puller

	mu     sync.Mutex
	stores map[string]*registryStore
}

func newRegistries(opts *Options) (*registries, error) {
	r := &registries{keychain: opts.Keychain, retries: defaultRetries, stall: stallTimeout, stores: map[string]*registryStore{}}
	if r.keychain == nil {
		r.keychain = authn.DefaultKeychain
	}
	if opts.Retries != 0 {
		r.retries = max(opts.Retries, 0)
	}
	inner := opts.Transport
	if inner == nil {
		inner = defaultTransport(opts.Insecure)
	}
	r.base = &retrying{inner: inner, more: r.retries}
	r.options = []remote.Option{
		remote.WithAuthFromKeychain(r.keychain), remote.WithTransport(r.base), remote.WithUserAgent(userAgent),
		remote.WithRetryStatusCodes(), remote.WithRetryBackoff(remote.Backoff{Steps: 1}), // done by base
	}
	var err error
	r.puller, err = remote.NewPuller(r.options...)
	return r, err
}

// defaultTransport has the environment's proxy settings.
func defaultTransport(insecure bool) http.RoundTripper {
	t, ok := remote.DefaultTransport.(*http.Transport)
	if !ok {
		return remote.DefaultTransport
	}
	t = t.Clone()
	t.ResponseHeaderTimeout = headerTimeout
	if insecure {
		t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // asked for by name
	}
	return t
}

// with returns the options of a call that the puller does not offer.
func (r *registries) with(ctx context.Context) []remote.Option {
	return append(r.options[:len(r.options):len(r.options)], remote.WithContext(ctx))
}

// store returns the one store of a repository.
func (r *registries) store(repository name.Repository) *registryStore {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := repository.String()
	s := r.stores[key]
	if s == nil {
		s = &registryStore{registries: r, repository: repository}
		r.stores[key] = s
	}
	return s
}

// registryStore is a repository of a registry.
type registryStore struct {
	*registries
	repository name.Repository

	mu     sync.Mutex
	client *http.Client // for blobs; made when needed
}

// get fetches the manifest or index of ref.
func (s *registryStore) get(ctx context.Context, ref name.Reference) (*remote.Descriptor, error) {
	d, err := s.puller.Get(ctx, ref)
	if err != nil {
		return nil, registryError(err)
	}
	return d, nil
}

func (s *registryStore) manifest(ctx context.Context, digest string) ([]byte, error) {
	d, err := s.get(ctx, s.repository.Digest(digest))
	if err != nil {
		return nil, err
	}
	return d.Manifest, nil
}

func (s *registryStore) Close() error { return nil }

func registryError(err error) error {
	if e, ok := errors.AsType[*transport.Error](err); ok && e.StatusCode == http.StatusNotFound {
		return &reasoned{finding.SkipMissing, err}
	}
	return &reasoned{finding.SkipUnreadable, err}
}
