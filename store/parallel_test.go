package store

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// bigVault serves an engine of folders with secrets, each answer after a moment, the first ones not before several are
// asked for at once, and tells how many were.
func bigVault(t *testing.T, folders, each int, asked func(n int64)) (spec string, most *atomic.Int64) {
	t.Helper()
	var now, all atomic.Int64
	most = &atomic.Int64{}
	several := make(chan struct{})
	meet := sync.OnceFunc(func() { close(several) })
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if asked != nil {
			asked(all.Add(1))
		}
		path := strings.TrimPrefix(r.URL.Path, "/v1/kv/")
		switch {
		case strings.HasSuffix(r.URL.Path, "mounts/kv"):
			fmt.Fprint(w, `{"data":{"path":"kv/","type":"kv","options":{"version":"1"}}}`)
		case r.URL.Query().Get("list") == "true":
			var keys []string
			for i := range folders {
				keys = append(keys, fmt.Sprintf(`"f%02d/"`, i))
			}
			if path != "" {
				keys = nil
				for i := range each {
					keys = append(keys, fmt.Sprintf(`"s%02d"`, i))
				}
			}
			fmt.Fprintf(w, `{"data":{"keys":[%s]}}`, strings.Join(keys, ","))
		default:
			if n >= 3 {
				meet()
			}
			select {
			case <-several:
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
			}
			time.Sleep(2 * time.Millisecond)
			fmt.Fprintf(w, `{"data":{"k":"value of %s"}}`, path)
		}
	}))
	t.Cleanup(s.Close)
	return "vault+" + s.URL + "/kv?kv=1", most
}

// TestParallel reads many secrets of several stores at once, never more than are allowed, and takes them in the order in
// which one after another would.
func TestParallel(t *testing.T) {
	a, mostA := bigVault(t, 12, 10, nil)
	b, _ := bigVault(t, 3, 3, nil)
	o := options("VAULT_TOKEN", "t")
	var audit bytes.Buffer
	o.Caller.Audit = &audit
	c, err := Read(context.Background(), []string{a, b}, o)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, size := range [][2]int{{12, 10}, {3, 3}} {
		for f := range size[0] {
			for s := range size[1] {
				want = append(want, fmt.Sprintf("value of f%02d/s%02d", f, s))
			}
		}
	}
	if len(c.Values) != len(want) || c.Counts["secrets"] != int64(len(want)) {
		t.Fatalf("%d values, %d secrets, want %d", len(c.Values), c.Counts["secrets"], len(want))
	}
	for i, v := range c.Values {
		if v.Secret.Reveal() != want[i] {
			t.Fatalf("value %d is %q, want %q", i, v.Secret.Reveal(), want[i])
		}
	}
	if n := mostA.Load(); n < 3 || n > secretsAtOnce {
		t.Errorf("%d requests at once, want several and at most %d", n, secretsAtOnce)
	}
	lines := strings.Split(strings.TrimSuffix(audit.String(), "\n"), "\n")
	for _, l := range lines {
		if !strings.HasPrefix(l, `{"time":`) || !strings.HasSuffix(l, "}") {
			t.Fatalf("audit line %q", l)
		}
	}
	if min := len(want) + 12 + 3; len(lines) < min {
		t.Errorf("%d audit lines, want %d at least", len(lines), min)
	}
}

// TestParallelError: the first error of a store in the order of the specs is the one that is told.
func TestParallelError(t *testing.T) {
	a, _ := bigVault(t, 4, 10, nil)
	o := options("VAULT_TOKEN", "t")
	for range 5 {
		_, err := Read(context.Background(), []string{a, "/no/such.env", a}, o)
		if err == nil || !strings.Contains(err.Error(), "no/such.env") {
			t.Fatalf("error %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	b, _ := bigVault(t, 4, 10, func(n int64) {
		if n == 20 {
			cancel()
		}
	})
	if _, err := Read(ctx, []string{b}, o); err == nil {
		t.Error("interrupted, and no error")
	}
}
