package generic

import "testing"

// TestDirectives: lines of settings and of languages that part a name and its value by white space alone.
func TestDirectives(t *testing.T) {
	const secret = "kX7pq" + "L2xVb9w"
	for _, c := range []struct {
		text string
		want int
	}{
		{"Pass " + secret + "\n", 1},
		{"    auth_pass " + secret + "\n", 1},
		{"    wpa-psk " + secret + "\n", 1},
		{"pass the_file1 on\n", 0},
		{"PASS case_number12\n", 0},
		{" neighbor 10.0.0.2 password " + secret + "\n", 1},
		{" ip address 10.0.0.2 255.255.255.0\n", 0},
		{`pre-shared-key ascii-text "` + secret + `";` + "\n", 1},
		{"${PASSWORD}    " + secret + "\n", 1},
		{"${PASSWORD}    ${OTHER1PASS}\n", 0},
		{"    Input Password    id=pw    " + secret + "\n", 1},
		{"           MOVE '" + secret + "' TO DB-PASSWORD.\n", 1},
		{"           MOVE SPACES TO DB-PASSWORD.\n", 0},
		{"chpasswd:\n  list: |\n    root:" + secret + "\n    bob:Gm3xPz7VkL9d\n  expire: False\n", 2},
		{"chpasswd: { expire: False }\n", 0},
	} {
		if got := reported(c.text); len(got) != c.want {
			t.Errorf("%s: reported %q, want %d", c.text, got, c.want)
		}
	}
}
