package lockfile

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestOneAtATime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.lock")
	var group sync.WaitGroup
	held, most := 0, 0
	var mu sync.Mutex
	for range 8 {
		group.Go(func() {
			release, err := Take(name)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			held++
			most = max(most, held)
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			held--
			mu.Unlock()
			release()
		})
	}
	group.Wait()
	if most != 1 {
		t.Errorf("%d held it at once", most)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("the lock was left behind")
	}
}

// What a process that was killed left behind keeps nobody waiting; where the system has no such locks, not for ever.
func TestLeftBehind(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.lock")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	release, err := Take(name)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if took := time.Since(start); took > wait/2 {
		t.Errorf("took %v", took)
	}
}
