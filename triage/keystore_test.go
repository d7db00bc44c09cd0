package triage

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

func TestStoresBesideTheirPasswords(t *testing.T) {
	at := func(name, line string) finding.Place {
		return finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: name}, Line: line}
	}
	store := finding.Finding{ID: "s", Rule: keystoreRule, Severity: finding.Medium, Places: []finding.Place{at("app/conf/server.p12", "")}}
	password := func(p finding.Place) finding.Finding {
		return finding.Finding{ID: "p", Rule: "generic-password", Places: []finding.Place{p}}
	}
	silenced := password(at("app/conf/a.properties", "keystore.password=x"))
	silenced.Suppression = &finding.Suppression{}
	for name, c := range map[string]struct {
		other finding.Finding
		want  bool
	}{
		"same folder":    {password(at("app/conf/a.properties", "server.ssl.key-store-password=x")), true},
		"folder around":  {password(at("app/run.sh", "keytool -storepass x")), true},
		"folder beside":  {password(at("app/bin/run.sh", "KEYSTORE_PASSWORD=x")), true},
		"names the file": {password(at("app/conf/x", "open server.p12 with x")), true},
		"other password": {password(at("app/conf/a.properties", "db.password=x")), false},
		"far away":       {password(at("other/deep/a.properties", "keystore.password=x")), false},
		"silenced":       {silenced, false},
	} {
		got := besideStores([]finding.Finding{c.other, store})
		if (len(got) == 1) != c.want {
			t.Errorf("%s: %+v, want %v", name, got, c.want)
		}
		if len(got) == 1 && (got[0].Severity != finding.High || strings.Join(got[0].Findings, ",") != "s,p" || !strings.Contains(got[0].Detail, "app/conf/server.p12")) {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
}
