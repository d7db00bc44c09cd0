// Package unleak finds leaked credentials from Go programs: in files, texts, git repositories, container images and
// logs, as the program of the same name does.
//
//	for f, err := range unleak.Scan(ctx, unleak.Files("src"), unleak.Options{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(f.Rule, f.Secret, f.Places[0])
//	}
//
// A Secret masks itself wherever it is printed, logged or encoded; Reveal is the only way to the value. Nothing uses the
// network, but a source that was given a URL or an image of a registry.
//
// What this package exports keeps its meaning within a major version. The other packages of the module may change with
// any release; redact, for passing texts on with the secrets in them masked, has promises of its own.
package unleak
