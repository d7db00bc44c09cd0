package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
)

// secretsManager reads AWS Secrets Manager ("AWS Secrets Manager API Reference", 2026).
type secretsManager struct{ *aws }

func openSecretsManager(s spec, o Options) (source, error) {
	a, err := openAWS(s, o, "secretsmanager", "secretsmanager", "SECRETS_MANAGER")
	return &secretsManager{a}, err
}

func (m *secretsManager) read(ctx context.Context, r *reader) error {
	if err := m.start(ctx); err != nil {
		return err
	}
	request := map[string]any{"MaxResults": 100}
	if m.prefix != "" {
		request["Filters"] = []map[string]any{{"Key": "name", "Values": []string{m.prefix}}}
	}
	var p pages
	for {
		var page struct {
			SecretList []struct{ Name string }
			NextToken  string
		}
		if err := m.call(ctx, "ListSecrets", "ListSecrets", request, &page); err != nil {
			return p.failed(ctx, r, "secrets", err)
		}
		err := r.each(ctx, len(page.SecretList), func(ctx context.Context, r *reader, i int) error {
			r.count("secrets", 1)
			return m.secret(ctx, r, page.SecretList[i].Name)
		})
		if err != nil {
			return err
		}
		if page.NextToken == "" {
			return nil
		}
		if err := p.next(page.NextToken); err != nil {
			return p.failed(ctx, r, "secrets", err)
		}
		request["NextToken"] = page.NextToken
	}
}

// secretVersion is one entry of ListSecretVersionIds.
type secretVersion struct {
	ID      string   `json:"VersionId"`
	Stages  []string `json:"VersionStages"`
	Created stamp    `json:"CreatedDate"`
}

// secret reads all versions of a secret, those without a stage too, which AWS keeps for a while; or only the current one
// where the policy does not allow to list them.
func (m *secretsManager) secret(ctx context.Context, r *reader, name string) error {
	if m.current {
		return m.version(ctx, r, name, secretVersion{Stages: []string{"AWSCURRENT"}})
	}
	request := map[string]any{"SecretId": name, "MaxResults": 100, "IncludeDeprecated": true}
	var p pages
	for {
		var page struct {
			Versions  []secretVersion
			NextToken string
		}
		if err := m.call(ctx, "ListSecretVersionIds", name, request, &page); err != nil {
			if err := r.unread(ctx, name, fmt.Errorf("older versions: %w", err)); err != nil || p.read > 0 {
				return err
			}
			return m.version(ctx, r, name, secretVersion{Stages: []string{"AWSCURRENT"}})
		}
		for _, v := range page.Versions {
			if err := m.version(ctx, r, name, v); err != nil {
				return err
			}
		}
		if page.NextToken == "" {
			return nil
		}
		if err := p.next(page.NextToken); err != nil {
			return p.failed(ctx, r, name, err)
		}
		request["NextToken"] = page.NextToken
	}
}

func (m *secretsManager) version(ctx context.Context, r *reader, name string, v secretVersion) error {
	request := map[string]any{"SecretId": name}
	subject := name
	if v.ID != "" {
		request["VersionId"] = v.ID
		subject += " version " + v.ID
	}
	var answer struct {
		VersionID string `json:"VersionId"`
		Text      string `json:"SecretString"`
		Binary    string `json:"SecretBinary"`
		Created   stamp  `json:"CreatedDate"`
	}
	if err := m.call(ctx, "GetSecretValue", subject, request, &answer); err != nil {
		return r.unread(ctx, subject, err)
	}
	r.count("versions", 1)
	text := answer.Text
	if b, err := base64.StdEncoding.DecodeString(answer.Binary); text == "" && err == nil {
		text = string(b)
	}
	current := false
	for _, s := range v.Stages {
		current = current || s == "AWSCURRENT"
	}
	changed := max(v.Created, answer.Created)
	r.value(entry{path: name, version: cmp.Or(answer.VersionID, v.ID), current: current, changed: changed.time()}, text)
	return nil
}
