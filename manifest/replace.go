package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// block writes YAML in lines.
func block(v any) string {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if e.Encode(v) != nil || e.Close() != nil {
		return ""
	}
	return b.String()
}

// Flow writes YAML on one line, for texts that have no room for more.
func Flow(replacement string) string {
	var n yaml.Node
	if yaml.Unmarshal([]byte(replacement), &n) != nil || len(n.Content) != 1 || n.Content[0].Kind == yaml.ScalarNode {
		return strings.Join(strings.Fields(replacement), " ") // another language
	}
	setFlow(n.Content[0])
	out, err := yaml.Marshal(n.Content[0])
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func setFlow(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	if n.Kind != yaml.ScalarNode {
		n.Style = yaml.FlowStyle
	}
	for _, c := range n.Content {
		setFlow(c)
	}
}

type meta struct {
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace,omitempty"`
}

// external is an ExternalSecret ("external-secrets.io/v1", External Secrets Operator, 2026).
type external struct {
	API  string       `yaml:"apiVersion"`
	Kind string       `yaml:"kind"`
	Meta meta         `yaml:"metadata"`
	Spec externalSpec `yaml:"spec"`
}

type externalSpec struct {
	Refresh string         `yaml:"refreshInterval"`
	Store   storeRef       `yaml:"secretStoreRef"`
	Target  externalTarget `yaml:"target"`
	Data    []externalData `yaml:"data"`
}

type storeRef struct {
	Name string `yaml:"name"`
	Kind string `yaml:"kind"`
}

type externalTarget struct {
	Name     string            `yaml:"name"`
	Template *externalTemplate `yaml:"template,omitempty"`
}

type externalTemplate struct {
	Type string `yaml:"type"`
}

type externalData struct {
	Key string    `yaml:"secretKey"`
	Ref remoteRef `yaml:"remoteRef"`
}

type remoteRef struct {
	Key      string `yaml:"key"`
	Property string `yaml:"property"`
}

// externalSecret is the replacement of a Secret.
func externalSecret(name, namespace, kind string, names []string) string {
	if name == "" || strings.Contains(name, "TEMPLATE") {
		name = "NAME"
	}
	path := name
	if namespace != "" && !strings.Contains(namespace, "TEMPLATE") {
		path = namespace + "/" + name
	} else {
		namespace = ""
	}
	x := external{API: "external-secrets.io/v1", Kind: "ExternalSecret", Meta: meta{name, namespace}, Spec: externalSpec{
		Refresh: "1h", Store: storeRef{"STORE", "ClusterSecretStore"}, Target: externalTarget{Name: name},
	}}
	if kind != "" && kind != "Opaque" {
		x.Spec.Target.Template = &externalTemplate{kind}
	}
	for _, k := range names {
		x.Spec.Data = append(x.Spec.Data, externalData{k, remoteRef{path, k}})
	}
	return block(x)
}

type envEntry struct {
	Name string    `yaml:"name"`
	From valueFrom `yaml:"valueFrom"`
}

type valueFrom struct {
	Ref keyRef `yaml:"secretKeyRef"`
}

type keyRef struct {
	Name string `yaml:"name"`
	Key  string `yaml:"key"`
}
