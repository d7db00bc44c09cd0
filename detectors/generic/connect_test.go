package generic

import "testing"

// TestConnections: a password by its position, where something says that one logs in to a host.
func TestConnections(t *testing.T) {
	const secret = "kX7pq" + "L2xVb9w"
	for _, c := range []struct {
		text string
		want int
	}{
		{`con <- odbcConnect("dsn", "bob", "` + secret + `")`, 1},
		{`ssh.connect("10.1.1.1", 22, "root", "` + secret + `")`, 1},
		{`DBInterface.connect(MySQL.Connection, "h", "root", "` + secret + `")`, 1},
		{`local c = env:connect("shop", "root", "` + secret + `", "localhost")`, 1},
		{`transport.connect("smtp.acme.net", "me", "` + secret + `");`, 1},
		{`client.connect("esp", mqtt_user, "` + secret + `");`, 1},
		{`c = connect(host, user, "` + secret + `")`, 1},
		{`widget.connect("button", "clicked", "onClick2b")`, 0},
		{`graph.connect("node1a", "node2b", "edge42x")`, 0},
		{`connect(host, user, password)`, 0},
		{`connect("tcp://db.acme.net:3306", "root", "${PASSWORD1}")`, 0},
		{`ssh.connect("10.1.1.1", "root", "key_file1.pem")`, 0},
		{`new Sequelize('shop', 'root', '` + secret + `', { dialect: 'mysql' })`, 1},
		{`new SshClient("host", "root", "` + secret + `")`, 1},
		{`ftp = FTP("ftp.acme.net", "joe", "` + secret + `")`, 1},
		{`crypto.createHmac('sha256', '` + secret + `')`, 1},
		{`crypto.createHmac('sha256', key)`, 0},
		{`bcrypt.hashSync('` + secret + `', 10)`, 1},
		{`select crypt('` + secret + `', gen_salt('bf'));`, 1},
		{`headers.Authorization = 'Basic ' + btoa('joe:` + secret + `')`, 1},
		{`btoa('data:image2')`, 0},
		{`btoa("https://a1b2c3d4e5")`, 0},
		{`socket.connect(server, user, "channel42x")`, 0},
		{`signal.connect("clicked", "root", "handler01")`, 0},
		{`Encoding.UTF8.GetBytes("prefix:suffix123")`, 0},
		{`"Basic " + Encoding.UTF8.GetBytes("prefix:suffix123")`, 1},
		{"var header = Convert.ToBase64String(\n    Encoding.ASCII.GetBytes(\"bob:" + secret + "\"));", 1},
		{"var raw = Encoding.ASCII.GetBytes(\"bob:" + secret + "\");\n\nvar header = Convert.ToBase64String(raw);", 1},
		{`base64.b64encode(b"test:` + secret + `")`, 1},
		{`base64.b64encode(b"data:` + secret + `")`, 1},
		{`hub.connect("db.acme.org", "svc", "` + secret + `")`, 1},
		{`sock.connect(server, user, "x1y2z3w4")`, 0},
		{`l.bind("cn=admin,dc=acme,dc=com", "` + secret + `")`, 1},
		{`l.search("ou=people,dc=acme,dc=com", "(uid=bob1234)")`, 0},
		{`l.search("ou=people,dc=acme,dc=com", ["mail1234x"])`, 0},
		{`bus.connect("user-added", on_user, "arg1data")`, 0},
		{`c = cx_Oracle.connect("hr", "Hr9` + `Oracle", "db:1521/x")`, 1},
		{`var s = new SftpClient("h", 22, "joe", "` + secret + `");`, 1},
		{`Transactor.fromDriverManager("org.postgresql.Driver", "jdbc:postgresql:w", "pg", "` + secret + `")`, 1},
		{`Buffer.from('bot:` + secret + `').toString('base64')`, 1},
		{`Buffer.from('utf8:text12')`, 0},
		{`$h = password_hash('` + secret + `', PASSWORD_DEFAULT);`, 1},
		{`("` + secret + `" | ConvertTo-SecureString -AsPlainText -Force)`, 1},
		{`PASSWORD = credentials('db-pw-2024')`, 0},
		{`self.encoder.encode('\\u3042a1b')`, 0},
		{`sock.connect(server, user, "` + secret + `")`, 0},
		{`ws.connect(server, user, "x1y2z3")`, 0},
		{`Encoding.ASCII.GetBytes("salt:` + secret + `")`, 0},
		{`Encoding.ASCII.GetBytes("bob:` + secret + `")`, 0},
		{"var b = Encoding.ASCII.GetBytes(\"bob:" + secret + "\");\nx = Convert.ToBase64String(b);", 1},
		{`h = btoa("sha256:` + secret + `")`, 0},
		{`const passwordRule = 'min8chars';`, 0},
		{"Log in as `user` / `group22`.", 0},
	} {
		if got := reported(c.text); len(got) != c.want {
			t.Errorf("%s: reported %q, want %d", c.text, got, c.want)
		}
	}
}
