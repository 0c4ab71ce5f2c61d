# `make` lists what there is to make.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# First a Node.js newer than the system's, where scripts/need.sh had to get one; last where Go installs itself, which sudo leaves out.
export PATH := $(CURDIR)/.cache/node/node_modules/.bin:$(PATH):/usr/local/go/bin

# That Node.js trusts whom the machine trusts, as Go and git do.
export NODE_USE_SYSTEM_CA := 1

# Go asks git for the version; where git can't tell, go without.
ifneq ($(shell git status --porcelain >/dev/null 2>&1; echo $$?),0)
export GOFLAGS += -buildvcs=false
endif

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

# The program

build: ## build bin/hexbeat
	@scripts/need.sh go cc
	@[ -e bin/hexbeat ] || echo 'The first build takes a few minutes.'
	go build -o bin/hexbeat ./cmd/hexbeat

demo: ## run a city at http://localhost:8080; installs what is missing (DEMO_ARGS="--addr :8081")
	@scripts/need.sh go cc postgres curl
	@$(MAKE) build
	@exec bin/hexbeat demo $(DEMO_ARGS)

# Proofs

check: fresh vet lint ## what to run before a commit: generated code, vet, lint, arrows, quick tests
	go test -short ./...

test: ## run every test there is, with the race detector; installs what is missing
	@scripts/need.sh go cc postgres node chromium smtp
	@$(MAKE) fresh vet lint page-check
	go test -race -timeout 20m ./...
	go test -run 'TestDesign' ./geo   # what a design is worth: too long under the race detector

bench: ## run the benchmarks (BENCH=Order to choose, PKG=./dispatch/...)
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem $(or $(PKG),./...)

targets: ## hold the engines against their targets, beside other programs, and write docs/benchmarks.md
	@scripts/need.sh go cc metis scipy
	@missed=0; for what in territories rebalance; do \
		go run ./cmd/bench $$what --into docs/benchmarks.md || missed=1; \
	done; exit $$missed

fuzz: ## let each fuzz test look for a minute (FUZZTIME=10m)
	@for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
		for name in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' $$file | cut -c6-); do \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(or $(FUZZTIME),1m) ./$$(dirname $$file); \
		done; \
	done

vet:
	go vet ./...

lint: bin/golangci-lint ## run the linters
	bin/golangci-lint run ./...

bin/golangci-lint: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# What is generated and committed

generate: ## make graph's code from its schema
	go generate ./...

web: modules ## build the pages into web/dist
	npm run --silent --prefix web/app build -- --logLevel warn

# Generated code must be what its source says.
fresh: modules
	@scripts/fresh.sh 'make generate' graph/gen graph/model graph/*.resolvers.go
	@scripts/fresh.sh 'make web' web/dist

page-check: modules
	npm run --silent --prefix web/app check

# npm's packages, for every folder with a lock file of its own.
NODE_MODULES := $(patsubst %/package-lock.json,%/node_modules/.package-lock.json,$(wildcard web/app/package-lock.json graph/audit/package-lock.json))

modules: $(NODE_MODULES)

%/node_modules/.package-lock.json: %/package-lock.json
	@scripts/need.sh node
	npm ci --no-audit --no-fund --loglevel=error --prefix $*

clean: ## remove what was built and fetched; the demo's data stays
	rm -rf bin .cache web/app/node_modules graph/audit/node_modules

.PHONY: help build demo check test bench targets fuzz vet lint generate web fresh page-check modules clean
