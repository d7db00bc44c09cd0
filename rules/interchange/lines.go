package interchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// lineIndex knows on which lines of a TOML file its keys stand, for messages: the decoder does not tell.
type lineIndex struct {
	at    map[string]int // "rules#2.allowlists#0.regexes", in lower case, to its line
	order []string       // the keys of at as they stand
}

var (
	tomlHeader = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s*(\[{1,2})\s*([\w.\-"' ]+?)\s*\]{1,2}\s*(?:#.*)?$`)
	})
	tomlKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*["']?([\w\-]+)["']?\s*=`) })
)

func indexLines(text string) *lineIndex {
	x := &lineIndex{at: map[string]int{}}
	count := map[string]int{}
	table, inString := "", ""
	for i, line := range strings.Split(text, "\n") {
		if inString == "" {
			if m := tomlHeader().FindStringSubmatch(line); m != nil {
				table = tableName(m[2], m[1] == "[[", count)
				x.put(table, i+1)
			} else if m := tomlKey().FindStringSubmatch(line); m != nil {
				x.put(joinKey(table, strings.ToLower(m[1])), i+1)
			}
		}
		inString = stringAfter(line, inString)
	}
	return x
}

// tableName writes a header with the numbers of the tables it lies in.
func tableName(header string, array bool, count map[string]int) string {
	name := ""
	parts := strings.Split(strings.ToLower(header), ".")
	for i, p := range parts {
		name = joinKey(name, strings.Trim(p, ` "'`))
		n, seen := count[name]
		if array && i == len(parts)-1 {
			if seen {
				n++
			}
			count[name] = n
			seen = true
		}
		if seen {
			name = fmt.Sprintf("%s#%d", name, n)
		}
	}
	return name
}

func joinKey(table, key string) string {
	if table == "" {
		return key
	}
	return table + "." + key
}

func (x *lineIndex) put(key string, line int) {
	if _, ok := x.at[key]; !ok {
		x.at[key] = line
		x.order = append(x.order, key)
	}
}

// stringAfter tells which kind of multi-line string is open behind a line.
func stringAfter(line, open string) string {
	for {
		if open != "" {
			i := strings.Index(line, open)
			if i < 0 {
				return open
			}
			line, open = line[i+3:], ""
			continue
		}
		single, double := strings.Index(line, "'''"), strings.Index(line, `"""`)
		switch {
		case single < 0 && double < 0:
			return ""
		case double < 0 || single >= 0 && single < double:
			line, open = line[single+3:], "'''"
		default:
			line, open = line[double+3:], `"""`
		}
	}
}

// line returns the line of the first of the keys that is there; 1 for none.
func (x *lineIndex) line(keys ...string) int {
	for _, k := range keys {
		if n, ok := x.at[strings.ToLower(k)]; ok {
			return n
		}
	}
	return 1
}

var ordinal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`#\d+`) })

// all returns the lines of a key in whichever tables it stands, named without numbers.
func (x *lineIndex) all(key string) []int {
	var lines []int
	for _, k := range x.order {
		if ordinal().ReplaceAllString(k, "") == strings.ToLower(key) {
			lines = append(lines, x.at[k])
		}
	}
	slices.Sort(lines)
	return lines
}
