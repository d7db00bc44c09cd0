package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// record keeps what a walk found.
type record struct {
	members  map[string]string
	problems map[string]Reason
	order    []string
	most     int64 // bytes read of a member; 0: all
	fail     error
}

func (r *record) Member(path []string, in io.Reader) error {
	name := strings.Join(path, "!")
	if r.most > 0 {
		in = io.LimitReader(in, r.most)
	}
	text, _ := io.ReadAll(in)
	r.members[name] += string(text)
	r.order = append(r.order, name)
	return r.fail
}

func (r *record) Problem(p Problem) {
	if p.Err == nil {
		panic("problem without an error")
	}
	r.problems[strings.Join(p.Path, "!")] = p.Reason
}

func walk(t testing.TB, in Input, limits Limits) *record {
	t.Helper()
	r := &record{members: map[string]string{}, problems: map[string]Reason{}}
	if err := Walk(context.Background(), in, limits, r); err != nil {
		t.Fatalf("walk: %v", err)
	}
	return r
}

func stream(b []byte) Input { return Input{Reader: bytes.NewReader(b)} }

type file struct{ name, body string }

func tarOf(files ...file) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.body))}); err != nil {
			panic(err)
		}
		_, _ = io.WriteString(w, f.body)
	}
	_ = w.Close()
	return b.Bytes()
}

func zipOf(files ...file) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, f := range files {
		method := zip.Deflate
		if i%2 == 1 {
			method = zip.Store
		}
		m, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(m, f.body)
	}
	_ = w.Close()
	return b.Bytes()
}

func arOf(files ...file) []byte {
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, f := range files {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", f.name+"/", 0, 0, 0, "100644", len(f.body), f.body)
		if len(f.body)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func cpioOf(files ...file) []byte {
	var b bytes.Buffer
	for _, f := range append(files, file{name: cpioTrailer}) {
		fmt.Fprintf(&b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 1, 0o100644, 0, 0, 1, 0, len(f.body), 0, 0, 0, 0, len(f.name)+1, 0)
		b.WriteString(f.name + "\x00")
		b.Write(make([]byte, -b.Len()&3))
		b.WriteString(f.body)
		b.Write(make([]byte, -b.Len()&3))
	}
	return b.Bytes()
}

func rpmOf(payload []byte) []byte {
	var b bytes.Buffer
	b.WriteString("\xed\xab\xee\xdb")
	b.Write(make([]byte, rpmLead-4))
	header := func(data string) {
		b.WriteString("\x8e\xad\xe8\x01\x00\x00\x00\x00\x00\x00\x00\x01")
		b.Write([]byte{0, 0, 0, byte(len(data))})
		b.Write(make([]byte, rpmEntry))
		b.WriteString(data)
	}
	header("sig")
	b.Write(make([]byte, 5))
	header("%post script")
	b.Write(payload)
	return b.Bytes()
}

func packed(kind Kind, b []byte) []byte {
	var out bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case Gzip:
		w = gzip.NewWriter(&out)
	case Xz:
		w, _ = xz.NewWriter(&out)
	case Lzma:
		w, _ = lzma.NewWriter(&out)
	case Zstd:
		w, _ = zstd.NewWriter(&out)
	case Lz4:
		w = lz4.NewWriter(&out)
	case Bzip2: // of "hello world\n"; the standard library only reads it
		return []byte("\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x4e\xec\xe8\x36\x00\x00\x02\x51\x80\x00\x10\x40\x00\x06\x44\x90\x80\x20\x00\x31\x06\x4c\x41\x01\xa7\xa9\xa5\x80\xbb\x94\x31\xf8\xbb\x92\x29\xc2\x84\x82\x77\x67\x41\xb0")
	}
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func TestFormats(t *testing.T) {
	two := []file{{"a.txt", "alpha"}, {"dir/b", "beta beta"}}
	plain := map[string]string{"a.txt": "alpha", "dir/b": "beta beta"}
	for _, c := range []struct {
		name string
		in   []byte
		want map[string]string
	}{
		{"no archive", []byte("just text"), map[string]string{"": "just text"}},
		{"empty", nil, map[string]string{"": ""}},
		{"tar", tarOf(two...), plain},
		{"zip", zipOf(two...), plain},
		{"ar", arOf(two...), map[string]string{"a.txt": "alpha", "dir/b": "beta beta"}},
		{"cpio", cpioOf(two...), plain},
		{"gzip", packed(Gzip, []byte("x")), map[string]string{"": "x"}},
		{"bzip2", packed(Bzip2, nil), map[string]string{"": "hello world\n"}},
		{"xz", packed(Xz, tarOf(two...)), plain},
		{"lzma", packed(Lzma, tarOf(two...)), plain},
		{"zstd", packed(Zstd, tarOf(two...)), plain},
		{"lz4", packed(Lz4, tarOf(two...)), plain},
		{"rpm", rpmOf(packed(Gzip, cpioOf(two...))), map[string]string{"(header)": string(make([]byte, rpmEntry)) + "%post script", "a.txt": "alpha", "dir/b": "beta beta"}},
		{"two tars", append(tarOf(two[0]), tarOf(two[1])...), plain},
		{"text behind a tar", append(tarOf(two...), "hidden"...), map[string]string{"": "hidden", "a.txt": "alpha", "dir/b": "beta beta"}},
		{"gzip twice", packed(Gzip, packed(Zstd, []byte("deep"))), map[string]string{"": "deep"}},
		{"nested", zipOf(file{"in.tgz", string(packed(Gzip, tarOf(file{"p.jar", string(zipOf(two...))})))}), map[string]string{"in.tgz!p.jar!a.txt": "alpha", "in.tgz!p.jar!dir/b": "beta beta"}},
		{"odd names", tarOf(file{"../../etc/passwd", "x"}, file{"/abs", "y"}, file{"a\nb", "z"}), map[string]string{"../../etc/passwd": "x", "/abs": "y", "a\nb": "z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, in := range map[string]Input{
				"stream":      stream(c.in),
				"small reads": {Reader: iotest.OneByteReader(bytes.NewReader(c.in))},
				"at random":   {Reader: bytes.NewReader(c.in), At: bytes.NewReader(c.in), Size: int64(len(c.in))},
			} {
				r := walk(t, in, Limits{})
				if d := cmp.Diff(c.want, r.members); d != "" || len(r.problems) > 0 {
					t.Errorf("%s: (-want +got):\n%s%v", how, d, r.problems)
				}
			}
		})
	}
}

func TestCutShort(t *testing.T) {
	body := strings.Repeat("line of text\n", 4000)
	for name, in := range map[string][]byte{
		"tar": tarOf(file{"a", body}), "tar.gz": packed(Gzip, tarOf(file{"a", body})), "zst": packed(Zstd, []byte(body)), "xz": packed(Xz, []byte(body)),
		"zip": zipOf(file{"a", body}), "ar": arOf(file{"a", body}), "cpio": cpioOf(file{"a", body}), "rpm": rpmOf(cpioOf(file{"a", body})), "bzip2": packed(Bzip2, nil),
	} {
		for _, keep := range []int{len(in) - 3, len(in) / 2, len(in) / 20, 16} {
			if keep < 16 || name == "tar" && keep < 512 || (name == "cpio" || name == "ar") && keep > len(in)-100 {
				continue // without a whole header it is no tar; the end of an ar is open, that of a cpio padding
			}
			r := walk(t, stream(in[:keep]), Limits{})
			if len(r.problems) == 0 && name != "tar" {
				t.Errorf("%s cut to %d of %d bytes: no problem told, members %d", name, keep, len(in), len(r.members))
			}
		}
	}
}

func TestBehindDamage(t *testing.T) {
	body := strings.Repeat("some text that is packed well, ", 400)
	for name, c := range map[string]struct {
		in    []byte
		spoil int // byte to change
	}{
		"tar":  {tarOf(file{"a", "one"}, file{"b", "two"}, file{"c", body}), 1024 + 150},
		"ar":   {arOf(file{"a", "one"}, file{"b", "two"}, file{"c", body}), 8 + 60 + 4 + 58},
		"cpio": {cpioOf(file{"a", "one"}, file{"b", "two"}, file{"c", body}), 116},
	} {
		c.in[c.spoil] ^= 0x55
		r := walk(t, stream(c.in), Limits{})
		if r.members["a"] != "one" || !strings.Contains(r.members[""], body) || r.problems[""] != Corrupt {
			t.Errorf("%s: a %q, %d bytes of the rest, problems %v", name, r.members["a"], len(r.members[""]), r.problems)
		}
	}
	var odd strings.Builder
	for i := range 5000 {
		fmt.Fprint(&odd, i*i%7919, " ")
	}
	in := zipOf(file{"a", body}, file{"b", "stored"}, file{"c", odd.String()})
	r := walk(t, stream(in[:len(in)-250]), Limits{})
	if r.members["a"] != body || len(r.members["c"]) < 5000 || !strings.HasPrefix(odd.String(), r.members["c"]) || r.problems[""] != Corrupt {
		t.Errorf("zip without a directory: members %d %d, problems %v", len(r.members["a"]), len(r.members["c"]), r.problems)
	}
}

func TestDepth(t *testing.T) {
	in := []byte("core")
	for range 5 {
		in = zipOf(file{"z", string(in)})
	}
	if r := walk(t, stream(in), Limits{Depth: 5}); r.members["z!z!z!z!z"] != "core" {
		t.Errorf("members %v, problems %v", r.members, r.problems)
	}
	if r := walk(t, stream(in), Limits{Depth: 4}); r.problems["z!z!z!z"] != TooDeep || len(r.members) != 0 {
		t.Errorf("members %v, problems %v", r.members, r.problems)
	}
	in = []byte("core")
	for range 9 {
		in = packed(Gzip, in)
	}
	if r := walk(t, stream(in), Limits{}); r.problems[""] != TooDeep {
		t.Errorf("wrapped nine times: %v", r.problems)
	}
}

func TestBombs(t *testing.T) {
	zeros := make([]byte, 1<<20)
	var tower bytes.Buffer
	z := gzip.NewWriter(&tower)
	for range 40 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	many := make([]file, 3000)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	for _, c := range []struct {
		name   string
		in     Input
		limits Limits
	}{
		{"ratio", stream(tower.Bytes()), Limits{Ratio: 500, Free: 10 << 20}},
		{"ratio within", stream(packed(Gzip, tarOf(file{"x", tower.String()}))), Limits{Ratio: 500, Free: 10 << 20}},
		{"bytes", stream(tower.Bytes()), Limits{Bytes: 1 << 20}},
		{"members of tar", stream(tarOf(many...)), Limits{Entries: 1000}},
		{"members of zip", stream(zipOf(many...)), Limits{Entries: 1000}},
		{"endless", Input{Reader: endless{}}, Limits{Bytes: 10 << 20}},
		{"endless tar", Input{Reader: io.MultiReader(bytes.NewReader(tarOf(file{"a", "b"})), zeroes{})}, Limits{Bytes: 10 << 20}},
	} {
		r := walk(t, c.in, c.limits)
		if r.problems[""] != Budget {
			t.Errorf("%s: problems %v, %d members", c.name, r.problems, len(r.members))
		}
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestSpoolLimits(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	body := make([]byte, 200_000)
	for i := range body {
		body[i] = byte(i * i >> 3)
	}
	in := packed(Gzip, zipOf(file{"skip", ""}, file{"a", string(body)}))
	if r := walk(t, stream(in), Limits{Memory: 1 << 10}); r.members["a"] != string(body) {
		t.Errorf("from a temporary file: %d bytes, %v", len(r.members["a"]), r.problems)
	}
	if r := walk(t, stream(in), Limits{Memory: 1 << 10, Spool: 1 << 12}); r.problems[""] != TooLarge {
		t.Errorf("beyond the limit: %v", r.problems)
	}
	if r := walk(t, stream(in), Limits{Memory: 1 << 14, Spool: 1 << 12}); r.problems[""] != TooLarge {
		t.Errorf("beyond the limit in memory: %v", r.problems)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("%s is left behind", e.Name())
	}
}

func TestEncryptedZip(t *testing.T) {
	in := zipOf(file{"plain", "open"}, file{"secret", "closed"})
	for at := 0; ; { // set bit 0 of the flags of "secret" in both headers
		i := bytes.Index(in[at:], []byte("secret"))
		if i < 0 {
			break
		}
		at += i
		if bytes.Equal(in[at-30:at-26], []byte("PK\x03\x04")) {
			in[at-24] |= 1
		} else {
			in[at-38] |= 1
		}
		at++
	}
	r := walk(t, stream(in), Limits{})
	if r.problems["secret"] != Encrypted || r.members["plain"] != "open" || len(r.members) != 1 {
		t.Errorf("members %v, problems %v", r.members, r.problems)
	}
}

func TestGivingUp(t *testing.T) {
	stop := errors.New("enough")
	r := &record{members: map[string]string{}, problems: map[string]Reason{}, fail: stop}
	in := zipOf(file{"a", "1"}, file{"b", "2"}, file{"c", "3"})
	if err := Walk(t.Context(), stream(in), Limits{}, r); !errors.Is(err, stop) || len(r.order) != 1 {
		t.Errorf("error %v after %v", err, r.order)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r = &record{members: map[string]string{}, problems: map[string]Reason{}}
	if err := Walk(ctx, stream(in), Limits{}, r); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	r = walk(t, Input{Reader: iotest.ErrReader(errors.New("disk"))}, Limits{})
	if r.problems[""] != Unreadable {
		t.Errorf("problems %v", r.problems)
	}
}

func TestVisitorNeedNotRead(t *testing.T) {
	r := &record{members: map[string]string{}, problems: map[string]Reason{}, most: 1}
	in := packed(Gzip, tarOf(file{"a", "1234"}, file{"b.zip", string(zipOf(file{"c", "5678"}))}, file{"d", "9"}))
	if err := Walk(t.Context(), stream(in), Limits{}, r); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"a": "1", "b.zip!c": "5", "d": "9"}, r.members); d != "" || len(r.problems) > 0 {
		t.Errorf("(-want +got):\n%s%v", d, r.problems)
	}
}

func FuzzWalk(f *testing.F) {
	two := []file{{"a", "alpha"}, {"b", "beta"}}
	for _, b := range [][]byte{tarOf(two...), zipOf(two...), arOf(two...), cpioOf(two...), rpmOf(cpioOf(two...)),
		packed(Gzip, tarOf(two...)), packed(Xz, nil), packed(Lzma, nil), packed(Zstd, nil), packed(Lz4, nil), packed(Bzip2, nil)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits := Limits{Bytes: 8 << 20, Entries: 10_000, Memory: 1 << 20, Spool: 4 << 20}
		one := walk(t, stream(b), limits)
		two := walk(t, Input{Reader: iotest.HalfReader(bytes.NewReader(b))}, limits)
		if d := cmp.Diff(one.members, two.members); d != "" {
			t.Errorf("members depend on the reads (-whole +halves):\n%s", d)
		}
		var total int
		for _, m := range one.members {
			total += len(m)
		}
		if total > 10<<20 {
			t.Errorf("%d bytes out of limits of %d", total, limits.Bytes)
		}
	})
}
