// Package gitenv keeps what tests do with the git program away from the host: from the configuration of who runs them,
// and from the repository whose hook does.
package gitenv

import (
	"os"
	"slices"
	"strings"
)

// Away returns the environment without what git reads in it, and without git's configuration.
func Away() []string {
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "GIT_") })
	return append(env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
}
