package image

import (
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/sourcetest"
)

// TestHistoryIsToldFirst: what the history holds stands with each layer's findings, so that it must be known to be a secret
// before the first of them is told.
func TestHistoryIsToldFirst(t *testing.T) {
	arg, inLayer := sourcetest.Token(1), sourcetest.Token(2)
	dir := saveLayout(t, build(t, v1.Config{}, addition("RUN |1 TOKEN="+arg+" /bin/sh -c true", gzipped, entry{name: "a", body: inLayer})))
	src, err := New([]string{dir}, Options{Archives: 4})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	opts := scanner.Options{NewDetector: sourcetest.New, Found: func(s scanner.Told) {
		for _, f := range s.Findings {
			told = append(told, f.Secret.Reveal())
		}
	}}
	if _, err := scanner.Run(t.Context(), opts, src); err != nil {
		t.Fatal(err)
	}
	if first, second := slices.Index(told, arg), slices.Index(told, inLayer); first < 0 || second < first {
		t.Errorf("told in the order %q", told)
	}
}
