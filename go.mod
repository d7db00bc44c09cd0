module github.com/unleak/unleak

go 1.26.0

require (
	github.com/BurntSushi/toml v1.6.0 // indirect
	github.com/wasilibs/go-re2 v1.13.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
)
