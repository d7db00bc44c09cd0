package finding

import "testing"

func TestRights(t *testing.T) {
	order := []map[string]string{ // the most dangerous first
		{"scopes": "repo, admin:org, admin:public_key"}, {"role": "Owner"}, {"scopes": "repo, workflow"}, {"permissions": "content:write"},
		{"scopes": "read:user"}, {"user": "octo"},
	}
	last := 1 << 30
	for _, facts := range order {
		v := &Verdict{Facts: facts}
		if got := v.Rights(); got >= last {
			t.Errorf("%v: %d, want less than %d", facts, got, last)
		} else {
			last = got
		}
	}
	if last != 0 || (*Verdict)(nil).Rights() != 0 || (&Verdict{Facts: map[string]string{"scope": "*"}}).Rights() < 3000 {
		t.Error("no facts are no rights, and * is all of them")
	}
}
