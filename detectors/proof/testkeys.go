package proof

// testKeys are private keys that are published on purpose, by the fingerprint of their public half.
var testKeys = map[string]string{}
