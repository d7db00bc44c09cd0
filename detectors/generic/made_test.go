package generic

import "testing"

// TestMadePasswords: digits among letters make a password of a word, where a name says so.
func TestMadePasswords(t *testing.T) {
	accepted := func(name, text string) int {
		n := 0
		for _, m := range scan(New(), text) {
			if Accept(name, &m, 0) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"a.py", `password = "Kaffee123x"` + "\n", 1},
		{"a.conf", "password = Kaffee123x\n", 1},
		{"a.py", "password = Kaffee123x\n", 0},
		{"a.conf", "remotepass = Ostern$88a\n", 1},
		{"run.sh", "tool --password Kaffee123x run\n", 1},
		{"run.sh", "tool --os-password sunflower88 run\n", 1},
		{"a.csv", "user,password,role\nadmin,Kaffee123x,owner\nbob,marmalade42,viewer\n", 2},
		{"a.sql", "CREATE USER hr IDENTIFIED BY Kaffee123x;\n", 1},
		{"a.rs", `connect("host=localhost user=p password=marmalade42", NoTls)` + "\n", 1},
		{"hosts.ini", "web ansible_user=root ansible_ssh_pass=sunflower88 ansible_port=22\n", 1},
		{"all.yml", "  - { name: joe, password: Kaffee123x }\n", 1},
		{"etc/cifs.credentials", "username=bob\npassword=marmalade42\n", 1},
		{"notes.txt", "Kennwort: sunflower88\n", 1},
		{"README.md", "JWT_PASSWORD: somethinginsecure123\n", 0},
		{".env", "APP_SECRET=sunflower88\n", 1},
		{"app.js", "session({ secret: 'marmalade42' })\n", 1},
		{"app.py", "consumer_secret = 'qwer5678'\n", 0},
		{"a.yml", "secretName: shop2024\n", 0},
		{"a.js", "{ passwordField: 'input12field' }\n", 0},
		{"a.js", `password = "sha256sum"` + "\n", 0},
		{"a.go", `passwordHeader := "X12Pass34"` + "\n", 0},
	} {
		if got := accepted(c.name, c.text); got != c.want {
			t.Errorf("%s: %q: %d findings, want %d", c.name, c.text, got, c.want)
		}
	}
}
