package image

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestList(t *testing.T) {
	host := serve(t, nil)
	for i, ref := range []string{"/team/app:1", "/team/app:2", "/team/web:1", "/other:latest"} {
		push(t, host+ref, platformed(t, i))
	}
	for _, c := range []struct {
		where string
		globs []string
		want  []string
	}{
		{"", nil, []string{"/other:latest", "/team/app:1", "/team/app:2", "/team/web:1"}},
		{"", []string{"team/*:1"}, []string{"/team/app:1", "/team/web:1"}},
		{"", []string{"team/web", "**:latest"}, []string{"/other:latest", "/team/web:1"}},
		{"", []string{"**:1"}, []string{"/team/app:1", "/team/web:1"}},
		{"", []string{"*:latest", "{team/app:2,team/web:1}"}, []string{"/other:latest", "/team/app:2", "/team/web:1"}},
		{"", []string{"nothing/*"}, nil},
		{"/team/app", nil, []string{"/team/app:1", "/team/app:2"}},
		{"/team/app/", []string{"*/*:{2,3}"}, []string{"/team/app:2"}},
	} {
		got, err := List(t.Context(), host+c.where, c.globs, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], host)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q %q (-want +got):\n%s", c.where, c.globs, d)
		}
	}
	if _, err := List(t.Context(), host, []string{"a["}, Options{}); err == nil {
		t.Error("a malformed filter is taken")
	}
	if _, err := List(t.Context(), "127.0.0.1:1", nil, Options{}); err == nil {
		t.Error("a registry that is not there lists something")
	}
}

// TestListFollowsPages: a registry hands out its catalogue and tags a page at a time.
func TestListFollowsPages(t *testing.T) {
	const count = 25
	page := func(w http.ResponseWriter, r *http.Request, key string, name func(int) string) {
		first := 0
		_, _ = fmt.Sscanf(r.URL.Query().Get("last"), "x%d", &first)
		var names []string
		for i := first; i < min(first+10, count); i++ {
			names = append(names, name(i))
		}
		if first+10 < count {
			w.Header().Set("Link", fmt.Sprintf("<%s?last=x%d>; rel=\"next\"", r.URL.Path, first+10))
		}
		_ = json.NewEncoder(w).Encode(map[string][]string{key: names})
	}
	host := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/v2/_catalog":
			page(w, r, "repositories", func(i int) string { return fmt.Sprintf("app%02d", i) })
		case strings.HasSuffix(r.URL.Path, "/app07/tags/list"):
			w.WriteHeader(http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "/tags/list"):
			page(w, r, "tags", func(i int) string { return fmt.Sprintf("v%02d", i) })
		default:
			return false
		}
		return true
	})
	got, err := List(t.Context(), host, nil, Options{})
	if err == nil || !strings.Contains(err.Error(), "app07") {
		t.Errorf("a repository that cannot be listed: error %v", err)
	}
	if len(got) != (count-1)*count || !slices.IsSorted(got) || !slices.Contains(got, host+"/app24:v24") {
		t.Errorf("%d references, want %d", len(got), (count-1)*count)
	}
}
