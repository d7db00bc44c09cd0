// Package generic finds credentials that carry no provider's prefix: passwords in configuration and code, bearer and
// basic authorization, credentials in URLs, secrets in JSON, XML, YAML, shell, SQL and Markdown.
//
// The engine calls At wherever one of Keywords stands. At reads the name around the keyword, what ties a value to it
// (bind.go), the value (value.go), turns both into features (features.go) and lets a small model of boosted trees
// (model.go) say how likely the value is a credential. Nothing but the bytes of Match.Context takes part in that
// decision: a text boundary, a line break and the end of the window all look the same to it, so a text cut down to the
// context gives the same answer. The path has its say in Accept.
//
// The model and the word statistics in data/ are made by the program in train; neither holds a value, name or path of
// the texts it was trained on. Start with At.
package generic
