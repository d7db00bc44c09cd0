//go:build unix

package verify

import (
	"os"
	"os/exec"
	"syscall"
)

// dropRoot makes a server run in a group of processes of its own and, where the tests run as root, as nobody.
func dropRoot(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
}

// keepUser undoes the second.
func keepUser(c *exec.Cmd) { c.SysProcAttr.Credential = nil }

// endGroup asks a server and what it started to end, or ends them.
func endGroup(c *exec.Cmd, now bool) {
	signal := syscall.SIGTERM
	if now {
		signal = syscall.SIGKILL
	}
	_ = syscall.Kill(-c.Process.Pid, signal)
}
