// Package match finds exact values: those that a secret store holds, whatever they look like, as they are and in the
// forms in which they travel: base64 at each of its three alignments and in both alphabets, hexadecimal, URL-encoded,
// JSON-escaped, and a line of a value of several lines.
//
// A Set is built once from the values and never changes; each worker gets a Detector, which is a scanner.Detector. The
// cost of a scan hardly depends on how many values there are:
//
//	anchor    eight bytes of each form; hashed, with the case of letters folded
//	filter    a bit set over the anchors' hashes: one look-up each stride bytes of text
//	table     the anchors sorted by hash: which value and form to compare with
//	compare   the form is made anew from its value and compared byte by byte
//
// Every form has an anchor at stride places on end, so that a look at each stride-th byte of the text meets one of them.
// Values stay in memory: the package writes nothing, and no error or panic of it holds one. Start with New.
package match
