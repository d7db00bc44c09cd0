package git

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/unleak/unleak/source/git/object"
)

// The cache remembers which objects of a repository hold nothing that any rule matches, so that a later scan passes
// over them. It knows no secret, and not which objects hold one: those are read again every time.
//
// A file a repository and set of rules, replaced as a whole, so that two scans at once do no harm:
//
//	"unleak clean objects 1\n"  key, 32 bytes  count, 8 bytes  ids, 16 bytes each, sorted  SHA-256 of all before
//
// Half an id is enough: to make an object that passes for another takes 2^64 tries at least.
const (
	cacheMagic = "unleak clean objects 1\n"
	cacheID    = 16
	cacheHead  = len(cacheMagic) + sha256.Size + 8
	maxCache   = 1 << 30
)

var errCache = errors.New("not a cache file, or damaged")

// cacheKey tells repositories and rules apart.
func (r *run) cacheKey() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d\x00%+v", r.repo.CommonDir, r.opts.RulesHash, r.opts.Archives, r.opts.Limits))
}

// cacheFile returns the name of the repository's file.
func (r *run) cacheFile() string {
	repository := sha256.Sum256([]byte(r.repo.CommonDir))
	return filepath.Join(r.opts.Cache, fmt.Sprintf("git-%x.clean", repository[:12]))
}

// loadClean returns the sorted halves of the ids of clean objects. A file that is damaged is put aside; one of other
// rules counts as none.
func (r *run) loadClean() []byte {
	if r.opts.Cache == "" {
		return nil
	}
	name := r.cacheFile()
	st, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var ids []byte
	if err == nil && st.Size() > maxCache {
		err = errCache
	}
	if err == nil {
		var data []byte
		if data, err = os.ReadFile(name); err == nil {
			ids, err = parseCache(data, r.cacheKey())
		}
	}
	if err != nil {
		r.sink.Note(fmt.Sprintf("cache %s is not used: %v", name, err))
		if errors.Is(err, errCache) {
			_ = os.Remove(name)
		}
		return nil
	}
	return ids
}

// parseCache returns the ids in a cache file; none if it was made with another key.
func parseCache(data []byte, key [sha256.Size]byte) ([]byte, error) {
	if len(data) < cacheHead+sha256.Size || !bytes.HasPrefix(data, []byte(cacheMagic)) {
		return nil, errCache
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return nil, errCache
	}
	ids := body[cacheHead:]
	if count := binary.BigEndian.Uint64(body[cacheHead-8:]); count > maxCache || int(count)*cacheID != len(ids) {
		return nil, errCache
	}
	if !bytes.Equal(body[len(cacheMagic):cacheHead-8], key[:]) {
		return nil, nil
	}
	return ids, nil
}

// storeClean replaces the repository's file.
func (r *run) storeClean(clean []object.ID) {
	if err := r.writeClean(clean); err != nil {
		r.sink.Note(fmt.Sprintf("cache %s is not written: %v", r.opts.Cache, err))
	}
}

func (r *run) writeClean(clean []object.ID) (err error) {
	if err := os.MkdirAll(r.opts.Cache, 0o700); err != nil {
		return err
	}
	key := r.cacheKey()
	data := append([]byte(cacheMagic), key[:]...)
	slices.SortFunc(clean, object.ID.Compare)
	clean = slices.Compact(clean)
	data = binary.BigEndian.AppendUint64(data, uint64(len(clean)))
	for _, id := range clean {
		data = append(data, id[:cacheID]...)
	}
	sum := sha256.Sum256(data)
	data = append(data, sum[:]...)
	f, err := os.CreateTemp(r.opts.Cache, "new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), r.cacheFile())
}

// markClean notes which objects are known to be clean, and which nodes need not be made: no object that has to be read
// is built on them.
func (t *table) markClean(ids []byte) {
	if len(ids) == 0 {
		return
	}
	t.clean = make([]bool, len(t.nodes))
	mark := func(first int32, count int, raw func(int) []byte) {
		at := 0
		for i := range count {
			id := raw(i)[:cacheID]
			for at < len(ids) && bytes.Compare(ids[at:at+cacheID], id) < 0 {
				at += cacheID
			}
			if at == len(ids) {
				return
			}
			t.clean[first+int32(i)] = bytes.Equal(ids[at:at+cacheID], id)
		}
	}
	for k, p := range t.store.Packs {
		mark(t.first[k], p.Index.Len(), p.Index.Raw)
	}
	mark(t.loose(), len(t.store.Loose), func(i int) []byte { return t.store.Loose[i].ID[:] })
	t.idle = make([]bool, len(t.nodes))
	for i := range t.idle {
		t.idle[i] = t.clean[i] && t.nodes[i].kind == object.Blob // commits, tags and trees say what belongs where
	}
	for _, i := range slices.Backward(t.order) {
		if n := &t.nodes[i]; n.base >= 0 && !t.idle[i] {
			t.idle[n.base] = false
		}
	}
}

// isClean tells whether an object is known to hold nothing.
func (t *table) isClean(i int32) bool { return t.clean != nil && t.clean[i] }

// isIdle tells whether neither a node nor what is built on it has to be read.
func (t *table) isIdle(i int32) bool { return t.idle != nil && t.idle[i] }
