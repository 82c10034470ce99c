# make run    install into .venv if need be, then read seeds/, print the brief and wait for questions
# make test   install what the tests need, then lint, types, import rules and the quick tests
# make check  the same with every test, and the coverage report

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check all-tests benchmarks lock docs clean

# The first Python that is new enough; `make run PYTHON=/usr/bin/python3.12` names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; exit; }; done; echo python3)

BIN := .venv/bin
# The folder's own name is part of the stamp's: in a moved or copied folder, .venv still points to the old one.
HERE := $(shell pwd | cksum | cut -d' ' -f1)
FOR_RUN := .venv/installed-run-$(HERE)
FOR_TEST := .venv/installed-test-$(HERE)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: $(FOR_RUN)
	@exec $(BIN)/verbatim run $(ARGS)

test: $(FOR_TEST)
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports --no-logo --no-cache || failed=1; \
	$(BIN)/pytest -n 2 -m 'not slow' $(ARGS) || failed=1; \
	exit $$failed

check: $(FOR_TEST)
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports --no-logo --no-cache || failed=1; \
	$(BIN)/pytest -n 2 --cov --cov-report=term $(ARGS) || failed=1; \
	exit $$failed

all-tests: check

# Quality and speed beside other engines, written to docs/benchmarks.md: ARGS='--pack PACK --sizes 10000'.
benchmarks: $(FOR_TEST)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r pyproject.toml --extra benchmarks
	$(BIN)/python -m tests.benchmarks all $(ARGS)

# Newest versions that pyproject.toml allows, each with the hashes of its files; of where they come from, nothing.
lock: $(FOR_TEST)
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK_OPTIONS) -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK_OPTIONS) --extra dev -c requirements.lock -o requirements-dev.lock

LOCK_OPTIONS := pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

docs: $(FOR_TEST)
	$(BIN)/python tools/write_settings.py

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov
	rm -f .coverage .coverage.*

$(FOR_RUN): requirements.lock pyproject.toml tools/make_venv.py
	@$(PYTHON) tools/make_venv.py requirements.lock $(notdir $@)

$(FOR_TEST): requirements-dev.lock pyproject.toml tools/make_venv.py
	@$(PYTHON) tools/make_venv.py requirements-dev.lock $(notdir $@)
