# Everything one does with this project. `make` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests and checks see nothing of a developer's own database.
PLAIN := env -u DATABASE_URL -u REDIS_URL
TEST_DATABASE := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/test)
TESTS ?= tests
export PORT

.PHONY: help setup run dev test test-postgres interop bench check fix messages states lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## the environment in .venv alone
	@:

run: ## the running demonstration at http://127.0.0.1:8000 (PORT= overrides)
	@$(PYTHON) -m config.run check-port
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m config.run

dev: ## the same with DEBUG=1 and reload
	@$(PYTHON) -m config.run check-port
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m config.run dev

test: $(VENV)/.installed-dev ## every test on SQLite, browser journeys where Chromium is or can be installed
	@sh .ci/chromium
	$(PLAIN) $(BIN)/python -m pytest $(TESTS) -n 2 --dist worksteal -q

test-postgres: $(VENV)/.installed-dev ## the same tests on PostgreSQL (DATABASE_URL= overrides)
	@sh .ci/chromium
	@if $(BIN)/python .ci/postgres.py $(TEST_DATABASE); then \
		set -x; \
		env -u REDIS_URL DATABASE_URL=$(TEST_DATABASE) $(BIN)/python -m pytest $(TESTS) -n 2 --dist worksteal -q; \
	else \
		test $$? -eq 3; \
	fi

interop: $(VENV)/.installed-dev ## calendars against programs of others (Node, Debian's khal, libical, PHP's sabre and Horde, Thunderbird, exim, dovecot); says what it skips
	@if command -v npm >/dev/null; then npm ci --prefix interop --no-audit --no-fund --ignore-scripts --silent || echo "npm ci did not work: ical.js is skipped"; fi
	$(PLAIN) INTEROP=1 $(BIN)/python -m pytest tests/interop -q -rs

bench: $(VENV)/.installed-dev ## speeds and races, on SQLite and PostgreSQL, into docs/performance.md (some minutes)
	env -u REDIS_URL $(BIN)/python -m tests.bench

check: $(VENV)/.installed-dev ## formatting, lint, types, migrations, messages, generated documents: changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(PLAIN) $(BIN)/mypy
	$(PLAIN) DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m common.catalogue --check
	$(PLAIN) DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py states --check

fix: $(VENV)/.installed-dev ## put formatting, imports, messages and generated documents right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(MAKE) messages states

messages: $(VENV)/.installed ## collect the words of all sources into locale/ and compile
	$(BIN)/python -m common.catalogue

states: $(VENV)/.installed ## draw every workflow into docs/states.md
	$(PLAIN) DEBUG=1 $(BIN)/python manage.py states

lock: $(VENV)/.installed-dev ## lock requirements*.in with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile $(LOCK) requirements.in -o requirements.txt
	$(BIN)/uv pip compile $(LOCK) requirements-dev.in -o requirements-dev.txt

LOCK := --quiet --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

clean: ## remove what can be made again (not .env, not var/)
	rm -rf $(VENV) var/static var/failures .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.txt | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m common.catalogue --compile
	@echo "Compiling the season planner, once …"
	@$(BIN)/python -m supervision.planner.warm
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
