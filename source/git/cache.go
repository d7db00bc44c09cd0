package git

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A folder of caches has one file a repository and set of rules, replaced as a whole, so that two scans at once do no
// harm: the one that ends last is remembered.
//
// A cache trusts ids: who can put other content under an id that was scanned, which git refuses to do and takes write
// access to the repository's files, can hide it from the next scan.

var errCache = errors.New("not a cache file of this version, or damaged")

// most bytes of a cache file, and how long one is kept that nobody uses
const (
	maxCache   = 1 << 30
	cacheKept  = 60 * 24 * time.Hour
	newKept    = 24 * time.Hour // of a file whose writer was stopped
	cacheEnd   = ".objects"
	cacheNew   = "git-new-"
	cacheStart = "git-"
)

// cacheKey tells repositories, rules and what else decides what a scan finds apart.
func (r *run) cacheKey() [sha256.Size]byte {
	where := r.repo.CommonDir
	if r.address != "" {
		where = r.address
	}
	return sha256.Sum256(fmt.Appendf(nil, "%q %q %d %+v", where, r.opts.RulesHash, r.opts.Archives, r.opts.Limits))
}

// cacheFile returns the name of the file for the repository and rules.
func (r *run) cacheFile() string {
	key := r.cacheKey()
	return filepath.Join(r.opts.Cache, fmt.Sprintf("%s%x%s", cacheStart, key[:12], cacheEnd))
}

// cacheContent is the cache's file of a repository while it is read.
type cacheContent struct {
	memory *memory
	rest   []byte // what of the file is to be parsed yet
}

// openCache reads the cache's file; nil: there is none that can be used.
func (r *run) openCache() *cacheContent {
	c := &cacheContent{}
	err := c.open(r.cacheFile(), r.cacheKey(), r.store.Hash)
	if !r.usable(err) {
		return nil
	}
	return c
}

// objects returns what is remembered of objects; nil: nothing.
func (c *cacheContent) objects(r *run) *memory {
	if c == nil || !r.usable(c.memory.parse(c.rest)) {
		return nil
	}
	return c.memory
}

// usable tells whether the cache's file can be used. One that is damaged or was made for something else is removed, and
// that is told.
func (r *run) usable(err error) bool {
	if err == nil {
		return true
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	name := r.cacheFile()
	r.sink.Note(fmt.Sprintf("cache %s is not used: %v", name, err))
	if errors.Is(err, errCache) {
		_ = os.Remove(name)
	}
	return false
}

func (c *cacheContent) open(name string, key [sha256.Size]byte, hash int) error {
	st, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() || st.Size() > maxCache {
		return errCache
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	c.memory, c.rest, err = openMemory(data, key, hash)
	return err
}

// storeMemory replaces the cache's file.
func (r *run) storeMemory(m *memory) {
	if err := r.writeMemory(m); err != nil {
		r.sink.Note(fmt.Sprintf("cache %s is not written: %v", r.opts.Cache, err))
	}
}

func (r *run) writeMemory(m *memory) (err error) {
	if err := os.MkdirAll(r.opts.Cache, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(r.opts.Cache, cacheNew+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(m.encode(r.cacheKey()))
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), r.cacheFile()); err != nil {
		return err
	}
	tidyCache(r.opts.Cache, time.Now())
	return nil
}

// usedMemory notes that the cache's file was of use, so that it is kept.
func (r *run) usedMemory() {
	now := time.Now()
	_ = os.Chtimes(r.cacheFile(), now, now) // at worst it is made again some day
}

// tidyCache removes the files of caches that were not used for long: of repositories that are gone, of rules and
// programs of the past.
func tidyCache(dir string, now time.Time) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, f := range files {
		keep := cacheKept
		switch {
		case strings.HasPrefix(f.Name(), cacheNew):
			keep = newKept
		case !strings.HasPrefix(f.Name(), cacheStart) || !strings.HasSuffix(f.Name(), cacheEnd):
			continue
		}
		if info, err := f.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > keep {
			_ = os.Remove(filepath.Join(dir, f.Name()))
		}
	}
}
