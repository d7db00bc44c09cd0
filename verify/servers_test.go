package verify

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/freeport"
	"github.com/unleak/unleak/rules"
)

// The tests of this file start real servers, on loopback and for themselves alone, and show them good and bad
// passwords. A server that is not installed is skipped with its name.

const (
	realUser  = "scanner"
	realPass  = "Tr0ub4dor/and@3:horses" // characters that URLs, shells and protocols stumble over
	wrongPass = "Tr0ub4dor/and@3:houses"
)

// program finds a server's binary, or skips.
func program(t *testing.T, name string, dirs ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("real servers take long")
	}
	if p, err := exec.LookPath(name); err == nil {
		return p
	}
	for _, d := range append(dirs, "/usr/sbin", "/usr/local/sbin") {
		all, err := filepath.Glob(filepath.Join(d, name))
		if err == nil && len(all) > 0 {
			return all[len(all)-1]
		}
	}
	t.Skipf("%s is not installed (see scripts/servers)", name)
	return ""
}

// workDir makes a folder that the server's user owns. Its path is short: sockets live in it.
func workDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "uv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command makes a command that does not run as root: some servers refuse to.
func command(dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
	dropRoot(c)
	return c
}

func runCommand(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: %s does not run here: %v\n%s", c.Path, err, out)
	}
}

// startServer runs a server until the test ends and waits for its port. One that does not come up skips the test.
func startServer(t *testing.T, c *exec.Cmd, port string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- c.Wait(); close(gone) }()
	t.Cleanup(func() {
		if text, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("%s says:\n%s", c.Path, text)
		}
		endGroup(c, false)
		select {
		case <-gone:
		case <-time.After(10 * time.Second):
			endGroup(c, true)
		}
	})
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-gone:
			text, _ := os.ReadFile(log.Name())
			t.Skipf("NOT TESTED: %s does not run here: %v\n%s", c.Path, err, text)
		default:
		}
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = conn.Close()
			return
		}
	}
	text, _ := os.ReadFile(log.Name())
	t.Skipf("NOT TESTED: %s does not listen here\n%s", c.Path, text)
}

// question is a credential and what the server must be found to say.
type question struct {
	secret string
	parts  []finding.Part
	want   finding.Status
	cause  string
}

func askReal(t *testing.T, protocol, port string, all ...question) {
	t.Helper()
	o := Options{AllowPrivate: true, AllowHosts: []string{"127.0.0.1:" + port}, ProxyURL: "direct", Rate: -1, Timeout: time.Minute}
	look := ruleSet(rules.Rule{ID: "login", Verify: &rules.Verify{Protocol: protocol, Cost: "free"}})
	for i, q := range all {
		ask := func() finding.Verdict { return verifyAll(t, o, look, secretOf("login", q.secret, q.parts...))[0] }
		got := ask()
		for end := time.Now().Add(time.Minute); i == 0 && got.Status != q.want && got.Status == finding.Unknown && time.Now().Before(end); got = ask() {
			time.Sleep(100 * time.Millisecond) // it listens, and has not started in full
		}
		if got.Status != q.want || !strings.Contains(got.Cause, q.cause) {
			t.Errorf("%s %s: %s (%s), want %s", protocol, q.secret, got.Status, got.Cause, q.want)
		}
	}
	none := Options{AllowPrivate: true, ProxyURL: "direct"}
	if got := verifyAll(t, none, look, secretOf("login", all[0].secret, all[0].parts...))[0]; got.Status != finding.NotChecked {
		t.Errorf("%s: a host of a finding was asked without leave: %+v", protocol, got)
	}
}

// logins of one server: as a URL, as parts, and wrong in each way
func usual(scheme, port, database string) []question {
	at := "@127.0.0.1:" + port + "/" + database
	parts := []finding.Part{part("host", "127.0.0.1"), part("port", port), part("user", realUser), part("database", database)}
	return []question{
		{scheme + "://" + realUser + ":" + realPass + at, nil, finding.Live, ""},
		{scheme + "://" + realUser + ":" + wrongPass + at, nil, finding.Dead, ""},
		{scheme + "://nobody:" + realPass + at, nil, finding.Dead, ""},
		{realPass, parts, finding.Live, ""},
		{wrongPass, parts, finding.Dead, ""},
		{realPass, parts[:2], finding.NotChecked, "user was not found"},
		{realPass, []finding.Part{part("url", scheme+"://"+realUser+at)}, finding.Live, ""},
	}
}

func TestRealPostgres(t *testing.T) {
	initdb := program(t, "initdb", "/usr/lib/postgresql/*/bin")
	server := program(t, "postgres", "/usr/lib/postgresql/*/bin")
	dir, port := workDir(t), freeport.Take(t)
	data := filepath.Join(dir, "data")
	pw := filepath.Join(dir, "pw")
	if err := os.WriteFile(pw, []byte(realPass+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	runCommand(t, command(dir, initdb, "-D", data, "-U", realUser, "--pwfile", pw, "-A", "scram-sha-256", "-N"))
	hba := "host scanner all 127.0.0.1/32 scram-sha-256\nhost open all 127.0.0.1/32 trust\nhost clear all 127.0.0.1/32 password\nhost all all 127.0.0.1/32 scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o644); err != nil {
		t.Fatal(err)
	}
	startServer(t, command(dir, server, "-D", data, "-p", port, "-k", dir, "-c", "fsync=off", "-h", "127.0.0.1"), port)
	at := "@127.0.0.1:" + port
	login := "postgres://" + realUser + ":" + realPass + at
	askReal(t, "postgres", port, append(usual("postgres", port, "postgres"),
		question{login + "/nosuchdb", nil, finding.Live, ""},
		question{"postgres://" + realUser + ":anything-at-all" + at + "/open", nil, finding.Unreliable, "made-up"},
		question{login + "/clear", nil, finding.Live, ""},
	)...)
	askReal(t, "connection-url", port, usual("postgresql", port, "postgres")[:3]...)
	o := Options{AllowPrivate: true, AllowHosts: []string{"127.0.0.1"}, ProxyURL: "direct", Timeout: time.Minute}
	look := ruleSet(rules.Rule{ID: "login", Verify: &rules.Verify{Protocol: "postgres", Cost: "free"}})
	if v := verifyAll(t, o, look, secretOf("login", login+"/postgres"))[0]; v.Facts["rights"] != "superuser" || !strings.HasPrefix(v.Facts["server"], "PostgreSQL") {
		t.Errorf("facts %v", v.Facts)
	}
}

func TestRealMariaDB(t *testing.T) {
	install, server := program(t, "mariadb-install-db"), program(t, "mariadbd")
	dir, port := workDir(t), freeport.Take(t)
	data := filepath.Join(dir, "data")
	runCommand(t, command(dir, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db"))
	sql := fmt.Sprintf("CREATE USER '%s'@'127.0.0.1' IDENTIFIED BY '%s';\nCREATE USER 'old'@'127.0.0.1' IDENTIFIED BY '%s' PASSWORD EXPIRE;\n", realUser, realPass, realPass)
	first := filepath.Join(dir, "init.sql")
	if err := os.WriteFile(first, []byte(sql), 0o644); err != nil {
		t.Fatal(err)
	}
	startServer(t, command(dir, server, "--no-defaults", "--datadir="+data, "--port="+port, "--bind-address=127.0.0.1", "--socket="+dir+"/s",
		"--pid-file="+dir+"/pid", "--init-file="+first, "--skip-name-resolve", "--disconnect-on-expired-password=1"), port)
	askReal(t, "mysql", port, append(usual("mysql", port, ""),
		question{"mysql://old:" + realPass + "@127.0.0.1:" + port, nil, finding.Expired, "must be changed"})...)
}

func TestRealRedis(t *testing.T) {
	server := program(t, "redis-server")
	dir, port := workDir(t), freeport.Take(t)
	conf := "requirepass " + realPass + "\nuser " + realUser + " on >" + realPass + " +ping\nsave \"\"\n"
	if err := os.WriteFile(filepath.Join(dir, "redis.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	startServer(t, command(dir, server, "redis.conf", "--port", port, "--bind", "127.0.0.1"), port)
	all := usual("redis", port, "0")
	all[5].want, all[5].cause = finding.Live, "" // a password alone is a login here
	all = append(all, question{"redis://:" + realPass + "@127.0.0.1:" + port, nil, finding.Live, ""},
		question{"redis://:" + wrongPass + "@127.0.0.1:" + port, nil, finding.Dead, ""})
	askReal(t, "redis", port, all...)

	open := freeport.Take(t)
	startServer(t, command(dir, server, "--port", open, "--bind", "127.0.0.1", "--save", ""), open)
	askReal(t, "redis", open,
		question{"redis://:" + realPass + "@127.0.0.1:" + open, nil, finding.Unknown, "no password"},
		question{"redis://default:" + realPass + "@127.0.0.1:" + open, nil, finding.Unreliable, "made-up"})
}

func TestRealLDAP(t *testing.T) {
	server, add := program(t, "slapd"), program(t, "slapadd")
	dir, port := workDir(t), freeport.Take(t)
	const dn = "cn=scanner,dc=example,dc=org"
	conf := "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile " + dir + "/pid\ndatabase mdb\nsuffix dc=example,dc=org\nrootdn cn=admin,dc=example,dc=org\ndirectory " + dir + "\n"
	ldif := "dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: e\n\ndn: " + dn + "\nobjectClass: person\ncn: scanner\nsn: s\nuserPassword: " + realPass + "\n"
	for name, text := range map[string]string{"slapd.conf": conf, "e.ldif": ldif} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runCommand(t, command(dir, add, "-f", dir+"/slapd.conf", "-l", dir+"/e.ldif"))
	startServer(t, command(dir, server, "-f", dir+"/slapd.conf", "-h", "ldap://127.0.0.1:"+port, "-d", "0"), port)
	parts := []finding.Part{part("host", "127.0.0.1"), part("port", port), part("user", dn)}
	askReal(t, "ldap", port,
		question{realPass, parts, finding.Live, ""},
		question{wrongPass, parts, finding.Dead, ""},
		question{realPass, append(parts[:2:2], part("user", "cn=nobody,dc=example,dc=org")), finding.Dead, ""},
		question{"ldap://" + strings.ReplaceAll(dn, ",", "%2C") + ":" + realPass + "@127.0.0.1:" + port, nil, finding.Live, ""})
}

func TestRealRabbitMQ(t *testing.T) {
	server := program(t, "rabbitmq-server", "/usr/lib/rabbitmq/bin", "/usr/lib/rabbitmq/lib/*/sbin")
	inner, err := filepath.Glob("/usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server")
	if err == nil && len(inner) > 0 {
		server = inner[0] // the outer one changes the user
	}
	dir, port := workDir(t), freeport.Take(t)
	conf := "listeners.tcp.1 = 127.0.0.1:" + port + "\ndefault_user = " + realUser + "\ndefault_pass = " + realPass + "\nloopback_users = none\n"
	if err := os.WriteFile(filepath.Join(dir, "rabbitmq.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	c := command(dir, server)
	c.Env = append(c.Env, "RABBITMQ_CONFIG_FILE="+dir+"/rabbitmq.conf", "RABBITMQ_MNESIA_BASE="+dir+"/mnesia", "RABBITMQ_LOG_BASE="+dir+"/log",
		"RABBITMQ_NODENAME=unleak"+port+"@localhost", "RABBITMQ_DIST_PORT="+freeport.Take(t), "ERL_EPMD_PORT="+freeport.Take(t), "ERL_EPMD_ADDRESS=127.0.0.1",
		"RABBITMQ_PID_FILE="+dir+"/pid", "RABBITMQ_ENABLED_PLUGINS_FILE="+dir+"/plugins", "RABBITMQ_CONF_ENV_FILE="+dir+"/none")
	startServer(t, c, port)
	all := usual("amqp", port, "")
	for i := range all { // parts alone name no scheme: private addresses are the user's word there
		all[i].secret = strings.TrimSuffix(all[i].secret, "/")
	}
	askReal(t, "amqp", port, all...)
}
