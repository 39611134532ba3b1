.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
FUNCTIONS := build/functions
MODEL ?= local/smollm2

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

venv: $(VENV)/installed  ## make .venv and install specloop and its tools into it

demo: $(VENV)/installed  ## build the example user_service and show its commits
	rm -rf $(DEMO)
	$(BIN)/specloop init $(DEMO) --example user_service
	$(BIN)/specloop run $(DEMO)
	git -C $(DEMO) --no-pager log --reverse --format='%h %s' HEAD..specloop/user-service

real-model: $(VENV)/installed  ## build the example functions with a real model on this machine
	rm -rf $(FUNCTIONS)
	$(BIN)/specloop init $(FUNCTIONS) --example functions
	$(BIN)/specloop run $(FUNCTIONS) --model $(MODEL) || [ $$? -eq 1 ]
	$(BIN)/specloop report $(FUNCTIONS)

strength: demo  ## measure how much the tests of the demo notice (some ten minutes)
	$(BIN)/specloop trace $(DEMO) --strength

check: $(VENV)/installed  ## lint, types and the floors of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test: check  ## all checks and tests
	$(BIN)/python -m pytest -q -n auto --dist loadscope --no-loadscope-reorder

test-long: $(VENV)/installed  ## the tests that take long: more seeds, every place to be cut off at
	$(BIN)/python -m pytest -q -n auto --dist loadscope --no-loadscope-reorder -m long

bench: $(VENV)/installed  ## measure, and write docs/benchmarks.md
	$(BIN)/python tests/bench/bench.py --write docs/benchmarks.md

docs: $(VENV)/installed  ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:  ## remove what the targets above made
	rm -rf $(VENV) build site dist

.PHONY: help venv demo real-model strength check test test-long bench docs clean
