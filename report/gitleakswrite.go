package report

import (
	"encoding/json"
	"strconv"
)

// append appends a comma and the object as encoding/json writes it with an indent of one space in a list, at a fraction of
// the cost.
func (o gitleaksFinding) append(out []byte) []byte {
	out = append(out, ",\n {"...)
	out = appendQuoted(append(out, "\n  \"RuleID\": "...), o.RuleID)
	out = appendQuoted(append(out, ",\n  \"Description\": "...), o.Description)
	out = strconv.AppendInt(append(out, ",\n  \"StartLine\": "...), int64(o.StartLine), 10)
	out = strconv.AppendInt(append(out, ",\n  \"EndLine\": "...), int64(o.EndLine), 10)
	out = strconv.AppendInt(append(out, ",\n  \"StartColumn\": "...), int64(o.StartColumn), 10)
	out = strconv.AppendInt(append(out, ",\n  \"EndColumn\": "...), int64(o.EndColumn), 10)
	out = appendQuoted(append(out, ",\n  \"Match\": "...), o.Match)
	out = appendQuoted(append(out, ",\n  \"Secret\": "...), o.Secret)
	out = appendQuoted(append(out, ",\n  \"File\": "...), o.File)
	out = appendQuoted(append(out, ",\n  \"SymlinkFile\": "...), o.SymlinkFile)
	out = appendQuoted(append(out, ",\n  \"Commit\": "...), o.Commit)
	out = append(out, ",\n  \"Entropy\": "...)
	if o.Entropy != 0 && o.Entropy < 1e-6 {
		out = appendJSON(out, o.Entropy) // in scientific notation
	} else {
		out = strconv.AppendFloat(out, float64(o.Entropy), 'f', -1, 32)
	}
	out = appendQuoted(append(out, ",\n  \"Author\": "...), o.Author)
	out = appendQuoted(append(out, ",\n  \"Email\": "...), o.Email)
	out = appendQuoted(append(out, ",\n  \"Date\": "...), o.Date)
	out = appendQuoted(append(out, ",\n  \"Message\": "...), o.Message)
	out = append(out, ",\n  \"Tags\": ["...)
	for i, t := range o.Tags {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendQuoted(append(out, "\n   "...), t)
	}
	if len(o.Tags) > 0 {
		out = append(out, "\n  "...)
	}
	out = appendQuoted(append(out, "],\n  \"Fingerprint\": "...), o.Fingerprint)
	return append(out, "\n }"...)
}

// appendQuoted appends a string as encoding/json writes it.
func appendQuoted(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return appendJSON(out, s)
		}
	}
	out = append(out, '"')
	out = append(out, s...)
	return append(out, '"')
}

// appendJSON appends a string or number.
func appendJSON(out []byte, v any) []byte {
	text, _ := json.Marshal(v) // these always encode
	return append(out, text...)
}
