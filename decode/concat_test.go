package decode

import "testing"

// What stands between two quoted strings joins them where a language joins strings with it, and nowhere else.
func TestConcatOperators(t *testing.T) {
	a, b := token[:len(token)-8], token[len(token)-8:]
	for between, joins := range map[string]bool{
		`" + "`: true, `" . "`: true, `" .. "`: true, `" ++ "`: true, `" & "`: true, `" || "`: true, `" <> "`: true, `"<>"`: true,
		"\" <>\n  \"": true, "\"\n  <> \"": true, `" "`: true,
		`" > "`: false, `" >> "`: false, `" < "`: false, `" << "`: false, `" >< "`: false, `" => "`: false, `" -> "`: false,
		"\"\n> \"": false, "\"\n>> \"": false, `", "`: false, `": "`: false,
	} {
		text := `t = "` + a + between + b + `";`
		if _, found := find(New(), text, token, "concat", 4); found != joins {
			t.Errorf("joined %v, want %v: %q", found, joins, text)
		}
	}
}
