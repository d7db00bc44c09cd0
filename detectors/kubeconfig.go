package detectors

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// verifiers that want to know the cluster of a user of a kubeconfig, whose private key is there in an encoding
const (
	protocolKubernetes = "kubernetes"
	protocolPrivateKey = "private-key"
	keyOfKubeconfig    = "base64"
)

// kubeconfigReach is how far from a credential, in bytes, its kubeconfig is read. A certificate takes 1500 of them.
const kubeconfigReach = 32 << 10

// kubeconfigWord is a key of a kubeconfig with its value, if that is on the key's line ("Organizing Cluster Access Using
// kubeconfig Files", Kubernetes documentation 1.34, 2025). The file may be YAML or JSON.
var kubeconfigWord = regexp.MustCompile(`(?:^|[\s{,"'])(certificate-authority-data|server|client-certificate-data|client-key-data|token|name|user|cluster|clusters|users|contexts)["']?\s*:[ \t]*["']?([^\s"',{}\[\]]*)`)

type kubeconfigEntry struct {
	key, value string
	at         finding.Span // of the value
}

// ofKubeconfig returns the parts of a user's credential in a kubeconfig: its certificate, and the servers and
// authorities of the clusters that a context joins it with; of all clusters where no context tells.
func ofKubeconfig(text []byte, secret finding.Span) []finding.Part {
	all, self := kubeconfigEntries(text, secret)
	if self < 0 {
		return nil
	}
	var out []finding.Part
	add := func(name, value string) {
		out = append(out, finding.Part{Name: name, Value: finding.NewSecret(value), Span: secret})
	}
	servers, authorities := serversOf(all, clustersOf(all, userOf(all, self)))
	for _, s := range servers[:min(len(servers), nearMost)] {
		add("host", s)
	}
	if len(servers) == 0 {
		return nil
	}
	if cert := certificateOf(all, self); cert != "" {
		add("client certificate", cert)
	}
	if authorities != "" {
		add("authority", authorities)
	}
	return out
}

// kubeconfigEntries reads the document around a credential; self is the credential's own entry, -1 where there is none.
func kubeconfigEntries(text []byte, secret finding.Span) (all []kubeconfigEntry, self int) {
	from, to := max(0, secret.Start-kubeconfigReach), min(len(text), secret.End+kubeconfigReach)
	if i := bytes.LastIndex(text[from:secret.Start], []byte("\n---")); i >= 0 {
		from += i + 1
	}
	if i := bytes.Index(text[secret.End:to], []byte("\n---")); i >= 0 {
		to = secret.End + i
	}
	self = -1
	if !bytes.Contains(text[from:to], []byte("clusters")) {
		return nil, self // without which no server is told
	}
	for _, m := range kubeconfigWord.FindAllSubmatchIndex(text[from:to], -1) {
		e := kubeconfigEntry{key: string(text[from+m[2] : from+m[3]]), value: string(text[from+m[4] : from+m[5]]), at: finding.Span{Start: from + m[4], End: from + m[5]}}
		if e.at.Start <= secret.Start && secret.End <= e.at.End && secret.Len() > 0 {
			self = len(all)
		}
		all = append(all, e)
	}
	return all, self
}

// section returns the entries below a key of the document's top.
func section(all []kubeconfigEntry, name string) []kubeconfigEntry {
	top := func(e kubeconfigEntry) bool {
		return oneOfWords(e.key, "clusters", "users", "contexts") && e.value == ""
	}
	start := slices.IndexFunc(all, func(e kubeconfigEntry) bool { return top(e) && e.key == name })
	if start < 0 {
		return nil
	}
	rest := all[start+1:]
	if end := slices.IndexFunc(rest, top); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

func oneOfWords(s string, words ...string) bool { return slices.Contains(words, s) }

// userOf returns the name of the user whose credential all[self] is. Names stand before what they name, or behind it, as
// programs write it, in all of a section.
func userOf(all []kubeconfigEntry, self int) string {
	users := section(all, "users")
	self = slices.IndexFunc(users, func(e kubeconfigEntry) bool { return e.at == all[self].at })
	if self < 0 {
		return ""
	}
	isName := func(e kubeconfigEntry) bool { return e.key == "name" }
	if isName(users[0]) {
		for i := self; i >= 0; i-- {
			if isName(users[i]) {
				return users[i].value
			}
		}
	}
	if i := slices.IndexFunc(users[self:], isName); i >= 0 {
		return users[self+i].value
	}
	return ""
}

// clustersOf returns the names of the clusters that contexts join a user with.
func clustersOf(all []kubeconfigEntry, user string) []string {
	var out []string
	var cluster, who string
	for _, e := range section(all, "contexts") {
		switch {
		case e.key == "cluster" && e.value != "":
			cluster = e.value
		case e.key == "user" && e.value != "":
			who = e.value
		default:
			continue
		}
		if cluster != "" && who != "" { // both of one context, in either order
			if who == user {
				out = append(out, cluster)
			}
			cluster, who = "", ""
		}
	}
	return out
}

// serversOf returns the servers of the named clusters, of all where none is named, without their scheme, and the
// authorities of all.
func serversOf(all []kubeconfigEntry, names []string) (servers []string, authorities string) {
	list := section(all, "clusters")
	var found, others []string
	var server, name string
	nameFirst := len(list) > 0 && list[0].key == "name"
	end := func() {
		if server != "" && !slices.Contains(others, server) {
			others = append(others, server)
		}
		if server != "" && slices.Contains(names, name) && !slices.Contains(found, server) {
			found = append(found, server)
		}
		server, name = "", ""
	}
	for _, e := range list {
		switch e.key {
		case "certificate-authority-data":
			authorities = strings.TrimPrefix(authorities+","+e.value, ",")
		case "server":
			if s, ok := strings.CutPrefix(e.value, "https://"); ok && !isReference(s) {
				server = s
			}
		case "name":
			if nameFirst {
				end()
			}
			if name = e.value; !nameFirst {
				end()
			}
		}
	}
	end()
	if len(found) == 0 {
		found = others
	}
	return found, authorities
}

// certificateOf returns the certificate of the user whose key all[self] is: it stands beside it, with no other key
// between.
func certificateOf(all []kubeconfigEntry, self int) string {
	for _, step := range []int{-1, 1} {
		for i := self + step; i >= 0 && i < len(all); i += step {
			if e := all[i]; e.key == "client-certificate-data" {
				return e.value
			} else if !oneOfWords(e.key, "token") {
				break
			}
		}
	}
	return ""
}
