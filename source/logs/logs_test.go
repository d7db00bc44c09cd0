package logs

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

func lay(t *testing.T, texts map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range texts {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func mustNew(t *testing.T, opts Options, targets ...string) *Source {
	t.Helper()
	s, err := New(targets, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	sourcetest.Suite(t, sourcetest.Case{
		Names: true,
		Make: func(t *testing.T, texts map[string]string) scanner.Source {
			lay(t, texts)
			return mustNew(t, Options{}, ".")
		},
		Broken: func(t *testing.T, texts map[string]string) scanner.Source {
			lay(t, texts)
			if err := os.WriteFile("bad", []byte("\x1f\x8b\x08broken"), 0o600); err != nil {
				t.Fatal(err)
			}
			return mustNew(t, Options{}, slices.Sorted(maps.Keys(texts))[0], ".")
		},
	})
}

// read scans one text as a log.
func read(t *testing.T, text string) map[string]finding.Place {
	t.Helper()
	res := sourcetest.Run(t, 1, mustNew(t, Options{Stdin: strings.NewReader(text)}, "-"))
	out := map[string]finding.Place{}
	for _, f := range res.Findings {
		for _, p := range f.Places {
			out[strings.TrimLeft(f.Secret.Reveal()[4:], "0")] = p
		}
	}
	return out
}

func dockerLine(text, stream string, at time.Time) string {
	b, err := json.Marshal(struct {
		Log    string    `json:"log"`
		Stream string    `json:"stream"`
		Time   time.Time `json:"time"`
	}{text, stream, at})
	if err != nil {
		panic(err)
	}
	return string(b) + "\n"
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 500, time.UTC)

func TestDockerLines(t *testing.T) {
	a, b, c := sourcetest.Token(1), sourcetest.Token(2), sourcetest.Token(3)
	text := dockerLine("hello\n", "stdout", noon) +
		dockerLine("{\"k\":\"<é>\",\"v\":\""+a+"\"}\n", "stdout", noon.Add(time.Second)) +
		dockerLine("cut "+b[:7], "stdout", noon) +
		dockerLine("between\n", "stderr", noon) +
		dockerLine(b[7:]+" end\n", "stdout", noon) +
		`{"log":"x\n","stream":"stderr","attrs":{"tag":"` + c + `"},"time":"2026-11-23T12:00:00Z"}` + "\n"
	got := read(t, text)
	for n, want := range map[string]struct {
		line, endLine int
		stream        string
		at            time.Time
	}{
		"1": {2, 2, "stdout", noon.Add(time.Second)}, "2": {3, 5, "stdout", noon}, "3": {6, 6, "stderr", noon.Truncate(time.Second)},
	} {
		p, ok := got[n]
		if !ok {
			t.Errorf("token %s is not found", n)
			continue
		}
		if p.Start.Line != want.line || p.End.Line != want.endLine || p.Origin.Log == nil || p.Origin.Log.Unit != want.stream || !p.Origin.Log.Time.Equal(want.at) {
			t.Errorf("token %s: %+v to %+v, %+v", n, p.Start, p.End, p.Origin.Log)
		}
	}
	for n, token := range map[string]string{"1": a, "2": b[:7]} {
		if p := got[n]; !strings.HasPrefix(text[p.Start.Offset:], token) {
			t.Errorf("token %s: offset %d leads to %q", n, p.Start.Offset, text[p.Start.Offset:p.Start.Offset+20])
		}
	}
	if p := got["1"]; text[p.Start.Offset:p.End.Offset] != a {
		t.Errorf("span holds %q", text[p.Start.Offset:p.End.Offset])
	}
}

func TestCRILines(t *testing.T) {
	a, b := sourcetest.Token(1), sourcetest.Token(2)
	text := "2026-11-23T12:00:00.0000005Z stdout F " + a + "\n" +
		"2026-11-23T12:00:00.0000005Z stderr P ab " + b[:5] + "\n" +
		"2026-11-23T12:00:01+01:00 stderr F " + b[5:] + "\n"
	got := read(t, text)
	if p := got["1"]; p.Origin.Log == nil || !p.Origin.Log.Time.Equal(noon) || p.Start.Line != 1 || text[p.Start.Offset:p.End.Offset] != a {
		t.Errorf("place %+v, %+v", p, p.Origin.Log)
	}
	if p := got["2"]; p.Start.Line != 2 || p.End.Line != 3 || p.Origin.Log.Format != "cri" || p.Origin.Log.Unit != "stderr" {
		t.Errorf("place %+v, %+v", p, p.Origin.Log)
	}
}

func TestEvents(t *testing.T) {
	a := sourcetest.Token(1)
	for _, c := range []struct {
		text string
		want *finding.LogOrigin
	}{
		{"no stamp " + a, nil},
		{"2026-11-23 12:00:00,000 INFO " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"[2026-11-23T13:00:00+0100] " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"2026-11-23 12:00:00 start\n  at f\n  at " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{`10.0.0.1 - bob [23/Nov/2026:12:00:00 +0000] "GET /?k=` + a + ` HTTP/1.1" 200`, &finding.LogOrigin{Time: noon.Truncate(time.Second), Format: "access log"}},
		{"Nov 23 12:00:00 web1 sshd[12]: " + a, &finding.LogOrigin{Host: "web1", Unit: "sshd", Format: "syslog RFC 3164"}}, // of a stream nobody knows when it was written
		{"<34>1 2026-11-23T12:00:00Z web1 app - ID47 - " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second), Host: "web1", Unit: "app", Format: "syslog RFC 5424"}},
		{"Nov 23 12:00:00 ERROR Config: " + a, &finding.LogOrigin{Format: "syslog RFC 3164"}}, // a program's level is no host
		{"2026-11-23T12:00:00Z ERROR Config: " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"2026-11-23T12:00:00Z warn db_pool: " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"2026-11-23T12:00:00+00:00 web1 cron[3]: " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second), Host: "web1", Unit: "cron", Format: "syslog"}},
		{"[Mon Nov 23 12:00:00.000000 2026] [core:error] [pid 12] " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"E1123 12:00:00.000000       1 auth.go:99] " + a, &finding.LogOrigin{Format: "klog"}},
		{`time=2026-11-23T12:00:00Z level=info token=` + a, &finding.LogOrigin{Time: noon.Truncate(time.Second), Format: "logfmt"}},
		{`level=info ts="2026-11-23 12:00:00,000" token=` + a, &finding.LogOrigin{Time: noon.Truncate(time.Second), Format: "logfmt"}},
		{"23-Nov-2026 12:00:00.000 INFO [main] " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"12:M 23 Nov 2026 12:00:00.000 * " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"I, [2026-11-23T12:00:00.000000 #12]  INFO -- : " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{`h2 2026-11-23T12:00:00.000Z app/lb/50dc6c 10.0.0.1:2817 "GET /?k=` + a + `"`, &finding.LogOrigin{Time: noon.Truncate(time.Second), Unit: "app/lb/50dc6c", Format: "access log"}},
		{`79a5 bucket [23/Nov/2026:12:00:00 +0000] 10.0.0.1 "GET /?k=` + a + `"`, &finding.LogOrigin{Time: noon.Truncate(time.Second), Format: "access log"}},
		{"\x1b[32m2026-11-23 12:00:00\x1b[0m INFO " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{"\ufeff2026-11-23 12:00:00 INFO " + a, &finding.LogOrigin{Time: noon.Truncate(time.Second)}},
		{`{"ts":1795435200,"host":{"name":"h"},"service":"s","msg":"` + a + `"}`, &finding.LogOrigin{Time: noon.Truncate(time.Second), Host: "h", Unit: "s", Format: "json"}},
		{"__CURSOR=x\n__REALTIME_TIMESTAMP=1795435200000000\n_HOSTNAME=h\nMESSAGE=" + a + "\n_SYSTEMD_UNIT=u.service\n\n__CURSOR=y\n", &finding.LogOrigin{Time: noon.Truncate(time.Second), Host: "h", Unit: "u.service", Format: "journal export"}},
	} {
		p, ok := read(t, c.text)["1"]
		if !ok {
			t.Errorf("%q: not found", c.text)
			continue
		}
		if d := cmp.Diff(c.want, p.Origin.Log); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, d)
		}
	}
}

// TestEventInUTF16 reads the head of a line as Windows writes it.
func TestEventInUTF16(t *testing.T) {
	var line []byte
	for _, c := range []byte("2026-11-23 12:00:00 INFO started") {
		line = append(line, c, 0)
	}
	for name, b := range map[string][]byte{"with a mark": append([]byte("\xff\xfe"), line...), "behind a line break": append([]byte{0}, line...)} {
		if o := parseEvent(b, time.Time{}); o == nil || !o.Time.Equal(noon.Truncate(time.Second)) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestUnits(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	for path, want := range map[string]string{
		"/var/log/pods/ns_web-1_uid/app/0.log":                        "ns/web-1/app",
		"/var/log/containers/web-1_ns_app-" + id + ".log":             "ns/web-1/app",
		"/var/lib/docker/containers/" + id + "/" + id + "-json.log.1": "0123456789ab",
		"/var/log/syslog": "",
	} {
		if got := unitOf(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestTargets(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, "\n"+sourcetest.Token(2))
	_ = z.Close()
	lay(t, map[string]string{"app.log": sourcetest.Token(1), "app.log.1": packed.String(), "old/x.log": sourcetest.Token(3)})
	for _, c := range []struct {
		targets []string
		want    []string
	}{
		{[]string{"."}, []string{"app.log.1:2:", "app.log:1:", "old/x.log:1:"}},
		{[]string{"*.log*"}, []string{"app.log.1:2:", "app.log:1:"}},
		{[]string{"**/*.log", "app.log", "./old"}, []string{"app.log:1:", "old/x.log:1:"}},
	} {
		got := sourcetest.Places(sourcetest.Run(t, 2, mustNew(t, Options{}, c.targets...)))
		for i := range got {
			got[i] = got[i][:strings.LastIndexByte(got[i], ':')+1]
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.targets, d)
		}
	}
	res := sourcetest.Run(t, 2, mustNew(t, Options{Exclude: []string{"old", "*.1"}}, "."))
	if len(res.Findings) != 1 || res.Coverage.Skipped[finding.SkipExcluded] != 2 {
		t.Errorf("excluded: %q, %+v", sourcetest.Places(res), res.Coverage)
	}
	if _, err := New([]string{"gone*", "lost"}, Options{}); err == nil || !strings.Contains(err.Error(), "gone") || !strings.Contains(err.Error(), "lost") {
		t.Errorf("error %v", err)
	}
}

func TestLongLinesAndManyRecords(t *testing.T) {
	var b strings.Builder
	b.WriteString(dockerLine("first\n", "stdout", noon))
	b.WriteString(`{"log":"` + strings.Repeat("x", 3<<20) + sourcetest.Token(1) + `\n","stream":"stdout","time":"2026-11-23T12:00:00Z"}` + "\n")
	lines := 2
	for range 120_000 {
		b.WriteString(dockerLine(fmt.Sprintf("line %d \"quoted\"\tand more text to fill it up a little\n", lines), "stdout", noon))
		lines++
	}
	b.WriteString(dockerLine("last "+sourcetest.Token(2)+"\n", "stderr", noon))
	got := read(t, b.String())
	if p := got["1"]; p.Start.Line != 2 {
		t.Errorf("in a long line: %+v", p.Start)
	}
	if p := got["2"]; p.Start.Line != lines+1 || !strings.HasPrefix(b.String()[p.Start.Offset:], sourcetest.Token(2)) {
		t.Errorf("last: %+v, want line %d", p.Start, lines+1)
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add([]byte(dockerLine("a\"b\n", "stdout", noon) + "2026-11-23T12:00:00Z stdout P x\nrest"))
	f.Add([]byte(`{"log":"\ud83d\ude00\u00e9","stream":"s","time":"2026-11-23T12:00:00Z"}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		enveloped(text)
		u := newUnwrapper(bufio.NewReader(bytes.NewReader(text)))
		out, err := io.ReadAll(u)
		if err != nil {
			t.Fatal(err)
		}
		if u.at != int64(len(text)) || u.written != int64(len(out)) {
			t.Fatalf("read %d of %d bytes, wrote %d of %d", u.at, len(text), u.written, len(out))
		}
		last := int64(-1)
		for _, r := range u.records {
			if r.start < last || r.offset > int64(len(text)) {
				t.Fatalf("record %+v after %d", r, last)
			}
			last = r.start
		}
		parseEvent(text, time.Time{})
		(&manner{written: time.Now(), journal: true}).eventAt(text, len(text)/2)
	})
}
