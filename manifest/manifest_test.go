package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func brief(name, text string) []string {
	var out []string
	for _, n := range Look(name, []byte(text)) {
		out = append(out, fmt.Sprintf("%d %s: %s: %s", n.Start, n.Kind, n.Name, n.Detail))
	}
	return out
}

func TestLook(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"secret with data", "k8s/s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ndata:\n  password: aHVudGVyMg==\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: ok}\nstringData:\n  x: ${X}\n",
			[]string{"1 inline Kubernetes Secret: db: values of password stand in the file; base64 is no encryption"}},
		{"by reference", "app.yml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - env:\n        - name: DB_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: pw}}\n        envFrom:\n        - secretRef: {name: all}\n      volumes:\n      - secret: {secretName: tls}\n      - csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: vault-db}}\n",
			[]string{"10 Kubernetes Secret by reference: web: all, db#pw, tls", "15 Secrets Store CSI driver: web: class vault-db"}},
		{"inline env in a Helm template", "t.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n{{- if .x }}\n  c:\n    env:\n    - name: API_TOKEN\n      value: abcdef123\n    - name: B_TOKEN\n      value: {{ .Values.b }}\n    - name: TOKEN_FILE\n      value: /run/token\n{{- end }}\n",
			[]string{"9 inline environment value: API_TOKEN: the value of API_TOKEN stands in the file"}},
		{"external", "e.yaml", "apiVersion: external-secrets.io/v1beta1\nkind: ExternalSecret\nmetadata: {name: x}\nspec: {secretStoreRef: {name: vault}}\n---\napiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: y}\nspec: {provider: azure}\n---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: z}\n---\napiVersion: secrets.hashicorp.com/v1beta1\nkind: VaultStaticSecret\nmetadata: {name: v}\n",
			[]string{"1 External Secrets: x: from store vault", "6 Secrets Store CSI driver: y: provider azure", "11 Sealed Secrets: z: its values are encrypted for the cluster", "15 Vault Secrets Operator: v: VaultStaticSecret"}},
		{"vault agent", "d.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  template:\n    metadata:\n      annotations:\n        vault.hashicorp.com/agent-inject: \"true\"\n        vault.hashicorp.com/role: web\n",
			[]string{"8 Vault agent injector: w: role web"}},
		{"sops", "s.enc.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: q}\ndata:\n  a: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[x]\n", []string{"7 SOPS: q: its values are encrypted"}},
		{"github static", ".github/workflows/a.yml", "jobs:\n  a:\n    env:\n      AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n    steps:\n    - uses: google-github-actions/auth@v2\n      with:\n        credentials_json: ${{ secrets.GCP }}\n    - env:\n        AWS_SECRET_ACCESS_KEY: ${{ steps.login.outputs.key }}\n",
			[]string{"4 static cloud key in CI: AWS key: a long-lived key comes in by the variable AWS_SECRET_ACCESS_KEY", "6 static cloud key in CI: GCP key: a long-lived key comes in by the input credentials_json"}},
		{"github oidc", "x/.github/workflows/a.yml", "jobs:\n  a:\n    steps:\n    - uses: aws-actions/configure-aws-credentials@v4\n      with: {role-to-assume: r}\n", []string{"4 OIDC federation: aws-actions/configure-aws-credentials@v4: AWS login by the job's OIDC token"}},
		{"gitlab", ".gitlab-ci.yml", "a:\n  id_tokens:\n    T: {aud: x}\n  variables:\n    AWS_SECRET_ACCESS_KEY: abc\n", []string{"3 OIDC federation: T: the job's OIDC token", "5 static cloud key in CI: AWS key: a long-lived key comes in by the variable AWS_SECRET_ACCESS_KEY"}},
		{"no manifest", "config.yml", "env:\n  AWS_SECRET_ACCESS_KEY: x\n", nil},
		{"no YAML", "x.yaml", "a: b: c\n\t-", nil},
		{"a list of objects", "l.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: i}\n  data: {k: dmFsdWU=}\n", []string{"4 inline Kubernetes Secret: i: values of k stand in the file; base64 is no encryption"}},
	} {
		if d := cmp.Diff(c.want, brief(c.file, c.text)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// Every replacement is YAML of its own, on many lines and on one.
func TestReplacements(t *testing.T) {
	all := []string{githubAWS, githubGCP, githubAzure, gitlabAWS, gitlabGCP, gitlabAzure, bitbucketAWS, circleAWS, externalSecret("db", "shop", "kubernetes.io/tls", []string{"tls.key"})}
	for _, r := range all {
		var long, short any
		if err := yaml.Unmarshal([]byte(r), &long); err != nil {
			t.Fatalf("%v in\n%s", err, r)
		}
		line := Flow(r)
		if err := yaml.Unmarshal([]byte(line), &short); err != nil || strings.Contains(line, "\n") {
			t.Fatalf("%v in %s", err, line)
		}
		if d := cmp.Diff(long, short); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
	if x := all[len(all)-1]; !strings.Contains(x, "key: shop/db") || !strings.Contains(x, "namespace: shop") || !strings.Contains(x, "type: kubernetes.io/tls") {
		t.Error(x)
	}
}

// No note holds a value, whatever a file looks like.
func FuzzLook(f *testing.F) {
	f.Add("k8s/a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: dmFsdWU=}\n")
	f.Add(".gitlab-ci.yml", "a: &x\n  id_tokens: {T: {aud: x}}\nb: *x\n")
	f.Add("a.yaml", "{{ if }}\na: [&a [*a]]")
	f.Fuzz(func(t *testing.T, name, text string) {
		lines := strings.Count(text, "\n") + 2
		for _, n := range Look(name, []byte(text)) {
			if n.Start < 1 || n.End < n.Start || n.Start > lines {
				t.Fatalf("note at lines %d to %d of %d", n.Start, n.End, lines)
			}
		}
	})
}
