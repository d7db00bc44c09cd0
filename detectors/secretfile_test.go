package detectors_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

func TestSecretFiles(t *testing.T) {
	const secret = "kX7pq" + "L2xVb9w"
	rows := func(text string) []byte { return []byte(text) }
	e := engine(t, detectors.Options{})
	for _, c := range []struct {
		path, text string
		want       []string
	}{
		{"etc/ppp/chap-secrets", "# client server secret\nbob * " + secret + "\n\"a@b.org\"\t*\t\"tr4ns it\" 10.0.0.1\n", []string{"ppp-secret", "ppp-secret"}},
		{"etc/ppp/pap-secrets", "*\thostname\t\"\"\t*\nguest hostname \"*\" -\n", nil},
		{"rsyncd.secrets", "mirror:" + secret + "\r\nwww:xi39dkfj", []string{"user-file-password", "user-file-password"}},
		{"etc/ppp/chap-secrets", "bob * " + secret + " vpn.acme.org\n", []string{"ppp-secret"}},
		{"etc/ppp/chap-secrets", "bob * " + secret + " fe80::1\n", []string{"ppp-secret"}},
		{"etc/ppp/chap-secrets", "bob * " + secret + " \"\"\n", []string{"ppp-secret"}},
		{"etc/ppp/chap-secrets", "\ufeffbob * " + secret + "\n", []string{"ppp-secret"}},
		{"etc/ppp/chap-secrets", "bob * " + secret + "\nanna * " + secret + "a\n= a line that is odd {\n", []string{"ppp-secret", "ppp-secret"}},
		{"etc/ppp/chap-secrets", "bob * " + secret + "\n= a line that is odd {\n", nil},
		{"rsyncd.secrets", "mirror:kX7pq:L2x\nwww:kX7pq L2x\n", []string{"user-file-password", "user-file-password"}},
		{"rsyncd.secrets", "https://acme.org/a\n", nil},
		{"users.plainpw", "bob: wise old 12 owl\n", nil},
		{"hosts.txt", "mirror:" + secret + "\n", nil},
		{"rsyncd.secrets", "uid = nobody\nmirror:" + secret + "\n", nil},
		{"exim4/passwd.client", "*.google.com:bot@gmail.com:" + secret + "\n", []string{"mail-map-password"}},
		{"postfix/sasl_passwd", "isp.acme.org  user42:" + secret + "\n", []string{"mail-map-password"}},
		{"postfix/sasl_passwd", "isp.acme.org  user42:password\n", nil},
		{".davfs2/secrets", "https://cloud.acme.org/dav anna " + secret + "\n/mnt otto geh31m\n", []string{"davfs-password", "davfs-password"}},
		{"conf/users.htdigest", "admin:Area:3d1d6a2f0a7e5b1f9c3c0b7e5fd2a6b1\n", []string{"password-digest-file"}},
		{"openvpn/auth.txt", "vpnuser\n" + secret + "\n", []string{"login-file-password"}},
		{"openvpn/auth.txt", "vpnuser\n" + secret + "\nmore\n", nil},
		{"openvpn/client/user.conf", "persist-key\nexplicit-exit-notify1\n", nil},
		{"wordlists/logins.txt", "anna\nbenjamin\n", nil},
		{"wordlists/logins.txt", "guest01\nguest02\n", nil},
		{"creds.txt", "anna:" + secret + "\n", []string{"user-list-password"}},
		{"creds.txt", "host:db1.acme.org\nuser:annabelle7\n", nil},
		{"data/passwords.txt", "english:anglais\n", nil},
	} {
		if diff := cmp.Diff(c.want, foundAt(e, c.path, rows(c.text))); diff != "" {
			t.Errorf("%s: %q (-want +got)\n%s", c.path, c.text, diff)
		}
	}
	long := "# users\n"
	for i := range 2000 {
		long += fmt.Sprintf("user%d:%s%d\n", i, secret, i)
	}
	for _, size := range []int{2 << 10, 12 << 10, len(long)} {
		cut := long[:strings.LastIndexByte(long[:size], '\n')+1]
		if got, want := len(foundAt(e, "creds.txt", rows(cut))), strings.Count(cut[:min(len(cut), 16<<10)], "\n")-1; got != want {
			t.Errorf("a list of %d bytes: %d passwords, want %d", len(cut), got, want)
		}
	}
	good, odd := strings.Repeat("isp.acme.org  user42:"+secret+"\n", 8), strings.Repeat("= a line that is odd {\n", 3)
	first, _, _ := strings.Cut(good, "\n")
	for _, text := range []string{good + odd, first + "\n" + odd + good[len(first)+1:]} {
		if got := len(foundAt(e, "postfix/sasl_passwd", rows(text))); got != 8 {
			t.Errorf("%q: %d passwords, want 8", text, got)
		}
	}
	if got := foundAt(e, "creds.txt", rows(long[:8<<10]+"\nand prose\n")); got != nil {
		t.Errorf("a list with prose: %v", got)
	}
	s := e.NewScanner()
	if got := s.Scan(rows(long), []finding.Span{{Start: 20 << 10, End: 21 << 10}}, nil); len(got) != 0 {
		t.Errorf("an edit behind what is read: %v", got[0])
	}
	if got := s.Scan(rows(long), []finding.Span{{Start: 9 << 10, End: 9<<10 + 1}}, nil); len(got) < 400 {
		t.Errorf("an edit in what is read: %d", len(got))
	}
	text := rows("bob * " + secret + "\n# a comment\n")
	if got := s.Scan(text, []finding.Span{{Start: len(text) - 3, End: len(text)}}, nil); len(got) != 1 {
		t.Errorf("an edit behind a row: %v", got)
	}
}
