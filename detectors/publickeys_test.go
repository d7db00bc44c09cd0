package detectors_test

import (
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// TestPublicKeysAreLow: what its provider means to be public is told as such, whatever the generic detector makes of it.
func TestPublicKeysAreLow(t *testing.T) {
	const a, b = "0f3c9a7be1d24586" + "b7c2e9f0a1d34c5e", "9be1d0f3c24586a7" + "b7c2e3f01a4ca95d"
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	for _, c := range []struct {
		text, rule string
		severity   finding.Severity
	}{
		{"SENTRY_DSN=https://" + a + "@o451234.ingest.sentry.io/4506789012\n", "sentry-dsn", finding.Low},
		{`Sentry.init({ dsn: "https://` + a + `@sentry.acme-corp.net:8443/4" })`, "sentry-dsn", finding.Low},
		{"SENTRY_DSN=https://" + a + ":" + b + "@sentry.io/123\n", "sentry-dsn-secret", finding.Medium},
		{"url=https://" + a + "@git.acme-corp.net/4\n", "url-credentials", finding.High},
		{"POSTHOG_KEY=phc_N1paEKt711Ya7wCWgv6RW6" + "ZAC2mnAolSnuoUr8KxFwi\n", "posthog-project-api-key", finding.Low},
		{"ALGOLIA_SEARCH_KEY=" + b + "\n", "algolia-search-key", finding.Low},
		{"ALGOLIA_SEARCH_API_KEY=" + b + "\n", "algolia-search-key", finding.Low},
		{"ALGOLIA_ADMIN_KEY=" + b + "\n", "algolia-api-key", finding.High},
	} {
		found := s.Resolve(s.Scan([]byte(c.text), nil, nil))
		if len(found) != 1 || found[0].Rule != c.rule {
			t.Errorf("%s\n%v, want %s", c.text, found, c.rule)
		} else if _, severity := e.Describe(&found[0]); severity != c.severity {
			t.Errorf("%s: severity %s, want %s", c.text, severity, c.severity)
		}
	}
}
