// Package bench measures the engine: how fast it goes through clean text and through a labelled corpus, and what more
// rules cost. It holds benchmarks only; bench/compare times whole commands beside other scanners.
//
//	go test -run '^$' -bench . -cpu 1 ./bench
//	make bench
//
// UNLEAK_CORPUS names the folder to scan; without it ../shared/creddata/files beside the repository, and where that is
// absent the Go distribution's source. runs/ keeps recorded results.
package bench
