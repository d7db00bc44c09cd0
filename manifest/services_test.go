package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What Compose, CI services, Terraform, Helm, Spring and ASP.NET take by reference is told as such, and what stands in
// the file is not.
func TestServices(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"compose", "docker-compose.prod.yml", `services:
  web:
    image: web
    env_file: [prod.env]
    environment:
      DB_PASSWORD: ${DB_PASSWORD}
      API_TOKEN: ${API_TOKEN:-tok3n-4bcdef}
      DB_HOST: db.internal
      DB_PASSWORD_FILE: /run/secrets/db
  db:
    image: pg
    environment:
      - POSTGRES_PASSWORD=s3cret-Value
      - PASSED_TOKEN
secrets:
  db: {file: ./db.txt}
  tls: {external: true}
  env: {environment: TLS}
`, []string{
			"4 value from the environment: web: env_file prod.env, which is to stay out of git",
			"6 value from the environment: DB_PASSWORD: taken from the environment of whoever starts web",
			"7 inline environment value: API_TOKEN: the value that API_TOKEN has where nobody sets it stands in the file",
			"13 inline environment value: POSTGRES_PASSWORD: the value of POSTGRES_PASSWORD stands in the file",
			"14 value from the environment: PASSED_TOKEN: taken from the environment of whoever starts db",
			"16 Compose secret: db: from the file ./db.txt, which is to stay out of git",
			"17 Compose secret: tls: kept by the engine (external)",
			"18 Compose secret: env: from the variable TLS",
		}},
		{"compose by its shape", "deploy/app.yml", "services:\n  a:\n    build: .\n    environment: {X_TOKEN: abcdef123}\n", []string{"4 inline environment value: X_TOKEN: the value of X_TOKEN stands in the file"}},
		{"github", ".github/workflows/a.yml", `env:
  NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
jobs:
  a:
    env: {DEPLOY_TOKEN: abcdef-123456, LEVEL: debug}
    steps:
      - run: curl -H "x:${{ secrets.X }}" y
        env:
          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
      - with: {token: '${{ secrets.Y || github.token }}'}
  b:
    uses: ./x.yml
    secrets: inherit
`, []string{
			"2 secret of the CI service: NPM_TOKEN: secrets of the repository, environment or organisation",
			"5 inline environment value: DEPLOY_TOKEN: the value of DEPLOY_TOKEN stands in the file",
			"7 secret of the CI service: X, Y: secrets of the repository, environment or organisation",
			"13 secret of the CI service: inherit: every secret of the caller is handed on: name those that are needed",
		}},
		{"gitlab", ".gitlab-ci.yml", `variables:
  DB_PASSWORD: {value: "abc-def-123", description: x}
  DB_HOST: db
a:
  variables:
    API_TOKEN: $PROD_TOKEN
  script:
    - docker login -p $CI_REGISTRY_PASSWORD
    - use ${DB_PASSWORD}
`, []string{
			"2 inline environment value: DB_PASSWORD: the value of DB_PASSWORD stands in the file",
			"6 secret of the CI service: CI_REGISTRY_PASSWORD, PROD_TOKEN: CI/CD variables of the project or group",
		}},
		{"azure", "azure-pipelines.yml", `variables:
- group: prod
- name: apiToken
  value: abcdef123456
steps:
- task: AzureKeyVault@2
  inputs: {KeyVaultName: kv, SecretsFilter: 'db-password'}
- script: run
  env:
    DB_PASSWORD: $(db-password)
    DIR: $(Build.SourcesDirectory)
`, []string{
			"2 secret of the CI service: prod: a variable group",
			"3 inline environment value: apiToken: the value of apiToken stands in the file",
			"6 Azure Key Vault reference: kv: fetched by the job: db-password",
			"10 secret of the CI service: db-password: secret variables of the pipeline or of a group",
		}},
		{"circle", ".circleci/config.yml", `jobs:
  build:
    environment: {API_TOKEN: abcdef123456}
workflows:
  w:
    jobs:
      - build:
          context: [org, prod]
`, []string{
			"3 inline environment value: API_TOKEN: the value of API_TOKEN stands in the file",
			"8 secret of the CI service: org, prod: contexts, whose variables the job gets",
		}},
		{"drone", ".drone.yml", "steps:\n- environment:\n    A: {from_secret: a}\n", []string{"3 secret of the CI service: a: for A"}},
		{"jenkins", "ci/Jenkinsfile", `pipeline {
  environment {
    DB = credentials('db-login')
    API_TOKEN = "abcdef123456"
    X_TOKEN = "${params.T}"
    // OLD_TOKEN = "abcdef123456"
  }
  stages { steps { withCredentials([string(credentialsId: 'npm', variable: 'T')]) { sh 'x' } } }
}
`, []string{
			"3 secret of the CI service: db-login: a credential of Jenkins",
			"4 inline environment value: API_TOKEN: the value of API_TOKEN stands in the file",
			"8 secret of the CI service: npm: a credential of Jenkins",
		}},
		{"terraform", "main.tf", `data "aws_secretsmanager_secret_version" "db" {
  secret_id = "prod/db"
}
ephemeral "vault_kv_secret_v2" "x" {}
data "aws_ami" "y" {}
variable "db_password" {
  sensitive = true
}
variable "api_token" {
  default = "abcdef123456"
}
resource "aws_db_instance" "a" {
  password      = data.aws_secretsmanager_secret_version.db.secret_string
  master_password = "s3cret-Value" # x
  secret_name = "not-one-at-all"
}
`, []string{
			"1 Terraform data source: aws_secretsmanager_secret_version.db: read from its store; the value is kept in the state, which is to be encrypted",
			"4 Terraform data source: vault_kv_secret_v2.x: read from its store, and not kept in the state",
			"7 value from the environment: db_password: a sensitive variable, set from outside",
			"10 inline setting: api_token: the value of api_token stands in the file",
			"14 inline setting: master_password: the value of master_password stands in the file",
		}},
		{"helm", "templates/s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata:\n  {{- $s := (lookup \"v1\" \"Secret\" .Release.Namespace \"db\") }}\n  password: {{ index $s.data \"password\" }}\n", []string{"5 Helm lookup: db: a Secret that is in the cluster already"}},
		{"spring", "src/main/resources/application-prod.yml", `spring:
  config:
    import: vault://secret/app
  datasource:
    password: ${DB_PASSWORD}
    username: app
  mail: {password: "ENC(abcdef)"}
  rabbitmq: {password: rabbit-Pass1}
  redis: {password: "${REDIS_PASSWORD:fallback1}"}
app.token: ${sm@api-token}
`, []string{
			"3 Spring Cloud store: spring.config.import: imports vault://secret/app",
			"5 value from the environment: spring.datasource.password: a placeholder, filled at start",
			"7 encrypted setting: spring.mail.password: decrypted at start",
			"8 inline setting: spring.rabbitmq.password: the value of spring.rabbitmq.password stands in the file",
			"9 inline setting: spring.redis.password: the value of spring.redis.password stands in the file",
			"10 Spring Cloud store: app.token: from GCP Secret Manager",
		}},
		{"properties", "application.properties", "# x\nspring.cloud.azure.keyvault.secret.endpoint=https://v.vault.azure.net\nspring.datasource.password=hunter22x\nserver.port=80\n", []string{
			"2 Spring Cloud store: spring.cloud.azure.keyvault.secret: settings are fetched from a store at start",
			"3 inline setting: spring.datasource.password: the value of spring.datasource.password stands in the file",
		}},
		{"appsettings", "appsettings.Production.json", "\ufeff{\n\t// comment\n\t\"ConnectionStrings\": {\n\t\t\"Default\": \"Server=db;User Id=a;Password=hunter22x;\"\n\t},\n\t\"ApiKey\": \"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)\",\n\t\"KeyVaultName\": \"v\",\n\t\"Auth\": {\"ClientSecret\": \"abcdef123456\", \"TokenLifetime\": \"00:10:00\"}\n}\n", []string{
			"4 inline setting: ConnectionStrings:Default: the value of ConnectionStrings:Default stands in the file",
			"6 Azure Key Vault reference: ApiKey: SecretUri=https://v.vault.azure.net/secrets/k",
			"7 Azure Key Vault reference: KeyVaultName: settings are fetched from it at start",
			"8 inline setting: Auth:ClientSecret: the value of Auth:ClientSecret stands in the file",
		}},
	} {
		if d := cmp.Diff(c.want, brief(c.file, c.text)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		for _, n := range Look(c.file, []byte(c.text)) {
			if n.Kind.Inline() != (n.Replacement != "" && n.Advice != "") || n.Kind.Inline() && Flow(n.Replacement) == "" {
				t.Errorf("%s: %s: replacement %q, advice %q", c.name, n.Name, n.Replacement, n.Advice)
			}
			for _, value := range []string{"abcdef123456", "s3cret-Value", "hunter22x", "rabbit-Pass1", "tok3n-4bcdef", "fallback1"} {
				if strings.Contains(n.Replacement+n.Detail+n.Advice+n.Name, value) {
					t.Errorf("%s: a value is told: %+v", c.name, n)
				}
			}
		}
	}
}
