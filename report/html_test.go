package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
)

func TestHTMLAsksNobody(t *testing.T) {
	r := fixture()
	r.Findings[0].Title = `</script><script>alert(1)</script>{{script}}`
	out := render(t, "html", r, Options{})
	if n := strings.Count(out, "<script"); n != 2 {
		t.Errorf("%d script elements, want 2", n)
	}
	for _, bad := range []string{"src=", "@import", "url(", "http-equiv=\"refresh\"", "innerHTML", "eval("} {
		if strings.Contains(out, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, part := range []string{"style", "script"} {
		inner := regexp.MustCompile(`(?s)<` + part + `>(.*?)</` + part + `>`).FindStringSubmatch(out)
		if inner == nil || !strings.Contains(out, part+"-src '"+sourceHash(inner[1])+"'") {
			t.Errorf("the policy does not name the hash of the %s element", part)
		}
	}
}

// TestHTMLMasksAsJSONDoes: an escape beside a mask would look like the rest of a value to a scanner of the page. What could
// end the data's element stays escaped.
func TestHTMLMasksAsJSONDoes(t *testing.T) {
	r := fixture()
	p := &r.Findings[0].Places[0]
	p.Line, p.Mark = lineWith("get?a=1&token=", githubToken, "&lang=zh <!--<script></script>")
	out := render(t, "html", r, Options{})
	if want := "get?a=1&token=" + finding.Mask(githubToken) + `&lang=zh \u003c!--\u003cscript>\u003c/script>"`; !strings.Contains(out, want) {
		t.Errorf("the page does not hold %q", want)
	}
}

// browser opens a page in headless Chromium and returns its document after the scripts ran.
func browser(t *testing.T, file, hash string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium here")
	}
	home, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) }) // what the browser leaves running may write there still
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=20000",
		"--user-data-dir="+home, "--dump-dom", "file://"+file+"#"+hash)
	cmd.WaitDelay = 5 * time.Second
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Skipf("Chromium does not run here: %v", err)
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("#%s: the console says %s", hash, line)
		}
	}
	_, shown, _ := strings.Cut(out.String(), "<main") // what the data element holds does not count
	shown, _, _ = strings.Cut(shown, "</main>")
	return shown
}

func TestHTMLInBrowser(t *testing.T) {
	r := fixture()
	r.Findings[0].Title = `GitHub <b>token</b>`
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(render(t, "html", r, Options{Rule: catalogue})), 0o600); err != nil {
		t.Fatal(err)
	}
	for hash, want := range map[string][]string{
		"":          {"By severity", "critical: 1 credential. Show them", "By author", "CI and runtime share a credential", "The scan is incomplete"},
		"findings":  {"3 credentials", "GitHub &lt;b&gt;token&lt;/b&gt;", "AWS secret access key", `aria-sort="ascending"`},
		"finding-0": {"<mark>ghp_********</mark>", "What to do", "Read the account's security log", "3 places", "still at HEAD", "octocat"},
		"finding-3": {"ignore file", "no ref leads to it"},
		"finding-9": {"No such finding"},
		"coverage":  {"82,001", "vendor/big.zip", "encrypted", "shallow clone"},
	} {
		shown := browser(t, file, hash)
		for _, w := range want {
			if !strings.Contains(shown, w) {
				t.Errorf("#%s does not show %q:\n%s", hash, w, shown[:min(len(shown), 3000)])
			}
		}
		if strings.Contains(shown, "[object") || strings.Contains(shown, "undefined") {
			t.Errorf("#%s shows an object as text: %s", hash, shown)
		}
		checkMasked(t, "html #"+hash, shown, githubToken, awsID, awsSecret, password, privateKey)
	}
}

func TestHTMLWithManyFindings(t *testing.T) {
	r := &finding.Report{}
	for i := range 20000 {
		f := githubFinding()
		f.ID = fmt.Sprintf("%020x", i)
		r.Findings = append(r.Findings, f)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(render(t, "html", r, Options{})), 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	shown := browser(t, file, "findings")
	if !strings.Contains(shown, "20,000 credentials, 1 to 100 shown") || strings.Count(shown, "<tr>") != 101 {
		t.Errorf("the table does not show 100 of 20,000 credentials: %s", shown[:min(len(shown), 2000)])
	}
	t.Logf("20,000 findings shown in %v", time.Since(start))
}
