package unleak

import (
	"context"
	"io"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/source/files"
	"github.com/unleak/unleak/source/git"
	"github.com/unleak/unleak/source/image"
	"github.com/unleak/unleak/source/logs"
)

// archiveDepth is how deep archives within archives are read, as by the program.
const archiveDepth = 4

// Source is what is scanned. Make one with the functions below; a mistake in what they are given is told by Scan.
type Source struct {
	open func(exclude []string) (scanner.Source, error)
}

// Files is files and folders, with the archives inside them.
func Files(paths ...string) Source {
	return Source{func(exclude []string) (scanner.Source, error) {
		return files.New(paths, files.Options{Archives: archiveDepth, Exclude: exclude})
	}}
}

// Text is one text; name is its path in reports.
func Text(name string, text []byte) Source {
	return Source{func([]string) (scanner.Source, error) {
		return scannerFunc(func(ctx context.Context, sink *scanner.Sink) error {
			return sink.Item(ctx, scanner.Item{Origin: finding.Origin{Kind: finding.KindFile, Path: name}, Text: text, Unit: "texts"})
		}), nil
	}}
}

// Reader is one stream of text, of any length, read in windows; name is its path in reports. It can be scanned once.
func Reader(name string, r io.Reader) Source {
	return Source{func([]string) (scanner.Source, error) {
		return scannerFunc(func(ctx context.Context, sink *scanner.Sink) error {
			w := sink.Worker()
			defer w.Close()
			w.Count("texts", 1)
			err := w.Stream(ctx, r, finding.Origin{Kind: finding.KindFile, Path: name})
			if err != nil && ctx.Err() == nil {
				w.Skip(finding.Skip{Name: name, Reason: finding.SkipUnreadable, Detail: err.Error()})
			}
			return ctx.Err()
		}), nil
	}}
}

// Git is the whole history of a repository, a path or a URL: every object, reachable or not, and its messages. The git
// program is needed for URLs alone.
func Git(repository string) Source { return gitSource(repository, git.Options{}) }

// GitRange is what the commits of a range "A..B" bring.
func GitRange(repository, commits string) Source {
	return gitSource(repository, git.Options{Range: commits})
}

// GitStaged is what a commit of the index would bring.
func GitStaged(repository string) Source { return gitSource(repository, git.Options{Staged: true}) }

func gitSource(repository string, o git.Options) Source {
	o.Archives = archiveDepth
	return Source{func(exclude []string) (scanner.Source, error) {
		if err := source.CheckGlobs(exclude); err != nil {
			return nil, err
		}
		o := o
		if len(exclude) > 0 {
			o.Only = func(path string) bool { return !source.Excluded(exclude, path) }
		}
		return git.New(repository, o)
	}}
}

// Image is a container image, every layer of it: a docker-save archive, an OCI layout, or a reference to a registry.
func Image(reference string) Source {
	return Source{func(exclude []string) (scanner.Source, error) {
		return image.New([]string{reference}, image.Options{Archives: archiveDepth, Exclude: exclude})
	}}
}

// Logs is log files and folders of them, compressed ones too.
func Logs(paths ...string) Source {
	return Source{func(exclude []string) (scanner.Source, error) {
		return logs.New(paths, logs.Options{Archives: archiveDepth, Exclude: exclude})
	}}
}

// scannerFunc is a scanner.Source.
type scannerFunc func(context.Context, *scanner.Sink) error

func (f scannerFunc) Scan(ctx context.Context, sink *scanner.Sink) error { return f(ctx, sink) }
