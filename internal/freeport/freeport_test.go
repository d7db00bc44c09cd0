package freeport

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"
)

// TestTake: the port can be listened at, and the system hands it out to nobody.
func TestTake(t *testing.T) {
	from := 49152
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if _, err := fmt.Sscan(string(text), &from); err != nil {
			t.Fatal(err)
		}
	}
	taken := map[string]bool{}
	for range 20 {
		port := Take(t)
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if n, err := strconv.Atoi(port); err != nil || n >= from && from >= last || taken[port] {
			t.Errorf("port %s: %v, taken %t; the system hands out from %d", port, err, taken[port], from)
		}
		taken[port] = true
	}
}
