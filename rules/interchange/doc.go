// Package interchange reads the rule files of other scanners and makes rules of ours of them: gitleaks and betterleaks
// TOML, and the YAML of Nosey Parker, Kingfisher and Titus. Start with Parse.
//
// What a key means is taken from those projects' own documents and loaders:
//
//	gitleaks     README, "Configuration", v8.30, 2026
//	betterleaks  docs/config.md, v1.7, 2026
//	Nosey Parker docs/RULES.md, v0.24, 2025
//	Kingfisher   docs/RULES.md, v1.12, 2025
//	Titus        the types of its loader, 2026
//
// Three laws: what cannot be honoured is named in a Warning with its line, never passed over; trouble with one rule
// costs that rule alone; nothing in such a file reaches the built-in rules unless the caller applies Set.Allow,
// Set.Disable or Set.Tune to them.
//
// Known limits: regexes are matched byte by byte, and a match spans no more than rules.MaxWindow bytes around its
// literal, and 12 lines. A keyword counts within rules.KeywordReach of the match, where gitleaks takes the whole file.
// Expressions that ask an issuer are not run; nor are filters by tokenizer.
package interchange
