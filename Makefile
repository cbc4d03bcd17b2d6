# Two commands do everything: `make run` and `make test`. Both need nothing but Python 3.11+ and make.

PORT ?= 8000
HOST ?= 127.0.0.1
DEMO ?= 1
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install --require-hashes --no-deps

.PHONY: run test check format translations pictures bench lock clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: .stamps/run .env ## install, migrate, load the demonstration evaluation (not with DEMO=0), serve
	@$(BIN)/flask setup --no-link
	@test "$(DEMO)" = 0 || $(BIN)/flask demo load --if-empty
	@PORT=$(PORT) HOST=$(HOST) $(BIN)/flask serve

test: .stamps/dev ## install what tests need, run every test this machine can run
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: .stamps/dev ## format, lint, types, import contracts, scripts, translations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/oxlint --deny-warnings --report-unused-disable-directives app/static/js
	$(MAKE) test

format: .stamps/dev ## format the code and fix what the linter can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: .stamps/dev ## extract the texts, update and compile the catalogues
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output -k _l -k lazy_gettext -o app/translations/messages.pot .
	$(BIN)/pybabel -q update -N --no-fuzzy-matching -i app/translations/messages.pot -d app/translations
	$(BIN)/pybabel -q compile -d app/translations

pictures: .stamps/dev ## take screenshots of every state of the desk for docs/desk.md, and those of the handbook
	PICTURES=docs/images/desk $(BIN)/python -m pytest -q tests/browser/test_states_of_the_desk.py
	PICTURES=docs/handbook/images $(BIN)/python -m pytest -q tests/browser/test_pictures_of_the_handbook.py

bench: .stamps/dev ## run the benchmarks, all or those named in ARGS (see docs/figures.md)
	$(BIN)/python -m benchmarks $(ARGS)

lock: ## update the hash-pinned lock files with uv
	uv pip compile -q pyproject.toml --universal --generate-hashes --python-version 3.11 -o requirements.lock
	uv pip compile -q pyproject.toml --extra dev --universal --generate-hashes --python-version 3.11 -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment; data in instance/ stays
	rm -rf .venv .stamps

.env: | .stamps/run
	@$(BIN)/python -m app.secrets_file

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.stamps/run: requirements.lock | .venv/bin/python
	@mkdir -p .stamps
	@test -f .stamps/dev || { echo "Installing packages (about a minute the first time) …"; $(PIP) -r requirements.lock; }
	@touch $@

.stamps/dev: requirements-dev.lock requirements.lock | .venv/bin/python
	@mkdir -p .stamps
	@echo "Installing packages for tests …"
	@$(PIP) -r requirements-dev.lock
	@touch $@ .stamps/run
