package generic

import "testing"

// TestSpelledSecrets: words alone are secrets in files of settings, where they are neither texts for people nor examples.
func TestSpelledSecrets(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{".env", "JWT_SECRET=mysuper" + "secretjwtkey\n", 1},
		{".env", "APP_SECRET=thisisasecret" + "forsessions\n", 1},
		{".env.example", "JWT_SECRET=mysuper" + "secretjwtkey\n", 0},
		{"src/app.sh", "JWT_SECRET=mysuper" + "secretjwtkey\n", 0},
		{".env", "JWT_SECRET=changethisinproduction\n", 0},
		{".env", "JWT_SECRET=yoursecretgoeshere\n", 0},
		{".env", "SECRET_NAME=applicationsecrets\n", 0},
		{".env", "ADMIN_PASSWORD=banana\n", 1},
		{".env", "ADMIN_PASSWORD=docker\n", 0},
		{"Dockerfile", "ENV REDIS_PASSWORD cachemoney\n", 1},
		{"deploy.yaml", "        - name: DB_PASSWORD\n          value: sunshine\n", 1},
		{"deploy.yaml", "        - name: PASSWORD_POLICY\n          value: strictest\n", 0},
		{"app.yml", "  passphrase: green apple tree\n", 1},
		{"app.yml", "  password: correct horse battery staple\n", 1},
		{"app.yml", "  password: \"otter canyon velvet drum\"\n", 1},
		{"app.yml", "  password: must be at least eight long\n", 0},
		{"app.yml", "  password: \"wrong user or password given\"\n", 0},
		{".env.sample", "ADMIN_PASSWORD=banana\n", 0},
		{"src/nl.js", "export default { password: 'Doorgaan', secret: 'Geheim' }\n", 0},
		{"config/nl.yml", "  password: nog niet goed ingevuld veld\n", 0},
		{"a.cs", "NTE.Status.WRONG_PASSWORD = 2148073523 -> x\n", 0},
	} {
		n := 0
		for _, m := range scan(New(), c.text) {
			if Accept(c.name, &m, 0) {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%s: %q: %d findings, want %d", c.name, c.text, n, c.want)
		}
	}
}
