package git

import "bytes"

// armours are the signatures that git puts into commits and tags (gitformat-signature(5), 2.45): OpenPGP, SSH, X.509.
var armours = [...]string{"PGP SIGNATURE", "SSH SIGNATURE", "SIGNED MESSAGE"}

// withoutSignatures returns the text of a commit or tag with blanks for the base64 of its signatures, which is nobody's
// secret and holds every word by chance. Offsets stay.
func withoutSignatures(text []byte) []byte {
	out, copied := text, false
	for _, a := range armours {
		for at := 0; ; {
			i := bytes.Index(out[at:], []byte("-----BEGIN "+a+"-----"))
			if i < 0 {
				break
			}
			from := at + i + len("-----BEGIN -----") + len(a)
			n := bytes.Index(out[from:], []byte("-----END "+a+"-----"))
			if n < 0 {
				break
			}
			if !copied {
				out, copied = bytes.Clone(out), true
			}
			blank(out[from : from+n])
			at = from + n
		}
	}
	return out
}

// blank puts blanks for the lines of base64.
func blank(lines []byte) {
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		if end < 0 {
			end = len(lines)
		}
		if isBase64(bytes.TrimSpace(lines[:end])) {
			for i := range lines[:end] {
				lines[i] = ' '
			}
		}
		lines = lines[min(end+1, len(lines)):]
	}
}

func isBase64(line []byte) bool {
	for _, c := range line {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '+' && c != '/' && c != '=' {
			return false
		}
	}
	return true
}
