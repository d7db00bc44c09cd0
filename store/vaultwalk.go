package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/unleak/unleak/finding"
)

// vaultWalk goes through one engine.
type vaultWalk struct {
	*vault
	r       *reader
	mount   mount
	folders *atomic.Int64
}

func (w *vaultWalk) at(verb, path string) string {
	if !w.mount.two {
		verb = ""
	}
	return "/v1/" + escape(w.mount.path+verb+path)
}

// folder lists a folder and reads what is in it. A path that lists nothing may be a secret itself.
func (w *vaultWalk) folder(ctx context.Context, path string, depth int) error {
	if path != "" && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	if w.folders.Add(1) > maxFolders || depth > maxFolder {
		w.r.skip(w.mount.path+path, finding.SkipBudget, "more folders than are followed")
		return nil
	}
	var answer struct {
		Data struct{ Keys []string } `json:"data"`
	}
	err := w.get(ctx, w.at("metadata/", path)+"?list=true", w.mount.path+path, &answer)
	if depth == 0 && path != "" && (err == nil && len(answer.Data.Keys) == 0 || missing(err) || denied(err)) {
		return w.secret(ctx, strings.TrimSuffix(path, "/"))
	}
	if missing(err) { // an empty folder
		return nil
	}
	if err != nil {
		return w.r.unread(ctx, w.mount.path+path, fmt.Errorf("listing: %w", err))
	}
	slices.Sort(answer.Data.Keys)
	keys := answer.Data.Keys
	return w.r.each(ctx, len(keys), func(ctx context.Context, r *reader, i int) error {
		part := *w
		part.r = r
		if strings.HasSuffix(keys[i], "/") {
			return part.folder(ctx, path+keys[i], depth+1)
		}
		return part.secret(ctx, path+keys[i])
	})
}

func (w *vaultWalk) secret(ctx context.Context, path string) error {
	w.r.count("secrets", 1)
	if !w.mount.two {
		var answer struct {
			Data map[string]json.RawMessage `json:"data"`
		}
		if err := w.get(ctx, w.at("", path), w.mount.path+path, &answer); err != nil {
			return w.r.unread(ctx, w.mount.path+path, err)
		}
		w.r.fields(entry{path: w.mount.path + path, current: true}, answer.Data)
		return nil
	}
	return w.versions(ctx, path)
}

// vaultVersion is what the metadata of a secret say of a version.
type vaultVersion struct {
	Created   time.Time `json:"created_time"`
	Deleted   string    `json:"deletion_time"` // "": not
	Destroyed bool      `json:"destroyed"`
}

func (v vaultVersion) gone(now time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, v.Deleted)
	return v.Destroyed || v.Deleted != "" && (err != nil || at.Before(now))
}

// versions reads every version of a secret that is still there, or the current one where the policy allows no metadata.
func (w *vaultWalk) versions(ctx context.Context, path string) error {
	full := w.mount.path + path
	var meta struct {
		Data struct {
			Current  int                     `json:"current_version"`
			Versions map[string]vaultVersion `json:"versions"`
		} `json:"data"`
	}
	err := w.get(ctx, w.at("metadata/", path), full, &meta)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		if denied(err) && !w.current {
			w.r.skip(full, finding.SkipUnreadable, "older versions: the policy does not allow to read its metadata")
		}
		return w.version(ctx, path, 0, true)
	}
	var numbers []int
	for text, v := range meta.Data.Versions {
		n, err := strconv.Atoi(text)
		if err != nil || w.current && n != meta.Data.Current {
			continue
		}
		if v.gone(time.Now()) {
			w.r.count("deleted versions", 1)
			continue
		}
		numbers = append(numbers, n)
	}
	sort.Sort(sort.Reverse(sort.IntSlice(numbers)))
	for _, n := range numbers {
		if err := w.version(ctx, path, n, n == meta.Data.Current); err != nil {
			return err
		}
	}
	return nil
}

// version reads one version; 0 is the current one.
func (w *vaultWalk) version(ctx context.Context, path string, n int, current bool) error {
	full, query := w.mount.path+path, ""
	if n > 0 {
		query = "?version=" + strconv.Itoa(n)
	}
	var answer struct {
		Data struct {
			Data     map[string]json.RawMessage `json:"data"`
			Metadata struct {
				Version int       `json:"version"`
				Created time.Time `json:"created_time"`
			} `json:"metadata"`
		} `json:"data"`
	}
	err := w.get(ctx, w.at("data/", path)+query, full+query, &answer)
	var refused *refusal
	if errors.As(err, &refused) && missing(err) && refused.gone { // between the two questions, or nobody may ask the first
		w.r.count("deleted versions", 1)
		return nil
	}
	if err != nil {
		return w.r.unread(ctx, full+query, err)
	}
	w.r.count("versions", 1)
	m := answer.Data.Metadata
	w.r.fields(entry{path: full, version: strconv.Itoa(m.Version), current: current, changed: m.Created}, answer.Data.Data)
	return nil
}
