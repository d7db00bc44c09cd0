package report

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSpreadIsIndent(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var value func(depth int) any
	value = func(depth int) any {
		switch kind := random.IntN(8); {
		case kind < 2 && depth > 0:
			list := make([]any, random.IntN(4))
			for i := range list {
				list[i] = value(depth - 1)
			}
			return list
		case kind < 4 && depth > 0:
			m := map[string]any{}
			for range random.IntN(4) {
				m[[]string{"a", "", `"`, `\`, "{", "a:b,[", "é\n"}[random.IntN(7)]] = value(depth - 1)
			}
			return m
		case kind < 6:
			return []string{"", `\"`, `"quoted"`, `ends in \`, "{[,:]}", "<tag>\x00\u2028", "plain"}[random.IntN(7)]
		case kind < 7:
			return random.NormFloat64()
		}
		return []any{nil, true, false, 0, -1}[random.IntN(5)]
	}
	deep := any("x")
	for range 40 {
		deep = []any{map[string]any{"in": deep}}
	}
	for i := range 5000 {
		v := value(6)
		if i == 0 {
			v = deep
		}
		compact, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		for _, indent := range []string{" ", "\t", "  "} {
			prefix := strings.Repeat(" ", i%5)
			want.Reset()
			if err := json.Indent(&want, compact, prefix, indent); err != nil {
				t.Fatal(err)
			}
			if got := spread(nil, compact, prefix, indent); !bytes.Equal(got, want.Bytes()) {
				t.Fatalf("%s becomes\n%s\nwant\n%s", compact, got, want.Bytes())
			}
		}
	}
}
