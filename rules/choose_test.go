package rules_test

import (
	"slices"
	"testing"

	"github.com/unleak/unleak/rules"
)

func TestChooseAndOverlay(t *testing.T) {
	all := []rules.Rule{{ID: "whole", Parts: []rules.PartRule{{Name: "id", Rule: "half"}}}, {ID: "half"}, {ID: "other"}}
	tests := []struct {
		enable, disable []string
		want            []string // ids; those for parts alone with a star
	}{
		{nil, nil, []string{"whole", "half", "other"}},
		{nil, []string{"half"}, []string{"whole", "half*", "other"}},
		{[]string{"whole"}, nil, []string{"whole", "half*"}},
		{[]string{"half", "other"}, []string{"other"}, []string{"half"}},
	}
	for _, tt := range tests {
		var got []string
		for _, r := range rules.Choose(all, tt.enable, tt.disable) {
			id := r.ID
			if r.PartOnly {
				id += "*"
			}
			got = append(got, id)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("enable %v, disable %v: %v, want %v", tt.enable, tt.disable, got, tt.want)
		}
	}
	out := rules.Overlay(all, []rules.Rule{{ID: "other", Title: "own"}, {ID: "new"}})
	if len(out) != 4 || out[2].Title != "own" || out[3].ID != "new" || all[2].Title != "" {
		t.Errorf("overlay: %v over %v", out, all)
	}
}
