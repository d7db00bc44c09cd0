package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/unleak/unleak/internal/arrange"
)

// Transient is the error of a try that may succeed later.
type Transient struct {
	Cause string
	After time.Duration // the issuer asks to wait this long; 0: it does not say
	Limit bool          // the issuer counts requests and we are over the limit
}

func (e *Transient) Error() string { return e.Cause }

// transientStatus returns a *Transient for answers that say "later", nil for the others.
func transientStatus(r *Reply) error {
	switch {
	case limited(r):
		return &Transient{Cause: fmt.Sprintf("rate limit of the issuer (status %d)", r.Status), After: retryAfter(r, time.Now()), Limit: true}
	case r.Status == 408 || r.Status == 425 || r.Status >= 500 && r.Status != 501 && r.Status != 511:
		return &Transient{Cause: fmt.Sprintf("the issuer has trouble (status %d)", r.Status), After: retryAfter(r, time.Now())}
	}
	return nil
}

// limited tells whether an answer refuses the request for its rate. GitHub and others say so with 403.
func limited(r *Reply) bool {
	if r.Status == http.StatusTooManyRequests {
		return true
	}
	_, wait := r.header("Retry-After")
	left, ok := r.header("X-RateLimit-Remaining")
	return r.Status == http.StatusForbidden && (wait || ok && left == "0")
}

// retryAfter reads Retry-After, in seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(r *Reply, now time.Time) time.Duration {
	v, ok := r.header("Retry-After")
	if !ok {
		return 0
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil && s >= 0 && s < 1e9 {
		return time.Duration(s * float64(time.Second))
	}
	t, err := http.ParseTime(v)
	if date, ok := r.header("Date"); ok { // the server's clock; ours may be another
		if at, err := http.ParseTime(date); err == nil {
			now = at
		}
	}
	if err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

// cause puts an error in words. Texts of other packages are not passed on where they may quote the request or what a
// server sent.
func cause(err error) string {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		host x509.HostnameError
		auth x509.UnknownAuthorityError
		rec  tls.RecordHeaderError
		own  interface{ ownCause() string }
		r    *Refused
		t    *Transient
		m    *missingPart
	)
	switch {
	case errors.As(err, &r):
		return r.Error()
	case errors.As(err, &t):
		return t.Error()
	case errors.As(err, &m):
		return m.Error()
	case errors.As(err, &own):
		return own.ownCause()
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the host has no address"
	case errors.As(err, &dns):
		return "the host's address could not be looked up"
	case isTimeout(err):
		return "no answer in time"
	case errors.As(err, &host):
		return "the host's certificate is for another name"
	case errors.As(err, &auth):
		return "the host's certificate comes from an unknown authority (see --verify-ca)"
	case errors.As(err, &cert):
		return "the host's certificate is not valid"
	case errors.As(err, &rec):
		return "the host does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the host refuses connections"
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET):
		return "the connection was cut"
	}
	return "the request broke down (" + kindOf(err) + ")"
}

// problem is an error whose text is fit to be shown.
type problem string

func (p problem) Error() string    { return string(p) }
func (p problem) ownCause() string { return string(p) }

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// kindOf names the innermost type of an error, which tells a developer more than nothing and no one a secret.
func kindOf(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return strings.TrimPrefix(fmt.Sprintf("%T", err), "*")
		}
		err = inner
	}
}

// mayPass tells whether an error of the network is worth another try.
func mayPass(err error) bool {
	var t *Transient
	if errors.As(err, &t) {
		return true
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTimeout || dns.IsTemporary
	}
	return isTimeout(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// scrub replaces every form in which a request carries one of the values. Values shorter than four characters stay:
// replacing them would tell more than it hides.
func scrub(text string, values []string) string {
	var forms []string
	for _, v := range values {
		if len(v) >= 4 {
			forms = append(forms, v, url.QueryEscape(v), url.PathEscape(v), base64.StdEncoding.EncodeToString([]byte(v)), base64.URLEncoding.EncodeToString([]byte(v)))
		}
	}
	arrange.By(forms, func(a, b string) int { return len(b) - len(a) })
	for _, f := range forms {
		text = strings.ReplaceAll(text, f, "********")
	}
	return text
}

// processUser names who runs the process.
func processUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
