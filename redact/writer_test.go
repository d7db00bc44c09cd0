package redact

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
)

// fake is a made-up token; it is joined from parts so that this file holds none.
const fake = "gh" + "p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R"

func redactor(t testing.TB, opts Options) *Redactor {
	t.Helper()
	r, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// slowBuffer tells when something is written to it.
type slowBuffer struct {
	mu   sync.Mutex
	b    bytes.Buffer
	came chan struct{}
}

func (s *slowBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.came <- struct{}{}:
	default:
	}
	return s.b.Write(b)
}

func (s *slowBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A line goes out by itself, without another write; half a line does not, and what it holds neither.
func TestWriterLetsLinesGo(t *testing.T) {
	out := &slowBuffer{came: make(chan struct{}, 1)}
	w := redactor(t, Options{}).NewWriter(out)
	if _, err := io.WriteString(w, "one\ntwo "+fake[:20]); err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.came:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing went out")
	}
	if got := out.String(); got != "one\n" {
		t.Fatalf("%q went out", got)
	}
	if _, err := io.WriteString(w, fake[20:]+"\n"); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.HasPrefix(got, "one\ntwo [unleak:github-pat:") || strings.Contains(got, fake) {
		t.Fatalf("%q went out", got)
	}
	if err := w.Close(); err != nil || w.Masked() != 1 {
		t.Errorf("closed with %v, %d masked", err, w.Masked())
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("a closed writer takes text")
	}
}

// What cannot be written is told, and not tried again.
func TestWriterTellsTrouble(t *testing.T) {
	w := redactor(t, Options{}).NewWriter(failing{})
	_, _ = io.WriteString(w, "one\n")
	if err := w.Flush(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("flush: %v", err)
	}
	if _, err := io.WriteString(w, "two\n"); !errors.Is(err, os.ErrClosed) {
		t.Errorf("write: %v", err)
	}
	if err := w.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("close: %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriterRefusesPacked(t *testing.T) {
	w := redactor(t, Options{}).NewWriter(io.Discard)
	_, err := w.Write([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 and so on\n"))
	if e := w.Close(); err == nil {
		err = e
	}
	if !errors.Is(err, ErrPacked) {
		t.Errorf("gzip: %v", err)
	}
}

func TestKeep(t *testing.T) {
	r := redactor(t, Options{Keep: func(f *finding.Finding) bool { return f.Rule == "github-pat" }})
	if got := r.String("token " + fake); got != "token "+fake {
		t.Errorf("got %q", got)
	}
}

// Keys make ids keyed: the marker tells nothing to others.
func TestKeyedMarkers(t *testing.T) {
	a, b := redactor(t, Options{}).String(fake), redactor(t, Options{Key: []byte("k")}).String(fake)
	if a == b || strings.Contains(b, fake) {
		t.Errorf("%q and %q", a, b)
	}
}

func TestReaderTellsAndLeavesTheText(t *testing.T) {
	var mu sync.Mutex
	var lines []int
	r := redactor(t, Options{OnFindings: func(found []finding.Finding) {
		mu.Lock()
		defer mu.Unlock()
		for _, f := range found {
			lines = append(lines, f.Places[0].Start.Line)
		}
	}})
	text := strings.Repeat("line\n", 1000) + "token " + fake + "\n" + strings.Repeat("line\n", 1000)
	got, err := io.ReadAll(r.NewReader(strings.NewReader(text)))
	if err != nil || string(got) != text {
		t.Fatalf("other text came out: %v", err)
	}
	if len(lines) != 1 || lines[0] != 1001 {
		t.Errorf("told of lines %v", lines)
	}
}

// Whatever way a value gets into a record, it does not get out.
func TestHandlerRedactsEveryKind(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(redactor(t, Options{}).NewHandler(slog.NewJSONHandler(&out, nil)))
	type login struct {
		User, Token string
	}
	log.With("session", fake).WithGroup("g").Info("token "+fake,
		"text", fake, "error", errors.New("refused "+fake), "bytes", []byte(fake), "struct", login{"jo", fake}, "pointer", &login{"jo", fake},
		"map", map[string]string{"k": fake}, slog.Group("deep", slog.Group("er", "x", "is "+fake)), "number", 7, "lazy", lazy{}, "nothing", nil)
	if strings.Contains(out.String(), fake) || strings.Contains(out.String(), fake[8:]) {
		t.Errorf("%s", out.String())
	}
	if !strings.Contains(out.String(), `"number":7`) || !strings.Contains(out.String(), `"nothing":null`) {
		t.Errorf("other attributes changed: %s", out.String())
	}
	out.Reset()
	log.Info("done", "password", "Xk29sLq0pzQ1", "user", "jo", "text", "two\nlines")
	if strings.Contains(out.String(), "Xk29sLq0pzQ1") || !strings.Contains(out.String(), `"user":"jo"`) || !strings.Contains(out.String(), `two\nlines`) {
		t.Errorf("%s", out.String())
	}
}

type lazy struct{}

func (lazy) LogValue() slog.Value { return slog.StringValue("lazy " + fake) }

// One Writer may be used by many goroutines: lines stay whole.
func TestWriterTakesManyWriters(t *testing.T) {
	var out slowBuffer
	w := redactor(t, Options{}).NewWriter(&out)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 200 {
				_, _ = io.WriteString(w, "a line with token "+fake+" in it\n")
			}
		})
	}
	group.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, l := range lines {
		if l != lines[0] {
			t.Fatalf("%q and %q", l, lines[0])
		}
	}
	if len(lines) != 800 {
		t.Errorf("%d lines", len(lines))
	}
}
