package image

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-1": 0, "soon": 0, "Mon, 23 Nov 2026 04:00:09 GMT": 9 * time.Second,
		"Mon, 23 Nov 2026 03:00:00 GMT": 0, "99999999999999999999": 0,
	} {
		res := &http.Response{Header: http.Header{"Retry-After": {text}}}
		if got := retryAfter(res, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestRetrying(t *testing.T) {
	for _, c := range []struct {
		name     string
		answers  []int // then 200
		after    string
		more     int
		want     int
		requests int
	}{
		{name: "passes", answers: []int{429, 503}, more: 4, want: 200, requests: 3},
		{name: "stays", answers: []int{500, 500, 500}, more: 2, want: 500, requests: 3},
		{name: "not asked for", answers: []int{500}, more: 0, want: 500, requests: 1},
		{name: "refused", answers: []int{403}, more: 4, want: 403, requests: 1},
		{name: "too long to wait", answers: []int{429}, after: "3600", more: 4, want: 429, requests: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if string(body) != "the whole body" {
					t.Errorf("request %d has the body %q", requests, body)
				}
				if requests++; requests <= len(c.answers) {
					w.Header().Set("Retry-After", c.after)
					w.WriteHeader(c.answers[requests-1])
				}
			}))
			defer srv.Close()
			client := http.Client{Transport: &retrying{inner: srv.Client().Transport, more: c.more}}
			res, err := client.Post(srv.URL, "text/plain", strings.NewReader("the whole body"))
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != c.want || requests != c.requests {
				t.Errorf("status %d after %d requests, want %d after %d", res.StatusCode, requests, c.want, c.requests)
			}
		})
	}
}

func TestPassing(t *testing.T) {
	if passing(nil, errors.New("certificate signed by unknown authority")) || !passing(nil, io.ErrUnexpectedEOF) {
		t.Error("a certificate stays bad, a broken connection does not")
	}
}
