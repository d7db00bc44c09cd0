// Package freeport finds ports for the servers that tests start and that cannot choose one for themselves.
package freeport

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// None of the ports that systems hand out to whoever wants any: Linux does from 32768, others from 49152 (RFC 6335,
// section 6). Of those, one that is free now is another test's before the server has started, and answers in its place.
const first, last = 10000, 32000

// Take returns the number of a port of loopback that nobody listens at.
func Take(t testing.TB) string {
	t.Helper()
	var err error
	for range 100 {
		port := strconv.Itoa(first + rand.IntN(last-first))
		var l net.Listener
		if l, err = net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatalf("no port is free: %v", err)
	return ""
}
