package repo

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
)

// Origin returns the address of the repository that this one is a clone of, without credentials; "" if the
// configuration names none. An address as scp writes it becomes one of ssh (git-clone(1), "GIT URLS").
func (r *Repo) Origin() string {
	text, err := plainfile.Read(filepath.Join(r.CommonDir, "config"))
	if err != nil {
		return ""
	}
	set, _ := parseSettings(text) // what could be read
	address := set["remote.origin.url"]
	if host, path, ok := strings.Cut(address, ":"); ok && !strings.Contains(address, "://") && !strings.Contains(host, "/") {
		address = "ssh://" + host + "/" + strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
