//go:build unix

package git

import (
	"os"
	"os/exec"
	"syscall"
)

// endWhole has an interrupt end git and the helpers that it starts, which git itself leaves behind: they would wait for a
// server that does not answer. They become a group, unless a terminal may be asked for a passphrase, which is only for
// those that are in its foreground; there Ctrl-C reaches them all.
func endWhole(cmd *exec.Cmd) {
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0); err == nil {
		tty.Close()
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}
