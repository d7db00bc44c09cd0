package triage

import (
	"path"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// ObservedKeystore is a key store with the password that may open it in the same folder or one around it.
const ObservedKeystore = "key store beside its password"

// keystoreRule finds key stores by what their files begin with.
const keystoreRule = "keystore-file"

// besideStores says which key stores have what looks like their password near them: a finding on a line that names the
// store's file, or key stores at all, in a folder that holds the store or lies at most one folder from it.
func besideStores(findings []finding.Finding) []finding.Observation {
	var out []finding.Observation
	for i := range findings {
		store := &findings[i]
		if store.Rule != keystoreRule || store.Suppression != nil {
			continue
		}
		ids := []string{store.ID}
		detail := ""
		for k := range findings {
			f := &findings[k]
			if f.Suppression != nil || f.Rule == keystoreRule {
				continue
			}
			if at, password := passwordOf(store, f); password != nil {
				ids = append(ids, f.ID)
				if detail == "" {
					detail = "The store is " + at.Origin.Name() + ", the password stands in " + password.Origin.Name() + "."
				}
			}
		}
		if len(ids) > 1 {
			slices.Sort(ids[1:])
			out = append(out, finding.Observation{
				Kind: ObservedKeystore, Severity: max(store.Severity, finding.High), Title: "A key store lies beside its password",
				Detail: detail, Findings: slices.Compact(ids),
				Advice: "Whoever has both has the private keys: replace them and their certificates, and mount store and password at run time from a secret store.",
			})
		}
	}
	return out
}

// passwordOf returns a place of a store and one near it where a finding may be its password; nil for none.
func passwordOf(store, f *finding.Finding) (at, password *finding.Place) {
	for i := range store.Places {
		p := &store.Places[i]
		for k := range f.Places {
			q := &f.Places[k]
			if sourceOf(&p.Origin) == sourceOf(&q.Origin) && nearFolder(p.Origin.Path, q.Origin.Path) && namesStore(q.Line, p.Origin.Path) {
				return p, q
			}
		}
	}
	return nil, nil
}

// nearFolder tells whether two files lie in one folder, or in one and a folder in it, or in two folders of one folder.
func nearFolder(a, b string) bool {
	a, b = path.Dir(a), path.Dir(b)
	return a == b || path.Dir(a) == b || path.Dir(b) == a || path.Dir(a) == path.Dir(b) && path.Dir(a) != "."
}

// namesStore tells whether a line is about a key store: the one at name, or any.
func namesStore(line, name string) bool {
	lower := strings.ToLower(line)
	if strings.Contains(lower, strings.ToLower(path.Base(name))) {
		return true
	}
	plain := strings.NewReplacer("-", "", "_", "", ".", "").Replace(lower)
	return slices.ContainsFunc([]string{"keystore", "truststore", "storepass", "keypass", "pkcs12", "p12", "jks"}, func(w string) bool {
		return strings.Contains(plain, w)
	})
}
