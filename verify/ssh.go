package verify

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
)

// sshKey shows an SSH server that one has a private key, which itself is never sent (RFC 4252, 7). Without a part
// "host" the known forges are asked; that they do not know a key does not prove it dead.
type sshKey struct{ forge forge }

// forge is a public SSH server with the fingerprint of its Ed25519 host key, as it publishes it.
type forge struct{ host, fingerprint string }

// GitHub Docs, "GitHub's SSH key fingerprints"; GitLab Docs, "GitLab.com settings"; Bitbucket Cloud, "Configure SSH"; 2026.
var sshAsks = []Protocol{
	sshKey{},
	sshKey{forge{"github.com", "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}},
	sshKey{forge{"gitlab.com", "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8"}},
	sshKey{forge{"bitbucket.org", "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM"}},
}

// Hosts implements Protocol.
func (p sshKey) Hosts() []string {
	if p.forge.host == "" {
		return []string{fromFinding}
	}
	return []string{p.forge.host}
}

// place returns whom to log in as, and where.
func (p sshKey) place(c Credential) (endpoint, error) {
	host, given := c.Part(partHost)
	if p.forge.host != "" {
		if given {
			return endpoint{}, problem("the finding names another host")
		}
		if _, app := c.Part(partAppID); app {
			return endpoint{}, problem("it is the key of an app")
		}
		return endpoint{user: "git", host: p.forge.host, port: "22"}, nil
	}
	if !given {
		return endpoint{}, missing(partHost)
	}
	e := endpoint{host: host, port: "22"}
	if h, port, err := net.SplitHostPort(host); err == nil {
		e.host, e.port = h, port
	} else if port, ok := c.Part(partPort); ok {
		e.port = port
	}
	e.user, _ = c.Part(partUser)
	switch {
	case e.user == "":
		return e, missing(partUser)
	case strings.ContainsAny(e.host, " /@\\%{}$") || !isPort(e.port):
		return e, problem("its host is none")
	}
	return e, nil
}

func signerOf(c Credential) (ssh.Signer, error) {
	k, err := ssh.ParsePrivateKey([]byte(strings.ReplaceAll(c.Secret, `\n`, "\n")))
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return nil, problem("the key is locked by a passphrase")
	case err != nil:
		return nil, problem("the key cannot be read")
	}
	return k, nil
}

// Target implements Protocol.
func (p sshKey) Target(c Credential) (Target, error) {
	e, err := p.place(c)
	if err != nil {
		return Target{}, err
	}
	k, err := signerOf(c)
	if err != nil {
		return Target{}, err
	}
	t := Target{Host: net.JoinHostPort(e.host, e.port), Named: p.forge.host != "", Place: e.user}
	t.Show = "ssh " + e.user + "@" + t.Host + "\npublic key: " + ssh.FingerprintSHA256(k.PublicKey()) + "\n"
	return t, nil
}

// Ask implements Protocol.
func (p sshKey) Ask(ctx context.Context, client *Client, c Credential) (Answer, error) {
	e, err := p.place(c)
	if err != nil {
		return Answer{}, err
	}
	k, err := signerOf(c)
	if err != nil {
		return Answer{}, err
	}
	dial := client.Dial
	if p.forge.host != "" {
		dial = client.dialNamed
	}
	conn, err := dial(ctx, e.host, e.port)
	if err != nil {
		return Answer{}, err
	}
	s := client.session(ctx, conn, e.host)
	defer s.close()
	cfg := &ssh.ClientConfig{User: e.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(k)}, HostKeyCallback: p.checkHost, ClientVersion: "SSH-2.0-unleak"}
	if p.forge.host != "" {
		cfg.HostKeyAlgorithms = []string{ssh.KeyAlgoED25519}
	}
	link, channels, requests, err := ssh.NewClientConn(s, net.JoinHostPort(e.host, e.port), cfg)
	if err != nil {
		return p.refusal(err)
	}
	shell := ssh.NewClient(link, channels, requests)
	defer shell.Close()
	a := Answer{Status: finding.Live, Facts: map[string]string{"login": e.user + "@" + e.host, "key": ssh.FingerprintSHA256(k.PublicKey())}}
	if p.forge.host != "" {
		if who := greeting(shell); who != "" {
			a.Facts["account"] = who
		}
	}
	return a, nil
}

// checkHost wants the published key of a forge. Other hosts may show any: they learn nothing but a public key.
func (p sshKey) checkHost(_ string, _ net.Addr, key ssh.PublicKey) error {
	if p.forge.host != "" && ssh.FingerprintSHA256(key) != p.forge.fingerprint {
		return problem("the host is not " + p.forge.host + ": it shows another key")
	}
	return nil
}

func (p sshKey) refusal(err error) (Answer, error) {
	if strings.Contains(err.Error(), "unable to authenticate") {
		if p.forge.host != "" {
			return unknown("%s does not know the key; others may", p.forge.host), nil
		}
		return Answer{Status: finding.Dead, Cause: "the host does not take the key for this user"}, nil
	}
	return Answer{}, err
}

// forges greet who logs in without a command: "Hi octocat! You've ...", "Welcome to GitLab, @octo!", "logged in as octo."
var greetings = lazyregexp.New(`(?:(?m:^)Hi |Welcome to GitLab, @|logged in as )([A-Za-z0-9][A-Za-z0-9_./-]*[A-Za-z0-9])`)

// greetingWait is how long a greeting is waited for.
const greetingWait = 3 * time.Second

// greeting returns the account that a forge greets, "" if none.
func greeting(link *ssh.Client) string {
	s, err := link.NewSession()
	if err != nil {
		return ""
	}
	defer s.Close()
	text := &firstBytes{left: 2048}
	s.Stdout, s.Stderr = text, text
	if err := s.Shell(); err != nil {
		return ""
	}
	stop := time.AfterFunc(greetingWait, func() { _ = link.Close() })
	defer stop.Stop()
	_ = s.Wait() // ends when both streams do
	if m := greetings.FindStringSubmatch(text.String()); m != nil {
		return clean(m[1], 80)
	}
	return ""
}

// firstBytes keeps the beginning of what is written to it. It is safe for concurrent use.
type firstBytes struct {
	mu   sync.Mutex
	text []byte
	left int
}

func (f *firstBytes) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(len(p), f.left)
	f.left -= n
	f.text = append(f.text, p[:n]...)
	return len(p), nil
}

func (f *firstBytes) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.text)
}

// Mutate implements Protocol: another key, which nobody can know.
func (p sshKey) Mutate(c Credential) (Credential, bool) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return c, false
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		return c, false
	}
	c.Secret = string(pem.EncodeToMemory(block))
	return c, true
}
