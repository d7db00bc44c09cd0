package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/pack"
)

// openPacks maps the packs of a folder.
func (s *Store) openPacks(dir string) {
	files, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		if !os.IsNotExist(err) {
			s.trouble(dir, err.Error())
		}
		return
	}
	shared := s.openShared(dir, files)
	for _, f := range files {
		stem, ok := strings.CutSuffix(f.Name(), ".pack")
		if !ok || f.IsDir() {
			continue
		}
		p, err := s.openPack(dir, stem, shared)
		if err != nil {
			s.trouble(filepath.Join(dir, f.Name()), err.Error())
		}
		if p != nil {
			s.Packs = append(s.Packs, p)
		}
	}
}

// openPack maps a pack. With an error, the pack holds what could be read.
func (s *Store) openPack(dir, stem string, shared []*pack.Multi) (*Pack, error) {
	path := filepath.Join(dir, stem)
	data, release, err := pack.Map(path + ".pack")
	if err != nil {
		return nil, err
	}
	s.release = append(s.release, release)
	s.mapped = append(s.mapped, data)
	if err := pack.CheckHead(data, s.Hash); err != nil {
		return nil, err
	}
	p := &Pack{Name: stem + ".pack", Data: data}
	if _, err := os.Stat(path + ".promisor"); err == nil {
		p.Promisor = true
	}
	indexed, release, err := pack.Map(path + ".idx")
	if err == nil {
		s.release = append(s.release, release)
		p.Index, err = pack.ParseIndex(indexed, s.Hash)
	}
	if err != nil {
		err = s.indexAnew(p, stem, shared, err)
	}
	return p, err
}

// indexAnew makes the index of a pack that has none, or one that cannot be read for the reason why: from a
// multi-pack-index, if that lists all of it, else from the pack itself.
func (s *Store) indexAnew(p *Pack, stem string, shared []*pack.Multi, why error) error {
	trailer := p.Data[len(p.Data)-s.Hash:]
	for _, m := range shared {
		at := slices.Index(m.Packs, stem+".idx")
		if at < 0 {
			continue
		}
		if all := m.Located(at); int64(len(all)) == pack.Count(p.Data) {
			p.Index = pack.BuildIndex(all, s.Hash, trailer)
			s.Remarks = append(s.Remarks, fmt.Sprintf("pack %s: read by the multi-pack-index, its own index is not readable", p.Name))
			return nil
		}
	}
	all, err := walkPack(p.Data, s.Hash)
	p.Index = pack.BuildIndex(all, s.Hash, trailer)
	if !errors.Is(why, fs.ErrNotExist) {
		s.Remarks = append(s.Remarks, fmt.Sprintf("pack %s: its index is not readable (%v) and was made anew", p.Name, why))
	} else {
		s.Remarks = append(s.Remarks, fmt.Sprintf("pack %s: it has no index, one was made", p.Name))
	}
	return err
}

// openShared reads the multi-pack-indexes of a folder, the one for all packs or the links of a chain
// (gitformat-pack(5)). They are not needed as long as every pack has its own index; what they name and is not there is
// told.
func (s *Store) openShared(dir string, files []os.DirEntry) []*pack.Multi {
	names := []string{filepath.Join(dir, "multi-pack-index")}
	if text, err := plainfile.Read(filepath.Join(dir, "multi-pack-index.d", "multi-pack-index-chain")); err == nil {
		for _, line := range strings.Fields(string(text)) {
			names = append(names, filepath.Join(dir, "multi-pack-index.d", "multi-pack-index-"+filepath.Base(line)+".midx"))
		}
	}
	var out []*pack.Multi
	for i, name := range names {
		data, release, err := pack.Map(name)
		if i == 0 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var m *pack.Multi
		if err == nil {
			s.release = append(s.release, release)
			m, err = pack.ParseMulti(data, s.Hash)
		}
		if err != nil {
			s.Remarks = append(s.Remarks, fmt.Sprintf("%s is not readable: %v", filepath.Base(name), err))
			continue
		}
		out = append(out, m)
		for _, p := range m.Packs {
			stem := strings.TrimSuffix(strings.TrimSuffix(p, ".idx"), ".pack")
			there := func(f os.DirEntry) bool { return f.Name() == stem+".pack" }
			if !slices.ContainsFunc(files, there) {
				s.trouble(filepath.Join(dir, stem+".pack"), "is named by "+filepath.Base(name)+" and is not there")
			}
		}
	}
	return out
}
