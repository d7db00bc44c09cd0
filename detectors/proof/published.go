package proof

import (
	"crypto/sha256"
	"encoding/binary"
)

// examples are credentials that documentation and the source code of SDKs print, by the first eight bytes of their
// SHA-256, so that the values themselves stand nowhere.
var examples = map[uint64]string{
	0xb5b17ca1d65733bb: "Docker API documentation",
	0x33a6d3750d9a769b: "Docker API documentation",
	0xe9897976005540a6: "Docker API documentation",
	0x441c66009c2ab920: "Docker API documentation",
	0xfbc5f7847129b77f: "Docker API documentation",
	0xbb54574a88d7fa31: "Docker API documentation",
	0x9ec0be036c22f06f: "Docker API documentation",
	0x184e4f79d6cb70d9: "Docker API documentation",
	0x2cafc0970149a84f: "Stripe documentation",
	0xf2d6ca16515033e5: "Stripe documentation",
	0x2d1f7723aabc5c7a: "Stripe documentation",
	0x3543c50b0cb9cea8: "GitHub documentation",
	0xbc3ae723f57c6b9e: "GitHub documentation",
	0x82e74299544e0073: "GitHub documentation",
	0x797c0ce414586cc8: "GitHub documentation",
	0x6d7fa4e64d4b1f3e: "GitHub documentation",
	0xefe4e2f9a14fb6b7: "GitHub documentation",
	0x0b5dd075ccdd03c4: "Telegram documentation",
	0x731fa294d036e54f: "Telegram documentation",
	0x97663138e6669921: "Telegram documentation",
	0x02f7ce3c263f85c0: "Discord documentation",
	0xf5375a46365089a8: "Slack documentation",
	0x0d7e920845ed3423: "Slack documentation",
	0xac9265e56c79b234: "Google documentation",
	0xa23d006bb020a81d: "Heroku documentation",
	0x32c2dc15c5120958: "Databricks documentation",
	0xf03568887d444b72: "Grafana source code",
	0xcf4d418ed3de92d7: "RFC 7617",
	0xeab7452d7d0fd9d1: "RFC 7617",
	0x73f71af093fdf154: "RFC 7617",
	0xad62d48d8b069026: "MDN web documentation",
	0x8be5d113c0871ce1: "Google Authenticator wiki",
	0x3a53d0a064baf78c: "Google Authenticator wiki",
	0xd3873980f248ddeb: "Google Authenticator wiki",
	0x549c9390539efcfa: "RFC 6238",
	0x5dfe0d8d8e6caf63: "GC Notify documentation",
	0x27a9a42931dff7eb: "Firebase SDK for Android, configuration of its tests",
	0x49f777db995e8260: "Firebase SDK for Android, configuration of its tests",
	0xa6c814bc555ae62c: "Firebase SDK for Android, configuration of its tests",
	0x8731261cb72d8626: "Firebase SDK for Android, configuration of its tests",
	0x37f8f09bdf12c2f2: "Firebase SDK for Android, configuration of its tests",
	0xeb540d2b6ee2a0a4: "Firebase SDK for Android, configuration of its tests",
	0x2037abcaffb2b777: "Firebase SDK for Android, configuration of its tests",
	0x3a8b61d0f636b007: "Firebase SDK for Android, configuration of its tests",
	0x4c98242dcadc8b29: "Firebase SDK for Android, configuration of its tests",
	0xea9bb1082cf95663: "Firebase SDK for Android, configuration of its tests",
	0x3f370c9dd8225c63: "Firebase SDK for Android, configuration of its tests",
	0xa19f89ab3555eac1: "Firebase SDK for Android, configuration of its tests",
	0xe4a5542bb7fd7b67: "Firebase SDK for Android, configuration of its tests",
	0xdc0fcf046c61640c: "Firebase SDK for Android, configuration of its tests",
	0xf56e323494a6ffc2: "Firebase SDK for Android, configuration of its tests",
}

// published tells values that documentation prints.
func published(c Candidate) Result {
	sum := sha256.Sum256([]byte(c.Secret))
	where, ok := examples[binary.BigEndian.Uint64(sum[:])]
	if !ok {
		return Result{}
	}
	return proved("published", "example of the "+where, "example")
}
