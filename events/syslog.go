package events

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// syslogger sends messages of RFC 5424 in frames of RFC 5425 and RFC 6587 (the length, a blank, the message), over TLS
// or, where asked for, plain TCP.
type syslogger struct {
	address string
	host    string
	tls     *tls.Config // nil: plain
	machine string
}

const (
	facility    = 13 // log audit
	syslogTime  = "2006-01-02T15:04:05.000000Z07:00"
	syslogWait  = 15 * time.Second // for connecting, for writing a batch, and for the other side to close
	tlsPort     = "6514"
	plainPort   = "601"
	syslogAgent = "unleak"
)

func newSyslog(address string, secure bool, o Options) (*syslogger, error) {
	address = strings.TrimSuffix(address, "/")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = strings.Trim(address, "[]"), map[bool]string{true: tlsPort, false: plainPort}[secure]
	}
	if host == "" || strings.ContainsAny(host, "/@ ") {
		return nil, fmt.Errorf("events: %q is no HOST:PORT of a syslog server", address)
	}
	s := &syslogger{address: net.JoinHostPort(host, port), host: host}
	if s.machine, err = os.Hostname(); err != nil || s.machine == "" {
		s.machine = "-"
	}
	if !secure {
		return s, nil
	}
	s.tls = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if o.Caller.CAFile != "" {
		pem, err := os.ReadFile(o.Caller.CAFile)
		if err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
		if s.tls.RootCAs, err = x509.SystemCertPool(); err != nil {
			s.tls.RootCAs = x509.NewCertPool()
		}
		if !s.tls.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("events: %s: no PEM certificate in it", o.Caller.CAFile)
		}
	}
	return s, nil
}

// Send implements Sink. Syslog has no receipts: the events count as taken when the other side, told that no more come,
// has read to the end and closes the connection without an error.
func (s *syslogger) Send(ctx context.Context, events [][]byte) (int, error) {
	d := net.Dialer{Timeout: syslogWait}
	conn, err := d.DialContext(ctx, "tcp", s.address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(syslogWait)); err != nil {
		return 0, err
	}
	var stream interface {
		io.ReadWriter
		CloseWrite() error
	}
	if s.tls != nil {
		secure := tls.Client(conn, s.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return 0, err
		}
		stream = secure
	} else {
		stream = conn.(*net.TCPConn)
	}
	w := bufio.NewWriterSize(stream, 64<<10)
	for _, e := range events {
		m := s.message(e, time.Now())
		if _, err := fmt.Fprintf(w, "%d %s", len(m), m); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(w.Flush(), stream.CloseWrite()); err != nil {
		return 0, err
	}
	if err := conn.SetDeadline(time.Now().Add(syslogWait)); err != nil {
		return 0, err
	}
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return 0, fmt.Errorf("the server did not close the connection, so it may not have read all: %w", err)
	}
	return len(events), nil
}

// message writes one message: its header, no structured data, and the event behind a byte order mark, which says that it
// is UTF-8 (RFC 5424, 6.4).
func (s *syslogger) message(event []byte, at time.Time) []byte {
	head := fmt.Sprintf("<%d>1 %s %s %s %d event - \xef\xbb\xbf", facility*8+severity(event), at.UTC().Format(syslogTime), printable(s.machine), syslogAgent, os.Getpid())
	return append([]byte(head), event...)
}

// printable keeps a name within what a header may hold.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '-'
		}
		return r
	}, name)
	return name[:min(len(name), 255)]
}
