package detectors

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// at returns where the one "§...§" of a text stands, and the text without the marks.
func at(t *testing.T, text string) ([]byte, finding.Span) {
	t.Helper()
	pieces := strings.Split(text, "§")
	if len(pieces) != 3 {
		t.Fatalf("%q: want one value between marks", text)
	}
	start := len(pieces[0])
	return []byte(strings.Join(pieces, "")), finding.Span{Start: start, End: start + len(pieces[1])}
}

func told(parts []finding.Part) string {
	var out []string
	for _, p := range parts {
		out = append(out, p.Name+"="+p.Value.Reveal())
	}
	return strings.Join(out, " ")
}

// TestBelongings tells where passwords belong, and of which nobody can say.
func TestBelongings(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://bob:§s3cret§@db.corp:5433/app?sslmode=disable&x=1":                                                    "scheme=postgres host=db.corp port=5433 user=bob database=app options=sslmode=disable",
		"url: 'redis://:§s3cret§@[fd00::1]:6379/0'":                                                                       "scheme=redis host=[fd00::1] port=6379 database=0",
		"mongodb+srv://u:§p§@c0.ab1cd.mongodb.net, and more":                                                              "scheme=mongodb+srv host=c0.ab1cd.mongodb.net user=u",
		"jdbc:mysql://db1:3306/shop?user=app&password=§pw§&useSSL=true":                                                   "scheme=mysql host=db1 port=3306 user=app database=shop options=useSSL=true",
		"postgres://bob:§pw§@${HOST}/app":                                                                                 "",
		"https://bot:§pw§@git.corp/x.git":                                                                                 "",
		"DB_CONNECTION=pgsql\nDB_HOST=h\nDB_PORT=5432\nDB_USERNAME=u\nDB_PASSWORD=§p§\n":                                  "scheme=postgres host=h port=5432 user=u",
		"PGHOST=h1\nPGUSER=u1\nPGPASSWORD=§p§":                                                                            "scheme=postgres host=h1 user=u1",
		"PGHOST=h1\nMYSQL_PASSWORD=§p§":                                                                                   "",
		"define('DB_NAME', 'wp');\ndefine( 'DB_HOST', 'h:3306' );\ndefine('DB_PASSWORD', '§p§');":                         "scheme=mysql host=h port=3306 database=wp",
		"x:\n  host: other\ny:\n  user: u\n  password: §p§\n":                                                             "",
		"redis:\n  host: r\n  password: '§p§'\n":                                                                          "scheme=redis host=r",
		"spring.datasource.url=jdbc:postgresql://h:5432/db\nspring.datasource.username=u\nspring.datasource.password=§p§": "scheme=postgres host=h port=5432 user=u database=db",
		`{"mysql": {"host": "h", "user": "u", "password": "§p§"}}`:                                                        "scheme=mysql host=h user=u",
		"Server=h;Port=5432;Database=d;User Id=sa;Password=§p§;":                                                          "scheme=postgres host=h port=5432 user=sa database=d",
		"EMAIL_HOST=h\nEMAIL_HOST_USER=u\nEMAIL_HOST_PASSWORD=§p§":                                                        "scheme=smtp host=h user=u",
		"DB_HOST=${DB_HOST}\nDB_PASSWORD=§p§":                                                                             "",
		"<host>h</host>\n<port>3306</port>\n<password>§p§</password>":                                                     "scheme=mysql host=h port=3306",
		"password: §p§": "",
	} {
		b, span := at(t, text)
		if got := told(belongingsOf(b, span)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestBelongingsFar leaves what stands too far off, whatever the text is like.
func TestBelongingsFar(t *testing.T) {
	b, span := at(t, "DB_HOST=h\n"+strings.Repeat("# filler\n", 400)+"DB_PASSWORD=§p§\n")
	if got := told(belongingsOf(b, span)); got != "" {
		t.Errorf("got %s", got)
	}
}

func FuzzBelongings(f *testing.F) {
	f.Add([]byte("postgres://bob:pw@h:1/x"), 15, 17)
	f.Add([]byte("DB_HOST=h\nDB_PASSWORD=p"), 22, 23)
	f.Add([]byte("<a b=c>,'x' => : = \n\n  host: \"\n"), 4, 9)
	f.Fuzz(func(t *testing.T, text []byte, start, end int) {
		if start < 0 || end < start || end > len(text) {
			return
		}
		for _, p := range belongingsOf(text, finding.Span{Start: start, End: end}) {
			if p.Value.Reveal() == "" || len(p.Value.Reveal()) > len(text) || !p.Open() && p.Name != "options" {
				t.Errorf("part %s of %q", p.Name, text)
			}
		}
	})
}

// TestNear takes what touches the secret before what stands on its line, and that before what stands elsewhere.
func TestNear(t *testing.T) {
	r := rules.Rule{ID: "x", Verify: &rules.Verify{Near: []rules.Near{{Name: "host", Regex: `host=(\w+)[ ,]`}}}}
	for text, want := range map[string]string{
		"host=a §s§ host=b \nhost=c ":           "host=a",
		"host=c \nx §s§ x host=b ":              "host=b",
		"host=c \n§s§\nhost=d \n host=c ":       "host=c host=d",
		"host=${H} \n§s§":                       "",
		strings.Repeat("host=a  \n", 9) + "§s§": "host=a",
	} {
		b, span := at(t, text)
		if got := told(nearParts(r.Verify)[0].find(b, span)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestSurroundings goes through the engine: findings have the parts, those in encoded text too, and what is found does
// not change.
func TestSurroundings(t *testing.T) {
	set := []rules.Rule{{ID: "tok", Regex: `(tok_[a-z0-9]{12})`, SecretGroup: 1, Confidence: 1,
		Verify: &rules.Verify{Near: []rules.Near{{Name: "host", Regex: `HOST=([\w.]+)`}}}}}
	if err := rules.Compile(&set[0]); err != nil {
		t.Fatal(err)
	}
	e, err := New(set, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := e.NewScanner().Scan([]byte("HOST=h.example\nT=tok_"+"a1b2c3d4e5f6\n"), nil, nil)
	if len(got) != 1 {
		t.Fatalf("%d matches", len(got))
	}
	if diff := cmp.Diff("host=h.example", told(got[0].Parts)); diff != "" {
		t.Error(diff)
	}
}
