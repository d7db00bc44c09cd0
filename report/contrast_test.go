package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast checks the page's colours against WCAG 2.2, 1.4.3: 4.5 to 1 for text.
func TestContrast(t *testing.T) {
	themes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(htmlStyle, -1)
	if len(themes) != 3 {
		t.Fatalf("%d themes, want light, dark and print", len(themes))
	}
	for n, theme := range themes {
		colors := map[string]string{}
		for _, c := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{3,6})`).FindAllStringSubmatch(theme[1], -1) {
			colors[c[1]] = c[2]
		}
		pairs := [][2]string{{"mark-text", "mark"}}
		for _, text := range []string{"text", "soft", "critical", "high", "medium", "low", "info", "link", "good"} {
			pairs = append(pairs, [2]string{text, "bg"}, [2]string{text, "panel"})
		}
		for _, p := range pairs {
			if colors[p[0]] == "" || colors[p[1]] == "" {
				if n < 2 {
					t.Errorf("theme %d lacks %v", n, p)
				}
				continue
			}
			if ratio := contrast(t, colors[p[0]], colors[p[1]]); ratio < 4.5 {
				t.Errorf("theme %d: %s on %s has a contrast of %.2f", n, p[0], p[1], ratio)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, color string) float64 {
	hex := strings.TrimPrefix(color, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
