package image

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/unleak/unleak/internal/arrange"
)

// known remembers across runs, in a folder, which layers and files hold nothing that any rule matches. It knows no
// secret: what holds one is not in it, and is read again every time.
//
//	image-KEY.files          "unleak clean files 1\n"  key, 32 bytes   halves of the files' SHA-256, 16 bytes each, sorted
//	image-KEY-LAYER.layer    "unleak clean layer 1\n"  key, 32 bytes   the layer's SHA-256   its names: see names.encode
//
// each with the SHA-256 of all before at its end. Files are replaced as a whole, so that two scans at once do no harm.
// KEY is of everything that decides what a scan finds. Half a SHA-256 is enough: to make a file that passes for another
// takes 2^64 tries at least.
type known struct {
	dir string
	key [sha256.Size]byte

	files []byte // sorted
	mu    sync.Mutex
	fresh []sum
	notes []string
}

const (
	knownFiles  = "unleak clean files 1\n"
	knownLayer  = "unleak clean layer 1\n"
	knownPrefix = "image-"
	knownNew    = "image-new-"
	knownMost   = 256 << 20           // bytes of a cache file
	knownKept   = 60 * 24 * time.Hour // without use
	newKept     = 24 * time.Hour      // of a file whose writer was stopped
	sumSize     = len(sum{})
)

var errKnown = errors.New("not a cache file of this version, or damaged")

// openKnown returns what is remembered in the folder that the options name, nil where they name none.
func openKnown(opts *Options) *known {
	if opts.Cache == "" {
		return nil
	}
	k := &known{dir: opts.Cache, key: sha256.Sum256(fmt.Appendf(nil, "%q %d %+v", opts.RulesHash, opts.Archives, opts.Limits))}
	body, err := k.read(k.filesName(), knownFiles)
	if err == nil && len(body)%sumSize != 0 {
		err = errKnown
	}
	if err == nil {
		k.files = body
	}
	return k
}

func (k *known) filesName() string { return fmt.Sprintf("%s%x.files", knownPrefix, k.key[:12]) }

// layerName returns "" for a layer that has no digest to go by.
func (k *known) layerName(digest string) string {
	if !isDigest(digest) {
		return ""
	}
	return fmt.Sprintf("%s%x-%s.layer", knownPrefix, k.key[:12], strings.TrimPrefix(digest, "sha256:"))
}

// file tells whether a file with this sum is known to hold nothing.
func (k *known) file(s sum) bool {
	lo, hi := 0, len(k.files)/sumSize
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch bytes.Compare(k.files[mid*sumSize:(mid+1)*sumSize], s[:]) {
		case 0:
			return true
		case -1:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return false
}

func (k *known) addFile(s sum) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fresh = append(k.fresh, s)
}

// layer returns the names of a layer that is known to hold nothing.
func (k *known) layer(digest string) (names, bool) {
	name := k.layerName(digest)
	if name == "" {
		return names{}, false
	}
	body, err := k.read(name, knownLayer)
	if err != nil || len(body) < sha256.Size || hex.EncodeToString(body[:sha256.Size]) != strings.TrimPrefix(digest, "sha256:") {
		return names{}, false
	}
	n, err := decodeNames(body[sha256.Size:])
	return n, err == nil
}

func (k *known) addLayer(digest string, n *names) {
	name := k.layerName(digest)
	if name == "" {
		return
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(digest, "sha256:"))
	if err == nil {
		err = k.write(name, knownLayer, n.encode(raw))
	}
	k.note(err)
}

// close remembers the files of this run beside those that are remembered by now.
func (k *known) close() {
	if len(k.fresh) > 0 {
		var all []byte
		if body, err := k.read(k.filesName(), knownFiles); err == nil && len(body)%sumSize == 0 &&
			len(body)+len(k.fresh)*sumSize < knownMost {
			all = body // what another scan has written since is kept
		}
		arrange.By(k.fresh, func(a, b sum) int { return bytes.Compare(a[:], b[:]) })
		k.note(k.write(k.filesName(), knownFiles, merged(all, slices.Compact(k.fresh))))
	}
	k.tidy(time.Now())
}

// merged returns the sorted union.
func merged(old []byte, fresh []sum) []byte {
	out := make([]byte, 0, len(old)+len(fresh)*sumSize)
	for len(old) > 0 || len(fresh) > 0 {
		order := 0
		switch {
		case len(old) == 0:
			order = 1
		case len(fresh) == 0:
			order = -1
		default:
			order = bytes.Compare(old[:sumSize], fresh[0][:])
		}
		if order <= 0 {
			out = append(out, old[:sumSize]...)
			old = old[sumSize:]
		} else {
			out = append(out, fresh[0][:]...)
		}
		if order >= 0 {
			fresh = fresh[1:]
		}
	}
	return out
}

// note keeps an error for the report; the first of its kind is enough.
func (k *known) note(err error) {
	if err == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err // its path is another one each time
	}
	k.notes = append(k.notes, fmt.Sprintf("cache %s is not written: %v", k.dir, err))
}

// read returns what is in a file of the cache. One that is damaged is removed.
func (k *known) read(name, magic string) ([]byte, error) {
	name = filepath.Join(k.dir, name)
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > knownMost+1<<20 {
		return nil, errKnown
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if data, err = k.open(data, magic); err != nil {
		_ = os.Remove(name)
		return nil, err
	}
	if now := time.Now(); now.Sub(info.ModTime()) > newKept {
		_ = os.Chtimes(name, now, now) // it was of use and is kept
	}
	return data, nil
}

func (k *known) open(data []byte, magic string) ([]byte, error) {
	head := len(magic) + len(k.key)
	if len(data) < head+sha256.Size || string(data[:len(magic)]) != magic {
		return nil, errKnown
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) || !bytes.Equal(data[len(magic):head], k.key[:]) {
		return nil, errKnown
	}
	return data[head:end], nil
}

func (k *known) write(name, magic string, body []byte) (err error) {
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(k.dir, knownNew+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	data := slices.Concat([]byte(magic), k.key[:], body)
	end := sha256.Sum256(data)
	_, err = f.Write(append(data, end[:]...))
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(k.dir, name))
}

// tidy removes what was not used for long.
func (k *known) tidy(now time.Time) {
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		keep := knownKept
		switch {
		case strings.HasPrefix(e.Name(), knownNew):
			keep = newKept
		case !strings.HasPrefix(e.Name(), knownPrefix):
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > keep {
			_ = os.Remove(filepath.Join(k.dir, e.Name()))
		}
	}
}
