package generic

import (
	"path"
	"strings"
	"unicode"
)

// translations tells whether a file, its name in lower case, holds texts for people in some language.
func translations(name string) bool {
	dir, base := path.Split(name)
	for part := range strings.SplitSeq(dir, "/") {
		switch part {
		case "locale", "locales", "_locales", "localization", "localizations", "localisation", "localisations", "i18n", "l10n", "lang", "langs", "language",
			"languages", "translation", "translations", "messages", "lc_messages", "nls":
			return true
		}
		if code, android := strings.CutPrefix(part, "values-"); strings.HasSuffix(part, ".lproj") || android && tongueCode(code[:min(2, len(code))]) {
			return true
		}
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch path.Ext(base) {
	case ".properties": // messages_de, messages_pt_BR
		for range 2 {
			i := strings.LastIndexByte(stem, '_')
			if i < 0 {
				break
			}
			if tongueCode(stem[i+1:]) {
				return true
			}
			stem = stem[:i]
		}
	case ".json", ".yml", ".yaml", ".php", ".inc", ".ini", ".js", ".ts", ".po", ".lang", ".strings": // pt-BR.yml; it.yml alone says nothing
		code, region, _ := strings.Cut(strings.ReplaceAll(stem, "-", "_"), "_")
		return tongueCode(code) && (len(region) == 2 || len(region) == 4)
	}
	return base == "strings.xml"
}

// oneTongue tells whether a file is named after a language and nothing else, as one of translations may be: nl.js.
func oneTongue(name string) bool {
	base := path.Base(name)
	switch path.Ext(base) {
	case ".js", ".ts", ".mjs", ".json", ".yml", ".yaml", ".php", ".properties", ".toml":
		return tongueCode(strings.TrimSuffix(base, path.Ext(base)))
	}
	return false
}

func tongueCode(s string) bool { return len(s) >= 2 && strings.Contains(tongueCodes, " "+s+" ") }

// tongueCodes are the languages that programs are translated to most, by ISO 639.
const tongueCodes = " af ak am ar ast az be bg bm bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl he hi hr hu hy id in is it iw ja ka kk km ko ku lb lt lv mk ml mn mr ms nb nl nn no pl pt qu ro ru si sk sl sq sr sv ta te th tr uk ur uz vi xh yo zh zu "

// said tells whether a value is what people are told: words, or a sentence, with nothing random among them.
func said(v string) bool {
	if wordy(v) {
		return strings.IndexByte(v, '\\') >= 0 || !random([]byte(v))
	}
	return sentence(v)
}

// inWords tells whether a value without a digit is made of words, or has letters that no password of a program has.
func inWords(v string) bool {
	if strings.ContainsAny(v, "0123456789") || random([]byte(v)) {
		return false
	}
	var f Features
	naturalness([]byte(v), &f)
	return strings.ContainsFunc(v, beyondASCII) || strings.IndexByte(v, ' ') > 0 || f[fWordShare] > 0.5 || f[fGreedyShare] > 0.6
}

// wordy tells whether a value is but words and what stands between them, escapes of letters (\u00fc) among them. No word
// has a capital within.
func wordy(v string) bool {
	for i := 0; i < len(v); i++ {
		ch := v[i]
		switch {
		case ch == '\\' && i+5 < len(v) && v[i+1]|0x20 == 'u' && hexDigits([]byte(v[i+2:i+6])):
			i += 5
		case chars[ch]&charUpper != 0 && i > 0 && chars[v[i-1]]&charLower != 0:
			return false
		case isLetter(ch) || ch >= 0x80 || strings.IndexByte(" .,:;!?'()-", ch) >= 0:
		default:
			return false
		}
	}
	return true
}

// sentence tells whether half of what white space parts in a value are words: placeholders, numbers and marks may be the
// rest, as in "Key {id} of $user: 2048 bits".
func sentence(v string) bool {
	fields, words := 0, 0
	for field := range strings.FieldsSeq(v) {
		fields++
		if mixture([]byte(field)) && random([]byte(field)) && strings.IndexByte(field, '-') < 0 {
			return false
		}
		field = strings.TrimFunc(field, unicode.IsPunct)
		if letters := strings.Map(letter, field); len(letters) == len(field) && len(field) > 1 {
			words++
		}
	}
	return fields > 1 && words > 0 && words*2 >= fields
}

// letter keeps letters, the marks upon them and apostrophes, and drops all else.
func letter(r rune) rune {
	if unicode.IsLetter(r) || unicode.Is(unicode.M, r) || r == '\'' || r == '’' || r == '\\' {
		return r
	}
	return -1
}
