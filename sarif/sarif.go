// Package sarif holds the part of SARIF 2.1.0 that a scanner writes, as types and an encoder.
//
// The format is the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", errata 01 of
// 2023-08-28; field comments name its sections where a rule is easy to get wrong. The package knows nothing of
// findings: package report maps them. Start with Log, then Encode.
package sarif

import (
	"encoding/json"
	"io"
)

// Version and SchemaURI stand at the head of every log.
const (
	Version   = "2.1.0"
	SchemaURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

// Log is a SARIF file (3.13).
type Log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []Run  `json:"runs"`
}

// Run is one run of one tool (3.14).
type Run struct {
	Tool                     Tool                        `json:"tool"`
	Invocations              []Invocation                `json:"invocations,omitempty"`
	AutomationDetails        *AutomationDetails          `json:"automationDetails,omitempty"`
	VersionControlProvenance []VersionControlDetails     `json:"versionControlProvenance,omitempty"`
	OriginalURIBaseIDs       map[string]ArtifactLocation `json:"originalUriBaseIds,omitempty"`
	ColumnKind               string                      `json:"columnKind"` // "utf16CodeUnits" or "unicodeCodePoints"
	RedactionTokens          []string                    `json:"redactionTokens,omitempty"`
	Results                  []Result                    `json:"results"` // present even when empty: absent means "did not run" (3.14.23)
	Properties               map[string]any              `json:"properties,omitempty"`
}

// AutomationDetails names what the run is about, so that later runs of the same replace it (3.17).
type AutomationDetails struct {
	ID string `json:"id"`
}

// Tool holds the program (3.18).
type Tool struct {
	Driver Component `json:"driver"`
}

// Component is a program with its rules (3.19).
type Component struct {
	Name            string                `json:"name"`
	Organization    string                `json:"organization,omitempty"`
	SemanticVersion string                `json:"semanticVersion,omitempty"`
	Version         string                `json:"version,omitempty"`
	InformationURI  string                `json:"informationUri,omitempty"`
	Rules           []ReportingDescriptor `json:"rules,omitempty"`
	Notifications   []ReportingDescriptor `json:"notifications,omitempty"`
}

// ReportingDescriptor describes a rule or a kind of notification (3.49).
type ReportingDescriptor struct {
	ID                   string         `json:"id"`
	Name                 string         `json:"name,omitempty"`
	ShortDescription     *Text          `json:"shortDescription,omitempty"`
	FullDescription      *Text          `json:"fullDescription,omitempty"`
	Help                 *Text          `json:"help,omitempty"`
	HelpURI              string         `json:"helpUri,omitempty"`
	DefaultConfiguration *Configuration `json:"defaultConfiguration,omitempty"`
	Properties           map[string]any `json:"properties,omitempty"`
}

// Configuration gives a rule's usual level (3.50).
type Configuration struct {
	Level Level `json:"level"`
}

// Level says how grave a result is (3.27.10).
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
	None    Level = "none"
)

// Text is a text in plain words and, if wanted, GitHub-flavoured Markdown (3.11 and 3.12).
type Text struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

// Result is one finding (3.27).
type Result struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Kind                string            `json:"kind,omitempty"`
	Level               Level             `json:"level"`
	Message             Text              `json:"message"`
	Locations           []Location        `json:"locations,omitempty"`
	RelatedLocations    []Location        `json:"relatedLocations,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints,omitempty"`
	OccurrenceCount     int               `json:"occurrenceCount,omitempty"`
	Rank                *float64          `json:"rank,omitempty"` // 0 to 100
	Suppressions        []Suppression     `json:"suppressions,omitempty"`
	Properties          map[string]any    `json:"properties,omitempty"`
}

// Suppression says that a result is not counted, and why (3.35).
type Suppression struct {
	Kind          string    `json:"kind"`             // "inSource" or "external"
	Status        string    `json:"status,omitempty"` // "accepted", ...
	Justification string    `json:"justification,omitempty"`
	Location      *Location `json:"location,omitempty"`
}

// Location is a place (3.28).
type Location struct {
	ID               *int              `json:"id,omitempty"` // unique among a result's locations where given
	PhysicalLocation *PhysicalLocation `json:"physicalLocation,omitempty"`
	LogicalLocations []LogicalLocation `json:"logicalLocations,omitempty"`
	Message          *Text             `json:"message,omitempty"`
	Properties       map[string]any    `json:"properties,omitempty"`
}

// PhysicalLocation is a stretch of a file (3.29).
type PhysicalLocation struct {
	ArtifactLocation ArtifactLocation `json:"artifactLocation"`
	Region           *Region          `json:"region,omitempty"`
	ContextRegion    *Region          `json:"contextRegion,omitempty"`
}

// ArtifactLocation names a file (3.4). URI is percent-encoded (RFC 3986).
type ArtifactLocation struct {
	URI         string `json:"uri,omitempty"`
	URIBaseID   string `json:"uriBaseId,omitempty"`
	Description *Text  `json:"description,omitempty"`
}

// Region is a stretch of text (3.30). Lines and columns count from 1; EndColumn is that of the character behind.
type Region struct {
	StartLine   int   `json:"startLine,omitempty"`
	StartColumn int   `json:"startColumn,omitempty"`
	EndLine     int   `json:"endLine,omitempty"`
	EndColumn   int   `json:"endColumn,omitempty"`
	Snippet     *Text `json:"snippet,omitempty"`
}

// LogicalLocation names a place that is no stretch of a file (3.33).
type LogicalLocation struct {
	Name               string `json:"name,omitempty"`
	FullyQualifiedName string `json:"fullyQualifiedName,omitempty"`
	Kind               string `json:"kind,omitempty"`
}

// VersionControlDetails says which revision was looked at (3.23).
type VersionControlDetails struct {
	RepositoryURI string            `json:"repositoryUri"` // an absolute URI
	RevisionID    string            `json:"revisionId,omitempty"`
	Branch        string            `json:"branch,omitempty"`
	MappedTo      *ArtifactLocation `json:"mappedTo,omitempty"`
}

// Invocation says how the run went (3.20).
type Invocation struct {
	ExecutionSuccessful        bool           `json:"executionSuccessful"`
	ExitCode                   *int           `json:"exitCode,omitempty"`
	ToolExecutionNotifications []Notification `json:"toolExecutionNotifications,omitempty"`
	Properties                 map[string]any `json:"properties,omitempty"`
}

// Notification is a remark about the run (3.58).
type Notification struct {
	Descriptor *DescriptorReference `json:"descriptor,omitempty"`
	Level      Level                `json:"level"`
	Message    Text                 `json:"message"`
	Locations  []Location           `json:"locations,omitempty"`
}

// DescriptorReference points at a descriptor of the driver (3.52).
type DescriptorReference struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
}

// NewLog returns a log of one run.
func NewLog(run Run) Log {
	return Log{Schema: SchemaURI, Version: Version, Runs: []Run{run}}
}

// Encode writes a log, indented, with a line break at the end. The same log gives the same bytes.
func Encode(w io.Writer, log Log) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(log)
}
