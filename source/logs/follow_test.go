package logs

import (
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source/sourcetest"
)

// watch is a follow under test.
type watch struct {
	t      *testing.T
	stop   context.CancelFunc
	done   chan struct{}
	result finding.Coverage
	err    error

	note string // for failures

	mu    sync.Mutex
	found []finding.Finding
}

// startWatch follows targets until stopped.
func startWatch(t *testing.T, opts FollowOptions, targets ...string) *watch {
	t.Helper()
	w := &watch{t: t, done: make(chan struct{})}
	opts.NewDetector, opts.Plan = sourcetest.New, settle.NewPlan(nil)
	if opts.Poll == 0 {
		opts.Poll = 5 * time.Millisecond
	}
	if opts.Tell == nil {
		opts.Tell = func(found []finding.Finding) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.found = append(w.found, found...)
			return nil
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	go func() {
		defer close(w.done)
		w.result, w.err = Follow(ctx, targets, opts)
	}()
	t.Cleanup(func() { w.stop(); <-w.done })
	return w
}

// end stops the follow and returns the tokens it found, in order of the alphabet.
func (w *watch) end() []string {
	w.t.Helper()
	w.stop()
	<-w.done
	if w.err != nil {
		w.t.Fatal(w.err)
	}
	return w.tokens()
}

func (w *watch) tokens() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, f := range w.found {
		out = append(out, f.Secret.Reveal())
	}
	slices.Sort(out)
	return out
}

// wait waits until so many tokens were found.
func (w *watch) wait(n int) {
	w.t.Helper()
	for limit := time.Now().Add(time.Minute); len(w.tokens()) < n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(limit) {
			w.t.Fatalf("%d of %d tokens found; %s; here %v", len(w.tokens()), n, w.note, w.tokens())
		}
	}
}

// log writes numbered lines, each with a token.
type logFile struct {
	t    *testing.T
	name string
	next int
}

func (l *logFile) lines(n int) { l.linesTo(l.name, n) }

func (l *logFile) linesTo(name string, n int) {
	l.t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		l.t.Fatal(err)
	}
	defer f.Close()
	for range n {
		if _, err := fmt.Fprintf(f, "2026-11-23T12:00:00.%06dZ INFO request done, key %s\n", l.next, sourcetest.Token(l.next)); err != nil {
			l.t.Fatal(err)
		}
		l.next++
	}
}

func (l *logFile) rename(to string) {
	l.t.Helper()
	if err := os.Rename(l.name, to); err != nil {
		l.t.Fatal(err)
	}
}

// copyAndCut is what logrotate's copytruncate does.
func (l *logFile) copyAndCut(to string) {
	l.t.Helper()
	text, err := os.ReadFile(l.name)
	if err == nil {
		err = os.WriteFile(to, text, 0o644)
	}
	if err == nil {
		err = os.Truncate(l.name, 0)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *logFile) pack(name string) {
	l.t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		l.t.Fatal(err)
	}
	f, err := os.Create(name + ".gz")
	if err != nil {
		l.t.Fatal(err)
	}
	w := gzip.NewWriter(f)
	_, err = w.Write(text)
	if e := w.Close(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Remove(name)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// all returns the tokens written so far.
func (l *logFile) all() []string {
	var out []string
	for i := range l.next {
		out = append(out, sourcetest.Token(i))
	}
	return out
}

// each wants every token once.
func (l *logFile) each(got []string) {
	l.t.Helper()
	want := l.all()
	if !slices.Equal(got, want) {
		seen := map[string]int{}
		for _, g := range got {
			seen[g]++
		}
		var missing, twice []string
		for _, x := range want {
			if seen[x] == 0 {
				missing = append(missing, x)
			}
			if seen[x] > 1 {
				twice = append(twice, x)
			}
		}
		l.t.Fatalf("of %d tokens %d are missing %v, %d came again %v", len(want), len(missing), missing[:min(5, len(missing))], len(twice), twice[:min(5, len(twice))])
	}
}

func newLog(t *testing.T) *logFile {
	return &logFile{t: t, name: filepath.Join(t.TempDir(), "app.log")}
}

func TestFollowRotationByRenaming(t *testing.T) {
	l := newLog(t)
	l.lines(10)
	w := startWatch(t, FollowOptions{}, l.name+"*")
	w.wait(10)
	l.rename(l.name + ".1")
	l.linesTo(l.name+".1", 5) // the program has it open still
	w.wait(15)
	l.lines(5)
	l.linesTo(l.name+".1", 5)
	w.wait(25)
	l.each(w.end())
	if n := w.result.Counts["rotations"]; n != 1 {
		t.Errorf("%d rotations", n)
	}
}

func TestFollowRotationByCopying(t *testing.T) {
	l := newLog(t)
	l.lines(10)
	w := startWatch(t, FollowOptions{}, l.name+"*")
	w.wait(10)
	for i := range 5 {
		l.lines(7)
		l.copyAndCut(fmt.Sprintf("%s.%d", l.name, i))
		l.lines(3)
		w.wait(20 + 10*i)
	}
	l.each(w.end())
	if n := w.result.Counts["truncations"]; n == 0 {
		t.Error("no truncation counted")
	}
}

// TestFollowUnderAnyTreatment rotates in every way at random, the follow itself being ended and begun again now and then.
func TestFollowUnderAnyTreatment(t *testing.T) {
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	for seed := range uint64(rounds) {
		rng := rand.New(rand.NewPCG(seed, 5))
		l := newLog(t)
		state := filepath.Join(t.TempDir(), "state")
		opts := FollowOptions{State: state, Linger: 30 * time.Millisecond, Jobs: 1 + rng.IntN(3)}
		targets := [][]string{{l.name}, {l.name + "*"}}[rng.IntN(2)]
		var found []string
		w := startWatch(t, opts, targets...)
		var did []string
		old := ""
		for step := range 30 {
			l.lines(rng.IntN(20))
			op := rng.IntN(8)
			did = append(did, fmt.Sprintf("%d@%d", op, l.next))
			w.note = fmt.Sprintf("seed %d: %v, %d tokens before", seed, did, len(found))
			switch op {
			case 0:
				old = fmt.Sprintf("%s.%d", l.name, step)
				if _, err := os.Stat(l.name); err == nil {
					w.settle(len(found), l)
					l.rename(old)
				}
			case 1:
				if _, err := os.Stat(l.name); err == nil {
					w.settle(len(found), l)
					l.copyAndCut(fmt.Sprintf("%s.%d", l.name, step))
				}
			case 2:
				found = append(found, w.end()...)
				w = startWatch(t, opts, targets...)
			case 3: // rotated and packed while nobody looks
				l.lines(1) // of a log that was empty nothing is known again once it is packed
				w.settle(len(found), l)
				found = append(found, w.end()...)
				if _, err := os.Stat(l.name); err == nil {
					l.lines(9)
					name := fmt.Sprintf("%s.%d", l.name, step)
					l.rename(name)
					if rng.IntN(2) == 0 {
						l.pack(name)
					}
				}
				w = startWatch(t, opts, targets...)
			default:
				time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond)
			}
		}
		l.lines(1)
		w.settle(len(found), l)
		found = append(found, w.end()...)
		slices.Sort(found)
		t.Logf("seed %d: %d tokens, %v, %v", seed, l.next, did, targets)
		l.each(found)
	}
}

// settle waits until all that was written has been found: a log may be rotated twice between two looks at it, and then
// what was in between is lost to everybody.
func (w *watch) settle(before int, l *logFile) {
	w.t.Helper()
	w.wait(l.next - before)
}

func TestFollowGoesOnInEnvelopes(t *testing.T) {
	name := filepath.Join(t.TempDir(), "c-json.log")
	state := filepath.Join(t.TempDir(), "state")
	var log strings.Builder
	for i := range 10 {
		log.WriteString(dockerLine("first "+sourcetest.Token(i)[:8], "stdout", noon))
		log.WriteString(dockerLine("other "+sourcetest.Token(100+i)+"\nand\n", "stderr", noon))
		log.WriteString(dockerLine(sourcetest.Token(i)[8:]+"\n", "stdout", noon))
	}
	text := log.String()
	var found []string
	for at := 0; at < len(text); {
		n := min(at+137, len(text))
		if err := os.WriteFile(name, []byte(text[:n]), 0o644); err != nil {
			t.Fatal(err)
		}
		w := startWatch(t, FollowOptions{State: state}, name)
		time.Sleep(25 * time.Millisecond)
		if n == len(text) {
			w.wait(20 - len(found))
		}
		found = append(found, w.end()...)
		at = n
	}
	slices.Sort(found)
	var want []string
	for i := range 10 {
		want = append(want, sourcetest.Token(i), sourcetest.Token(100+i))
	}
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("got %v\nwant %v", found, want)
	}
}

func TestFollowTellsWhereAndWhen(t *testing.T) {
	name := filepath.Join(t.TempDir(), "app.log")
	w := startWatch(t, FollowOptions{}, name)
	text := "2026-11-23T12:00:00Z INFO start\n2026-11-23T12:00:01Z ERROR trace\n  at é " + sourcetest.Token(1) + "\n"
	for _, part := range []string{text[:40], text[40:75], text[75:]} {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(part); err != nil {
			t.Fatal(err)
		}
		f.Close()
		time.Sleep(30 * time.Millisecond)
	}
	w.wait(1)
	w.end()
	p := w.found[0].Places[0]
	if p.Start.Line != 3 || p.Start.Column != 8 || p.Start.Offset != int64(strings.Index(text, "tok_")) {
		t.Errorf("found at %+v", p.Start)
	}
	if p.Origin.Log == nil || p.Origin.Log.Time.Second() != 1 {
		t.Errorf("event %+v", p.Origin.Log)
	}
}

func TestFollowWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	l := newLog(t)
	l.lines(3)
	w := startWatch(t, FollowOptions{}, l.name, loop, filepath.Join(dir, "later"))
	w.wait(3)
	l.linesTo(filepath.Join(dir, "later"), 2)
	w.wait(5)
	if err := os.Remove(l.name); err != nil {
		t.Fatal(err)
	}
	time.Sleep(30 * time.Millisecond)
	l.lines(2) // deleted and made anew
	w.wait(7)
	l.each(w.end())
	if n := w.result.Skipped[finding.SkipUnreadable]; n != 1 {
		t.Errorf("%d unreadable: %v", n, w.result.Examples)
	}
	if n := w.result.Skipped[finding.SkipMissing]; n != 0 {
		t.Errorf("%d missing: %v", n, w.result.Examples)
	}
}

// A reader of findings that stands still holds everything up, and nothing is lost or piled up.
func TestFollowWaitsForItsReader(t *testing.T) {
	l := newLog(t)
	l.lines(1)
	gate := make(chan struct{})
	var mu sync.Mutex
	var got []string
	var last Progress
	w := startWatch(t, FollowOptions{
		Every: 5 * time.Millisecond,
		Report: func(p Progress) {
			mu.Lock()
			defer mu.Unlock()
			last = p
		},
		Tell: func(found []finding.Finding) error {
			<-gate
			mu.Lock()
			defer mu.Unlock()
			for _, f := range found {
				got = append(got, f.Secret.Reveal())
			}
			return nil
		},
	}, l.name)
	time.Sleep(50 * time.Millisecond)
	l.lines(1000)
	for limit := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		lag := last.Lag
		mu.Unlock()
		if lag > 0 {
			break
		}
		if time.Now().After(limit) {
			t.Fatal("the report tells of no lag")
		}
	}
	close(gate)
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		n := len(got)
		mu.Unlock()
		if n == 1001 {
			break
		}
	}
	w.end()
	slices.Sort(got)
	l.each(got)
}

func TestInferYear(t *testing.T) {
	for _, c := range []struct{ stamp, written, want string }{
		{"Nov 23 12:00:00", "2026-11-23T13:00:00Z", "2026-11-23T12:00:00Z"},
		{"Nov 24 01:00:00", "2026-11-23T23:30:00Z", "2026-11-24T01:00:00Z"}, // another zone
		{"Dec 31 23:59:59", "2027-01-02T00:00:00Z", "2026-12-31T23:59:59Z"},
		{"Jan  1 00:00:01", "2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z"},
		{"Feb 29 00:00:00", "2026-03-01T00:00:00Z", "2024-02-29T00:00:00Z"},
	} {
		written, err := time.Parse(time.RFC3339, c.written)
		if err != nil {
			t.Fatal(err)
		}
		if got := inferYear("Jan _2 15:04:05", c.stamp, written).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in a log of %s: %s, want %s", c.stamp, c.written, got, c.want)
		}
	}
	if got := inferYear("Jan _2 15:04:05", "Nov 23 12:00:00", time.Time{}); !got.IsZero() {
		t.Errorf("without a date of the log: %v", got)
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"schema":"unleak-follow/1","files":[{"path":"a","id":{"device":1,"inode":2},"head":{"size":3,"sum":"x"},"tail":{"size":0},"at":5,"mark":{"offset":5,"line":1}}]}`))
	f.Add([]byte(`{"schema":"unleak-follow/1","files":[{"path":"a","head":{"size":-1}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := parseState(text)
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Head.Size < 0 || e.Mark.Offset < 0 || e.Tail.Size > tailSize {
				t.Errorf("accepted %+v", e)
			}
			e.same(e.ID, strings.NewReader("log"))
		}
	})
}

// What comes and goes, as the logs of containers do, is not looked for forever.
func TestFollowForgets(t *testing.T) {
	dir := t.TempDir()
	f := &Follower{opts: FollowOptions{Jobs: 1}, targets: []string{filepath.Join(dir, "*.log")}, known: map[string]bool{}}
	write := func(name string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte("a line\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	gone, read, stays := write("a.log"), write("b.log"), write("c.log")
	if err := f.discover(true); err != nil || len(f.order) != 3 {
		t.Fatal(len(f.order), err)
	}
	f.order[0].begun = true
	f.order[1].files = []*generation{{}} // still open
	for _, name := range []string{gone, read} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	f.forget()
	if len(f.order) != 2 || f.known[gone] || !f.known[read] || !f.known[stays] {
		t.Fatalf("%d paths, known %v", len(f.order), f.known)
	}
	write("a.log")
	if err := f.discover(false); err != nil || len(f.order) != 3 || !f.known[gone] {
		t.Fatalf("%d paths, known %v: %v", len(f.order), f.known, err)
	}
}

// TestFollowADay is what logrotate does in a day, hour by hour: the log moved on by a number, the second packed, the fifth
// deleted; the follow is ended and begun again every few hours. Each line is told once.
func TestFollowADay(t *testing.T) {
	hours := 24
	if testing.Short() {
		hours = 7
	}
	l := newLog(t)
	opts := FollowOptions{State: filepath.Join(t.TempDir(), "state"), Linger: 30 * time.Millisecond}
	numbered := func(n int) string { return fmt.Sprintf("%s.%d", l.name, n) }
	var found []string
	w := startWatch(t, opts, l.name+"*")
	for hour := range hours {
		l.lines(100 + hour)
		w.settle(len(found), l)
		for n := 5; n >= 2; n-- {
			if _, err := os.Stat(numbered(n) + ".gz"); err == nil {
				if err := os.Rename(numbered(n)+".gz", numbered(n+1)+".gz"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if hour > 0 {
			if err := os.Rename(numbered(1), numbered(2)); err != nil {
				t.Fatal(err)
			}
			l.pack(numbered(2))
		}
		l.rename(numbered(1))
		l.linesTo(numbered(1), 3) // the program has it open still
		l.lines(5)
		w.settle(len(found), l)
		_ = os.Remove(numbered(6) + ".gz")
		if hour%6 == 5 {
			found = append(found, w.end()...)
			l.lines(7)
			w = startWatch(t, opts, l.name+"*")
		}
	}
	w.settle(len(found), l)
	found = append(found, w.end()...)
	slices.Sort(found)
	l.each(found)
}
