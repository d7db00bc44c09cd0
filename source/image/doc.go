// Package image scans container images: of a registry, a daemon, a docker-save archive or an OCI layout.
//
// Every target is first resolved to its images, one a platform, each being a configuration and a list of layers. The
// configuration's fields are scanned as texts of their own. Each layer is then read once in the whole run, however many
// images share it, as a stream: its bytes are hashed and decompressed on one goroutine while another takes the tar
// stream apart and scans the files. What was found in a layer is reported for every image that has it, with whether a
// later layer of that image hides the file.
//
// Nothing is unpacked to disk but an image archive that is itself compressed, or comes from a daemon. The network is
// only used for targets that are registry references. Start with New.
package image
