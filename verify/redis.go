package verify

import (
	"bufio"
	"context"
	"strconv"
	"strings"

	"github.com/unleak/unleak/finding"
)

// redis logs in to Redis, Valkey or KeyDB and leaves (AUTH, Redis commands, 2026). The scheme redis:// means plain
// connections, as the finding's own settings do.
var redis = login{name: "redis", port: "6379", secure: "rediss", securePort: "6380", ask: askRedis}

func askRedis(_ context.Context, s *session, e endpoint) (Answer, error) {
	if e.scheme == "rediss" {
		if err := s.mayShow(false); err != nil {
			return Answer{}, err
		}
	}
	words := []string{"AUTH", e.password}
	if e.user != "" {
		words = []string{"AUTH", e.user, e.password}
	}
	text := "*" + strconv.Itoa(len(words)) + "\r\n"
	for _, w := range words {
		text += "$" + strconv.Itoa(len(w)) + "\r\n" + w + "\r\n"
	}
	if _, err := s.Write([]byte(text)); err != nil {
		return Answer{}, err
	}
	line, err := bufio.NewReader(s).ReadString('\n')
	if err != nil {
		return Answer{}, err
	}
	switch line = strings.TrimSpace(line); {
	case line == "+OK":
		_, _ = s.Write([]byte("*1\r\n$4\r\nQUIT\r\n"))
		return Answer{Status: finding.Live}, nil
	case strings.HasPrefix(line, "-WRONGPASS"), line == "-ERR invalid password":
		return Answer{Status: finding.Dead}, nil
	case strings.Contains(line, "without any password configured"):
		return unknown("the server asks for no password"), nil
	case strings.HasPrefix(line, "-LOADING"), strings.Contains(line, "max number of clients"):
		return Answer{}, &Transient{Cause: "the server has trouble"}
	case strings.HasPrefix(line, "-"):
		return unknown("the server refused the question"), nil
	}
	return Answer{}, errMalformed
}
