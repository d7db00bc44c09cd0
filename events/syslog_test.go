package events

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/internal/freeport"
	"github.com/unleak/unleak/verify"
)

// certificate writes a certificate for 127.0.0.1 that signs itself, and its key.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, b := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

var header = regexp.MustCompile(`^<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ unleak \d+ event - \x{feff}\{`)

// The frames are those of RFC 5425, the messages those of RFC 5424; events that were not read count as not taken.
func TestSyslogFrames(t *testing.T) {
	cert, key := certificate(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan []string, 2)
	go func() {
		for read := true; ; read = false {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var all []string
			for in := bufio.NewReader(conn); read; {
				var n int
				if _, err := fmt.Fscanf(in, "%d ", &n); err != nil {
					break
				}
				m := make([]byte, n)
				if _, err := io.ReadFull(in, m); err != nil {
					break
				}
				all = append(all, string(m))
			}
			if !read { // the second connection is reset unread
				_ = conn.(*tls.Conn).Handshake()
				_ = conn.(*tls.Conn).NetConn().(*net.TCPConn).SetLinger(0)
				_ = conn.(*tls.Conn).NetConn().Close()
			} else {
				conn.Close()
			}
			got <- all
		}
	}()
	sink, err := Open("syslog+tls://"+l.Addr().String(), Options{Caller: verify.Options{CAFile: cert}})
	if err != nil {
		t.Fatal(err)
	}
	events := recorded(t, OCSF)
	if n, err := sink.Send(context.Background(), events); n != len(events) || err != nil {
		t.Fatal(n, err)
	}
	pris := ""
	for i, m := range <-got {
		h := header.FindStringSubmatch(m)
		if h == nil || !strings.HasSuffix(m, string(events[i])) {
			t.Fatalf("message %q", m)
		}
		pris += h[1] + " "
	}
	if pris != "110 110 106 110 " { // log audit: informational, and critical for the finding
		t.Errorf("priorities %s", pris)
	}
	if n, err := sink.Send(context.Background(), events); n != 0 || err == nil {
		t.Errorf("%d events count as taken by a server that reset the connection (%v)", n, err)
	}
	if s, err := Open("syslog+tls://"+l.Addr().String(), Options{}); err != nil {
		t.Fatal(err)
	} else if _, err := s.Send(context.Background(), events); err == nil {
		t.Error("a certificate of nobody was trusted")
	}
}

// rsyslogd of Debian takes the events over TLS and writes them as they are.
func TestRsyslog(t *testing.T) {
	program, err := exec.LookPath("rsyslogd")
	if err != nil {
		program = "/usr/sbin/rsyslogd"
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("NOT TESTED against rsyslog: there is no rsyslogd (scripts/servers installs it)")
	}
	if all, _ := filepath.Glob("/usr/lib/*/rsyslog/lmnsd_gtls.so"); len(all) == 0 {
		t.Skip("NOT TESTED against rsyslog: its TLS driver is missing (scripts/servers installs it)")
	}
	cert, key := certificate(t)
	dir := t.TempDir()
	port := freeport.Take(t)
	address := "127.0.0.1:" + port
	out := filepath.Join(dir, "out")
	config := fmt.Sprintf(`global(workDirectory="%s" maxMessageSize="256k" defaultNetstreamDriverCAFile="%s" defaultNetstreamDriverCertFile="%s" defaultNetstreamDriverKeyFile="%s")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="%s")
template(name="raw" type="string" string="%%PRI%% %%APP-NAME%% %%MSGID%% %%msg%%\n")
action(type="omfile" file="%s" template="raw")
`, dir, cert, cert, key, port, out)
	file := filepath.Join(dir, "rsyslog.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-n", "-f", file, "-i", filepath.Join(dir, "pid"))
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}()
	sink, err := Open("syslog+tls://"+address, Options{Caller: verify.Options{CAFile: cert}})
	if err != nil {
		t.Fatal(err)
	}
	events := recorded(t, ECS)
	n := 0
	for range 1200 {
		if n, err = sink.Send(context.Background(), events); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil || n != len(events) {
		t.Fatalf("%d taken, %v; rsyslogd says: %s", n, err, said.String())
	}
	var text []byte
	for range 1200 {
		if text, _ = os.ReadFile(out); strings.Count(string(text), "\n") >= len(events) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, e := range events {
		if !strings.Contains(string(text), "unleak event "+string(e)) && !strings.Contains(string(text), "unleak event \xef\xbb\xbf"+string(e)) {
			t.Errorf("rsyslog did not write %s; it wrote\n%s", e, text)
		}
	}
}
