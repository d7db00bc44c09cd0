package finding

import "strings"

// words that stand for rights, as issuers write them in scopes and roles
var rightWords = map[string]int{
	"admin": 3, "administrator": 3, "owner": 3, "root": 3, "superuser": 3, "super": 3, "full": 3, "all": 3, "global": 3, "sudo": 3, "masters": 3,
	"write": 2, "delete": 2, "create": 2, "push": 2, "manage": 2, "maintain": 2, "repo": 2, "workflow": 2, "api": 2, "deploy": 2, "publish": 2,
	"edit": 2, "update": 2, "editor": 2, "contributor": 2, "rw": 2,
	"read": 1, "readonly": 1, "view": 1, "viewer": 1, "list": 1, "get": 1, "reporter": 1, "guest": 1,
}

// RightsLevel is how much one level of rights counts: Rights is 3*RightsLevel and more for an administrator,
// 2*RightsLevel for whoever may write, RightsLevel for whoever may read.
const RightsLevel = 1000

// Rights ranks what a verdict's facts say that its credential may do, for the order in which incidents are worked off:
// whoever may administer before whoever may write, before whoever may read, before what nothing is known of; among
// equals, whoever has more of that right. It is 0 without facts.
func (v *Verdict) Rights() int {
	if v == nil {
		return 0
	}
	var count [4]int
	for _, fact := range v.Facts {
		for _, word := range strings.FieldsFunc(strings.ToLower(fact), func(r rune) bool { return (r < 'a' || r > 'z') && r != '*' }) {
			if word == "*" {
				word = "all"
			}
			count[rightWords[word]]++
		}
	}
	for level := len(count) - 1; level > 0; level-- {
		if count[level] > 0 {
			return level*RightsLevel + min(count[level], RightsLevel-1)
		}
	}
	return 0
}
