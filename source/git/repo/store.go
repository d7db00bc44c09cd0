package repo

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// Pack is a pack with its index, both mapped.
type Pack struct {
	Name     string // the file's, without folder
	Index    *pack.Index
	Data     []byte
	Promisor bool // fetched from a promisor: it may refer to what is not here
}

// Trouble is a part of the object store that cannot be read.
type Trouble struct{ Name, Detail string }

// Store reads the objects of a repository. Reading is safe for concurrent use when each goroutine has its own
// Reader.
type Store struct {
	Hash     int
	Packs    []*Pack // sorted by file name within a folder, folders in git's order
	Loose    []Loose // sorted by id, each once; filled by ListLoose
	Troubles []Trouble
	Remarks  []string // on how it was read

	dirs    []string
	release []func()
	mapped  [][]byte     // packs
	touched atomic.Int64 // bytes read of them since they were last let go of
}

// Loose is an object that lies in a file of its own.
type Loose struct {
	ID   object.ID
	File string
}

// maxDirs bounds how many object folders alternates may name.
const maxDirs = 64

// OpenStore maps the packs of the repository and of its alternates. objects, if not empty, stands for the
// repository's own folder of objects, and more are searched as well: a hook's environment names them.
func (r *Repo) OpenStore(objects string, more []string) *Store {
	s := &Store{Hash: r.Hash}
	if objects == "" {
		objects = filepath.Join(r.CommonDir, "objects")
	}
	s.addDir(objects)
	for _, dir := range more {
		s.addDir(dir)
	}
	for i := 0; i < len(s.dirs); i++ {
		s.alternates(s.dirs[i])
	}
	for _, dir := range s.dirs {
		s.openPacks(filepath.Join(dir, "pack"))
	}
	return s
}

// Close unmaps the packs. Nothing read before may be used after.
func (s *Store) Close() {
	for _, f := range s.release {
		f()
	}
	s.release = nil
}

// mostTouched is how many bytes of packs are read before their pages are given back; each read brings in some of what
// lies around it.
const (
	mostTouched = 64 << 20
	aroundRead  = 8 << 10
)

// Touch counts reads of packs, and their bytes.
func (s *Store) Touch(reads, bytes int64) {
	if s.touched.Add(bytes+reads*aroundRead) < mostTouched {
		return
	}
	s.touched.Store(0)
	for _, data := range s.mapped {
		pack.Drop(data)
	}
}

func (s *Store) addDir(dir string) {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if slices.Contains(s.dirs, dir) {
		return
	}
	if len(s.dirs) == maxDirs {
		s.trouble(dir, fmt.Sprintf("more than %d object folders through alternates", maxDirs))
		return
	}
	s.dirs = append(s.dirs, dir)
}

// alternates reads objects/info/alternates: one path a line, relative to the folder of objects, "#" for comments, quoted
// if it starts with a quote (gitrepository-layout(5), and link_alt_odb_entries in git's object-file.c, 2.39).
func (s *Store) alternates(dir string) {
	text, err := plainfile.Read(filepath.Join(dir, "info", "alternates"))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if path, ok := unquote(line); ok {
			line = path
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(dir, line)
		}
		if st, err := os.Stat(line); err != nil || !st.IsDir() {
			s.trouble(line, "alternate object folder is not there")
			continue
		}
		s.addDir(line)
	}
}

func (s *Store) trouble(name, detail string) {
	s.Troubles = append(s.Troubles, Trouble{name, detail})
}

// ListLoose fills Loose.
func (s *Store) ListLoose() {
	for _, dir := range s.dirs {
		for b := range 256 {
			prefix := fmt.Sprintf("%02x", b)
			files, err := os.ReadDir(filepath.Join(dir, prefix))
			if err != nil {
				if !os.IsNotExist(err) {
					s.trouble(filepath.Join(dir, prefix), err.Error())
				}
				continue
			}
			for _, f := range files {
				if len(f.Name()) != 2*s.Hash-2 {
					continue
				}
				if id, err := object.ParseID(prefix + f.Name()); err == nil {
					s.Loose = append(s.Loose, Loose{id, filepath.Join(dir, prefix, f.Name())})
				}
			}
		}
	}
	arrange.By(s.Loose, func(a, b Loose) int { return a.ID.Compare(b.ID) })
	s.Loose = slices.CompactFunc(s.Loose, func(a, b Loose) bool { return a.ID == b.ID })
}

// looseFile returns the file of a loose object, if there is one.
func (s *Store) looseFile(id object.ID) (string, bool) {
	name := hex.EncodeToString(id[:s.Hash])
	for _, dir := range s.dirs {
		file := filepath.Join(dir, name[:2], name[2:])
		if _, err := os.Stat(file); err == nil {
			return file, true
		}
	}
	return "", false
}

// Find returns the pack and position of an object.
func (s *Store) Find(id object.ID) (p *Pack, at int, ok bool) {
	raw := id[:s.Hash]
	for _, p := range s.Packs {
		if at, ok := p.Index.Find(raw); ok {
			return p, at, true
		}
	}
	return nil, 0, false
}

// Has tells whether an object is there, packed or loose.
func (s *Store) Has(id object.ID) bool {
	if _, _, ok := s.Find(id); ok {
		return true
	}
	_, ok := s.looseFile(id)
	return ok
}
