package generic

import "testing"

// TestNotes: a user and a password as people note them.
func TestNotes(t *testing.T) {
	const secret = "kX7pq" + "L2xVb9w"
	for _, c := range []struct {
		text string
		want int
	}{
		{"web01 10.0.0.11 - root / " + secret + "\n", 1},
		{"- bob@acme.com / Adm1nTest!\n", 1},
		{"- bob@acme.com / https://acme.com/a1b2c3\n", 0},
		{"Log in with `demo` / `" + secret + "` first.\n", 1},
		{"The protocols `awsJson1_0` / `awsJson1_1` are alike.\n", 0},
		{"Use ``admin`` / ``wh1terabbit`` to start.\n", 1},
		{"Router: admin:" + secret + "\n", 1},
		{"root:x:0:0:root:/root:/bin/bash\n", 0},
		{"chown root:group12 file\n", 0},
		{"image: admin:v1beta2\n", 0},
		{"root / Folder2023\n", 0},
		{"bob@acme.com / Extension4512\n", 0},
		{"admin / Dashboard2024\n", 0},
		{"Password of the box: admin / Dashboard2024\n", 1},
		{"role: admin / editor\n", 0},
		{"Credentials for the staging box: `deploy:st4gingB0x`\n", 1},
		{"credentials: include\n", 0},
		{"login: http://a.b:8080x\n", 0},
		{"the login is bob and pw is " + secret + "\n", 1},
		{"the db password is still " + secret + "\n", 1},
		{"the db password is still wrong\n", 0},
		{"the wifi password is Kaffee123x\n", 1},
		{"phpMyAdmin login: admin / Ostern$88a\n", 1},
	} {
		if got := reported(c.text); len(got) != c.want {
			t.Errorf("%s: reported %q, want %d", c.text, got, c.want)
		}
	}
}
