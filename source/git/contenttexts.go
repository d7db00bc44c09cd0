package git

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// commit records and searches a commit.
func (c *contents) commit(number int32, text []byte) {
	canonical := c.table.canonical(number)
	if !c.harvest.first(canonical) {
		return
	}
	c.worker.Count("commits", 1)
	info, err := object.ParseCommit(text)
	if err != nil {
		c.trouble = append(c.trouble, trouble{canonical, err, true})
	} else {
		c.commits = append(c.commits, commit{
			number: canonical, tree: c.link(info.Tree), parents: len(c.parents), count: len(info.Parents),
			date: info.Committer.When.Unix(),
		})
		for _, p := range info.Parents {
			c.parents = append(c.parents, c.link(p))
		}
		text = prose(info.Header, text)
	}
	c.text(canonical, text, info)
}

func (c *contents) tag(number int32, text []byte) {
	canonical := c.table.canonical(number)
	if !c.harvest.first(canonical) {
		return
	}
	c.worker.Count("tags", 1)
	info, err := object.ParseTag(text)
	if err != nil {
		c.trouble = append(c.trouble, trouble{canonical, err, true})
	} else {
		c.tags = append(c.tags, tag{canonical, info.Target, info.Name})
		text = prose(info.Header, text)
	}
	c.text(canonical, text, object.CommitInfo{})
}

// prose returns what people wrote of a commit's or tag's text: from the header's first free line to the end.
func prose(header, text []byte) []byte {
	if len(header) > 0 {
		if i := bytes.Index(text, header); i >= 0 {
			text = text[i:]
		}
	}
	return withoutSignatures(text)
}

// text scans the text of a commit or tag; about is what is known of a commit.
func (c *contents) text(number int32, text []byte, about object.CommitInfo) {
	if c.table.isClean(number) {
		return
	}
	skips := c.skips()
	found, err := c.worker.Detect(text, nil)
	if err != nil {
		c.trouble = append(c.trouble, trouble{number, fmt.Errorf("%w: %w", errDetector, err), true})
		return
	}
	if len(found) == 0 && c.skips() == skips {
		c.clean = append(c.clean, number)
		return
	}
	found = c.worker.Resolve(found)
	if s := c.harvest.numbersOf(found); len(s) > 0 {
		c.hits = append(c.hits, hit{number: number, secrets: s})
		if !c.accepts(number, found, about) {
			c.silent = append(c.silent, number)
		}
	}
}

// accepts tells whether some match may be reported as standing in a message: with what the report will say of the commit,
// or without.
func (c *contents) accepts(number int32, found []finding.Match, about object.CommitInfo) bool {
	bare := finding.GitOrigin{Repository: c.opts.Name, Commit: c.table.id(number).String()}
	full := bare
	full.Author, full.Email, full.Subject = about.Author.Name, about.Author.Email, object.Subject(about.Message)
	return slices.ContainsFunc(found, func(m finding.Match) bool {
		return c.worker.Accepts(finding.Origin{Kind: finding.KindMessage, Git: &full}, m) ||
			c.worker.Accepts(finding.Origin{Kind: finding.KindMessage, Git: &bare}, m)
	})
}
