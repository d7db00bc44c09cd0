package generic

import "testing"

// TestVectors: keys of ciphers' test vectors are no credentials; a key beside what a program computes is one.
func TestVectors(t *testing.T) {
	const key, block = "2b7e151628aed2a6" + "abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a"
	for text, want := range map[string]int{
		"COUNT = 0\nKEY = " + key + "\nIV = 000102030405060708090a0b0c0d0e0f\nPLAINTEXT = " + block + "\n": 0,
		"[ENCRYPT]\nKey = " + key + "\nCT = " + block + "\n":                                               0,
		`{"tcId": 1, "comment": "", "key": "` + key + `", "msg": "", "result": "valid"}`:                   0,
		`{"key": "` + key + `", "plaintext": "` + block + `"}`:                                             0,
		"secret_key = \"" + key + "\"\nplaintext = decrypt(ciphertext, secret_key)\n":                      1,
		"ENCRYPTION_KEY=" + key + "\nIMAGE_TAG=" + block + "\n":                                            1,
		"ENCRYPTION_KEY=" + key + "\nTAG=" + block + "\n":                                                  1,
		`{"encryption_key": "` + key + `", "tag": 12, "pt": 3, "x": 1}`:                                    1,
		`{"key": "` + key + `", "msg": "` + block + `", "tag": "` + block + `"}`:                           0,
		"secret_key = \"" + key + "\"\niv = \"" + block + "\"\n":                                           1,
	} {
		if got := reported(text); len(got) < want || want == 0 && len(got) > 0 {
			t.Errorf("%q: reported %q, want %d", text, got, want)
		}
	}
}

// TestFarFromTheirNames: values that stand behind more than a sign.
func TestFarFromTheirNames(t *testing.T) {
	const secret = "kX7pq" + "L2xVb9w"
	for text, want := range map[string]int{
		"token = \"\"\"\n" + secret + "qLq81\"\"\"":                           1,
		"password = '''\n" + secret + "\n'''\n":                               1,
		"password = \"\"\"\r\n" + secret + "\r\n\"\"\"\r\n":                   1,
		"password = \"\"\" \n" + secret + "\n\"\"\"\n":                        1,
		"secret = \"\"\"\nThis is the text of a docstring.\n\"\"\"":           0,
		"the new password for the jump host is m4ilB0dy! please change it.\n": 1,
		"The password for bob is " + secret + ".\n":                           1,
		"a password for access to Windows11 machines\n":                       0,
		"The password for this test is expected2 fail\n":                      0,
		"password for the account is created by Admin2Go\n":                   0,
	} {
		if got := reported(text); len(got) != want {
			t.Errorf("%q: reported %q, want %d", text, got, want)
		}
	}
	for name, want := range map[string]bool{"run.sh": true, "run.py": false} {
		for _, m := range scan(New(), "password=kaninchen"+"42\n") {
			if got := Accept(name, &m, 0); got != want {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}
