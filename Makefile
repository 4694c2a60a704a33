# Everything a person or CI runs. `make help` lists the targets.
PYTHON ?= python3
PHOTOS ?=
VENV := .venv
BIN := $(VENV)/bin
USER_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: help demo setup lint test test-hosts bench docs clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

# --no-compile: bytecode of everything, tests of numpy included, is 50 MB; Python makes what it uses.
$(USER_STAMP): pyproject.toml constraints.txt
	$(PYTHON) tools/ensure_system.py venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --no-compile -c constraints.txt -e .
	$(PYTHON) tools/ensure_system.py programs $(BIN)/python
	@touch $@

$(DEV_STAMP): $(USER_STAMP)
	$(BIN)/pip install -q --no-compile -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(USER_STAMP) ## tag copies of sample photos (or PHOTOS=folder), write the keywords, show how to undo
	$(BIN)/python tools/demo.py $(if $(PHOTOS),"$(PHOTOS)")

setup: $(DEV_STAMP) ## make .venv and install everything the tests need

lint: $(DEV_STAMP) ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(DEV_STAMP) ## the whole test suite
	$(BIN)/pytest

test-hosts: $(DEV_STAMP) ## the adapters in the real photo programs, which it installs
	$(PYTHON) tools/ensure_system.py hosts
	$(BIN)/pytest -m hosts

bench: $(DEV_STAMP) ## what is measured, each beside a reference in the same run
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.metadata
	$(BIN)/python -m benchmarks.starter_speed
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.starter_accuracy
	$(BIN)/python -m benchmarks.starter_precision
	$(BIN)/python -m benchmarks.vocabulary

docs: $(DEV_STAMP) ## write what is generated under docs/
	$(BIN)/python tools/generated_docs.py

clean: ## remove what make made; the state of your daemon stays
	rm -rf $(VENV) .cache demo
