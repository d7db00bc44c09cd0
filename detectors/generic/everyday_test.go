package generic

import (
	"testing"

	"github.com/unleak/unleak/finding"
)

func TestEverydayPasswords(t *testing.T) {
	for text, want := range map[string]bool{
		`password = "blueHorse$91"`:                                      true,
		`db_password = "Company@2023"`:                                   true,
		`user_password = "Welcome1!"`:                                    true,
		"password: Sommer2024":                                           true,
		"spring.datasource.password=BlueHorse42\n":                       true,
		"  rootPassword: winter2019\r\n":                                 true,
		"password: Sommer2024, the second of them":                       false,
		"password: Base64":                                               false,
		"password: winter42":                                             false,
		`password = "hello"`:                                             false,
		`$light-token-str: #0451a5;`:                                     false,
		`u = "http://%25%21%2A%27:%25%21%2A%28@host.io/"`:                false,
		`password = "step1"`:                                             false,
		"URL=postgres://admin:Tr0ub4dor_x9@db.prod.acme.io:5432/app":     true,
		"URL=postgres://admin:${PASSWORD_OF_9}@db.prod.acme.io/app":      false,
		`{"app\/Facades\/Password.php": "6796a9b3c1d2e4f5a6b7c8d9e0f1"}`: false,
	} {
		best := 0.0
		d := New()
		for _, k := range Keywords() {
			for i := 0; i+len(k) <= len(text); i++ {
				if hasFold([]byte(text), i, k) {
					for _, m := range d.At([]byte(text), i, len(k), finding.Span{}, nil) {
						best = max(best, m.Confidence)
					}
				}
			}
		}
		if (best >= 0.5) != want {
			t.Errorf("%s: confidence %.2f", text, best)
		}
	}
}
