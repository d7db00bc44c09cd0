package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// texts are of every sort that coders treat in their own way: empty, short, repeating near and far, random, mixed.
func lzmaTexts() map[string][]byte {
	rng := rand.New(rand.NewPCG(1, 9))
	noise := make([]byte, 120_000)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	var words bytes.Buffer
	for words.Len() < 250_000 {
		fmt.Fprintf(&words, "%s %d ", []string{"alpha", "beta", "gamma", "delta\n"}[rng.IntN(4)], rng.IntN(1000))
	}
	mixed := bytes.Clone(words.Bytes()[:150_000])
	for range 60 {
		at := rng.IntN(len(mixed) - 1000)
		copy(mixed[at:], noise[rng.IntN(100_000):][:rng.IntN(1000)])
	}
	return map[string][]byte{
		"empty": nil, "byte": {7}, "words": words.Bytes(), "noise": noise, "mixed": mixed,
		"zeros": make([]byte, 1<<19), "far": slicesOf(noise, noise, noise[:50_000]),
		"noise and zeros": slicesOf(noise[:70_000], make([]byte, 200_000), noise[70_000:]),
	}
}

func slicesOf(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// TestLzmaOfAnotherWriter reads what another implementation writes, with all sorts of properties, read in pieces of
// random size.
func TestLzmaOfAnotherWriter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, want := range lzmaTexts() {
		for _, p := range []lzma.Properties{{LC: 3, LP: 0, PB: 2}, {LC: 0, LP: 2, PB: 0}, {LC: 4, LP: 0, PB: 4}, {LC: 1, LP: 3, PB: 1}} {
			dict := 64 << 10 << rng.IntN(7)
			var xzOut, alone, marked bytes.Buffer
			xw, err := xz.WriterConfig{Properties: &p, DictCap: dict, BlockSize: 1 << 20}.NewWriter(&xzOut)
			writeAll(t, xw, err, want)
			aw, err := lzma.WriterConfig{Properties: &p, DictCap: dict, Size: int64(len(want)), SizeInHeader: true, EOSMarker: len(want) == 0}.NewWriter(&alone)
			writeAll(t, aw, err, want)
			mw, err := lzma.WriterConfig{Properties: &p, DictCap: dict, EOSMarker: true}.NewWriter(&marked)
			writeAll(t, mw, err, want)
			for form, b := range map[string]*bytes.Buffer{"xz": &xzOut, "alone": &alone, "with a mark": &marked} {
				label := fmt.Sprintf("%s, %s, %+v, dictionary %d", name, form, p, dict)
				in := bufio.NewReaderSize(iotest.HalfReader(io.MultiReader(b, strings.NewReader("behind"))), 4096<<rng.IntN(6))
				open := newLzmaAlone
				if form == "xz" {
					in, open = bufio.NewReader(bytes.NewReader(b.Bytes())), newXz
				}
				r, err := open(in)
				if err != nil {
					t.Fatalf("%s: %v", label, err)
				}
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%s: %d bytes of %d, %v", label, len(got), len(want), err)
				}
				if rest, _ := io.ReadAll(in); form != "xz" && string(rest) != "behind" {
					t.Fatalf("%s: %q is left behind the stream", label, rest)
				}
			}
		}
	}
}

func writeAll(t *testing.T, w io.WriteCloser, err error, b []byte) {
	t.Helper()
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestXzOfXz reads what xz itself writes, with its settings and checks, and streams one after the other.
func TestXzOfXz(t *testing.T) {
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skip("SKIPPED: xz is not installed")
	}
	texts := lzmaTexts()
	for _, args := range []string{
		"-0", "-6e --check=sha256", "--check=none", "--check=crc32 --block-size=100000", "-T2 --block-size=65536",
		"--delta=dist=4 --lzma2=preset=2,lc=0,lp=4,pb=0", "--format=lzma -3",
	} {
		for name, want := range texts {
			c := exec.Command("xz", append(strings.Fields(args), "-c")...)
			c.Stdin = bytes.NewReader(want)
			packed, err := c.Output()
			if err != nil {
				t.Fatal(err)
			}
			open := newXz
			if strings.Contains(args, "lzma ") && strings.Contains(args, "--format") {
				open = newLzmaAlone
			} else {
				packed = slicesOf(packed, make([]byte, 8), packed)
				want = slicesOf(want, want)
			}
			got, err := readXz(open, packed)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("xz %s, %s: %d bytes of %d, %v", args, name, len(got), len(want), err)
			}
		}
	}
}

func readXz(open func(*bufio.Reader) (io.Reader, error), packed []byte) ([]byte, error) {
	r, err := open(bufio.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// TestXzDamaged cuts and changes a file everywhere: each is an error, and what was read before it is right.
func TestXzDamaged(t *testing.T) {
	want := lzmaTexts()["mixed"][:20_000]
	var out bytes.Buffer
	w, err := xz.WriterConfig{BlockSize: 6000}.NewWriter(&out)
	writeAll(t, w, err, want)
	good := out.Bytes()
	for at := range good {
		if at%7 > 0 && at > 100 && at < len(good)-200 {
			continue
		}
		if got, err := readXz(newXz, good[:at]); err == nil || !bytes.HasPrefix(want, got) {
			t.Fatalf("cut at %d of %d: %d bytes, %v", at, len(good), len(got), err)
		}
		bad := bytes.Clone(good)
		bad[at] ^= 0x10
		if _, err := readXz(newXz, bad); err == nil {
			t.Errorf("byte %d of %d changed: no error", at, len(good))
		}
	}
	broken := errors.New("no connection")
	r, err := newXz(bufio.NewReader(io.MultiReader(bytes.NewReader(good[:len(good)/2]), iotest.ErrReader(broken))))
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if !errors.Is(err, broken) {
		t.Errorf("an error of the reader below is told as %v", err)
	}
}

// FuzzXz compares with another implementation where that reads a file to its end.
func FuzzXz(f *testing.F) {
	for _, text := range []string{"", "a", strings.Repeat("abc", 1000), strings.Repeat("x", 100_000)} {
		var out, alone bytes.Buffer
		w, _ := xz.NewWriter(&out)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		f.Add(out.Bytes())
		aw, _ := lzma.NewWriter(&alone)
		_, _ = aw.Write([]byte(text))
		_ = aw.Close()
		f.Add(alone.Bytes())
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		const most = 1 << 20
		for _, open := range []func(*bufio.Reader) (io.Reader, error){newXz, func(in *bufio.Reader) (io.Reader, error) {
			if head, _ := in.Peek(lzmaAlone); len(head) == lzmaAlone && checkDictionary(Lzma, head) != nil {
				return nil, errLzma
			}
			return newLzmaAlone(in)
		}} {
			if r, err := open(bufio.NewReader(bytes.NewReader(packed))); err == nil {
				_, _ = io.Copy(io.Discard, io.LimitReader(r, most))
			}
		}
		other, err := xz.NewReader(bytes.NewReader(packed))
		if err != nil {
			return
		}
		want, err := io.ReadAll(io.LimitReader(other, most))
		if err != nil || len(want) == most {
			return
		}
		got, err := readXz(newXz, packed)
		if err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, want %d", len(got), len(want))
		}
	})
}

func BenchmarkXz(b *testing.B) {
	text := lzmaTexts()["words"]
	var out bytes.Buffer
	w, _ := xz.NewWriter(&out)
	_, _ = w.Write(text)
	_ = w.Close()
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if got, err := readXz(newXz, out.Bytes()); err != nil || len(got) != len(text) {
				b.Fatal(err)
			}
		}
	})
	b.Run("ulikunitz", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r, err := xz.NewReader(bytes.NewReader(out.Bytes()))
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
