package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/archive"
)

// daemon is the part of the Docker engine's API that hands out images; podman speaks it too.
type daemon struct {
	client *http.Client
	base   string
}

// errNoDaemon says that none answers, or that it does not have the image.
var errNoDaemon = errors.New("no daemon has the image")

// findDaemon returns the daemon at address; "" stands for DOCKER_HOST and the usual sockets.
func findDaemon(address string) (*daemon, error) {
	if address == "" {
		address = os.Getenv("DOCKER_HOST")
	}
	if address != "" {
		return newDaemon(address)
	}
	paths := []string{"/var/run/docker.sock", "/run/podman/podman.sock"}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		paths = append(paths, filepath.Join(dir, "docker.sock"), filepath.Join(dir, "podman", "podman.sock"))
	}
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.Mode()&os.ModeSocket != 0 {
			return newDaemon("unix://" + p)
		}
	}
	return nil, errNoDaemon
}

func newDaemon(address string) (*daemon, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("daemon address %q: %w", address, err)
	}
	switch u.Scheme {
	case "unix":
		var dialer net.Dialer
		return &daemon{base: "http://daemon", client: &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, "unix", u.Path)
			},
		}}}, nil
	case "tcp", "http":
		return &daemon{base: "http://" + u.Host, client: &http.Client{}}, nil
	case "https":
		return &daemon{base: "https://" + u.Host, client: &http.Client{}}, nil
	}
	return nil, fmt.Errorf("daemon address %q: use unix://, tcp:// or https://", address)
}

// image opens the docker-save stream of an image, or returns errNoDaemon.
func (d *daemon) image(ctx context.Context, ref string, limits archive.Limits) (*tarStore, error) {
	path := d.base + "/images/" + strings.ReplaceAll(url.PathEscape(ref), "%2F", "/")
	info, err := d.get(ctx, path+"/json")
	if err != nil {
		return nil, err
	}
	_ = info.Close()
	body, err := d.get(ctx, path+"/get")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return spoolArchive(ctx, body, limits)
}

func (d *daemon) get(ctx context.Context, address string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := d.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoDaemon, err)
	}
	if res.StatusCode == http.StatusOK {
		return res.Body, nil
	}
	_ = res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return nil, errNoDaemon
	}
	return nil, fmt.Errorf("daemon: %s", res.Status)
}
