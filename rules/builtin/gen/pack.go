package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io/fs"
)

// pack returns the TOML files as builtin.Files reads them: a zip archive of files as they are, deflated as a whole. In
// the program as they are, their examples would be findings for whoever scans an image that holds unleak.
func pack(dir fs.FS) ([]byte, error) {
	names, err := fs.Glob(dir, "*.toml") // sorted
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	deflated, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	archive := zip.NewWriter(deflated)
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := deflated.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
