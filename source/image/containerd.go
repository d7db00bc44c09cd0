package image

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// containerd keeps what it pulled in its root folder (/var/lib/containerd): blobs by digest, as an OCI layout does, and
// the names of images in a database. Both are read from disk, while containerd runs or not; its socket is not asked.
//
// Source: containerd's docs/content-flow.md and metadata/buckets.go (1.7): v1 / NAMESPACE / images / NAME / target /
// digest.
const (
	containerdContent = "io.containerd.content.v1.content"
	containerdNames   = "io.containerd.metadata.v1.bolt/meta.db"
)

// isContainerd tells containerd's root folder.
func isContainerd(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, containerdContent, "blobs"))
	return err == nil && info.IsDir()
}

// containerdImage is a name and what it stands for.
type containerdImage struct{ namespace, name, digest string }

// containerd loads every image that the database names; one that has several names is loaded under the first.
func (l *loader) containerd(ctx context.Context, root string) (store, error) {
	images, err := containerdImages(filepath.Join(root, filepath.FromSlash(containerdNames)))
	if err != nil {
		return nil, fmt.Errorf("the names of images: %w", err)
	}
	folder, err := openFolder(filepath.Join(root, containerdContent))
	if err != nil {
		return nil, err
	}
	if len(images) == 0 {
		return folder, errors.New("containerd has no images there")
	}
	st := &containerdStore{folder}
	done := map[string]bool{}
	for _, image := range images {
		if done[image.digest] || ctx.Err() != nil {
			continue
		}
		done[image.digest] = true
		digest, err := v1.NewHash(image.digest)
		if err != nil {
			continue // no image is under it
		}
		l.name = image.name
		text, err := st.manifest(ctx, image.digest)
		if err == nil {
			err = l.manifest(ctx, st, v1.Descriptor{Digest: digest}, text, 0)
		}
		if err != nil {
			l.skip(image.digest, err)
		}
		l.indexes = nil
	}
	return st, nil
}

func containerdImages(name string) ([]containerdImage, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	db, err := openBolt(file)
	if err != nil {
		return nil, err
	}
	version, ok, err := db.bucket(db.top(), "v1")
	if !ok || err != nil {
		return nil, err
	}
	var out []containerdImage
	err = db.each(version, func(namespace, _ []byte, bucket *boltNode) error {
		if bucket == nil {
			return nil
		}
		images, ok, err := db.bucket(*bucket, "images")
		if !ok || err != nil {
			return err
		}
		return db.each(images, func(name, _ []byte, bucket *boltNode) error {
			if bucket == nil {
				return nil
			}
			target, ok, err := db.bucket(*bucket, "target")
			if !ok || err != nil {
				return err
			}
			return db.each(target, func(key, value []byte, _ *boltNode) error {
				if string(key) == "digest" {
					out = append(out, containerdImage{string(namespace), string(name), string(value)})
				}
				return nil
			})
		})
	})
	arrange.By(out, func(a, b containerdImage) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	return out, err
}

// containerdStore is a content store. Of a multi-platform image it holds the platforms that were pulled.
type containerdStore struct{ *folderStore }

// partly tells whether an error is that of a platform that was not pulled, which is no gap in what was asked for.
func partly(st store, d v1.Descriptor, err error) bool {
	_, ok := st.(*containerdStore)
	return ok && d.Platform != nil && reasonOf(err) == finding.SkipMissing
}
