package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git"
)

// readPush reads the lines git gives to a pre-push hook, LOCALREF LOCAL REMOTEREF REMOTE (githooks(5)), or what the
// pre-commit program says of them in its environment.
func (a *app) readPush() ([]git.Update, error) {
	if to := os.Getenv("PRE_COMMIT_TO_REF"); to != "" {
		return []git.Update{{Old: os.Getenv("PRE_COMMIT_FROM_REF"), New: to, Ref: os.Getenv("PRE_COMMIT_REMOTE_BRANCH")}}, nil
	}
	if os.Getenv("PRE_COMMIT_REMOTE_NAME") != "" || os.Getenv("PRE_COMMIT_LOCAL_BRANCH") != "" {
		return []git.Update{{New: "HEAD"}}, nil // a first push: pre-commit names no range
	}
	var all []git.Update
	var ref, local, remoteRef, remote string
	for {
		_, err := fmt.Fscanln(a.stdin, &ref, &local, &remoteRef, &remote)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("standard input is not what git gives to pre-push: %w", err)
		}
		if strings.Trim(local, "0") != "" { // a deleted reference brings nothing
			all = append(all, git.Update{Old: remote, New: local, Ref: ref})
		}
	}
}

// commitMessage is the message of a commit that is being made: a scanner.Source.
type commitMessage struct{ file string }

// maxMessage bounds what is read of a message; git has no bound, people have.
const maxMessage = 16 << 20

// scissors is in the line from which git cuts a message (git-commit(1), --cleanup): only comments follow, and the diff
// that `git commit --verbose` shows.
const scissors = "------------------------ >8 ------------------------"

// cutMessage leaves out the diff that git cuts off a message. A line like that in a message of the author's own, which git
// keeps, has other text behind it than comments and a diff; what comments say is read in any case.
func cutMessage(text []byte) []byte {
	at := bytes.Index(text, []byte(scissors))
	if at < 0 {
		return text
	}
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	comment := bytes.TrimRight(text[start:at], " ")
	_, rest, _ := bytes.Cut(text[at:], []byte("\n"))
	for len(rest) > 0 && len(comment) > 0 {
		if bytes.HasPrefix(rest, []byte("diff --")) {
			return text[:len(text)-len(rest)]
		}
		line, more, _ := bytes.Cut(rest, []byte("\n"))
		if !bytes.HasPrefix(line, comment) && len(bytes.TrimSpace(line)) > 0 {
			break
		}
		rest = more
	}
	return text
}

// Scan implements scanner.Source.
func (m *commitMessage) Scan(ctx context.Context, sink *scanner.Sink) error {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return fmt.Errorf("commit message: %w", err)
	}
	w := sink.Worker()
	defer w.Close()
	w.Count("messages", 1)
	if len(text) > maxMessage {
		w.Skip(finding.Skip{Name: m.file, Reason: finding.SkipTooLarge, Detail: "commit message"})
		text = text[:maxMessage]
	}
	w.Text(cutMessage(text), finding.Origin{Kind: finding.KindMessage, Path: "commit message"})
	return ctx.Err()
}
