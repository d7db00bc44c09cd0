package store

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// leaf is a string within a JSON document, with the way to it.
type leaf struct{ key, text string }

// bounds of a value that is taken apart, and of any document
const (
	maxDocument = 1 << 20
	maxDepth    = 64
)

// leaves returns the strings of a JSON object in the order they stand there; nothing of a text that is none.
func leaves(text string) []leaf {
	trimmed := strings.TrimSpace(text)
	if len(trimmed) > maxDocument || !strings.HasPrefix(trimmed, "{") {
		return nil
	}
	out, err := parseLeaves(strings.NewReader(trimmed))
	if err != nil {
		return nil
	}
	return out
}

// parseLeaves reads one JSON document.
func parseLeaves(r io.Reader) ([]leaf, error) {
	d := json.NewDecoder(r)
	d.UseNumber()
	var out []leaf
	if err := walkJSON(d, "", 0, &out); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON document")
	}
	return out, nil
}

func walkJSON(d *json.Decoder, key string, depth int, out *[]leaf) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case string:
		add(out, key, t)
	case json.Number:
		add(out, key, t.String())
	case json.Delim:
		for i := 0; d.More(); i++ {
			name := fmt.Sprint(i)
			if t == '{' {
				if token, err = d.Token(); err != nil {
					return err
				}
				name, _ = token.(string)
			}
			if err := walkJSON(d, joinKey(key, name), depth+1, out); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	}
	return nil
}

func add(out *[]leaf, key, text string) {
	if key != "" {
		*out = append(*out, leaf{key, text})
	}
}
