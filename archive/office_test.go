package archive

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOfficeParagraphs(t *testing.T) {
	const head = `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + "\n"
	for text, want := range map[string]string{
		`<w:p><w:r><w:t>pass</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">word = x</w:t></w:r></w:p>`: "password = x\n",
		`<w:p><w:r><w:t>whole</w:t></w:r></w:p>`:                                    "",
		`<w:p><w:r><w:t>a &amp; b &#60;&#x3e;&unknown;</w:t></w:r></w:p>`:           "a & b <>\n",
		"<w:p>\n <w:r>\n <w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:p>": "a\tb\nc\n",
		`<si><r><t>to</t></r><r><t>ken</t></r></si>`:                                "token\n",
		`<text:p>a<text:span>b</text:span><text:s/>c</text:p>`:                      "ab c\n",
		`<w:p/><x>not</x><y>in a paragraph</y>`:                                     "",
		`<w:p><w:t>a</w:t><w:t>cut`:                                                 "acut\n",
		`<a:p><a:t>&</a:t><a:t>&toolongtobeone;</a:t></a:p>`:                        "&&toolongtobeone;\n",
		strings.Repeat("<w:p>", 1000) + "<w:t>a</w:t><w:t>b</w:t>":                  "ab\n",
	} {
		r := walk(t, stream([]byte(head+text)), Limits{})
		if d := cmp.Diff(want, r.members["text"]); d != "" || r.members[""] != head+text || len(r.problems) > 0 {
			t.Errorf("%.80q (-want +got):\n%s%v", text, d, r.problems)
		}
	}
}

// TestOfficeInAZip: a token that is cut into runs is found in a document, one in a sheet of numbers is left as it is.
func TestOfficeInAZip(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"word/document.xml":    `<w:document xmlns:w="http://schemas.openxmlformats.org/x"><w:p><w:t>tok_0000</w:t><w:t>00000001</w:t></w:p></w:document>`,
		"xl/worksheets/s1.xml": `<worksheet xmlns="http://schemas.openxmlformats.org/x"><c><v>1</v></c></worksheet>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
	}
	_ = z.Close()
	r := walk(t, stream(b.Bytes()), Limits{})
	if got := tokensIn(r.members["word/document.xml!text"]); got != "1" || len(r.members) != 3 {
		t.Errorf("tokens %q, members %q", got, r.order)
	}
}
