package image

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/unleak/unleak/internal/pause"
)

const (
	defaultRetries = 4
	retryPause     = 200 * time.Millisecond // before the second request; doubled each time
	retryLongest   = time.Minute            // what a registry may ask to wait
	drainLimit     = 64 << 10               // bytes read of an answer that is dropped, to keep its connection
)

// retried are the answers after which a request is made again.
var retried = []int{
	http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
	http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// retrying makes a request again when it failed in a way that passes, after the pause that the answer's Retry-After
// header asks for (RFC 9110, 10.2.3) and at least one that doubles each time.
type retrying struct {
	inner http.RoundTripper
	more  int // how often
}

// RoundTrip implements http.RoundTripper.
func (t *retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 0; ; try++ {
		res, err := t.inner.RoundTrip(req)
		if try >= t.more || !passing(res, err) {
			return res, err
		}
		wait := retryPause << try
		if res != nil {
			wait = max(wait, retryAfter(res, time.Now()))
			if wait > retryLongest {
				return res, err
			}
		}
		next := req.Clone(req.Context())
		if req.Body != nil && req.Body != http.NoBody {
			if req.GetBody == nil {
				return res, err
			}
			body, bodyErr := req.GetBody()
			if bodyErr != nil {
				return res, err
			}
			next.Body = body
		}
		if res != nil {
			_, _ = io.CopyN(io.Discard, res.Body, drainLimit)
			_ = res.Body.Close()
		}
		if err := pause.For(req.Context(), wait); err != nil {
			return nil, err
		}
		req = next
	}
}

// passing tells whether a failure may be gone at the next try. A name that does not resolve, a refused connection and a
// certificate that does not verify stay.
func passing(res *http.Response, err error) bool {
	if err == nil {
		return slices.Contains(retried, res.StatusCode)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout() || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// retryAfter returns how long an answer asks to wait, 0 where it does not.
func retryAfter(res *http.Response, now time.Time) time.Duration {
	text := res.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 && seconds < 1<<30 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
