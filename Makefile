# make test    everything a change must pass that needs no network beyond the module proxy
# make check   what CI runs: test, race, vet, staticcheck, format, fuzz, rules, end-to-end
# make bench   benchmarks; peers on PATH are timed in the same run

GO ?= go

.PHONY: build servers test race vet staticcheck format fuzz rules e2e check bench accuracy generate

build:
	CGO_ENABLED=0 $(GO) build -tags nethttpomithttp2 -trimpath -buildvcs=auto -ldflags "-s -w -X main.commit=$$(git rev-parse HEAD 2>/dev/null)" -o bin/unleak ./cmd/unleak

test:
	$(GO) test -timeout 45m ./...

# installs the real servers that the tests of verify start (Debian packages and PyPI); without them those tests skip
servers:
	@scripts/servers

race:
	$(GO) test -race -short -timeout 45m ./...

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

format:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "not formatted: run gofmt -w"; exit 1; }

FUZZTIME ?= 3s
fuzz:
	@scripts/fuzz $(FUZZTIME)

rules:
	$(GO) run ./cmd/unleak rules test

e2e: build
	@scripts/e2e

check:
	@.ci/run

bench:
	@scripts/bench

accuracy:
	@scripts/accuracy

generate:
	$(GO) generate ./rules/builtin
