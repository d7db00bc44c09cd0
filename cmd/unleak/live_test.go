package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/rules/builtin"
)

// someToken is made up and well formed: its checksum holds.
const someToken = "ghp_" + "NqVwYS81VP7Hb" + "1DX8pPd5khxE3pyIg3sJb3R"

// liveFolder is a folder with a few secrets, some of them in several files, beside each other and in archives' order.
func liveFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 40 {
		name := filepath.Join(dir, fmt.Sprintf("d%d", i%7), "e", fmt.Sprintf("f%d.yml", i))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("db_password: 'kX9v%dLq2Tz8w' # not: kX9v%dLq2Tz8w\n", i%11, (i+5)%11)
		if i%3 == 0 {
			text += "token = " + someToken + "\n"
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func scanned(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, strings.NewReader(stdin), &out, &errs); code != exitFindings {
		t.Fatalf("%q: exit status %d\n%s", args, code, errs.String())
	}
	return out.String()
}

// TestLiveIsTheReport holds that what is written while a scan goes on has the same bytes for any number of workers, and
// says in the end what the JSON report says.
func TestLiveIsTheReport(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := liveFolder(t)
	text := "token = " + someToken + "\npassword = 'Wq8zLm3Rt6'\n"
	for _, command := range [][]string{{"dir", dir}, {"scan", dir, "-"}, {"logs", dir, "-"}, {"stdin"}} {
		whole := scanned(t, text, append(command, "--format", "json")...)
		var first string
		for _, jobs := range []string{"1", "2", "5"} {
			lines := scanned(t, text, append(command, "--format", "jsonl", "--jobs", jobs)...)
			if first == "" {
				first = lines
			}
			if diff := cmp.Diff(first, lines); diff != "" {
				t.Errorf("%q: --jobs %s changes the lines:\n%s", command, jobs, diff)
			}
			if diff := cmp.Diff(whole, scannedBack(t, lines)); diff != "" {
				t.Errorf("%q: (-json +lines)\n%s", command, diff)
			}
		}
	}
}

// scannedBack makes a JSON report of lines.
func scannedBack(t *testing.T, lines string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run([]string{"report", "convert", "-", "--format", "json"}, strings.NewReader(lines), &out, &errs); code != exitClean {
		t.Fatalf("exit status %d\n%s", code, errs.String())
	}
	return out.String()
}

// TestPiecesChangeNothing holds that how a stream comes in pieces does not show in what is told of it.
func TestPiecesChangeNothing(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	var text strings.Builder
	all, err := builtin.WithExamples()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range all {
		for _, e := range r.Examples {
			if i%60 == 0 {
				fmt.Fprintf(&text, "%s\npassword = 'kX9v%dLq2Tz8w' # of postgres://app:Wq8z%dLm3Rt6@db.example.org/shop\n", e, i, i)
			}
		}
	}
	readers := []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader}
	for _, command := range []string{"stdin", "logs"} {
		var first string
		for i, pieces := range readers {
			var out, errs bytes.Buffer
			if code := run([]string{command, "--format", "jsonl"}, pieces(strings.NewReader(text.String())), &out, &errs); code != exitFindings {
				t.Fatalf("exit status %d\n%s", code, errs.String())
			}
			if i == 0 {
				first = out.String()
			}
			if diff := cmp.Diff(first, out.String()); diff != "" {
				t.Errorf("%s, reader %d:\n%s", command, i, diff)
			}
		}
		if strings.Contains(first, `"withdrawn"`) || strings.Count(first, `"type":"finding"`) < 20 {
			t.Errorf("%s: something was told that is not", command)
		}
	}
}

// TestFindingsComeWhileTheScanGoesOn reads a finding while what is scanned after it has not come yet.
func TestFindingsComeWhileTheScanGoesOn(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	file := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(file, []byte("token = "+someToken+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"logs", file, "-"}, {"scan", "-", file}, {"stdin"}, {"logs", "-"}} {
		stdin, feed := io.Pipe()
		out, written := io.Pipe()
		watch := time.AfterFunc(2*time.Minute, func() { // a scan that tells nothing would wait for ever
			feed.Close()
			written.CloseWithError(fmt.Errorf("no finding came before the end"))
		})
		code := make(chan int, 1)
		go func() {
			code <- run(append(args, "--format", "jsonl"), stdin, written, io.Discard)
			written.Close()
		}()
		fed := make(chan struct{})
		go func() {
			defer close(fed)
			if args[len(args)-1] != "-" || len(args) == 2 { // the stream comes first
				fmt.Fprintf(feed, "2026-01-02T03:04:05Z app login password = 'Wq8zLm3Rt6' token = %s\n", someToken)
			}
		}()
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for _, kind := range []string{"report", "finding"} {
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), `{"type":"`+kind+`"`) {
				t.Fatalf("%q: want a line of type %s before standard input ends, got %q, %v", args, kind, lines.Text(), lines.Err())
			}
		}
		<-fed
		feed.Close()
		var last string
		for lines.Scan() {
			last = lines.Text()
		}
		if !watch.Stop() || !strings.HasPrefix(last, `{"type":"coverage"`) || <-code != exitFindings {
			t.Errorf("%q: the report ends with %.200s", args, last)
		}
	}
}
