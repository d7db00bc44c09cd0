//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/unleak/unleak/internal/freeport"
)

// tool returns the path of a program, or skips the test and says what to install (scripts/logs does).
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin", "/lib/systemd", "/usr/lib/systemd") {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return p
		}
	}
	t.Skipf("SKIPPED: %s is not installed; scripts/logs installs it and runs this test", name)
	return ""
}

// background is the program running on beside a test.
type background struct {
	cmd *exec.Cmd
	out lockedBuffer
	err lockedBuffer
}

func runBeside(t *testing.T, args ...string) *background {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &background{cmd: exec.Command(self, args...)}
	b.cmd.Args[0] = "unleak" // tells the test binary which program to be
	b.cmd.Stdout, b.cmd.Stderr = &b.out, &b.err
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.cmd.Process.Kill() })
	return b
}

var requestNumber = regexp.MustCompile(`/r/(\d{6})\?`)

// requests returns the numbers of the requests that findings stand in.
func (b *background) requests() []string {
	var out []string
	for _, line := range strings.Split(b.out.String(), "\n") {
		if strings.HasPrefix(line, `{"type":"finding"`) {
			if m := requestNumber.FindStringSubmatch(line); m != nil {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// webServer is nginx with a log of its own.
type webServer struct {
	t      *testing.T
	dir    string
	port   string
	rotate string
	conf   string
	sent   int
	mu     sync.Mutex
}

func startNginx(t *testing.T, how string) *webServer {
	t.Helper()
	nginx, rotate := tool(t, "nginx"), tool(t, "logrotate")
	s := &webServer{t: t, dir: t.TempDir(), port: freeport.Take(t), rotate: rotate}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	user := "" // who is not root cannot choose
	if os.Getuid() == 0 {
		user = "user root; "
	}
	write("nginx.conf", fmt.Sprintf(`%[3]sdaemon off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
events { worker_connections 64; }
http { access_log %[1]s/access.log combined; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f;
uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; server { listen 127.0.0.1:%[2]s; location / { return 204; } } }
`, s.dir, s.port, user))
	s.conf = filepath.Join(s.dir, "rotate.conf")
	write("rotate.conf", fmt.Sprintf("%[1]s/access.log {\n size 1\n rotate 100\n missingok\n compress\n delaycompress\n %[2]s\n postrotate\n  kill -USR1 $(cat %[1]s/pid) 2>/dev/null || true\n endscript\n}\n", s.dir, how))
	if err := os.Chmod(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(nginx, "-e", filepath.Join(s.dir, "error.log"), "-p", s.dir, "-c", filepath.Join(s.dir, "nginx.conf"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Signal(syscall.SIGTERM); _ = c.Wait() })
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%s/up", s.port)); err == nil {
			r.Body.Close()
			return s
		}
		if time.Now().After(limit) {
			text, _ := os.ReadFile(filepath.Join(s.dir, "error.log"))
			t.Skipf("SKIPPED: nginx does not start: %s", text)
		}
	}
}

// load sends requests with a token in the query, one after the other.
func (s *webServer) load(n int) {
	for range n {
		s.mu.Lock()
		i := s.sent
		s.sent++
		s.mu.Unlock()
		r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%s/r/%06d?access_token=%s", s.port, i, "gh"+"p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"))
		if err != nil {
			s.t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

func (s *webServer) rotateNow() {
	s.t.Helper()
	out, err := exec.Command(s.rotate, "-f", "-s", filepath.Join(s.dir, "rotate.state"), s.conf).CombinedOutput()
	if err != nil {
		s.t.Skipf("SKIPPED: logrotate does not run here: %v: %s", err, out)
	}
}

// logged returns the numbers of the requests in all logs that are there now.
func (s *webServer) logged() []string {
	s.t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "access.log*"))
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, n := range names {
		text, err := os.ReadFile(n)
		if strings.HasSuffix(n, ".gz") {
			text, err = exec.Command("gzip", "-dc", n).Output()
		}
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range requestNumber.FindAllSubmatch(text, -1) {
			out = append(out, string(m[1]))
		}
	}
	slices.Sort(out)
	return out
}

// surplus returns what of got is not in want, or there again.
func surplus(got, want []string) []string {
	left := map[string]int{}
	for _, w := range want {
		left[w]++
	}
	var out []string
	for _, g := range got {
		if left[g]--; left[g] < 0 {
			out = append(out, g)
		}
	}
	return out
}

// TestFollowNginx follows the access log of a real nginx under load while a real logrotate rotates it, and the follow is
// killed once in the middle.
func TestFollowNginx(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, how := range []string{"create", "copytruncate"} {
		t.Run(how, func(t *testing.T) {
			s := startNginx(t, how)
			args := []string{"logs", "--follow", "--state", filepath.Join(t.TempDir(), "state"), filepath.Join(s.dir, "access.log*")}
			b := runBeside(t, args...)
			var group sync.WaitGroup
			rounds := func(n int) {
				for range n {
					for range 3 {
						group.Go(func() { s.load(60) })
					}
					time.Sleep(100 * time.Millisecond)
					s.rotateNow()
					group.Wait()
					time.Sleep(300 * time.Millisecond)
				}
			}
			rounds(4)
			time.Sleep(1500 * time.Millisecond) // more than the state lags behind
			found := b.requests()
			_ = b.cmd.Process.Kill()
			_ = b.cmd.Wait()
			rounds(1) // while nobody looks
			b = runBeside(t, args...)
			rounds(2)
			want := s.logged()
			if len(want) < s.sent/2 {
				t.Fatalf("only %d of %d requests are in the logs", len(want), s.sent)
			}
			for limit := time.Now().Add(30 * time.Second); len(surplus(want, append(b.requests(), found...))) > 0 && time.Now().Before(limit); {
				time.Sleep(20 * time.Millisecond)
			}
			time.Sleep(300 * time.Millisecond)
			if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			_ = b.cmd.Wait()
			if code := b.cmd.ProcessState.ExitCode(); code != exitFindings {
				t.Errorf("exit status %d: %s", code, b.err.String())
			}
			got := append(found, b.requests()...)
			slices.Sort(got)
			if how == "copytruncate" { // a copy that is made at the very moment may be told again
				got = slices.Compact(got)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d found, %d logged, %d sent; not logged or again: %v", len(got), len(want), s.sent, surplus(got, want))
			}
		})
	}
}

// TestJournalExport reads what the real journalctl exports from a journal that the real systemd-journal-remote wrote.
func TestJournalExport(t *testing.T) {
	remote, ctl := tool(t, "systemd-journal-remote"), tool(t, "journalctl")
	dir := t.TempDir()
	journal := filepath.Join(dir, "remote.journal")
	secret := "gh" + "p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"
	var in strings.Builder
	for i := range 50 {
		message := fmt.Sprintf("request %d done", i)
		if i == 30 {
			message = "push refused, token " + secret
		}
		fmt.Fprintf(&in, "__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=0123456789abcdef0123456789abcdef\n_MACHINE_ID=0123456789abcdef0123456789abcdef\n_HOSTNAME=web1\n_SYSTEMD_UNIT=app%d.service\nPRIORITY=6\nMESSAGE=%s\n\n",
			1795435200000000+i*1000000, 1000000+i*1000000, i, message)
	}
	c := exec.Command(remote, "-o", journal, "-")
	c.Stdin = strings.NewReader(in.String())
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: systemd-journal-remote does not run here: %v: %s", err, out)
	}
	for format, want := range map[string]string{"export": "journal export", "json": "journal json"} {
		text, err := exec.Command(ctl, "--file", journal, "-o", format, "--no-pager").Output()
		if err != nil || !bytes.Contains(text, []byte(secret)) {
			t.Fatalf("journalctl -o %s: %v, %d bytes", format, err, len(text))
		}
		name := filepath.Join(dir, "j."+format)
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := run([]string{"logs", "--format", "json", name}, nil, &out, &errs); code != exitFindings {
			t.Fatalf("exit status %d: %s", code, errs.String())
		}
		var r struct {
			Findings []struct {
				Places []struct {
					Origin struct {
						Log struct{ Time, Host, Unit, Format string }
					}
				}
			}
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) != 1 {
			t.Fatalf("%s: %d findings", format, len(r.Findings))
		}
		l := r.Findings[0].Places[0].Origin.Log
		at, _ := time.Parse(time.RFC3339, l.Time)
		if l.Format != want || l.Host != "web1" || l.Unit != "app30.service" || at.Unix() != 1795435230 {
			t.Errorf("%s: event %+v", format, l)
		}
	}
}
