package verify

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/atomicfile"
)

// how long verdicts are believed: a dead key stays dead, a live one may be revoked at any moment
const (
	ttlLive = time.Hour
	ttlDead = 24 * time.Hour
)

// limits of the cache file
const (
	cacheVersion = 1
	cacheEntries = 200_000
	cacheBytes   = 64 << 20
	keyBytes     = 32
)

// cache holds earlier verdicts by a keyed hash of rule, secret and parts. The file holds no secret and no answer; its
// key lies in a file of its own, so that whoever gets the cache alone cannot test a guessed secret against it.
type cache struct {
	path string // "": memory only, forgotten with the process
	ttl  time.Duration
	key  []byte

	mu      sync.Mutex
	entries map[string]cacheEntry
	dirty   bool
}

type cacheFile struct {
	Version int                   `json:"version"`
	Entries map[string]cacheEntry `json:"entries"`
}

type cacheEntry struct {
	Status finding.Status    `json:"status"`
	Host   string            `json:"host"`
	Facts  map[string]string `json:"facts,omitempty"`
	At     time.Time         `json:"at,omitzero"`
	Until  time.Time         `json:"until"`
}

// openCache reads the cache; what is missing is made when mayWrite. A damaged cache file is an empty one: it holds
// nothing that cannot be asked again.
func openCache(path string, ttl time.Duration, mayWrite bool) (*cache, error) {
	c := &cache{path: path, ttl: ttl, entries: map[string]cacheEntry{}}
	var err error
	if c.key, err = cacheKey(path, mayWrite); err != nil {
		return nil, fmt.Errorf("verify: key of the cache: %w", err)
	}
	if path != "" {
		c.entries = readCache(path)
	}
	return c, nil
}

func cacheKey(path string, mayWrite bool) ([]byte, error) {
	file := path + ".key"
	if path != "" {
		key, err := os.ReadFile(file)
		if err == nil && len(key) == keyBytes {
			return key, nil
		}
		if err == nil {
			return nil, fmt.Errorf("%s: not %d bytes (remove it and the cache)", file, keyBytes)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	if path == "" || !mayWrite {
		return key, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	return key, atomicfile.WriteBytes(file, 0o600, key)
}

func readCache(path string) map[string]cacheEntry {
	var f cacheFile
	info, err := os.Stat(path)
	if err != nil || info.Size() > cacheBytes {
		return map[string]cacheEntry{}
	}
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &f) != nil || f.Version != cacheVersion || f.Entries == nil {
		return map[string]cacheEntry{}
	}
	return f.Entries
}

// mac hashes fields so that no two lists of fields give the same text.
func (c *cache) mac(fields []string) string {
	h := hmac.New(sha256.New, c.key)
	var n [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// get returns a verdict that is still believed.
func (c *cache) get(key string) (finding.Verdict, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok || !now().Before(e.Until) || c.ttl > 0 && now().Sub(e.At) >= c.ttl { // a shorter time counts for what is there, too
		return finding.Verdict{}, false
	}
	return finding.Verdict{Status: e.Status, Host: e.Host, Facts: e.Facts, Cause: "as of " + e.At.UTC().Format(time.RFC3339) + ", not asked again"}, true
}

// put keeps a verdict that says something about the credential.
func (c *cache) put(key string, v finding.Verdict) {
	ttl := ttlDead
	switch v.Status {
	case finding.Live:
		ttl = ttlLive
	case finding.Dead, finding.Expired:
	default:
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = cacheEntry{Status: v.Status, Host: v.Host, Facts: v.Facts, At: now(), Until: now().Add(orDefault(c.ttl, ttl))}
	c.dirty = true
}

// save writes the cache, together with what another process wrote meanwhile.
func (c *cache) save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.path == "" || !c.dirty {
		return nil
	}
	all := readCache(c.path)
	for k, e := range c.entries {
		if old, ok := all[k]; !ok || old.At.Before(e.At) { // what was said last counts, however long it is believed
			all[k] = e
		}
	}
	for k, e := range all {
		if !now().Before(e.Until) || len(all) > cacheEntries {
			delete(all, k)
		}
	}
	text, err := json.Marshal(cacheFile{cacheVersion, all})
	if err == nil {
		err = atomicfile.WriteBytes(c.path, 0o600, text)
	}
	if err != nil {
		return fmt.Errorf("verify: cache: %w", err)
	}
	c.entries, c.dirty = all, false
	return nil
}
