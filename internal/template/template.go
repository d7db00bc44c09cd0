// Copyright 2011 The Go Authors. All rights reserved.
// Use of this source code is governed by a BSD-style licence that can be found in the LICENSE file of this folder.

// Package template fills in Go templates as text/template of Go 1.26 does, of which it is an abridged copy, without
// that package's price: text/template looks methods up by names known only when it runs, so that a linker must keep
// every exported method of every type of the program, a tenth of unleak. Here a template can call the methods that
// methods.go names and no others. What else is missing are channels and functions to range over, options but one,
// and templates out of files.
//
// Parsing is text/template/parse. A test fills in the same templates with both packages and compares.
package template

import (
	"io"
	"reflect"
	"text/template/parse"
)

// Funcs are functions for templates by name. Each has one result, or two of which the second is an error.
type Funcs map[string]any

// Template is a parsed template. It may be filled in by several goroutines at once.
type Template struct {
	name   string
	tree   *parse.Tree
	set    map[string]*Template     // those that its text defines, itself included
	funcs  map[string]reflect.Value // beside builtins
	strict bool
}

// Parse reads a template. Where strict is set, a key that a map lacks is an error; else it shows as "<no value>". It
// panics where funcs holds what is no function for templates.
func Parse(name, text string, strict bool, funcs Funcs) (*Template, error) {
	trees, err := parse.Parse(name, text, "", "", funcs, builtins())
	if err != nil {
		return nil, err
	}
	values := map[string]reflect.Value{}
	addValueFuncs(values, funcs)
	set := map[string]*Template{}
	for name, tree := range trees {
		set[name] = &Template{name, tree, set, values, strict}
	}
	return set[name], nil
}

// Execute fills in the template with data and writes it. What was written before an error stays written.
func (t *Template) Execute(w io.Writer, data any) (err error) {
	defer errRecover(&err)
	value := reflect.ValueOf(data)
	s := &state{tmpl: t, wr: w, vars: []variable{{"$", value}}}
	if t.tree == nil || t.tree.Root == nil {
		s.errorf("%q is an incomplete or empty template", t.name)
	}
	s.walk(value, t.tree.Root)
	return nil
}
