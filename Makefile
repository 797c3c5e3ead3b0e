# What can be done here; `make help` lists it.

GO        ?= go
FUZZTIME  ?= 60s
BENCHTIME ?= 1s
BENCH     ?= .
TESTTIME  ?= 15m
PKG       ?= ./...
# The recogniser that tests and demo speak to needs C; the default build does not.
TAGS      := pocketsphinx
TOOL       = $(GO) tool -modfile=tools/go.mod
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/dialwright (pure Go, no C compiler needed)
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/dialwright ./cmd/dialwright

.PHONY: build-pocketsphinx
build-pocketsphinx: deps ## build bin/dialwright with the recogniser built in
	CGO_ENABLED=1 $(GO) build -trimpath -tags $(TAGS) -o bin/dialwright ./cmd/dialwright

.PHONY: deps
deps: ## install the Debian packages that tests and demo need, where missing
	@scripts/install-deps.sh

.PHONY: asterisk
asterisk: deps ## build a private Asterisk in the user's cache directory, where missing
	@scripts/asterisk-root.sh

.PHONY: demo
demo: asterisk build-pocketsphinx ## run a campaign end to end on this machine, and check what became of it
	bin/dialwright demo

.PHONY: test
test: asterisk ## run all tests, with the race detector, against the real things
	CGO_ENABLED=1 $(GO) test -tags $(TAGS) -race -p 2 -timeout $(TESTTIME) $(PKG)

.PHONY: race
race: asterisk ## run the tests of what is concurrent thrice, in random order
	CGO_ENABLED=1 $(GO) test -tags $(TAGS) -race -p 2 -timeout 45m -count 3 -shuffle on $(PKG)

.PHONY: lint
lint: ## gofmt, go vet, golangci-lint, and compile for every platform
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
		if [ -n "$$unformatted" ]; then echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet -tags $(TAGS) ./...
	$(TOOL) golangci-lint run ./...
	@for script in scripts/*.sh .ci/run; do bash -n $$script || exit 1; done
	@$(MAKE) --no-print-directory cross

.PHONY: cross
cross: ## compile for linux, darwin and windows on amd64 and arm64
	@for p in $(PLATFORMS); do \
		echo "build $$p"; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build ./... || exit 1; \
	done

# `go test -fuzz` takes one target of one package at a time.
.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (60s)
	@grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u | while read -r dir; do \
		grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go | sed 's/^func //' | sort -u | while read -r target; do \
			echo "fuzz $$dir $$target"; \
			$(GO) test -tags $(TAGS) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$dir || exit 1; \
		done || exit 1; \
	done

.PHONY: bench
bench: asterisk ## run the benchmarks; BENCH picks some, BENCHTIME says how long
	CGO_ENABLED=1 $(GO) test -tags $(TAGS) -p 1 -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -benchmem -timeout 60m $(PKG)

.PHONY: vuln
vuln: ## look for known vulnerabilities in what is used
	@$(TOOL) govulncheck -version >/dev/null
	@out=$$($(TOOL) govulncheck ./... 2>&1); code=$$?; echo "$$out"; \
		if [ $$code -ne 0 ] && echo "$$out" | grep -qE 'fetching vulnerabilities|dial tcp|no such host|Forbidden|Not Found'; then \
			echo "vuln: NOT CHECKED: the vulnerability database cannot be reached from here (set GOVULNDB to one that can)"; exit 2; \
		fi; exit $$code

.PHONY: man
man: build ## write the man pages to out/man
	bin/dialwright man --out out/man

.PHONY: clean
clean: ## remove what was built here; the private Asterisk in the cache stays
	rm -rf bin out
