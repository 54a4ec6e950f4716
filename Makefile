# What people do with this checkout; `make` alone lists it. Needed: Python 3.11 with venv, the network once.
# Without make: python3 -m venv .venv, .venv/bin/pip install --require-hashes -r requirements-dev.txt, then
# the commands below.

PYTHON ?= python3
TESTS ?= tests
BIN := .venv/bin
APPS := portal partners programmes actionplans

.DEFAULT_GOAL := help
.PHONY: help demo test e2e lint types bench bench-search messages lock clean

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/ok  ## Run the portal with example data (PORT=8000)
	@$(BIN)/python manage.py demo

# Two processes, each with a database of its own; the tests of a file stay together, for they share what it made.
# In the order of names: else files of few and long tests are begun last, and one process waits for the other.
BESIDE = -n 2 --dist loadfile --no-loadscope-reorder
test: .venv/ok  ## Run the tests, all but those in a browser (TESTS=tests/test_x.py, ARGS="-n 0 -x")
	@$(BIN)/python -m pytest $(TESTS) --ignore=tests/e2e $(BESIDE) $(ARGS)
	@echo "The tests in a browser are run by: make e2e"

# Without a browser they are left out, but not where nobody would notice.
BROWSER = $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))
e2e: .venv/ok  ## Run the tests in a browser; they need Chromium (ARGS="-n 0 -k agenda")
	@if [ -n "$(BROWSER)" ]; then $(BIN)/python -m pytest tests/e2e $(BESIDE) $(ARGS); \
	else echo "Chromium is not installed, so the tests in a browser are left out."; [ "$$CI" != true ]; fi

# Whether migrations are complete is a question about files: an unreachable database keeps the embedded one
# asleep, and what Django says about that is no news.
lint: .venv/ok  ## Check style, templates, and that no migration is missing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@find templates $(APPS) -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	@DATABASE_URL=postgresql:///none?host=/nonexistent \
	    $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

types: .venv/ok  ## Check the types
	@DEBUG=1 $(BIN)/python -m mypy

bench: .venv/ok  ## Measure the speed (SIZES="1k 10k 100k 1M", ARGS="--write" or "--profile")
	@$(BIN)/python benchmarks/run.py $(SIZES) $(ARGS)

bench-search: .venv/ok  ## Measure how well the search finds (ARGS=--failures)
	@$(BIN)/python benchmarks/search.py $(ARGS)

messages: .venv/ok  ## Bring the texts to be translated up to date
	@$(BIN)/python manage.py messages $(ARGS)

# There is no uv.lock on purpose: it would hold the addresses of one maintainer's package index.
COMPILE = .local/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-annotate --no-emit-index-url --system-certs $(ARGS) pyproject.toml
lock: export UV_CUSTOM_COMPILE_COMMAND = make lock
lock: .local/uv/bin/uv  ## Bring both requirements files in step with pyproject.toml (ARGS=--upgrade)
	@$(COMPILE) -o requirements.txt
	@$(COMPILE) --group dev --group e2e --group lint -c requirements.txt -o requirements-dev.txt

.local/uv/bin/uv:
	@$(PYTHON) -m venv .local/uv && .local/uv/bin/pip install --quiet uv

clean:  ## Remove everything that was made here, the embedded database with its data included
	@$(PYTHON) -c 'from portal.embedded.server import server; server.remove() or exit("First stop what uses the database.")'
	rm -rf .venv .local .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov test-results
	find $(APPS) tests -name __pycache__ -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

# Everybody's environment, packages checked against their hashes; again whenever the list changes. Each line
# that can fail says in one sentence what is missing.
say = { echo "$(1)" >&2; exit 1; }
.venv/ok: requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || $(call say,There is no $(PYTHON): install Python 3.11 or newer.)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    $(call say,$(PYTHON) is too old: Python 3.11 or newer is needed. If there is one: make PYTHON=python3.12)
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	    $(call say,$(PYTHON) cannot make environments: install its venv module (Debian: apt install python3-venv).)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || \
	    $(call say,The environment .venv could not be made.)
	@echo "Installing the packages into .venv, about a minute ..."
	@$(BIN)/python -m pip install --no-input --disable-pip-version-check --require-hashes -r $< \
	    >.venv/install.log 2>&1 || $(call say,The packages could not be installed. Is the network there? \
	    `grep '^ERROR' .venv/install.log | tail -n 1` All of it: .venv/install.log)
	@touch $@
