package generic

// widget tells whether every word of v is the name of a part of a form, of a key on a keyboard or of a state, whatever
// digits stand in the place of its letters or behind it: Section-header2, Num-lock1, h3ading, L0cked. A word for a password
// may stand beside it (Passw0rt-Feld), but not alone.
func widget(v []byte) bool {
	parts := 0
	for i := 0; i < len(v); {
		if joins(v[i]) {
			i++
			continue
		}
		start := i
		for i < len(v) && !joins(v[i]) {
			i++
		}
		end := i
		for end > start && chars[v[end-1]]&charDigit != 0 {
			end--
		}
		switch {
		case widgetWord(v[start:end]), widgetWord(v[start:i]):
			parts++
		case !spells(v[start:end], "password") && !spells(v[start:end], "passwort") && !spells(v[start:end], "kennwort"):
			return false
		}
	}
	return parts > 0
}

func widgetWord(w []byte) bool {
	for _, s := range [...]string{
		"section", "header", "heading", "footer", "title", "label", "field", "feld", "champ", "campo", "input", "button", "form", "text", "placeholder", "hint",
		"prompt", "dialog", "modal", "menu", "panel", "column", "row", "cell", "caption", "toggle", "icon", "view", "screen", "page", "tab", "num", "caps", "scroll",
		"lock", "numpad", "keypad", "arrow", "up", "down", "locked", "unlocked", "enabled", "disabled", "required", "invalid", "expired", "confirm", "repeat",
	} {
		if spells(w, s) {
			return true
		}
	}
	return false
}

// spells tells whether w is the word s, in lower case, but for digits that look like the letters they stand for.
func spells(w []byte, s string) bool {
	if len(w) != len(s) {
		return false
	}
	for i, ch := range w {
		if lower(ch) != s[i] && alike(ch) != s[i] && (ch != '1' || s[i] != 'l') {
			return false
		}
	}
	return true
}

// alike returns the letter that a digit looks like, or the byte itself.
func alike(ch byte) byte {
	switch ch {
	case '0':
		return 'o'
	case '1':
		return 'i'
	case '3':
		return 'e'
	case '4':
		return 'a'
	case '5':
		return 's'
	case '7':
		return 't'
	}
	return ch
}
