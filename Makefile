# Holdfast. `make run` and `make test` are all that is needed; the rest is for working on it.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
SWIFT_FLAGS := -j $(JOBS)
PACKAGES := libpq-dev libzmq3-dev libsodium-dev libblas-dev liblapacke-dev libopenblas0-pthread postgresql-15

.PHONY: help packages build release test format lint clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

packages: # install the missing Debian packages, by name
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing Debian packages:" $$missing; \
	  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

build: packages ## build for debugging
	swift build $(SWIFT_FLAGS)

release: packages ## build for release
	swift build -c release $(SWIFT_FLAGS)

test: packages ## run the whole test suite
	swift test $(SWIFT_FLAGS)

format: ## format the sources in place
	swift format --in-place --recursive Package.swift Sources Tests

lint: ## check the sources' format and style
	swift format lint --strict --recursive Package.swift Sources Tests

clean: ## remove what was built
	rm -rf .build
