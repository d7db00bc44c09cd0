package image

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// configText is one field of a configuration as a text of its own.
type configText struct{ field, text string }

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func annotations(prefix string, of map[string]string) []configText {
	var out []configText
	for _, k := range slices.Sorted(maps.Keys(of)) {
		out = append(out, configText{prefix + k, k + "=" + of[k]})
	}
	return out
}

// configFile is the part of an image's configuration that says something of layers and platform. See the OCI image
// specification 1.1, config.md.
type configFile struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant"`
	History      []struct {
		CreatedBy  string `json:"created_by"`
		EmptyLayer bool   `json:"empty_layer"`
	} `json:"history"`
	RootFS struct {
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// configure takes the platform, what the history says of the layers, and every text of a configuration.
func (p *picture) configure(config []byte) {
	var c configFile
	if err := json.Unmarshal(config, &c); err != nil {
		p.texts = append(p.texts, configText{"configuration", string(config)}) // whatever it is
		return
	}
	if c.OS != "" && p.platform == "" {
		p.platform = strings.TrimSuffix(c.OS+"/"+c.Architecture+"/"+c.Variant, "/")
	}
	for i, id := range c.RootFS.DiffIDs {
		if i < len(p.layers) {
			p.layers[i].diffID = id
		}
	}
	next := 0
	for _, h := range c.History {
		if h.EmptyLayer || next >= len(p.layers) {
			continue
		}
		p.layers[next].createdBy = h.CreatedBy
		next++
	}
	p.texts = append(p.texts, flatten(config)...)
}

// flatten returns every string of a configuration under a name a person knows. Fields that nobody defined are there
// too.
func flatten(config []byte) []configText {
	var tree map[string]any
	if json.Unmarshal(config, &tree) != nil {
		return []configText{{"configuration", string(config)}}
	}
	f := flattener{seen: map[string]bool{}}
	if inner, ok := tree["config"].(map[string]any); ok {
		f.container("", inner)
	}
	if history, ok := tree["history"].([]any); ok {
		for i, h := range history {
			if fields, ok := h.(map[string]any); ok {
				for _, k := range slices.Sorted(maps.Keys(fields)) {
					f.value(fmt.Sprintf("history %d %s", i+1, k), fields[k])
				}
			}
		}
	}
	if inner, ok := tree["container_config"].(map[string]any); ok {
		f.container("container_config ", inner)
	}
	for _, k := range slices.Sorted(maps.Keys(tree)) {
		switch k {
		case "config", "history", "container_config", "rootfs":
		default:
			f.value(k, tree[k])
		}
	}
	return f.out
}

type flattener struct {
	out  []configText
	seen map[string]bool
}

func (f *flattener) add(field, text string) {
	if text != "" && !f.seen[text] {
		f.seen[text] = true
		f.out = append(f.out, configText{field, text})
	}
}

// container takes the execution parameters: variables and labels each under its name, commands as one line.
func (f *flattener) container(prefix string, of map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(of)) {
		field := prefix + strings.ToLower(k)
		list, isList := of[k].([]any)
		switch {
		case k == "Env" && isList:
			for _, e := range list {
				text := fmt.Sprint(e)
				key, _, _ := strings.Cut(text, "=")
				f.add(prefix+"env "+key, text)
			}
		case k == "Labels":
			labels, _ := of[k].(map[string]any)
			for _, l := range slices.Sorted(maps.Keys(labels)) {
				f.add(prefix+"label "+l, fmt.Sprintf("%s=%v", l, labels[l]))
			}
		case isList:
			words := make([]string, len(list))
			for i, e := range list {
				words[i] = fmt.Sprint(e)
			}
			f.add(field, strings.Join(words, " "))
		case k == "Healthcheck":
			health, _ := of[k].(map[string]any)
			f.container(prefix+"healthcheck ", health)
		default:
			f.value(field, of[k])
		}
	}
}

// value takes whatever else there is.
func (f *flattener) value(field string, v any) {
	switch v := v.(type) {
	case string:
		f.add(field, v)
	case []any:
		for i, e := range v {
			f.value(fmt.Sprintf("%s[%d]", field, i), e)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if text, ok := v[k].(string); ok {
				f.add(field+"."+k, k+"="+text)
			} else {
				f.value(field+"."+k, v[k])
			}
			f.add(field+" key", k)
		}
	}
}
