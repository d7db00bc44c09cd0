package generic

import "testing"

// TestPassphrases: words with a number behind them are passwords in files of settings, under names that say so.
func TestPassphrases(t *testing.T) {
	settings := func(name, text string) int {
		n := 0
		for _, m := range scan(New(), text) {
			if Accept(name, &m, 0) {
				n++
			}
		}
		return n
	}
	for _, text := range []string{
		"DB_PASSWORD=velvet-otter-canyon-9\n", "DB_PASSWORD=velvet_otter_canyon_9\n", "DB_PASSWORD=otter-canyon-42\n", "DB_PASSWORD=correct-horse-battery-9\n",
		"MYSQL_ROOT_PASSWORD=rootpw1\n", "DB_PASSWORD=\"with space 9x\"\n", "production:\n  username: shop\n  password: velvet-otter-canyon-9\n", "API_SECRET=sh0p-api-s3cret\n",
		"db.password=otter-canyon-42\n", "DB_PASS=velvet-otter9\n",
	} {
		if got := settings("config/app.env", text); got != 1 {
			t.Errorf("%s: %d findings in settings, want one", text, got)
		}
	}
	for _, text := range []string{
		"DB_PASSWORD=velvet-otter-canyon-9\n", "password: otter-canyon-42\n", "password = velvet_otter_canyon_9\n",
	} {
		if got := settings("src/app.c", text); got != 0 {
			t.Errorf("%s: %d findings in code, want none", text, got)
		}
	}
	for _, text := range []string{
		"PASSWORD_POLICY=strong-mixed-8\n", "DB_PASSWORD_FILE=shop-secret-files-1\n", "DB_PASSWORD=your-password-here-1\n", "PASSWORD=my-password-1\n", "password_secret_name: shop-db-creds-1\n",
		"PASSWORD=password1\n", "PASSWORD=\"at least 8 characters\"\n", "PASSWORD=\"choose one with 8\"\n", "# PASSWORD=velvet-otter-canyon-9\n", "password_min_length: eight-or-more-8\n", "SECRET_NAME=shop-api-s3cret\n",
		"PASSWORD=velvet-otter-canyon\n", "password: ${otter-canyon-42}\n", "PASSWORD=v-1\n", "IMAGE=otter-canyon-42\n", "secretName: otter-canyon-42\n", "password: example-horse-battery-1\n",
	} {
		if got := settings("config/app.env", text); got != 0 {
			t.Errorf("%s: %d findings in settings, want none", text, got)
		}
	}
}
