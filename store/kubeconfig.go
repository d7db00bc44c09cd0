package store

import (
	"cmp"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// cluster is how to reach an API server, and as whom.
type cluster struct {
	server      string
	token       string
	roots       []byte
	certificate *tls.Certificate
}

// kubeconfig is what counts of the file ("Organizing Cluster Access Using kubeconfig Files", Kubernetes, 2026).
type kubeconfig struct {
	Current  string `yaml:"current-context"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster, User string
		} `yaml:"context"`
	} `yaml:"contexts"`
	Clusters []struct {
		Name    string `yaml:"name"`
		Cluster struct {
			Server   string `yaml:"server"`
			Insecure bool   `yaml:"insecure-skip-tls-verify"`
			File     string `yaml:"certificate-authority"`
			Data     string `yaml:"certificate-authority-data"`
		} `yaml:"cluster"`
	} `yaml:"clusters"`
	Users []struct {
		Name string         `yaml:"name"`
		User kubeconfigUser `yaml:"user"`
	} `yaml:"users"`
}

type kubeconfigUser struct {
	Token     string `yaml:"token"`
	TokenFile string `yaml:"tokenFile"`
	CertFile  string `yaml:"client-certificate"`
	CertData  string `yaml:"client-certificate-data"`
	KeyFile   string `yaml:"client-key"`
	KeyData   string `yaml:"client-key-data"`
	Exec      *struct {
		Command string `yaml:"command"`
	} `yaml:"exec"`
}

// clusterOf finds the API server: the one the spec names, the kubeconfig's, or the one of the pod this runs in.
func clusterOf(context string, s spec, o Options) (cluster, error) {
	token := o.Getenv("KUBERNETES_TOKEN")
	if server := s.query.Get("server"); server != "" {
		if token == "" {
			return cluster{}, fmt.Errorf("server=%s needs KUBERNETES_TOKEN", server)
		}
		return cluster{server: server, token: token}, nil
	}
	name := cmp.Or(s.query.Get("kubeconfig"), o.Getenv("KUBECONFIG"))
	if list := filepath.SplitList(name); len(list) > 1 {
		name = list[0]
	}
	host := o.Getenv("KUBERNETES_SERVICE_HOST")
	if name == "" && o.Home != "" {
		if usual := filepath.Join(o.Home, ".kube", "config"); host == "" || isFile(usual) {
			name = usual
		}
	}
	if name == "" && host != "" {
		return inPod(host, cmp.Or(o.Getenv("KUBERNETES_SERVICE_PORT"), "443"))
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return cluster{}, err
	}
	var k kubeconfig
	if err := yaml.Unmarshal(text, &k); err != nil {
		return cluster{}, fmt.Errorf("%s: no kubeconfig", name)
	}
	c, err := k.cluster(cmp.Or(context, k.Current), filepath.Dir(name))
	if err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	c.token = cmp.Or(token, c.token)
	return c, nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func inPod(host, port string) (cluster, error) {
	token, err := os.ReadFile(podFolder + "/token")
	if err != nil {
		return cluster{}, err
	}
	roots, err := os.ReadFile(podFolder + "/ca.crt")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return cluster{server: "https://" + host + ":" + port, token: strings.TrimSpace(string(token)), roots: roots}, err
}

// cluster resolves a context. Files are named relative to the kubeconfig.
func (k *kubeconfig) cluster(context, folder string) (cluster, error) {
	var c cluster
	var user string
	for _, x := range k.Contexts {
		if x.Name != context {
			continue
		}
		user = x.Context.User
		for _, y := range k.Clusters {
			if y.Name != x.Context.Cluster {
				continue
			}
			if y.Cluster.Insecure {
				return c, fmt.Errorf("cluster %q does not check certificates; name its certificate-authority", y.Name)
			}
			roots, err := fileOrData(folder, y.Cluster.File, y.Cluster.Data)
			if err != nil {
				return c, err
			}
			c.server, c.roots = y.Cluster.Server, roots
		}
	}
	if c.server == "" {
		return c, fmt.Errorf("no context %q with a cluster", context)
	}
	for _, x := range k.Users {
		if x.Name == user {
			return c, x.User.credentials(&c, folder)
		}
	}
	return c, nil
}

func (u *kubeconfigUser) credentials(c *cluster, folder string) error {
	c.token = u.Token
	if u.TokenFile != "" {
		text, err := os.ReadFile(within(folder, u.TokenFile))
		if err != nil {
			return err
		}
		c.token = strings.TrimSpace(string(text))
	}
	cert, err := fileOrData(folder, u.CertFile, u.CertData)
	if err != nil {
		return err
	}
	key, err := fileOrData(folder, u.KeyFile, u.KeyData)
	if err != nil {
		return err
	}
	if cert != nil && key != nil {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return fmt.Errorf("the client certificate does not load")
		}
		c.certificate = &pair
	}
	if c.token == "" && c.certificate == nil && u.Exec != nil {
		return fmt.Errorf("the user logs in with the program %s, which is not run: set KUBERNETES_TOKEN (kubectl create token NAME)", u.Exec.Command)
	}
	return nil
}

func within(folder, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}

func fileOrData(folder, file, data string) ([]byte, error) {
	if data != "" {
		return base64.StdEncoding.DecodeString(data)
	}
	if file == "" {
		return nil, nil
	}
	return os.ReadFile(within(folder, file))
}
