package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/unleak/unleak/rules"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"unleak": main})
}

// TestScripts runs the stories in testdata/script, one behaviour a file, with the real program.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, ".home")
			env.Setenv("HOME", home)
			root, err := filepath.Abs(filepath.Join("..", ".."))
			if err != nil {
				return err
			}
			env.Setenv("ROOT", root)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "Jo Doe")
				env.Setenv("GIT_"+who+"_EMAIL", "jo@example.com")
				env.Setenv("GIT_"+who+"_DATE", "2026-01-02T03:04:05Z")
			}
			env.Values[followKey{}] = &follower{}
			return os.MkdirAll(home, 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"unbreak": unbreak, "mkimage": makeImage, "gz": gz, "code": code, "zip": zipFiles, "cut": cut,
			"registry": serveRegistry, "interrupt": interrupt, "named": named, "masked": masked, "history": history, "repository": repository,
			"follow": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Value(followKey{}).(*follower).follow(ts, neg, args)
			},
			"issuer": issuer, "fill": fill, "kubeconfig": kubeconfig,
			"damage": damage,
		},
	})
}

// unbreak FILE... takes the break marks out, so that scripts themselves hold no token.
func unbreak(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := ts.ReadFile(name)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(text, rules.BreakMark, "")), 0o644))
	}
}

// gz FILE writes FILE.gz.
func gz(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".gz"), b.Bytes(), 0o644))
}

// mkimage TAR FILE... writes an image archive with one layer a file.
func makeImage(ts *testscript.TestScript, _ bool, args []string) {
	var layers []map[string][]byte
	for _, name := range globbed(ts, args[1:]) {
		layers = append(layers, map[string][]byte{name: []byte(ts.ReadFile(name))})
	}
	ts.Check(saveImage(ts.MkAbs(args[0]), layers...))
}

// saveImage writes an image archive; a layer is its files by name.
func saveImage(name string, layers ...map[string][]byte) error {
	img := empty.Image
	for _, files := range layers {
		layer, err := crane.Layer(files)
		if err != nil {
			return err
		}
		if img, err = mutate.AppendLayers(img, layer); err != nil {
			return err
		}
	}
	return crane.Save(img, "example.com/app:1", name)
}

// code N PROGRAM ARG... runs a program and wants the exit status N.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}
