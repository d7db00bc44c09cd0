package git

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// scpLike matches git's short form of an SSH address: "user@host:path".
var scpLike = lazyregexp.New(`^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:[^\\]`)

// IsURL tells whether a target is the address of a repository rather than a path.
func IsURL(target string) bool {
	for _, scheme := range []string{"https://", "http://", "ssh://", "git://", "git+ssh://", "file://"} {
		if len(target) > len(scheme) && strings.EqualFold(target[:len(scheme)], scheme) {
			return true
		}
	}
	return scpLike.MatchString(target)
}

// displayName returns a target as reports name it: without user and password.
func displayName(target string) string {
	if u, err := url.Parse(target); err == nil && u.Scheme != "" && u.Host != "" {
		if _, has := u.User.Password(); has || u.Scheme != "ssh" {
			u.User = nil
		}
		u.RawQuery = ""
		return u.String()
	}
	return filepath.ToSlash(target)
}

// clone makes a bare clone in a temporary folder, whose name it returns even when cloning breaks off. Credentials come
// from git's helpers; nobody is asked. Objects are not checked, since the scan reads them all, and every reference
// of the remote is fetched.
func clone(ctx context.Context, address string, depth int) (dir string, err error) {
	dir, err = os.MkdirTemp("", "unleak-clone-")
	if err != nil {
		return "", err
	}
	args := []string{
		"-c", "protocol.ext.allow=never", "-c", "core.hooksPath=" + os.DevNull, "-c", "gc.auto=0",
		"clone", "--quiet", "--mirror", "--template=",
	}
	if depth > 0 {
		args = append(args, "--depth", strconv.Itoa(depth), "--no-single-branch")
	}
	cmd := exec.CommandContext(ctx, "git", append(args, "--", address, dir)...)
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_LFS_SKIP_SMUDGE=1", "LC_ALL=C")
	endWhole(cmd)
	cmd.WaitDelay = 3 * time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return dir, ctx.Err()
		}
		return dir, fmt.Errorf("clone %s: %w: %s", displayName(address), err, complaint(said.String(), address))
	}
	return dir, nil
}

// complaint returns what git says went wrong, or else the last lines it wrote, without the address's credentials.
func complaint(said, address string) string {
	said = strings.TrimSpace(strings.ReplaceAll(said, address, displayName(address)))
	lines := strings.Split(said, "\n")
	var wrong []string
	for _, l := range lines {
		if strings.HasPrefix(l, "fatal: ") || strings.HasPrefix(l, "error: ") || strings.HasPrefix(l, "remote: ") {
			wrong = append(wrong, strings.TrimSpace(l))
		}
	}
	if len(wrong) == 0 {
		wrong = lines
	}
	return strings.Join(wrong[max(0, len(wrong)-3):], "; ")
}
