package manifest

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/unleak/unleak/internal/lazyregexp"
)

// service is whose pipeline a file is.
type service int

const (
	noService service = iota
	githubService
	gitlabService
	bitbucketService
	circleService
	azureService
	otherService
)

// serviceOf tells it by the file's name.
func serviceOf(name string) service {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	switch {
	case has("/.github/workflows/", "/.gitea/workflows/", "/.forgejo/workflows/"):
		return githubService
	case has(".gitlab-ci", "/.gitlab/"):
		return gitlabService
	case strings.HasSuffix(name, "/bitbucket-pipelines.yml"):
		return bitbucketService
	case has("/.circleci/"):
		return circleService
	case has("azure-pipelines", "/.azure", "/.azuredevops/"):
		return azureService
	case has("/.buildkite/", "/.drone.y", "/.woodpecker") || strings.HasSuffix(name, "/.travis.yml"):
		return otherService
	}
	return noService
}

// pipeline looks at what is no Kubernetes object, if its name or shape is that of a pipeline.
func (l *look) pipeline(root *yaml.Node) {
	of := serviceOf(l.name)
	if get(root, "runs", "steps") != nil {
		of = githubService
	}
	switch of {
	case githubService:
		l.github(root)
		l.githubSecrets(root)
	case gitlabService:
		l.gitlab(root)
		l.gitlabVariables(root)
	case bitbucketService:
		l.other(root, "Bitbucket", "oidc", bitbucketAWS)
	case circleService:
		l.other(root, "CircleCI", "", circleAWS)
		l.circle(root)
	case azureService:
		l.other(root, "this CI", "", "")
		l.azure(root)
	case otherService:
		l.other(root, "this CI", "", "")
		l.keptBy(root)
	}
}

// federated are the steps of GitHub Actions that trade the job's identity for a login, by the input that says so.
var federated = []struct{ action, input, cloud string }{
	{"aws-actions/configure-aws-credentials", "role-to-assume", "AWS"},
	{"google-github-actions/auth", "workload_identity_provider", "GCP"},
	{"azure/login", "client-id", "Azure"},
	{"hashicorp/vault-action", "role", "Vault"},
}

// static are their inputs that take a long-lived key.
var static = []struct{ action, input, cloud, replacement string }{
	{"aws-actions/configure-aws-credentials", "aws-access-key-id", "AWS", githubAWS},
	{"google-github-actions/auth", "credentials_json", "GCP", githubGCP},
	{"azure/login", "creds", "Azure", githubAzure},
}

func (l *look) github(root *yaml.Node) {
	walk(root, "", 0, func(key string, n *yaml.Node) {
		action, _, _ := strings.Cut(strings.ToLower(text(n, "uses")), "@")
		with := get(n, "with")
		for _, s := range static {
			if action == s.action && text(with, s.input) != "" {
				l.add(cloudKey(n, s.cloud, "input "+s.input, text(with, s.input), s.replacement))
				return
			}
		}
		for _, s := range federated {
			if action == s.action && text(with, s.input) != "" {
				l.add(Note{Kind: Federation, Start: n.Line, End: last(n), Name: text(n, "uses"), Detail: s.cloud + " login by the job's OIDC token"})
				return
			}
		}
		if key == "env" {
			l.keyVariables(n, map[string]string{"AWS": githubAWS, "GCP": githubGCP, "Azure": githubAzure})
		}
	})
}

// cloudVariables are the variables that a cloud's tools take a long-lived key from.
var cloudVariables = map[string]string{
	"AWS_SECRET_ACCESS_KEY": "AWS", "AWS_SECRET_KEY": "AWS", "GOOGLE_CREDENTIALS": "GCP", "GCP_SA_KEY": "GCP", "GCLOUD_SERVICE_KEY": "GCP", "GOOGLE_APPLICATION_CREDENTIALS_JSON": "GCP",
	"AZURE_CLIENT_SECRET": "Azure", "ARM_CLIENT_SECRET": "Azure", "AZURE_CREDENTIALS": "Azure",
}

// taken is the output of an earlier step, which made a key for minutes.
var taken = lazyregexp.New(`^\$\{\{\s*(steps|needs)\.`)

// keyVariables looks at a mapping of variables.
func (l *look) keyVariables(n *yaml.Node, replacements map[string]string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		cloud := cloudVariables[name.Value]
		if cloud == "" || value.Kind == yaml.ScalarNode && (value.Value == "" || taken.MatchString(value.Value)) {
			continue
		}
		note := cloudKey(name, cloud, "variable "+name.Value, value.Value, replacements[cloud])
		note.End = max(note.End, last(value))
		l.add(note)
	}
}

func cloudKey(n *yaml.Node, cloud, where, value, replacement string) Note {
	return Note{Reference: strings.HasPrefix(value, "$"),
		Kind: StaticCloudKey, Start: n.Line, End: last(n), Name: cloud + " key", Detail: "a long-lived key comes in by the " + where,
		Advice:      "Let the job log in with its own OIDC identity: the token lives for minutes, and there is no key to leak or rotate. Then delete the key at " + cloud,
		Replacement: replacement,
	}
}

func (l *look) gitlab(root *yaml.Node) {
	found := map[int]bool{}
	walk(root, "", 0, func(key string, n *yaml.Node) {
		switch key {
		case "id_tokens":
			if !found[n.Line] {
				found[n.Line] = true
				names := keys(n)
				slices.Sort(names)
				l.add(Note{Kind: Federation, Start: n.Line, End: last(n), Name: strings.Join(names, ", "), Detail: "the job's OIDC token"})
			}
		case "secrets":
			l.add(Note{Kind: External, Start: n.Line, End: last(n), Name: strings.Join(keys(n), ", "), Detail: "fetched from a store by the runner"})
		case "variables":
			l.keyVariables(n, map[string]string{"AWS": gitlabAWS, "GCP": gitlabGCP, "Azure": gitlabAzure})
		}
	})
}

// other looks at pipelines of services of which only the variables, and the switch for OIDC, are known.
func (l *look) other(root *yaml.Node, service, oidc, aws string) {
	walk(root, "", 0, func(key string, n *yaml.Node) {
		if oidc != "" && text(n, oidc) == "true" {
			l.add(Note{Kind: Federation, Start: n.Line, End: last(n), Name: text(n, "name"), Detail: "the job's OIDC token of " + service})
		}
		if key == "environment" || key == "env" || key == "variables" {
			l.keyVariables(n, map[string]string{"AWS": aws})
		}
	})
	walk(root, "", 0, func(key string, n *yaml.Node) { // CircleCI
		for i := 0; i+1 < len(n.Content); i += 2 {
			if v := n.Content[i+1].Value; service == "CircleCI" && (strings.Contains(v, "CIRCLE_OIDC_TOKEN") || n.Content[i].Value == "role_arn" || n.Content[i].Value == "role-arn") {
				l.add(Note{Kind: Federation, Start: n.Content[i].Line, End: last(n.Content[i+1]), Name: n.Content[i].Value, Detail: fmt.Sprintf("the job's OIDC token of %s", service)})
			}
		}
	})
}

// Replacements, from the documentation of the clouds and services on OIDC federation (2026-11).
const (
	githubAWS = `permissions:
  id-token: write
  contents: read
steps:
  - uses: aws-actions/configure-aws-credentials@v4
    with:
      role-to-assume: arn:aws:iam::ACCOUNT:role/ROLE
      aws-region: REGION
`
	githubGCP = `permissions:
  id-token: write
  contents: read
steps:
  - uses: google-github-actions/auth@v2
    with:
      workload_identity_provider: projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER
      service_account: NAME@PROJECT.iam.gserviceaccount.com
`
	githubAzure = `permissions:
  id-token: write
  contents: read
steps:
  - uses: azure/login@v2
    with:
      client-id: CLIENT
      tenant-id: TENANT
      subscription-id: SUBSCRIPTION
`
	gitlabAWS = `id_tokens:
  AWS_TOKEN:
    aud: https://gitlab.com
variables:
  AWS_ROLE_ARN: arn:aws:iam::ACCOUNT:role/ROLE
  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token
before_script:
  - echo "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
`
	gitlabGCP = `id_tokens:
  GCP_TOKEN:
    aud: https://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER
before_script:
  - echo "$GCP_TOKEN" > /tmp/gcp-token
  - gcloud iam workload-identity-pools create-cred-config projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER --service-account NAME@PROJECT.iam.gserviceaccount.com --credential-source-file /tmp/gcp-token --output-file /tmp/gcp.json
`
	gitlabAzure = `id_tokens:
  AZURE_TOKEN:
    aud: api://AzureADTokenExchange
before_script:
  - az login --service-principal --username CLIENT --tenant TENANT --federated-token "$AZURE_TOKEN"
`
	bitbucketAWS = `oidc: true
script:
  - export AWS_ROLE_ARN=arn:aws:iam::ACCOUNT:role/ROLE AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/token
  - echo "$BITBUCKET_STEP_OIDC_TOKEN" > /tmp/token
`
	circleAWS = `steps:
  - run: echo "$CIRCLE_OIDC_TOKEN_V2" > /tmp/token
environment:
  AWS_ROLE_ARN: arn:aws:iam::ACCOUNT:role/ROLE
  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/token
`
)
