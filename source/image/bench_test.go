package image

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// BenchmarkImage scans the image that UNLEAK_BENCH_IMAGE names with a detector that does next to nothing, so that what
// is measured is reading, hashing, decompressing and taking apart:
//
//	UNLEAK_BENCH_IMAGE=layout go test -run '^$' -bench Image ./source/image
func BenchmarkImage(b *testing.B) {
	ref := os.Getenv("UNLEAK_BENCH_IMAGE")
	if ref == "" {
		b.Skip("UNLEAK_BENCH_IMAGE is not set")
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := New([]string{ref}, Options{Archives: 8, NoDaemon: true})
		if err != nil {
			b.Fatal(err)
		}
		res, err := scanner.Run(b.Context(), scanner.Options{NewDetector: sourcetest.New}, s)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(res.Coverage.Bytes)
	}
}

// BenchmarkLargeLayer scans one layer of UNLEAK_BENCH_LAYER bytes (default 512 MiB; 5 GiB is 5368709120) that is made on
// the way, and reports the most memory that was in use:
//
//	UNLEAK_BENCH_LAYER=5368709120 go test -run '^$' -bench LargeLayer -benchtime 1x ./source/image
func BenchmarkLargeLayer(b *testing.B) {
	size := int64(512 << 20)
	if text := os.Getenv("UNLEAK_BENCH_LAYER"); text != "" {
		var err error
		if size, err = strconv.ParseInt(text, 10, 64); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(size)
	for b.Loop() {
		peak := scanLarge(b, size)
		b.ReportMetric(float64(peak>>20), "peak-MiB")
	}
}

// TestMemoryOfALargeLayer: what is held does not grow with a layer or with the files in it.
func TestMemoryOfALargeLayer(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 400 MB")
	}
	if peak := scanLarge(t, 400<<20); peak > 200<<20 {
		t.Errorf("%d MiB in use", peak>>20)
	}
}

// scanLarge scans a layer of one file of half its size and many of 10 MiB, and returns the most memory in use.
func scanLarge(t testing.TB, size int64) uint64 {
	t.Helper()
	const rest = 10 << 20
	big := size / 2
	files := int((size - big) / rest)
	blob := largeLayer{big: big, files: files}
	l := &loader{opts: &Options{Archives: 4}}
	img := picture{name: "large", layers: []layer{{digest: "large", blobs: blob}}}
	var most atomic.Uint64
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for {
			metrics.Read(sample)
			most.Store(max(most.Load(), sample[0].Value.Uint64()-sample[1].Value.Uint64()))
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	res, err := scanner.Run(t.Context(), scanner.Options{NewDetector: sourcetest.New}, sourceFunc(func(ctx context.Context, sink *scanner.Sink) error {
		r := &run{opts: l.opts, sink: sink, layers: map[string]*scanned{}, once: newOnce(nil)}
		r.scan(ctx, []picture{img})
		r.report([]picture{img})
		return nil
	}))
	close(stop)
	group.Wait()
	if err != nil || res.Coverage.Incomplete() || len(res.Findings) != 2 || res.Coverage.Bytes < size*9/10 {
		t.Fatalf("%v, %d findings, %+v", err, len(res.Findings), res.Coverage)
	}
	return most.Load()
}

// largeLayer is a store of one layer, made while it is read.
type largeLayer struct {
	big   int64
	files int
}

func (l largeLayer) manifest(context.Context, string) ([]byte, error) { return nil, errors.New("none") }
func (l largeLayer) Close() error                                     { return nil }

func (l largeLayer) blob(context.Context, string) (io.ReadCloser, error) {
	r, w := io.Pipe()
	go func() {
		z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<17))
		if err == nil {
			err = l.write(z)
		}
		if err == nil {
			err = z.Close()
		}
		w.CloseWithError(err)
	}()
	return r, nil
}

func (l largeLayer) write(to io.Writer) error {
	text := []byte(noise(7, 1<<20))
	tw := tar.NewWriter(to)
	file := func(name string, size int64, token string) error {
		if err := tw.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o644}); err != nil {
			return err
		}
		for left := size - int64(len(token)); left > 0; left -= int64(len(text)) {
			if _, err := tw.Write(text[:min(left, int64(len(text)))]); err != nil {
				return err
			}
		}
		_, err := io.WriteString(tw, token)
		return err
	}
	if err := file("big", l.big, sourcetest.Token(1)); err != nil {
		return err
	}
	for i := range l.files {
		if err := file(fmt.Sprint("f", i), 10<<20, fmt.Sprintf("%d %s", i, sourcetest.Token(2))); err != nil {
			return err
		}
	}
	return tw.Close()
}
