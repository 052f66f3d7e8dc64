# Everything is made in .venv; nothing outside this directory changes, except by `make system`.
# Stamps in .venv remember what is installed, so a second run starts at once.

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
ARGS ?=
PREFIX ?=

# Versions and hashes come from requirements/; the package itself is installed editable, with the
# hashed build tools and nothing fetched beside them.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check format bench install system lock clean

help: ## say what can be made (this list)
	@echo "make TARGET [ARGS=\"...\"]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.run ## run two nodes and a story; ARGS="--once --json --dir DIR" is passed on
	@echo "demo: openline demo $(ARGS)" >&2
	@$(BIN)/openline demo $(ARGS)

test: $(VENV)/.test ## run every test; ARGS="tests/domain -k cbor" runs some
	@echo "test: pytest with $(WORKERS) workers, in random order $(ARGS)" >&2
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: $(VENV)/.check ## check style, types and layers
	@echo "check: ruff (style)" >&2
	@$(BIN)/ruff check .
	@echo "check: ruff (format)" >&2
	@$(BIN)/ruff format --check .
	@echo "check: mypy (types)" >&2
	@$(BIN)/mypy
	@echo "check: import-linter (layers)" >&2
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.check ## put the code into the form that `make check` asks for
	@echo "format: ruff" >&2
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.test ## measure, and print the machine's own limits beside each number
	@echo "bench: python -m bench $(ARGS)" >&2
	@$(BIN)/python -m bench $(ARGS)

install: $(VENV)/.run ## put the program into a directory of its own; PREFIX=/opt/openline names it
	@test -n "$(PREFIX)" || { echo "install: say where: make install PREFIX=/opt/openline" >&2; exit 2; }
	@echo "install: $(PREFIX)" >&2
	@rm -rf $(VENV)/wheel
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir $(VENV)/wheel .
	@$(BIN)/python -m venv $(PREFIX)
	@$(PREFIX)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --require-hashes -r requirements/run.txt
	@$(PREFIX)/bin/python -m pip --disable-pip-version-check --quiet install \
	  --no-deps --force-reinstall $(VENV)/wheel/*.whl
	@echo "install: $(PREFIX)/bin/openline" >&2

system: ## install the system packages that are used (as root or with sudo)
	@sh scripts/system.sh

lock: $(VENV)/.python requirements/lock.txt ## write requirements/ anew; ARGS=--upgrade takes newer versions
	@echo "lock: the resolver" >&2
	@$(INSTALL) -r requirements/lock.txt
	@sh scripts/lock.sh $(ARGS)

clean: ## remove all that was made here
	@echo "clean: $(VENV), caches and built files" >&2
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

$(VENV)/.check: requirements/check.txt $(VENV)/.test
	@echo "setup: what the checks need (requirements/check.txt)" >&2
	@$(INSTALL) -r requirements/check.txt
	@touch $@
