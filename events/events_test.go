package events

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
	"github.com/unleak/unleak/verify"
)

const value = "ghp_" + "NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"

func leak() *finding.Report {
	return &finding.Report{Version: "v1", Command: "git", Targets: []string{"."}, Coverage: finding.Coverage{Bytes: 1}, Findings: []finding.Finding{{
		ID: "0123456789abcdef0123", Rule: "github-pat", Title: "Token", Severity: finding.Critical, Secret: finding.NewSecret(value), Verdict: &finding.Verdict{Status: finding.Live},
		Places: []finding.Place{{Origin: finding.Origin{Kind: finding.KindFile, Path: "a.env"}, Start: finding.Position{Line: 1}, Line: "T=" + value, Mark: finding.Span{Start: 2, End: 2 + len(value)}}},
	}}}
}

const (
	storeLine  = `{"time":"2026-01-02T03:04:05.678Z","actor":"ci","machine":"m","event":"store","store":"vault https://v","path":"secret/app","method":"GET","host":"v","outcome":"denied","status":403}`
	issuerLine = `{"time":"2026-01-02T03:04:05.678Z","actor":"ci","machine":"m","event":"verdict","rule":"github-pat","finding":"0123","host":"api.github.com","outcome":"live"}`
)

func recorded(t *testing.T, format string) [][]byte {
	t.Helper()
	r := &Record{Format: format, Version: "v1"}
	for _, line := range []string{storeLine, issuerLine} {
		if n, err := io.WriteString(r, line+"\n"); err != nil || n != len(line)+1 {
			t.Fatal(n, err)
		}
	}
	if err := r.Report(leak(), report.Options{ShowSecrets: true, Time: time.Unix(1e9, 0)}); err != nil {
		t.Fatal(err)
	}
	return r.Take()
}

// Findings, verifications, store accesses and the coverage are events with ids of their own and no secret.
func TestRecord(t *testing.T) {
	for _, format := range []string{OCSF, ECS} {
		ids := map[string]bool{}
		kinds := []string{}
		for _, e := range recorded(t, format) {
			var x struct {
				Class    int `json:"class_uid"`
				Activity int `json:"activity_id"`
				Type     int `json:"type_uid"`
				Metadata struct{ UID string }
				Labels   struct {
					UID string `json:"event_uid"`
				}
				Event struct{ Dataset, Outcome string }
			}
			if err := json.Unmarshal(e, &x); err != nil {
				t.Fatal(err)
			}
			ids[x.Metadata.UID+x.Labels.UID] = true
			if format == OCSF && x.Type != x.Class*100+x.Activity {
				t.Errorf("type %d of class %d, activity %d", x.Type, x.Class, x.Activity)
			}
			kinds = append(kinds, strings.TrimPrefix(fmt.Sprint(x.Class, " ", x.Event.Dataset, x.Event.Outcome), "0 "))
			if bytes.Contains(e, []byte(value[4:])) || bytes.Contains(e, []byte("\n")) {
				t.Errorf("an event holds the secret, or a line break: %s", e)
			}
		}
		want := []string{"6005 ", "6003 ", "2004 ", "6007 "}
		if format == ECS {
			want = []string{"unleak.storefailure", "unleak.verificationsuccess", "unleak.finding", "unleak.coverage"}
		}
		if d := cmp.Diff(want, kinds); d != "" || len(ids) != 4 || ids[""] {
			t.Errorf("%s ids %v", d, ids)
		}
	}
}

// flaky takes batches when it is told to.
type flaky struct {
	mu    sync.Mutex
	down  bool
	took  int // events of a batch that are taken before it fails; 0: all or nothing
	got   []string
	calls int
}

func (f *flaky) Send(_ context.Context, events [][]byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	n := len(events)
	if f.down {
		n = min(n, f.took)
	}
	for _, e := range events[:n] {
		f.got = append(f.got, string(e))
	}
	if f.down {
		return n, fmt.Errorf("down")
	}
	return n, nil
}

func numbered(from, to int) [][]byte {
	var out [][]byte
	for i := from; i < to; i++ {
		out = append(out, fmt.Appendf(nil, `{"n":%d}`, i))
	}
	return out
}

// Nothing is lost when the receiver is down, when it takes a part, and when the process dies between two steps.
func TestSpool(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	sink := &flaky{down: true, took: 3}
	open := func() *Spool { // each time as a new process would
		s, err := NewSpool(dir, "https://siem.example/x?token=t0ken")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := open().Put(numbered(0, 5)); err != nil {
		t.Fatal(err)
	}
	sent, waiting, err := open().Deliver(ctx, sink)
	if err == nil || sent != 3 || waiting != 2 || strings.Contains(err.Error(), "t0ken") {
		t.Fatalf("sent %d, waiting %d, %v", sent, waiting, err)
	}
	// a crash left half a line behind
	f, err := os.OpenFile(open().queue(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"half":`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := open().Put(numbered(5, 1200)); err != nil {
		t.Fatal(err)
	}
	if all, err := Waiting(dir); err != nil || len(all) != 1 || !strings.HasPrefix(all[0], "https://siem.example") {
		t.Fatal(all, err)
	}
	sink.down = false
	if sent, waiting, err = open().Deliver(ctx, sink); err != nil || sent != 1197 || waiting != 0 {
		t.Fatalf("sent %d, waiting %d, %v", sent, waiting, err)
	}
	var want []string
	for _, e := range numbered(0, 1200) {
		want = append(want, string(e))
	}
	if d := cmp.Diff(want, sink.got); d != "" {
		t.Errorf("%.600s", d)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	// the mark of what was taken is lost: everything comes again rather than nothing
	if err := open().Put(numbered(0, 2)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(open().taken(), []byte("999"), 0o600); err != nil {
		t.Fatal(err)
	}
	if sent, _, err := open().Deliver(ctx, sink); err != nil || sent != 2 {
		t.Errorf("sent %d, %v", sent, err)
	}
}

// during is a receiver at which other runs arrive while it takes a batch.
type during struct {
	flaky
	run func()
}

func (d *during) Send(ctx context.Context, events [][]byte) (int, error) {
	if run := d.run; run != nil {
		d.run = nil
		run()
	}
	return d.flaky.Send(ctx, events)
}

// While one run delivers, others spool their events without waiting for it, and do not deliver twice.
func TestSpoolWhileDelivering(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	open := func() *Spool {
		s, err := NewSpool(dir, "https://siem.example/x")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := open().Put(numbered(0, 3)); err != nil {
		t.Fatal(err)
	}
	sink := &during{}
	sink.run = func() {
		if err := open().Put(numbered(3, 5)); err != nil {
			t.Errorf("a second run could not spool: %v", err)
		}
		if sent, waiting, err := open().Deliver(ctx, &sink.flaky); sent != 0 || waiting != 5 || err != nil {
			t.Errorf("a second run sent %d, waiting %d, %v", sent, waiting, err)
		}
	}
	if sent, waiting, err := open().Deliver(ctx, sink); sent != 5 || waiting != 0 || err != nil {
		t.Errorf("sent %d, waiting %d, %v", sent, waiting, err)
	}
	if len(sink.got) != 5 || sink.got[0] != `{"n":0}` || sink.got[4] != `{"n":4}` {
		t.Errorf("got %v", sink.got)
	}
	// a lock that counts as left behind: another delivery empties the spool, and new events come, while a batch is sent
	if err := open().Put(numbered(0, 3)); err != nil {
		t.Fatal(err)
	}
	sink.run = func() {
		if err := os.Remove(open().base + ".delivery"); err != nil {
			t.Fatal(err)
		}
		if sent, _, err := open().Deliver(ctx, &flaky{}); sent != 3 || err != nil {
			t.Errorf("sent %d, %v", sent, err)
		}
		if err := open().Put(numbered(10, 14)); err != nil {
			t.Error(err)
		}
	}
	sink.got = nil
	if sent, _, err := open().Deliver(ctx, sink); sent != 7 || err != nil || !strings.Contains(strings.Join(sink.got, " "), `{"n":10}`) {
		t.Errorf("sent %d, %v: %v", sent, err, sink.got)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// An event longer than what is sent at once is sent alone, and nothing behind it is lost.
func TestSpoolLongEvent(t *testing.T) {
	dir := t.TempDir()
	s, err := NewSpool(dir, "https://siem.example/x")
	if err != nil {
		t.Fatal(err)
	}
	long := []byte(strings.Repeat("x", 3*batchByte))
	if err := s.Put([][]byte{[]byte("a"), long, []byte("b")}); err != nil {
		t.Fatal(err)
	}
	var sink flaky
	if sent, waiting, err := s.Deliver(context.Background(), &sink); sent != 3 || waiting != 0 || err != nil {
		t.Fatal(sent, waiting, err)
	}
	if len(sink.got) != 3 || len(sink.got[1]) != len(long) || sink.got[2] != "b" {
		t.Errorf("%d events came", len(sink.got))
	}
}

// A folder may be called anything.
func TestWaitingInAnyFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run [1")
	s, err := NewSpool(dir, "https://siem.example/x")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(numbered(0, 1)); err != nil {
		t.Fatal(err)
	}
	if all, err := Waiting(dir); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if all, err := Waiting(filepath.Join(dir, "none")); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestFileAndHTTP(t *testing.T) {
	ctx := context.Background()
	name := filepath.Join(t.TempDir(), "e.jsonl")
	sink, err := Open("file:"+name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if n, err := sink.Send(ctx, numbered(0, 2)); n != 2 || err != nil {
			t.Fatal(n, err)
		}
	}
	if text, err := os.ReadFile(name); err != nil || strings.Count(string(text), "\n") != 4 {
		t.Errorf("%v %q", err, text)
	}
	tries := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		tries++
		if r.Header.Get("Authorization") != "Splunk abc" || strings.Count(string(body), "\n") != 3 || tries == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer s.Close()
	o := Options{Authorization: "Splunk abc", Caller: verify.Options{Backoff: time.Millisecond, ProxyURL: "direct"}}
	if sink, err = Open(s.URL+"/services/collector", o); err != nil {
		t.Fatal(err)
	}
	if n, err := sink.Send(ctx, numbered(0, 3)); n != 3 || err != nil || tries != 2 {
		t.Errorf("taken %d, %v, %d tries", n, err, tries)
	}
	for _, bad := range []string{"ftp://x", "https://u:p@h/x", "syslog+tls://", "syslog://a/b"} {
		if _, err := Open(bad, o); err == nil {
			t.Errorf("%s was opened", bad)
		}
	}
}
