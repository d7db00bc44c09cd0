package lazyregexp

import (
	"sync"
	"testing"
)

func TestRegexp(t *testing.T) {
	r := New(`^(\w+)@`)
	if r.re != nil {
		t.Fatal("compiled before it is used")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if m := r.FindStringSubmatch("ada@x"); len(m) != 2 || m[1] != "ada" {
				t.Errorf("%q", m)
			}
		})
	}
	wg.Wait()
	if !r.Match([]byte("b@")) || r.MatchString("@") || r.FindSubmatchIndex([]byte("bo@"))[3] != 2 {
		t.Error("not what regexp finds")
	}
}
