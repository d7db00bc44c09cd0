// Logs times `unleak logs` and `unleak redact` on generated logs of several shapes beside `grep -E` with one simple
// pattern, in one run, by the processor time each takes; and shows that memory does not grow with the text.
//
//	logs -unleak bin/unleak [-size 512] [-stream 10]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shapes are logs without credentials.
var shapes = []struct {
	name string
	line func(r *rand.Rand) string
}{
	{"application", func(r *rand.Rand) string {
		return fmt.Sprintf("2026-11-23 12:00:%02d.%03d INFO  [worker-%d] com.example.orders.Handler - request %d took %d ms, %d rows, cache hit\n",
			r.IntN(60), r.IntN(1000), r.IntN(32), r.IntN(1e6), r.IntN(900), r.IntN(1e4))
	}},
	{"access", func(r *rand.Rand) string {
		return fmt.Sprintf("10.0.%d.%d - - [23/Nov/2026:12:00:%02d +0000] \"GET /shop/items/%d?page=%d HTTP/1.1\" 200 %d \"https://shop.example.com/list\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\"\n",
			r.IntN(256), r.IntN(256), r.IntN(60), r.IntN(1e5), r.IntN(20), r.IntN(1e5))
	}},
	{"json", func(r *rand.Rand) string {
		return fmt.Sprintf("{\"time\":\"2026-11-23T12:00:%02d.%03dZ\",\"level\":\"info\",\"logger\":\"orders\",\"msg\":\"request done\",\"trace\":\"%016x\",\"path\":\"/shop/items/%d\",\"status\":200,\"ms\":%d}\n",
			r.IntN(60), r.IntN(1000), r.Uint64(), r.IntN(1e5), r.IntN(900))
	}},
	{"syslog", func(r *rand.Rand) string {
		return fmt.Sprintf("Nov 23 12:00:%02d web-%d kernel: [%d.%06d] IN=eth0 OUT= SRC=10.0.%d.%d DST=10.1.2.3 LEN=%d TTL=64 PROTO=TCP SPT=%d DPT=443\n",
			r.IntN(60), r.IntN(9), r.IntN(1e6), r.IntN(1e6), r.IntN(256), r.IntN(256), r.IntN(1500), r.IntN(65535))
	}},
	{"sessions", func(r *rand.Rand) string { // what is nearly a credential on every line: the worst that is clean
		return fmt.Sprintf("2026-11-23 12:00:%02d, Info                  CBS    Session: %d_%d initialized by client WindowsUpdateAgent.\n",
			r.IntN(60), r.IntN(1e8), r.IntN(1e10))
	}},
	{"logins", func(r *rand.Rand) string {
		return fmt.Sprintf("Nov 23 12:00:%02d web-%d sshd[%d]: Failed password for invalid user webmaster from 10.0.%d.%d port %d ssh2\n",
			r.IntN(60), r.IntN(9), r.IntN(65535), r.IntN(256), r.IntN(256), r.IntN(65535))
	}},
}

func sample(line func(*rand.Rand) string, size int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < size {
		b.WriteString(line(r))
	}
	return b.Bytes()
}

func main() {
	log.SetFlags(0)
	unleak := flag.String("unleak", "bin/unleak", "the program")
	size := flag.Int("size", 256, "megabytes of each shape")
	stream := flag.Int("stream", 0, "gigabytes of a stream through logs and through redact, with memory sampled; 0: none")
	more := flag.String("files", "", "glob of real logs to time as well")
	flag.Parse()
	if err := times(*unleak, *size, *more); err != nil {
		log.Fatal(err)
	}
	if *stream > 0 {
		for _, command := range [][]string{{"logs", "--jobs", "1", "--no-progress", "--quiet", "-"}, {"redact"}} {
			if err := memory(*unleak, command, *stream); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// times prints what each program takes on each shape.
func times(unleak string, megabytes int, files string) error {
	dir, err := os.MkdirTemp("", "logs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%-14s %9s  %-16s %9s %9s\n", "log", "MB", "program", "cpu s", "MB/s")
	for _, s := range shapes {
		name := filepath.Join(dir, s.name+".log")
		block := sample(s.line, 32<<20)
		if err := os.WriteFile(name, bytes.Repeat(block, max(1, megabytes/32)), 0o600); err != nil {
			return err
		}
		if err := compare(unleak, s.name, name); err != nil {
			return err
		}
		os.Remove(name)
	}
	if files == "" {
		return nil
	}
	names, err := filepath.Glob(files)
	for _, n := range names {
		if err == nil {
			err = compare(unleak, filepath.Base(n), n)
		}
	}
	return err
}

func compare(unleak, label, name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	var grep float64
	for _, p := range []struct {
		name  string
		stdin bool
		args  []string
	}{
		{"grep -E", false, []string{"grep", "-Ec", "(ghp|gho)_[0-9A-Za-z]{36}|AKIA[0-9A-Z]{16}", name}},
		{"unleak logs", false, []string{unleak, "logs", "--jobs", "1", "--no-progress", "--quiet", name}},
		{"unleak redact", true, []string{unleak, "redact"}},
	} {
		var runs []float64
		for range 3 {
			took, err := run(p.args, name, p.stdin)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			runs = append(runs, took)
		}
		took := slices.Min(runs)
		mb := float64(info.Size()) / 1e6
		if grep == 0 {
			grep = took
		}
		fmt.Printf("%-14s %9.0f  %-16s %9.2f %9.0f  %.2f times grep\n", label, mb, p.name, took, mb/took, took/grep)
	}
	return nil
}

// run returns the processor time a command took.
func run(args []string, name string, stdin bool) (seconds float64, err error) {
	c := exec.Command(args[0], args[1:]...)
	if stdin {
		f, err := os.Open(name)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		c.Stdin = f
	}
	c.Env = append(os.Environ(), "LC_ALL=C")
	_ = c.Run() // grep ends with 1 when it finds nothing
	if c.ProcessState == nil || c.ProcessState.ExitCode() > 1 {
		return 0, fmt.Errorf("%v did not run", args)
	}
	return (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), nil
}

// memory pipes a stream through a command and prints the memory it holds on the way.
func memory(unleak string, command []string, gigabytes int) error {
	fmt.Println("unleak", strings.Join(command, " "))
	c := exec.Command(unleak, command...)
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	c.Stdout = io.Discard
	if err := c.Start(); err != nil {
		return err
	}
	var blocks [][]byte
	for _, s := range shapes {
		blocks = append(blocks, sample(s.line, 16<<20))
	}
	start := time.Now()
	written, next := int64(0), int64(0)
	for i := 0; written < int64(gigabytes)<<30; i++ {
		n, err := in.Write(blocks[i%len(blocks)])
		if err != nil {
			return err
		}
		if written += int64(n); written >= next {
			fmt.Printf("%6.2f GB  RSS %4.0f MB  %5.0f s\n", float64(written)/1e9, resident(c.Process.Pid), time.Since(start).Seconds())
			next += int64(gigabytes) << 30 / 10
		}
	}
	fmt.Printf("%6.2f GB  RSS %4.0f MB  %5.0f s\n", float64(written)/1e9, resident(c.Process.Pid), time.Since(start).Seconds())
	in.Close()
	err = c.Wait()
	cpu := (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
	fmt.Printf("all of it: %.0f s of processor time, %.0f MB/s\n", cpu, float64(written)/1e6/cpu)
	return err
}

// resident returns the megabytes of memory a process holds, as Linux tells it.
func resident(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return n * 1024 / 1e6
		}
	}
	return 0
}
