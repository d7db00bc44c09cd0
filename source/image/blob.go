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
	"github.com/unleak/unleak/internal/pause"
)

// stallTimeout is how long a download may stand still before its connection counts as broken.
const stallTimeout = time.Minute

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
	base := transport.NewUserAgent(s.base, userAgent)
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
	r := &resumed{ctx: ctx, client: client, address: u.String(), tries: s.retries, patience: s.stall}
	if err := r.open(); err != nil {
		_ = r.Close()
		return nil, registryError(err)
	}
	return r, nil
}

// resumed reads an HTTP response and asks for the rest where it breaks off.
type resumed struct {
	ctx      context.Context // of the one download it lives for
	client   *http.Client
	address  string
	tries    int           // in a row without a byte between them
	patience time.Duration // without a byte
	body     io.ReadCloser
	stop     context.CancelFunc // ends the request under way
	stall    *time.Timer        // calls stop
	at       int64
	size     int64 // of the blob, not above 0 where unknown
	failed   int   // times since the last byte
}

func (r *resumed) open() error {
	r.hangUp()
	ctx, stop := context.WithCancel(r.ctx)
	r.stop = stop
	res, err := r.request(ctx, r.at)
	if err != nil {
		return err
	}
	if res.StatusCode == http.StatusRequestedRangeNotSatisfiable { // the server knows no such ranges
		_ = res.Body.Close()
		if res, err = r.request(ctx, 0); err != nil {
			return err
		}
	}
	if err := transport.CheckError(res, http.StatusOK, http.StatusPartialContent); err != nil {
		_ = res.Body.Close()
		return err
	}
	if res.StatusCode == http.StatusOK {
		r.size = res.ContentLength
	}
	if r.at > 0 && res.StatusCode == http.StatusOK { // the server knows no ranges
		if _, err := io.CopyN(io.Discard, res.Body, r.at); err != nil {
			_ = res.Body.Close()
			return err
		}
	}
	r.body = res.Body
	r.stall = time.AfterFunc(r.patience, stop)
	return nil
}

// request asks for the blob from an offset on. Some servers want to be told the end as well.
func (r *resumed) request(ctx context.Context, from int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address, nil)
	if err != nil {
		return nil, err
	}
	if from > 0 && r.size > from {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, r.size-1))
	} else if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	return r.client.Do(req)
}

// hangUp ends the request under way.
func (r *resumed) hangUp() {
	if r.stall != nil {
		r.stall.Stop()
	}
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
	if r.stop != nil {
		r.stop()
	}
}

// Read implements io.Reader.
func (r *resumed) Read(b []byte) (int, error) {
	for {
		if r.body != nil {
			r.stall.Reset(r.patience)
			n, err := r.body.Read(b)
			r.at += int64(n)
			if n > 0 {
				r.failed = 0
			}
			if err == nil || err == io.EOF || n > 0 {
				return n, keepEOF(err)
			}
			r.hangUp()
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
		if r.failed++; r.failed > r.tries {
			return errors.New("the connection keeps breaking off")
		}
		if err := pause.For(r.ctx, retryPause<<(r.failed-1)); err != nil {
			return err
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
	r.hangUp()
	return nil
}
