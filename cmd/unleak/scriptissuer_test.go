package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// issuer FILE plays an issuer on loopback until the script ends. FILE is read for each request: a line is a token, and
// what its owner may do; "slow" instead of that keeps whoever asks waiting. ca.pem and $ISSUER (host:port) are for
// unleak, asked.log has a line for each request: its User-Agent.
func issuer(ts *testscript.TestScript, _ bool, args []string) {
	state, asked := ts.MkAbs(args[0]), ts.MkAbs("asked.log")
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note, err := os.OpenFile(asked, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err == nil {
			fmt.Fprintln(note, r.Method, r.URL.Path, r.UserAgent())
			note.Close()
		}
		playIssuer(state, w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	ts.Defer(s.CloseClientConnections)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), ca, 0o600))
	ts.Setenv("ISSUER", s.Listener.Addr().String())
}

func playIssuer(state string, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	text, err := os.ReadFile(state)
	if err != nil {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "<html>gone</html>")
		return
	}
	for _, line := range strings.Split(string(text), "\n") {
		known, rights, _ := strings.Cut(line, " ")
		if known != token || token == "" {
			continue
		}
		if rights == "slow" {
			<-r.Context().Done()
			panic(http.ErrAbortHandler) // who hung up gets no answer
		}
		fmt.Fprintf(w, `{"user":{"login":"octo"},"scopes":%q}`, rights)
		return
	}
	w.WriteHeader(http.StatusUnauthorized)
	io.WriteString(w, `{"error":"invalid_token"}`)
}

// fill FILE TO writes a file with its environment variables filled in.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}
