package verify

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/freeport"
	"github.com/unleak/unleak/rules"
)

// TestRealSMTP logs in to Exim, which advertises PLAIN and LOGIN.
func TestRealSMTP(t *testing.T) {
	server := program(t, "exim4")
	dir, port := workDir(t), freeport.Take(t)
	conf := `primary_hostname = localhost
local_interfaces = 127.0.0.1
daemon_smtp_ports = ` + port + `
spool_directory = ` + dir + `/spool
log_file_path = ` + dir + `/%slog
pid_file_path = ` + dir + `/pid
auth_advertise_hosts = *
tls_advertise_hosts =
host_lookup =
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{` + realUser + `}}{eq{$auth3}{` + realPass + `}}}{yes}{no}}
`
	if os.Geteuid() == 0 {
		conf = "exim_user = nobody\nexim_group = nogroup\nkeep_environment =\n" + conf
	}
	file := filepath.Join(dir, "exim.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	c := command(dir, server, "-C", file, "-bdf", "-oX", port)
	keepUser(c) // it changes its user itself, and lets only root name its configuration
	startServer(t, c, port)
	askReal(t, "smtp", port, usual("smtp", port, "")[:5]...)
	parts := []finding.Part{part("scheme", "smtp"), part("host", "127.0.0.1"), part("port", port), part("user", realUser)}
	askReal(t, "connection", port, question{realPass, parts, finding.Live, ""}, question{wrongPass, parts, finding.Dead, ""})
}

// realFTP is a server of pyftpdlib with one user.
const realFTP = `
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
users = DummyAuthorizer()
users.add_user(sys.argv[2], sys.argv[3], sys.argv[4])
FTPHandler.authorizer = users
FTPHandler.auth_failed_timeout = 0
FTPServer(("127.0.0.1", int(sys.argv[1])), FTPHandler).serve_forever()
`

// TestRealFTP logs in to pyftpdlib.
func TestRealFTP(t *testing.T) {
	python := program(t, "python3")
	if err := exec.Command(python, "-c", "import pyftpdlib").Run(); err != nil {
		t.Skip("pyftpdlib is not installed (see scripts/servers)")
	}
	dir, port := workDir(t), freeport.Take(t)
	c := exec.Command(python, "-c", realFTP, port, realUser, realPass, dir)
	c.SysProcAttr = command(dir, python).SysProcAttr
	keepUser(c)
	startServer(t, c, port)
	askReal(t, "ftp", port, usual("ftp", port, "")[:3]...)
	askReal(t, "connection-url", port, question{strings.ReplaceAll(strings.ReplaceAll(realPass, "/", "%2F"), "@", "%40"),
		[]finding.Part{part("scheme", "ftp"), part("host", "127.0.0.1"), part("port", port), part("user", realUser)}, finding.Live, ""})
}

// TestRealRegistry logs in to Distribution, the registry of Docker, over TLS.
func TestRealRegistry(t *testing.T) {
	server := program(t, "docker-registry")
	dir, port := workDir(t), freeport.Take(t)
	w := newWorld(t)
	cert := w.certificate("registry.example.com")
	hash, err := bcrypt.GenerateFromPassword([]byte(realPass), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keyPEM(w.key)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"passwd": realUser + ":" + string(hash) + "\n", "key.pem": key,
		"cert.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})),
		"conf.yml": "version: 0.1\nlog:\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: " + dir + "/data\nhttp:\n  addr: 127.0.0.1:" + port +
			"\n  tls:\n    certificate: " + dir + "/cert.pem\n    key: " + dir + "/key.pem\nauth:\n  htpasswd:\n    realm: test\n    path: " + dir + "/passwd\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	startServer(t, command(dir, server, "serve", dir+"/conf.yml"), port)
	w.place("registry.example.com", "443", "127.0.0.1:"+port)
	o := w.options()
	o.AllowHosts = []string{"registry.example.com"}
	look := ruleSet(rules.Rule{ID: "auth", Verify: &rules.Verify{Protocol: "docker-registry", Cost: "free"}})
	host := part("host", "https://registry.example.com/v1/")
	got := verifyAll(t, o, look, secretOf("auth", base64Of(realUser+":"+realPass), host), secretOf("auth", base64Of(realUser+":"+wrongPass), host),
		secretOf("auth", realPass, host, part("user", realUser)), secretOf("auth", realPass, host, part("user", "nobody")), secretOf("auth", realPass, host))
	for i, want := range []finding.Status{finding.Live, finding.Dead, finding.Live, finding.Dead, finding.NotChecked} {
		if got[i].Status != want {
			t.Errorf("%d: %s (%s), want %s", i, got[i].Status, got[i].Cause, want)
		}
	}
}

var createdKey = regexp.MustCompile(`(?s)<AccessKeyId>([A-Z0-9]+)</AccessKeyId>.*<SecretAccessKey>([^<]+)</SecretAccessKey>`)

// TestRealSTS asks moto, which checks signatures as AWS does, behind a server that has the names of STS.
func TestRealSTS(t *testing.T) {
	server := program(t, "moto_server")
	dir, port := workDir(t), freeport.Take(t)
	c := exec.Command(server, "-H", "127.0.0.1", "-p", port)
	c.SysProcAttr = command(dir, server).SysProcAttr
	keepUser(c)
	c.Env = append(os.Environ(), "INITIAL_NO_AUTH_ACTION_COUNT=2") // the two that make the user and its key
	startServer(t, c, port)
	base := "http://127.0.0.1:" + port
	iam := func(form string) string {
		t.Helper()
		req, err := http.NewRequest("POST", base+"/", strings.NewReader(form+"&Version=2010-05-08"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x")
		resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b strings.Builder
		if _, err := fmt.Fprint(&b, readAll(resp)); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: status %d: %s", form, resp.StatusCode, b.String())
		}
		return b.String()
	}
	iam("Action=CreateUser&UserName=scanner")
	pair := createdKey.FindStringSubmatch(iam("Action=CreateAccessKey&UserName=scanner"))
	if pair == nil {
		t.Fatal("moto gave no key")
	}
	w := newWorld(t)
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	for _, host := range []string{"sts.amazonaws.com", "sts.us-gov-west-1.amazonaws.com", "sts.cn-north-1.amazonaws.com.cn"} {
		w.serve(host, proxy.ServeHTTP)
	}
	look := ruleSet(rules.Rule{ID: "aws", Verify: &rules.Verify{Protocol: "aws-sts", Cost: "free"}})
	fake, _ := mutate(pair[2])
	o := w.options()
	o.Timeout = time.Minute
	got := verifyAll(t, o, look, secretOf("aws", pair[2], part(partKeyID, pair[1])), secretOf("aws", fake, part(partKeyID, pair[1])),
		secretOf("aws", pair[2], part(partKeyID, "AKIA"+"QWERTYUIOPASDFGH")))
	for i, want := range []finding.Status{finding.Live, finding.Dead, finding.Dead} {
		if got[i].Status != want {
			t.Errorf("%d: %s (%s), want %s", i, got[i].Status, got[i].Cause, want)
		}
	}
	if !strings.Contains(got[0].Facts["arn"], ":user/scanner") {
		t.Errorf("facts %v", got[0].Facts)
	}
}
