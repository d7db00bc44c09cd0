// Package archive reads what is inside archives, packages and compressed streams, told by content and never by name.
//
// Walk takes one stream. A stream that is no archive is handed on as it is; of an archive each member is, members that
// are archives themselves being opened in turn:
//
//	zip (jar, war, whl, apk, docx, ...), tar, ar (deb), cpio, rpm, 7z, cab  containers: their members have names
//	gzip, bzip2, xz, zstd, lzma, lz4, lzip, compress (.Z)                   wrappings: they add no name to the path
//	PDF, SQLite, parts of Office documents                                  documents: handed on as they are, and the text
//	                                                                        that is packed or cut in them as further members
//	Java classes, Python's .pyc                                             programs: their constants as members
//
// Everything is streamed. Formats that need random access (zip, 7z, cab, documents) and do not come from a file are held in
// memory up to Limits.Memory and in a temporary file beyond; nothing else touches the disk, and a member's name is
// only ever a label. Whatever is not read — corrupt, encrypted, too deep, over a limit — is told as a Problem, and the
// walk goes on with what is left.
package archive
