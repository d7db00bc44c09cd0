package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/unleak/unleak/finding"
)

const (
	resumeTries = 4                      // in a row without a byte between them
	resumePause = 200 * time.Millisecond // before the second; doubled each time
)

// http returns a client that is authorised to pull from the repository.
func (s *registryStore) http(ctx context.Context) (*http.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		return s.client, nil
	}
	auth, err := authn.Resolve(ctx, s.keychain, s.repository)
	if err != nil {
		return nil, err
	}
	base := transport.NewUserAgent(transport.NewRetry(s.base, transport.WithRetryStatusCodes(retried...)), userAgent)
	rt, err := transport.NewWithContext(ctx, s.repository.Registry, auth, base, []string{s.repository.Scope(transport.PullScope)})
	if err != nil {
		return nil, err
	}
	s.client = &http.Client{Transport: rt}
	return s.client, nil
}

// blob opens a blob. A connection that breaks is taken up where it broke. The content is not checked here: whoever
// reads it hashes it.
func (s *registryStore) blob(ctx context.Context, digest string) (io.ReadCloser, error) {
	client, err := s.http(ctx)
	if err != nil {
		return nil, registryError(err)
	}
	u := url.URL{
		Scheme: s.repository.Scheme(), Host: s.repository.RegistryStr(),
		Path: fmt.Sprintf("/v2/%s/blobs/%s", s.repository.RepositoryStr(), digest),
	}
	r := &resumed{ctx: ctx, client: client, address: u.String()}
	if err := r.open(); err != nil {
		return nil, registryError(err)
	}
	return r, nil
}

// resumed reads an HTTP response and asks for the rest where it breaks off.
type resumed struct {
	ctx     context.Context // of the one download it lives for
	client  *http.Client
	address string
	body    io.ReadCloser
	at      int64
	failed  int // times since the last byte
}

func (r *resumed) open() error {
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, r.address, nil)
	if err != nil {
		return err
	}
	if r.at > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", r.at))
	}
	res, err := r.client.Do(req)
	if err != nil {
		return err
	}
	if err := transport.CheckError(res, http.StatusOK, http.StatusPartialContent); err != nil {
		_ = res.Body.Close()
		return err
	}
	if r.at > 0 && res.StatusCode == http.StatusOK { // the server knows no ranges
		if _, err := io.CopyN(io.Discard, res.Body, r.at); err != nil {
			_ = res.Body.Close()
			return err
		}
	}
	r.body = res.Body
	return nil
}

// Read implements io.Reader.
func (r *resumed) Read(b []byte) (int, error) {
	for {
		if r.body != nil {
			n, err := r.body.Read(b)
			r.at += int64(n)
			if n > 0 {
				r.failed = 0
			}
			if err == nil || err == io.EOF || n > 0 {
				return n, keepEOF(err)
			}
			_ = r.body.Close()
			r.body = nil
		}
		if err := r.again(); err != nil {
			return 0, &reasoned{finding.SkipUnreadable, err}
		}
	}
}

// keepEOF drops an error that the next Read meets again.
func keepEOF(err error) error {
	if err == io.EOF {
		return err
	}
	return nil
}

// again waits a moment and opens the rest.
func (r *resumed) again() error {
	for {
		if r.failed++; r.failed > resumeTries {
			return errors.New("the connection keeps breaking off")
		}
		select {
		case <-time.After(resumePause << (r.failed - 1)):
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
		if err := r.open(); err == nil {
			return nil
		} else if _, refused := errors.AsType[*transport.Error](err); refused {
			return err
		}
	}
}

// Close implements io.Closer.
func (r *resumed) Close() error {
	if r.body == nil {
		return nil
	}
	return r.body.Close()
}
