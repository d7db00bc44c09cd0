package events

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/verify"
)

// Sink takes events. Send returns how many of them the other side has certainly taken, from the first on; the others
// will be sent again.
type Sink interface {
	Send(ctx context.Context, events [][]byte) (taken int, err error)
}

// Options of sinks.
type Options struct {
	Stdout        io.Writer
	Caller        verify.Options // proxy, certificates and timeouts of HTTP; certificates of syslog too
	Authorization string         // header of HTTP requests: "Bearer ...", "Splunk ..."; "": none
}

// Open returns the sink of an address: "-" for standard output, file:NAME or a file's name, syslog+tls://HOST:PORT,
// syslog+tcp://HOST:PORT, https://... or http://... .
func Open(address string, o Options) (Sink, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	switch {
	case address == "-":
		return &stream{o.Stdout}, nil
	case strings.HasPrefix(address, "file:"):
		return &file{strings.TrimPrefix(strings.TrimPrefix(address, "file:"), "//")}, nil
	case !ok && !strings.Contains(address, ":"):
		return &file{address}, nil
	case scheme == "http" || scheme == "https":
		return newEndpoint(address, o)
	case scheme == "syslog+tls" || scheme == "syslog" || scheme == "syslog+tcp":
		return newSyslog(rest, scheme != "syslog+tcp", o)
	}
	return nil, fmt.Errorf("events to %q: want -, a file, syslog+tls://HOST:6514, syslog+tcp://HOST:601 or https://HOST/PATH", address)
}

// Address returns an address that means the same wherever the program is started: files by their whole path.
func Address(address string) (string, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(address, "file:"), "//")
	if address == "-" || name == address && strings.Contains(address, ":") {
		return address, nil
	}
	abs, err := filepath.Abs(name)
	return "file:" + abs, err
}

// Live tells whether events of a sink need no spool: they are written where the run's own output goes.
func Live(s Sink) bool { _, ok := s.(*stream); return ok }

// SendAll sends events without a spool, a batch at a time. It fails unless all are taken.
func SendAll(ctx context.Context, s Sink, events [][]byte) error {
	for len(events) > 0 {
		batch := events[:whole(events)]
		n, err := s.Send(ctx, batch)
		if err != nil || n < len(batch) {
			return orShort(err)
		}
		events = events[n:]
	}
	return nil
}

// whole returns how many events make a batch.
func whole(events [][]byte) int {
	size := 0
	for i, e := range events[:min(len(events), batchSize)] {
		if size += len(e) + 1; size > batchByte && i > 0 {
			return i
		}
	}
	return min(len(events), batchSize)
}

// stream writes one event a line.
type stream struct{ w io.Writer }

func (s *stream) Send(_ context.Context, events [][]byte) (int, error) {
	for i, e := range events {
		if _, err := s.w.Write(append(bytes.Clone(e), '\n')); err != nil {
			return i, err
		}
	}
	return len(events), nil
}

// file appends to a file that only its owner can read, and syncs it.
type file struct{ name string }

func (f *file) Send(_ context.Context, events [][]byte) (int, error) {
	out, err := os.OpenFile(f.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	err = appendWhole(out, append(bytes.Join(events, []byte("\n")), '\n'))
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return 0, err
	}
	return len(events), nil
}

// appendWhole appends lines and syncs them. A file that ends within a line, as a crash may leave one, gets a new line
// first; what is written in part is taken back, unless somebody has appended since.
func appendWhole(out *os.File, lines []byte) error {
	info, err := out.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // a pipe or a device
		_, err := out.Write(lines)
		return err
	}
	if withinLine(out.Name(), info.Size()) {
		lines = append([]byte{'\n'}, lines...)
	}
	n, err := out.Write(lines)
	if err == nil {
		err = out.Sync()
	}
	if now, e := out.Stat(); err != nil && e == nil && now.Size() == info.Size()+int64(n) {
		err = errors.Join(err, out.Truncate(info.Size()))
	}
	return err
}

// withinLine tells whether a file of this size ends within a line, as far as it can be read.
func withinLine(name string, size int64) bool {
	in, err := os.Open(name)
	if err != nil {
		return false
	}
	defer in.Close()
	last := []byte{'\n'}
	_, err = in.ReadAt(last, size-1)
	return err == nil && last[0] != '\n'
}

// endpoint posts events as newline-delimited JSON.
type endpoint struct {
	caller *verify.Caller
	url    string
	header http.Header
}

func newEndpoint(address string, o Options) (*endpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("events: the address is no URL without a user (see docs/siem.md for authorization)")
	}
	o.Caller.AllowHosts, o.Caller.AllowPrivate, o.Caller.Audit = []string{verify.HostPort(u)}, true, nil
	o.Caller.UserAgent = "unleak (events)"
	c, err := verify.NewCaller(o.Caller)
	if err != nil {
		return nil, err
	}
	h := http.Header{"Content-Type": {"application/x-ndjson"}}
	if o.Authorization != "" {
		h.Set("Authorization", o.Authorization)
	}
	return &endpoint{c, address, h}, nil
}

// Send implements Sink: a batch is taken when the answer is 2xx.
func (e *endpoint) Send(ctx context.Context, events [][]byte) (int, error) {
	defer e.caller.Close()
	reply, err := e.caller.Do(ctx, verify.Call{Request: verify.Request{
		Method: http.MethodPost, URL: e.url, Header: e.header, Body: append(bytes.Join(events, []byte("\n")), '\n'),
	}})
	if err != nil {
		return 0, err
	}
	if reply.Status < 200 || reply.Status > 299 {
		return 0, fmt.Errorf("the endpoint answered with status %d", reply.Status)
	}
	return len(events), nil
}
