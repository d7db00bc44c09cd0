package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Values that stand in the file are told, whatever the setting is called, and none of them is shown.
func TestInlineValues(t *testing.T) {
	stripe := "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"
	for _, c := range []struct {
		file, text string
		want       []string // lines and names
	}{
		{"compose.yml", "services:\n  web:\n    image: a\n    command: redis-server --requirepass s3cretPw\n    environment:\n      DATABASE_URL: postgres://app:s3cretPw@db/app\n      STRIPE_KEY: " + stripe +
			"\n      REDIS_URL: redis://:s3cretPw@redis:6379\n      PLAIN_URL: http://web:8080/a@b\n      OTHER_URL: postgres://app:${PW}@db/app\n      AWS_ACCESS_KEY_ID: AKIA" + "Q7XH2LNB5RVT3WKD\n",
			[]string{"--requirepass", "DATABASE_URL", "STRIPE_KEY", "REDIS_URL", "AWS_ACCESS_KEY_ID"}},
		{"main.tf", "variable \"db_password\" { default = \"s3cretPw-1\" }\nprovider \"x\" { client_secret = \"s3cretPw-1\" }\nvariable \"size\" { default = \"t3.large-x\" }\n", []string{"db_password", "client_secret"}},
		{"Dockerfile", "FROM a\nARG NPM_TOKEN=s3cretPw-1\nENV A=b API_TOKEN=\"s3cretPw-1\"\nENV KEY " + stripe + "\nARG DB_PASSWORD\nENV X_TOKEN=$Y\nRUN export API_TOKEN=x\n", []string{"NPM_TOKEN", "API_TOKEN", "KEY"}},
		{"chart/values.yaml", "db:\n  password: s3cretPw-1\n  existingSecret: the-secret-of-db\n  url: mysql://u:s3cretPw@h/d\n", []string{"db.password", "db.url"}},
	} {
		var got []string
		for _, n := range Look(c.file, []byte(c.text)) {
			if n.Kind.Inline() {
				got = append(got, n.Name)
			}
			if all := n.Name + n.Detail + n.Advice + n.Replacement; strings.Contains(all, "s3cretPw") || strings.Contains(all, stripe) {
				t.Errorf("%s: a value is told: %+v", c.file, n)
			}
			if strings.Contains(n.Replacement, "AWS_ACCESS_KEY_ID_FILE") || n.Name == "AWS_ACCESS_KEY_ID" && !strings.Contains(n.Replacement, "AWS_SHARED_CREDENTIALS_FILE") {
				t.Errorf("no SDK reads it: %s", n.Replacement)
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", c.file, d)
		}
	}
}
