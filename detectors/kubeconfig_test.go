package detectors

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// as programs write it, two clusters, the users in another order than the contexts
const kubeconfigOfTwo = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0EtT05F
    extensions:
    - extension:
        provider: minikube.sigs.k8s.io
      name: cluster_info
    server: https://one.example.com:6443
  name: one
- cluster:
    certificate-authority-data: Q0EtVFdP
    server: https://rancher.example.com/k8s/clusters/c-m-2
  name: two
contexts:
- context:
    cluster: one
    namespace: default
    user: dev
  name: dev@one
- context:
    cluster: two
    user: admin
  name: admin@two
current-context: dev@one
kind: Config
preferences: {}
users:
- name: admin
  user:
    client-certificate-data: Q0VSVC1BRE1JTg==
    client-key-data: S0VZLUFETUlO
- name: dev
  user:
    client-certificate-data: Q0VSVC1ERVY=
    client-key-data: S0VZLURFVg==
- name: bot
  user:
    token: tok-of-bot
`

const kubeconfigOfOne = `{"kind":"Config","users":[{"user":{"client-key-data":"S0VZ","client-certificate-data":"Q0VSVA=="},"name":"u"}],
"contexts":[{"name":"c","context":{"user":"u","cluster":"k"}}],"clusters":[{"name":"k","cluster":{"server":"https://k.example.com"}}]}`

func TestKubeconfig(t *testing.T) {
	long := strings.Repeat("QUJD", 800)
	for _, c := range []struct {
		name, text, secret string
		want               []string
	}{
		{"second user", kubeconfigOfTwo, "S0VZLURFVg==", []string{"host=one.example.com:6443", "client certificate=Q0VSVC1ERVY=", "authority=Q0EtT05F,Q0EtVFdP"}},
		{"first user", kubeconfigOfTwo, "S0VZLUFETUlO", []string{"host=rancher.example.com/k8s/clusters/c-m-2", "client certificate=Q0VSVC1BRE1JTg==", "authority=Q0EtT05F,Q0EtVFdP"}},
		{"in no context", kubeconfigOfTwo, "tok-of-bot", []string{"host=one.example.com:6443", "host=rancher.example.com/k8s/clusters/c-m-2", "authority=Q0EtT05F,Q0EtVFdP"}},
		{"JSON", kubeconfigOfOne, "S0VZ", []string{"host=k.example.com", "client certificate=Q0VSVA=="}},
		{"long certificates", strings.NewReplacer("Q0EtT05F", long, "Q0VSVC1ERVY=", long).Replace(kubeconfigOfTwo), "S0VZLURFVg==",
			[]string{"host=one.example.com:6443", "client certificate=" + long, "authority=" + long + ",Q0EtVFdP"}},
		{"another document", kubeconfigOfTwo + "---\nusers:\n- name: x\n  user:\n    token: tok-of-x\n", "tok-of-x", nil},
		{"names first", "clusters:\n- name: a\n  cluster:\n    server: https://a.example.com\n- name: b\n  cluster:\n    server: https://b.example.com\ncontexts:\n- name: x\n  context:\n    user: u\n    cluster: b\nusers:\n- name: u\n  user: {token: tok-of-u}\n", "tok-of-u", []string{"host=b.example.com"}},
		{"a variable", "clusters:\n- cluster:\n    server: https://${HOST}\n  name: a\nusers:\n- name: u\n  user:\n    token: tok-of-u\n", "tok-of-u", nil},
		{"no kubeconfig", "token: tok-of-u\nserver: https://a.example.com\n", "tok-of-u", nil},
	} {
		at := strings.Index(c.text, c.secret)
		var got []string
		for _, p := range ofKubeconfig([]byte(c.text), finding.Span{Start: at, End: at + len(c.secret)}) {
			got = append(got, p.Name+"="+p.Value.Reveal())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// FuzzKubeconfig: whatever stands around a credential, its parts are pieces of it.
func FuzzKubeconfig(f *testing.F) {
	for _, text := range []string{kubeconfigOfTwo, kubeconfigOfOne, "users:token:x", "token:\nusers:\n-"} {
		for i := 0; i < len(text); i += 97 {
			f.Add(text, i)
		}
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at > len(text) {
			return
		}
		end := at + strings.IndexAny(text[at:]+"\n", " \n\"',{}")
		for _, p := range ofKubeconfig([]byte(text), finding.Span{Start: at, End: end}) {
			for _, v := range strings.Split(p.Value.Reveal(), ",") {
				if !strings.Contains(text, v) {
					t.Fatalf("%s is %q", p.Name, v)
				}
			}
		}
	})
}
