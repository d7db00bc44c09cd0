package image

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/unleak/unleak/finding"
)

// registryStore is a repository of a registry.
type registryStore struct {
	repository name.Repository
	keychain   authn.Keychain
	base       http.RoundTripper
	options    []remote.Option

	mu     sync.Mutex
	client *http.Client // for blobs; made when needed
}

const userAgent = "unleak"

// retried are the answers after which a request is made again.
var retried = []int{
	http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
	http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

func newRegistry(ref name.Reference, opts *Options) *registryStore {
	keychain := opts.Keychain
	if keychain == nil {
		keychain = authn.DefaultKeychain
	}
	base := opts.Transport
	if base == nil {
		base = remote.DefaultTransport
		if t, ok := base.(*http.Transport); ok && opts.Insecure {
			t = t.Clone()
			t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // asked for by name
			base = t
		}
	}
	return &registryStore{
		repository: ref.Context(),
		keychain:   keychain,
		base:       base,
		options: []remote.Option{
			remote.WithAuthFromKeychain(keychain), remote.WithTransport(base), remote.WithUserAgent(userAgent),
			remote.WithRetryStatusCodes(retried...),
		},
	}
}

func (s *registryStore) with(ctx context.Context) []remote.Option {
	return append(s.options[:len(s.options):len(s.options)], remote.WithContext(ctx))
}

// get fetches the manifest or index of ref.
func (s *registryStore) get(ctx context.Context, ref name.Reference) (*remote.Descriptor, error) {
	d, err := remote.Get(ref, s.with(ctx)...)
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
