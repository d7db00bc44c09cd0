package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/rogpeppe/go-internal/testscript"
)

// registry [-login] REPOSITORY:TAG=TAR... serves the images of archives until the script ends and sets $REGISTRY to the
// registry's host. With -login it wants credentials, which it puts where docker would.
func serveRegistry(ts *testscript.TestScript, _ bool, args []string) {
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true))
	const user, password = "robot", "let me in"
	login := len(args) > 0 && args[0] == "-login"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); login && (u != user || p != password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	ts.Defer(srv.Close)
	host := strings.TrimPrefix(srv.URL, "http://")
	ts.Setenv("REGISTRY", host)
	auth := authn.Anonymous
	if login {
		args = args[1:]
		auth = &authn.Basic{Username: user, Password: password}
		dir := filepath.Join(ts.Getenv("HOME"), ".docker")
		ts.Check(os.MkdirAll(dir, 0o700))
		text, err := json.Marshal(map[string]any{"auths": map[string]any{host: map[string]string{"username": user, "password": password}}})
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(dir, "config.json"), text, 0o600))
	}
	for _, arg := range args {
		ref, tar, _ := strings.Cut(arg, "=")
		img, err := crane.Load(ts.MkAbs(tar))
		ts.Check(err)
		ts.Check(crane.Push(img, host+"/"+ref, crane.WithAuth(auth)))
	}
}
