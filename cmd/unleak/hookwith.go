package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
)

// checkHookFlags tells what is wrong with the flags that a hook is to be run with: in a hook that is installed they would
// stop every commit. Words that a shell has yet to fill in are taken as they are.
func checkHookFlags(with string) error {
	words, err := shellWords(with)
	if err != nil {
		return fmt.Errorf("--with %q: %w", with, err)
	}
	var f scanFlags
	var b budget
	c := &cobra.Command{Use: "run"}
	f.add(c)
	b.add(c)
	new(app).addGlobal(c.Flags())
	if err := c.ParseFlags(words); err != nil {
		return fmt.Errorf("--with %q: %w: see `unleak hook run --help`", with, err)
	}
	if rest := c.Flags().Args(); len(rest) > 0 {
		return fmt.Errorf("--with %q: %q is no flag: see `unleak hook run --help`", with, rest[0])
	}
	if err = b.check(); err == nil {
		err = checkNumbers(c)
	}
	if err == nil {
		_, err = f.outputs()
	}
	if err == nil && !strings.ContainsAny(with, "$`") {
		_, err = f.settle(own{})
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a file may be there where the hook runs
		return fmt.Errorf("--with %q: %w", with, err)
	}
	return nil
}

// shellWords splits words as a POSIX shell does (XCU 2.2, quoting), without expanding anything. What would be more than one
// simple command is an error.
func shellWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quote := false, byte(0)
	end := func() {
		if in {
			words = append(words, word.String())
		}
		word.Reset()
		in = false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'':
			if i++; i == len(s) {
				return nil, errors.New("it ends in a backslash")
			}
			in = true
			word.WriteByte(s[i])
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, in = c, true
		case c == ' ' || c == '\t':
			end()
		case strings.IndexByte("\n\r\x00;&|<>()#`", c) >= 0 && (c != '#' || !in):
			return nil, fmt.Errorf("%q has a meaning of its own in a shell: put it in quotes", c)
		default:
			in = true
			word.WriteByte(c)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote %c is not closed", quote)
	}
	end()
	return words, nil
}
