package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"time"
)

// session is a connection to a server, plain or with TLS.
type session struct {
	net.Conn
	client *Client
	host   string
	secure bool // TLS, with a certificate that holds
	stop   func() bool
}

// maxConversation is how much a server may send in one session, in bytes.
const maxConversation = 256 << 10

// open dials and bounds the session by the context.
func (c *Client) open(ctx context.Context, host, port string) (*session, error) {
	conn, err := c.Dial(ctx, host, port)
	if err != nil {
		return nil, err
	}
	return c.session(ctx, conn, host), nil
}

func (c *Client) session(ctx context.Context, conn net.Conn, host string) *session {
	s := &session{Conn: &boundedConn{Conn: conn, left: maxConversation}, client: c, host: host}
	if d, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(d)
	}
	s.stop = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	return s
}

func (s *session) close() {
	s.stop()
	_ = s.Conn.Close()
}

// startTLS turns the connection into one with TLS. A certificate that does not hold is no error, but the session is
// not secure then: nothing in clear may be sent.
func (s *session) startTLS(ctx context.Context) error {
	cfg := s.client.TLS(s.host)
	cfg.InsecureSkipVerify = true // verified below, to go on with challenges that show no password
	conn := tls.Client(s.Conn, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	chain := conn.ConnectionState().PeerCertificates
	opts := x509.VerifyOptions{Roots: cfg.RootCAs, DNSName: s.host, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(opts)
	s.Conn, s.secure = conn, err == nil
	return nil
}

// mayShow refuses to send a password in clear to a server that proved nothing, unless the finding's own settings or
// the user's word on private addresses say that such is the way there.
func (s *session) mayShow(plain bool) error {
	if s.secure || plain || s.client.dialer.guard.private {
		return nil
	}
	return refuse("the server wants the password in clear without a valid certificate")
}

// errTooLong is the error of a server that says more than a login takes.
var errTooLong = errors.New("verify: the server says too much")

type boundedConn struct {
	net.Conn
	left int
}

func (b *boundedConn) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// readN reads n bytes; more than max is an error.
func readN(r io.Reader, n, max int) ([]byte, error) {
	if n < 0 || n > max {
		return nil, errMalformed
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// errMalformed is the error of an answer that is not of the protocol.
var errMalformed = problem("the server does not speak this protocol")
