package redact

import (
	"sync"

	"github.com/unleak/unleak/triage"
)

// Marker returns what stands for a credential: its rule and the finding's id, so that equal values have equal markers
// and a marker leads to the finding in a report.
func Marker(rule, id string) string { return "[unleak:" + rule + ":" + id + "]" }

// ids remembers the ids of values met lately: that of a value which could be guessed is dear to make.
type ids struct {
	key []byte

	mu    sync.Mutex
	known map[[2]string]string
}

const knownIDs = 4096

func (c *ids) of(rule, secret string) string {
	k := [2]string{rule, secret}
	c.mu.Lock()
	id, ok := c.known[k]
	c.mu.Unlock()
	if ok {
		return id
	}
	id = triage.ID(rule, secret, c.key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= knownIDs {
		c.known = make(map[[2]string]string)
	}
	c.known[k] = id
	return id
}
