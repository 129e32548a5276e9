# Everything a newcomer runs. `make help` lists it; `make demo` and `make test` are the two that matter.

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# What runs the application, and what develops it beside that: each is the stamp of one lock.
BUILT := $(VENV)/.built
DEVELOPED := $(VENV)/.developed
LOADED := var/.demo-loaded
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard stations/translations/*/LC_MESSAGES/*.po))
MIGRATIONS := $(wildcard stations/migrations/*.py)
STATICS := stations/static/built/.made
STATIC_SOURCES := $(wildcard stations/static/*.* stations/static/css/*.css stations/static/js/*.js)

# The demo is always the demo, whatever installation the shell is set up for (an empty variable is an unset one).
DEMO := STATIONS_MODE=demo STATIONS_DATABASE_URL= STATIONS_SECRET_KEY= STATIONS_FILES_PATH= STATIONS_MAIL_URL= \
        STATIONS_BASE_URL=http://127.0.0.1:$(PORT)
FLASK := $(DEMO) $(BIN)/flask --app wsgi

# The second try is for offices whose proxy signs what it passes on: only the system's own store knows it.
UV_INSTALL = $(BIN)/uv pip install --python $(BIN)/python --require-hashes --quiet
INSTALL = $(UV_INSTALL) -r $(1) || $(UV_INSTALL) --system-certs -r $(1)

# Tests and checks must not depend on the shell's installation either.
CLEAN := env $(foreach name,$(filter STATIONS_%,$(.VARIABLES)),-u $(name))

# What Python compiles is kept: without it every start would take seconds longer, for nothing.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo demo-reset test check format lint types layers templates-check catalogues catalogues-check \
        docs docs-check migrations-check test-programs coverage mutants bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(BUILT) $(CATALOGUES) $(STATICS) $(LOADED) ## the demonstration year at http://127.0.0.1:8000 (PORT= changes it)
	@echo "Demo accounts (one click each on the sign-in page; here for scripts):"
	@$(FLASK) demo accounts
	@echo "Serving at http://127.0.0.1:$(PORT) — Ctrl-C stops it. To start the data over: stop it, 'make demo-reset', 'make demo'."
	@exec env $(DEMO) $(BIN)/gunicorn wsgi:app --workers 2 --threads 4 --no-control-socket --forwarder-headers= --bind 127.0.0.1:$(PORT)

install: $(BUILT) $(CATALOGUES) $(STATICS) ## only build .venv, translations and static files, for an installation of one's own: nothing of development

demo-reset: ## throw the demonstration's data away; the next `make demo` makes it again
	rm -rf $(LOADED) var/demo.sqlite3 var/demo.sqlite3-wal var/demo.sqlite3-shm var/files

# The stamp comes last, so a load that was interrupted starts over. New migrations keep the data.
$(LOADED): $(MIGRATIONS) | $(BUILT) $(CATALOGUES)
	@mkdir -p var
	@test -e $@ || rm -rf var/demo.sqlite3 var/demo.sqlite3-wal var/demo.sqlite3-shm var/files
	@$(FLASK) db upgrade
	@test -e $@ || $(FLASK) demo load
	@touch $@

# pip installs only uv, by its hash among the developers' tools; uv installs the rest in a sixth of pip's time.
$(BUILT): requirements.lock
	@python=""; for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	    echo "Python 3.11 or newer with venv is needed (on Debian: apt-get install python3 python3-venv)." >&2; \
	    echo "If it has an unusual name, say so: make PYTHON=/path/to/python …" >&2; exit 1; fi; \
	echo "Building $(VENV) with $$($$python --version), once …"; \
	$$python -m venv $(VENV)
	@awk '/^[A-Za-z]/ {wanted = /^uv==/} wanted' requirements-dev.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@$(call INSTALL,requirements.lock)
	@touch $@

$(DEVELOPED): requirements-dev.lock | $(BUILT)
	@$(call INSTALL,requirements-dev.lock)
	@touch $@

%.mo: %.po | $(BUILT)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

# Bundles, their names and .gz files. What an earlier version had stays: pages that are still open may ask for it.
$(STATICS): $(STATIC_SOURCES) stations/core/bundling.py stations/core/statics.py | $(BUILT)
	@$(BIN)/python -m stations.core.statics
	@touch $@

test: $(DEVELOPED) $(CATALOGUES) $(STATICS) test-programs ## every test: SQLite, PostgreSQL, Chromium (as root, installs those with apt-get)
	$(CLEAN) $(BIN)/pytest -n 2 --dist worksteal

check: format-check lint types layers templates-check catalogues-check docs-check migrations-check test ## all that must hold before a change lands

format: $(DEVELOPED) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: format-check
format-check: $(DEVELOPED)
	$(BIN)/ruff format --check .

lint: $(DEVELOPED) ## ruff's rules
	$(BIN)/ruff check .

types: $(DEVELOPED) ## mypy --strict
	$(BIN)/mypy

layers: $(DEVELOPED) ## who may import whom
	$(BIN)/lint-imports --no-cache

templates-check: $(DEVELOPED) ## djlint
	$(BIN)/djlint templates --lint --quiet

var/messages.pot: FORCE | $(BUILT)
	@mkdir -p var
	@$(BIN)/pybabel --quiet extract -F pyproject.toml -k _l -k N_ -k lazy_gettext -k counted:1,1 --no-location --sort-output \
	    --omit-header -o $@ stations templates

UPDATE := --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110

.PHONY: FORCE
FORCE:

catalogues: var/messages.pot ## take new texts into the translations; then write what is missing
	$(BIN)/pybabel update -i var/messages.pot -d stations/translations $(UPDATE)
	@$(MAKE) --no-print-directory $(CATALOGUES)

catalogues-check: var/messages.pot
	$(BIN)/pybabel update --check -i var/messages.pot -d stations/translations $(UPDATE)

docs: $(DEVELOPED) ## draw the diagrams of docs/ again from the code
	$(CLEAN) $(BIN)/python -m tools.docs

docs-check: $(DEVELOPED)
	$(CLEAN) $(BIN)/python -m tools.docs --check

migrations-check: $(DEVELOPED) $(CATALOGUES)
	$(CLEAN) $(BIN)/pytest -q -n0 --database sqlite tests/project/test_migrations.py

# Debian's packages that the tests need; as root they are installed, otherwise named.
test-programs:
	@missing=""; \
	command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || \
	    missing="$$missing chromium-headless-shell"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	command -v nginx >/dev/null || test -x /usr/sbin/nginx || missing="$$missing nginx-light"; \
	fc-list :lang=ja 2>/dev/null | grep -q . || missing="$$missing fonts-morisawa-bizud-gothic"; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing what the tests need:$$missing"; \
	    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing; \
	else \
	    echo "The tests need these Debian packages (or the same programs):$$missing" >&2; \
	    echo "  sudo apt-get install$$missing" >&2; exit 1; \
	fi

# Without the journeys in Chromium: they run in servers of their own, which nobody measures.
coverage: $(DEVELOPED) $(CATALOGUES) test-programs ## which lines and branches no test reaches (also var/coverage/index.html)
	@mkdir -p var
	$(CLEAN) $(BIN)/pytest -q -n 2 --dist worksteal --ignore=tests/browser --cov --cov-report=term --cov-report=html

mutants: $(DEVELOPED) $(CATALOGUES) ## break rules one by one: do tests notice? (ONLY="words of names" tries some)
	$(CLEAN) $(BIN)/python -m tools.mutants $(ONLY)

bench: $(DEVELOPED) $(CATALOGUES) ## speed and memory beside a bare Flask page (a measurement, not a test)
	$(CLEAN) $(BIN)/python -m tests.load.bench

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: $(DEVELOPED) ## resolve pyproject.toml again: requirements.lock runs, requirements-dev.lock also develops (all Pythons)
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

clean: ## remove the environment, caches and the demonstration's data
	rm -rf $(VENV) var stations/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(CATALOGUES)
	find stations tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
