// Package rules holds what a rule is, reads rules from TOML and compiles them for the engine.
//
// A rule is data: adding one touches one TOML file under builtin. Start with Rule, then Load.
package rules

import "github.com/unleak/unleak/finding"

// Rule describes one kind of credential. It is one [[rules]] table of a rule file; the TOML keys are the lower-case
// names with underscores.
type Rule struct {
	ID       string // "github-pat": lower case, digits, dashes; unique; never reused
	Provider string // who issues it; from the head of the file
	Title    string // "GitHub personal access token (classic)"
	Opens    string // what whoever holds it can do
	Severity finding.Severity

	Technique   string   // how it is found: "" = Regex; otherwise a detector known to the engine ("pem", "generic", ...)
	Regex       string   // RE2 syntax, at most MaxRepeat repetitions a brace, with the shorthands that Pattern writes out
	SecretGroup int      // group that is the secret; default 1 where the regex has a group, else 0
	Path        string   // regex: only at paths that match
	Keywords    []string // the regex counts only with one of these, in any case, in or near its match (see KeywordReach)
	Entropy     float64  // least Shannon entropy in bits a character, relaxed for short values; 0: no check
	Checks      []string // names of offline checks that must hold or that add proof, in order (see detectors/proof)
	Reject      []string // regexes of secrets that are no credential (documented examples, placeholders of this provider)
	Confidence  float64  // of a match without further proof; default 0.9
	Tags        []string

	Documented  string   // where the format is described: title and date
	Remediation []string // how to revoke and rotate, in steps
	Examples    []string // texts in which the rule finds a secret; break marks ("<+>") are taken out by the loader
	Negatives   []string // texts in which it finds nothing
	Verify      *Verify  // nil: cannot be asked

	Parts    []PartRule // the other components of the credential, found by other rules nearby
	PartOnly bool       // finds components for other rules and nothing of its own

	Exact      bool       // regex, Filter and Required alone decide: no check for placeholders (imported rules)
	FirstGroup bool       // the secret is the first group that holds text, instead of SecretGroup
	Filter     *Filter    // a match it holds of is no finding; nil: none
	Required   []Required // rules that must match nearby, too, or there is no finding

	Plan Plan // made by Compile
}

// PartRule names a component of a credential: the role it plays and the rule that finds it.
type PartRule struct{ Name, Rule string }

// BreakMark may stand anywhere in an example so that the file itself holds no token that a scanner or a push
// protection would stop at. The loader takes it out.
const BreakMark = "<+>"

// MaxRepeat is RE2's limit for x{n,m}.
const MaxRepeat = 1000

// KV is one entry of a small ordered map.
type KV struct{ Key, Value string }

// Verify says how to ask the issuer whether a credential is live: by one HTTP request without side effects, or by a
// protocol written in Go. In URL, Also, Headers, Body, Basic and Vars these stand for values:
//
//	{secret}            the credential
//	{part:NAME}         another part of it; {part:NAME=x} is x where the part was not found
//	{var:NAME}          a value of Vars
//	{secret|FILTER}     escaped: query (also for forms), path, base64, json
//
// docs/verify.md tells how to write one; verify.Check tells what is wrong with one.
type Verify struct {
	Protocol   string   // verifier in Go ("aws-sts", "postgres"): the fields up to Expired are unused, or as it says
	Cost       string   // "free": reads only, costs nothing, changes nothing, notifies no one; anything else is refused
	Method     string   // GET, HEAD or POST; default GET
	URL        string   // https, no user, no port
	Also       []string // further URLs for providers of several sites: asked in turn until one says live; all must say dead
	Hosts      []string // where URL's host holds a {part}: the hosts it may be, "api.x.com" or "*.x.com"; others need the user's word
	SelfHosted bool     // people run instances of their own: a refusal at the named host alone does not prove dead
	Headers    []KV
	Body       string
	Basic      string      // "user:password" for basic authentication
	Near       []Near      // parts that stand near; docs/verify.md tells which match counts
	Siblings   bool        // what is named like the secret says where it belongs: DB_HOST beside DB_PASSWORD, the host of its URL
	Vars       []KV        // computed where used: "time unix|unix-ms|rfc3339", "hmac-sha256|hmac-sha512 hex|base64 KEY TEXT", "sha256 hex TEXT"
	Live       []Condition // one that holds proves live; a status alone never does
	Dead       []Condition // one that holds proves dead; of statuses alone only 401
	Expired    []Condition // goes before Dead
	Facts      []KV        // what the answer tells: name = JSON path ("user.login") or "header:NAME"
	Answers    []Answer    // examples of answers and what they mean, made-up values in the issuer's documented shape
}

// Near is a part of a credential in the text around it.
type Near struct {
	Name     string
	Regex    string    // group 1 is the part
	Literals []Literal // a match holds one of these; none: unknown. The rule loader works them out
}

// Answer is an example of an issuer's answer. Every block has one that means live and one that means dead.
type Answer struct {
	Means   string // "live", "dead", "expired" or "unknown"
	Status  int
	Headers []KV
	Body    string
}

// Condition holds when all its set fields hold of an answer.
type Condition struct {
	Status   []int  // one of these
	JSON     string // path that must exist and not be null: "user.login", "data.0.id", "$" for the whole
	Equals   string // and its value, as text
	Contains string // the body holds this
	Header   string // "Name" present or "Name: part" contained
}

// Plan is what the engine needs to know of a rule's regex, worked out ahead (see Compile).
type Plan struct {
	Literals   []Literal // every match holds at least one of these; none: the regex must see every line
	MinLen     int       // of a match, bytes
	MaxLen     int       // of a match, bytes; unbounded repeats are cut at MaxWindow
	SingleLine bool      // no match holds a line break
	GoesOn     bool      // a match may hold a line break behind the start of its secret, and more behind that
	Marked     bool      // the secret itself holds a literal, its issuer's mark
	Run        Run       // a stretch of one class of bytes that every match holds
}

// Literal is a string that is part of every match, or of one alternative of it.
type Literal struct {
	Text   string   // lower case where Fold
	Before [2]int32 // least and most bytes from the match's start to the literal
	After  int32    // most bytes from the literal's start to the match's end
	Fold   bool     // ASCII letters match in either case
}

// MaxWindow is the most bytes on either side of a literal that a match may take up.
const MaxWindow = 4096
