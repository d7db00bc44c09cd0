package report

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Fake credentials, joined from parts.
var (
	githubToken = "gh" + "p_" + "16C7e42F292c6912E7710c838347Ae178B4a"
	awsID       = "AK" + "IA" + "Z7Q3RJ5VKD2XW8NB"
	awsSecret   = "kT9vQ2xL+8mRzP4w/N7jYc5HbVd1FgSa3EoUq6iW"
	password    = "Tr0ub4dor&3 <x>"
	privateKey  = "-----BEGIN RSA " + "PRIVATE KEY-----\n" +
		"MIIEowIBAAKCAQEAvQx1fakefakefakefake0123456789abcdefghijklmnopqr\n" +
		"Zm9vYmFyYmF6cXV4bm90YXJlYWxrZXlqdXN0YWZha2VrZXlmb3J0ZXN0aW5nMTIz\n" +
		"-----END RSA " + "PRIVATE KEY-----"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// lineWith returns a place's line and mark.
func lineWith(before, value, after string) (string, finding.Span) {
	return before + value + after, finding.Span{Start: len(before), End: len(before) + len(value)}
}

func at(line, column, end int) (start, stop finding.Position) {
	return finding.Position{Line: line, Column: column, Byte: column, Offset: int64(line * 40)},
		finding.Position{Line: line, Column: end, Byte: end, Offset: int64(line*40 + end - column)}
}

// fixture is a report with every kind of place, and a secret wherever one can hide.
func fixture() *finding.Report {
	r := &finding.Report{
		Version: "v0.1.0", Command: "scan", Targets: []string{"https://bob:" + "s3cr3tPW9@git.example.com/acme/app.git", "registry.example.com/app:1.2"},
		Revisions: []finding.Revision{{Repository: "app", URI: "https://git.example.com/acme/app.git", Commit: "0123456789abcdef0123456789abcdef01234567", Branch: "feature/" + githubToken}},
		Findings:  []finding.Finding{githubFinding(), awsFinding(), keyFinding(), passwordFinding()},
		Observations: []finding.Observation{{
			Kind: "shared by ci and runtime", Severity: finding.High, Title: "CI and runtime share a credential",
			Detail: "AWS access key stands in .github/workflows/ci.yml and in deploy/app.yaml.",
			Advice: "Give each its own credential.", Findings: []string{"11f3a9c2d17b54e86a02"},
		}},
	}
	c := &r.Coverage
	c.Bytes = 123456789
	c.Count("files", 1234)
	c.Count("commits", 82001)
	c.Skip(finding.Skip{Name: "vendor/big.zip", Reason: finding.SkipEncrypted, Detail: "entry 3"})
	c.Skip(finding.Skip{Name: "data/" + githubToken + ".bin", Reason: finding.SkipBinary})
	c.Note("shallow clone: history before 2025-01-01 is missing")
	return r
}

func githubFinding() finding.Finding {
	f := finding.Finding{
		ID: "00f3a9c2d17b54e86a01", Rule: "github-pat", Title: "GitHub personal access token (classic)",
		Severity: finding.Critical, Confidence: 0.99, Secret: finding.NewSecret(githubToken),
		Proofs:  []finding.Proof{{Kind: "checksum", Detail: "CRC32 of GitHub tokens holds"}},
		Verdict: &finding.Verdict{Status: finding.Live, Facts: map[string]string{"user": "octocat", "note": "was " + githubToken}, Host: "api.github.com"},
		Exposure: &finding.Exposure{First: day("2025-03-04"), Last: day("2026-01-01"), Now: true, Places: 3,
			Kinds: []finding.PlaceKind{finding.PlaceRuntime, finding.PlaceSource}, In: []string{"app"}, Owner: "Jane Döe"},
	}
	p := finding.Place{Origin: finding.Origin{Kind: finding.KindGit, Path: "src/app/config.go", Git: &finding.GitOrigin{
		Repository: "https://git.example.com/acme/app.git", Blob: strings.Repeat("b", 40), Commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
		Author: "Jane Döe", Email: "jane@example.com", Date: day("2025-03-04"), Subject: "add token " + githubToken + " for CI",
		Commits: 12, Paths: []string{"config.go", "src/app/config.go"}, AtHead: true, Branches: []string{"main"},
		HeadPath: "config.go", HeadLine: 14,
	}}}
	p.Start, p.End = at(12, 20, 60)
	p.Line, p.Mark = lineWith("\ttoken := \"", githubToken, "\" // and "+awsID)
	f.Places = append(f.Places, p)
	for i, name := range []string{"keys/" + githubToken + ".txt", "b [x]/ä:1.env"} {
		q := finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: name, Inside: []string{"in.zip", "a b.txt"}}}
		q.Start, q.End = at(1+i, 1, 41)
		q.Line, q.Mark = lineWith("", githubToken, "")
		f.Places = append(f.Places, q)
	}
	return f
}

func awsFinding() finding.Finding {
	f := finding.Finding{
		ID: "11f3a9c2d17b54e86a02", Rule: "aws-secret-access-key", Title: "AWS secret access key",
		Severity: finding.High, Confidence: 0.9, Secret: finding.NewSecret(awsSecret), Tags: []string{"test"},
		Parts: []finding.Part{{Name: "access key id", Value: finding.NewSecret(awsID), Rule: "aws-access-key-id", Span: finding.Span{Start: 4, End: 24}}},
	}
	p := finding.Place{Origin: finding.Origin{Kind: finding.KindConfig, Image: &finding.ImageRef{
		Name: "registry.example.com/app:1.2", Digest: "sha256:" + strings.Repeat("d", 64), Platform: "linux/amd64", LayerIndex: -1,
		Field: "env", CreatedBy: "ENV AWS_SECRET_ACCESS_KEY=" + awsSecret,
	}}}
	p.Start, p.End = at(3, 23, 63)
	p.Line, p.Mark = lineWith("AWS_SECRET_ACCESS_KEY=", awsSecret, "")
	q := finding.Place{Origin: finding.Origin{Kind: finding.KindImage, Path: "etc/app.env", Image: &finding.ImageRef{
		Name: "registry.example.com/app:1.2", Layer: "sha256:" + strings.Repeat("e", 64), LayerIndex: 4,
		CreatedBy: "RUN curl -H 'Authorization: Basic " + base64Core(awsSecret, 0) + "'", Removed: true, RemovedIn: "sha256:" + strings.Repeat("f", 64),
	}}, Decoded: "base64>gzip"}
	q.Start, q.End = at(7, 5, 90)
	q.Line, q.Mark = lineWith("blob: \"", "H4sIAAAAAAAAA0vPz0", "tJLQYA0mDSEQcAAAA=\" # x")
	f.Places = []finding.Place{p, q}
	return f
}

func keyFinding() finding.Finding {
	f := finding.Finding{
		ID: "22f3a9c2d17b54e86a03", Rule: "private-key", Title: "RSA private key", Severity: finding.High, Confidence: 1,
		Secret: finding.NewSecret(privateKey), Proofs: []finding.Proof{{Kind: "key", Detail: "RSA 2048 bits"}},
	}
	p := finding.Place{Origin: finding.Origin{Kind: finding.KindFile, Path: "id_rsa"}}
	p.Start, p.End = finding.Position{Line: 1, Column: 1, Byte: 1}, finding.Position{Line: 4, Column: 30, Byte: 30, Offset: 180}
	p.Line, p.Mark = lineWith("", strings.Split(privateKey, "\n")[0], "")
	q := finding.Place{Origin: finding.Origin{Kind: finding.KindLog, Path: "app.log", Log: &finding.LogOrigin{
		Time: day("2026-02-03"), Host: "web-1", Unit: "nginx"}}}
	q.Start, q.End = at(99, 2, 70)
	q.Line = `{"key":"` + strings.ReplaceAll(privateKey, "\n", `\n`) + `"}`
	f.Places = []finding.Place{p, q}
	return f
}

func passwordFinding() finding.Finding {
	f := finding.Finding{
		ID: "33f3a9c2d17b54e86a04", Rule: "generic-password", Title: "Password", Severity: finding.Medium, Confidence: 0.4,
		Secret:      finding.NewSecret(password),
		Suppression: &finding.Suppression{By: "ignore file", Where: ".unleakignore:7", Reason: "was " + password},
	}
	p := finding.Place{Origin: finding.Origin{Kind: finding.KindMessage, Git: &finding.GitOrigin{
		Commit: "2a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", Author: password, Email: "x@example.com", Date: day("2024-01-01"),
		Subject: "pw " + password, Unreachable: true}}, Allow: "unleak:allow -- " + password}
	p.Start, p.End = at(1, 4, 19)
	p.Line, p.Mark = lineWith("pw ", password, " and "+githubToken[:20])
	f.Places = []finding.Place{p}
	return f
}

func catalogue(id string) *rules.Rule {
	if id != "github-pat" {
		return nil
	}
	return &rules.Rule{
		ID: id, Provider: "github", Title: "GitHub personal access token (classic)", Severity: finding.Critical,
		Opens:      "Everything its owner may do, within the token's scopes: read and write private repositories, change settings, publish packages.",
		Documented: "GitHub docs, token formats, 2021-04-05",
		Remediation: []string{
			"Revoke it at https://github.com/settings/tokens, or as an organisation owner under Settings, Personal access tokens.",
			"Read the account's security log for what it was used for since it leaked.",
			"Issue a fine-grained token with the least permissions in its place.",
			"Keep it in the platform's secret store.",
		},
	}
}

// base64Core returns the characters of a base64 text that depend on value alone when shift bytes stand before it.
func base64Core(value string, shift int) string {
	text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + value))
	return text[(shift*8+5)/6 : (shift+len(value))*8/6]
}
