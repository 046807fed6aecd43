# Everything a developer types. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV_VERSION := 0.13.9
PYTEST := $(BIN)/python -m pytest
# The first Python from 3.11 on; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$p && break; done)
# uv does not read pip's settings: tell it where pip looks, if pip was told.
UV = $$($(BIN)/python -m pip config list 2>/dev/null \
	| sed -nE "s/^(global|:env:)\.index-url='(.*)'/env UV_DEFAULT_INDEX=\2/p" | tail -n 1) $(BIN)/uv

.PHONY: help setup run test test-fast check fix openapi golden soak pictures old-browser bench lock chromium clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv with everything in it

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed and was not found."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@echo "Installing what requirements.lock names…"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements.lock \
		|| $(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps -e . \
		|| $(BIN)/python -m pip install -q --no-deps -e .
	@touch $(STAMP)

run: $(STAMP) ## start everything on this machine; Ctrl-C stops it
	@exec $(BIN)/juzhu up

# Three on two cores: tests that start or kill whole systems mostly wait.
test: check chromium ## check, then every test
	$(PYTEST) -q -n 3 -m "not soak and not browser"
	$(PYTEST) -q -n 3 --dist loadgroup -m "browser and not soak"

test-fast: $(STAMP) ## the law only, in seconds
	$(PYTEST) -q tests/domain

check: $(STAMP) ## lint, types, import directions
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(STAMP) ## repair what the linter can repair
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

openapi: $(STAMP) ## write the exchange's contract; refuses what would break departments
	$(BIN)/python -m tools.exchange.contract

golden: $(STAMP) ## the worked cases of tests/golden
	$(PYTEST) -q tests/domain -k golden

soak: $(STAMP) ## the long tests
	$(PYTEST) -q -n 0 -m soak

pictures: $(STAMP) chromium ## a picture of every page in every state, in screenshots/
	JUZHU_TEST_PICTURES=1 $(PYTEST) -q -n 2 tests/browser/test_every_page.py tests/browser/test_story.py

old-browser: $(STAMP) ## the same pages in Chromium 88, which comes from npm (needs Node)
	cd frontend/old-chromium && npm ci --silent --ignore-scripts && node unpack.mjs
	JUZHU_TEST_CHROMIUM=frontend/old-chromium/chromium $(PYTEST) -q -n 2 --dist loadgroup \
		-m "browser and not soak" tests/browser/test_every_page.py tests/browser/test_gallery.py

bench: $(STAMP) ## measure
	$(BIN)/juzhu bench

lock: $(STAMP) ## choose the newest allowed versions anew
	$(UV) pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.lock

chromium: ## install Chromium for the browser tests, where that is possible
	@.ci/chromium

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist
