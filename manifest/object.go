package manifest

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object looks at a Kubernetes object. The kinds of others are those their projects document (2026-11): CSI driver
// v1.5, External Secrets v1, Vault Secrets Operator v1beta1, Sealed Secrets v1alpha1.
func (l *look) object(root *yaml.Node) {
	group, _, _ := strings.Cut(text(root, "apiVersion"), "/")
	kind, name := text(root, "kind"), text(root, "metadata", "name")
	note := Note{Start: root.Line, End: last(root), Name: name}
	switch {
	case kind == "List":
		if items := get(root, "items"); items != nil {
			for _, item := range items.Content {
				l.document(item)
			}
		}
		return
	case kind == "Secret" && group == "v1":
		l.secret(root, note)
		return
	case kind == "SecretProviderClass" && strings.HasPrefix(group, "secrets-store.csi"):
		note.Kind, note.Detail = CSIDriver, "provider "+text(root, "spec", "provider")
	case (kind == "ExternalSecret" || kind == "ClusterExternalSecret" || kind == "PushSecret") && group == "external-secrets.io":
		note.Kind, note.Detail = External, "from store "+text(root, "spec", "secretStoreRef", "name")
	case strings.HasPrefix(kind, "Vault") && group == "secrets.hashicorp.com":
		note.Kind, note.Detail = VaultOperator, kind
	case kind == "SealedSecret" && group == "bitnami.com":
		note.Kind, note.Detail = Sealed, "its values are encrypted for the cluster"
	default:
		l.workload(root)
		return
	}
	l.add(note)
}

// secret looks at a Secret whose data stand in the file. An empty one is filled by others.
func (l *look) secret(root *yaml.Node, note Note) {
	if text(root, "type") == "kubernetes.io/service-account-token" {
		return
	}
	var names []string
	for _, field := range []string{"data", "stringData"} {
		values := get(root, field)
		for _, key := range keys(values) {
			if v := text(values, key); v != "" && !reference(v) {
				names = append(names, key)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	names = slices.Compact(names)
	note.Kind = InlineSecret
	note.Detail = "values of " + strings.Join(names, ", ") + " stand in the file; base64 is no encryption"
	note.Advice = "Move the values into a secret store, rotate them, and let External Secrets (or the Secrets Store CSI driver) fetch them; where nothing but git is at hand, encrypt the file with SOPS or as a SealedSecret"
	note.Replacement = externalSecret(note.Name, text(root, "metadata", "namespace"), text(root, "type"), names)
	l.add(note)
}

// reference tells values that are filled in later: templates, variables, references of Vault's webhook and of ArgoCD.
func reference(v string) bool {
	v = strings.TrimSpace(v)
	return strings.Contains(v, "TEMPLATE") || strings.HasPrefix(v, "${") || strings.HasPrefix(v, "$(") || strings.HasPrefix(v, "vault:") ||
		strings.HasPrefix(v, "<path:") || strings.HasPrefix(v, "ENC[") || strings.HasPrefix(v, "ref+") || strings.HasPrefix(v, "op://") || strings.HasPrefix(v, "<") && strings.HasSuffix(v, ">")
}

// workload looks at what a pod takes its secrets from.
func (l *look) workload(root *yaml.Node) {
	refs := map[string]bool{}
	first, end := 0, 0
	ref := func(n *yaml.Node, what string) {
		refs[what] = true
		if first == 0 || n.Line < first {
			first = n.Line
		}
		end = max(end, last(n))
	}
	injected := false
	walk(root, "", 0, func(key string, n *yaml.Node) {
		switch {
		case key == "secretKeyRef":
			ref(n, text(n, "name")+"#"+text(n, "key"))
		case key == "secretRef":
			ref(n, text(n, "name"))
		case key == "secret" && text(n, "secretName") != "":
			ref(n, text(n, "secretName"))
		case key == "csi" && strings.HasPrefix(text(n, "driver"), "secrets-store.csi"):
			l.add(Note{Kind: CSIDriver, Start: n.Line, End: last(n), Name: text(root, "metadata", "name"), Detail: "class " + text(n, "volumeAttributes", "secretProviderClass")})
		case key == "annotations" && !injected && text(n, "vault.hashicorp.com/agent-inject") == "true":
			injected = true
			l.add(Note{Kind: VaultAgent, Start: n.Line, End: last(n), Name: text(root, "metadata", "name"), Detail: "role " + text(n, "vault.hashicorp.com/role")})
		case key == "env":
			l.environment(root, n)
		}
	})
	if len(refs) == 0 {
		return
	}
	var names []string
	for r := range refs {
		names = append(names, strings.TrimSuffix(r, "#"))
	}
	slices.Sort(names)
	l.add(Note{Kind: SecretRef, Start: first, End: end, Name: text(root, "metadata", "name"), Detail: strings.Join(names, ", ")})
}

// environment looks at one entry of a container's env: the walk comes by each.
func (l *look) environment(root, n *yaml.Node) {
	name, value := text(n, "name"), text(n, "value")
	if value == "" || !secretValue(value) && (!secretName(name) || len(value) < 6 || reference(value)) {
		return
	}
	key := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	object := text(root, "metadata", "name")
	if object == "" || strings.Contains(object, "TEMPLATE") {
		object = "app"
	}
	l.add(Note{
		Kind: InlineEnv, Start: n.Line, End: last(n), Name: name, Detail: fmt.Sprintf("the value of %s stands in the file", name),
		Advice:      "Move the value into a secret store, rotate it, and take it by reference",
		Replacement: block([]envEntry{{Name: name, From: valueFrom{Ref: keyRef{Name: object + "-secrets", Key: key}}}}),
	})
}
