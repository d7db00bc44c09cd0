// Package sqlite writes and reads small SQLite databases: tables of integers and texts, without indexes, as a whole. It
// stands in for a SQL engine where a few thousand rows must outlive the process and other tools should be able to query
// them: an engine in pure Go would make the program a quarter larger.
//
// A database is written anew each time. Layout: sqlite.org, "Database File Format" (2024).
//
//	page 1    header (100 bytes), then the schema: a leaf page of the table sqlite_schema
//	page 2…   for each table its leaf pages in order of row ids, then interior pages up to the root
package sqlite
