# Everything a person or CI runs. `make help` lists the targets.
PYTHON ?= python3
PHOTOS ?=
VENV := .venv
BIN := $(VENV)/bin
USER_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
WORKERS ?= 2
FORM ?= full
KEEP ?=
SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: help demo setup lint test test-browser test-hosts test-wheel bench bench-cull bench-endurance bench-qdrant bench-review bench-search cluster faults fuzz docs screenshots lock sbom clean

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

test: $(DEV_STAMP) ## the whole test suite, WORKERS files at a time
	tools/alone tools/again $(BIN)/pytest $(SPREAD)

test-browser: $(DEV_STAMP) ## the review page in Chromium, which it installs
	$(PYTHON) tools/ensure_system.py browser
	tools/alone tools/again $(BIN)/pytest -m browser $(SPREAD)

test-hosts: $(DEV_STAMP) ## the adapters in the real photo programs, which it installs
	$(PYTHON) tools/ensure_system.py hosts
	tools/alone tools/again $(BIN)/pytest -m hosts $(SPREAD)

test-wheel: $(DEV_STAMP) ## the wheel, installed with pipx into an empty home (asks a registry for what it needs)
	$(BIN)/pytest -m wheel -s

bench: $(DEV_STAMP) ## what is measured, each beside a reference in the same run
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.metadata
	$(BIN)/python -m benchmarks.starter_speed
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.starter_accuracy
	$(BIN)/python -m benchmarks.starter_precision
	$(BIN)/python -m benchmarks.vocabulary
	$(BIN)/python -m benchmarks.faces

bench-cull: $(DEV_STAMP) ## culling with every check on, beside decoding alone and a plain script
	$(BIN)/python -m benchmarks.cull
	$(BIN)/python -m benchmarks.duplicates

bench-review: $(DEV_STAMP) ## the review page of 50,000 photos in Chromium, beside a static page
	$(PYTHON) tools/ensure_system.py browser
	$(BIN)/python -m benchmarks.thumbnails
	$(BIN)/python -m benchmarks.review

bench-search: $(DEV_STAMP) ## search over a million vectors, beside a flat scan and SQLite (10 minutes, 8 GB)
	$(BIN)/python -m benchmarks.search

# URL=http://127.0.0.1:6333 asks a Qdrant server too.
bench-qdrant: $(DEV_STAMP) ## search over 100,000 vectors by faiss and by Qdrant
	$(BIN)/python -m benchmarks.qdrant $(if $(URL),--url $(URL))

# FORM=ci is bounded to five minutes; KEEP=1 writes docs/reports/ anew.
bench-endurance: $(DEV_STAMP) ## a run of 100,000 photos: does anything grow or slow down?
	$(BIN)/python -m campaigns.endurance --form $(FORM) $(if $(KEEP),--keep)

faults: $(DEV_STAMP) ## kills, full disks, dead servers, jumping clocks, over a library of photos: what is lost? (as root)
	$(PYTHON) tools/ensure_system.py faults
	$(BIN)/python -m campaigns.faults --form $(FORM) $(if $(KEEP),--keep)

fuzz: $(DEV_STAMP) ## 100,000 damaged inputs over image reading, XMP, keyword lists and the wire
	$(BIN)/python -m campaigns.fuzz --form $(FORM) $(if $(KEEP),--keep)

cluster: $(DEV_STAMP) ## runs on a real Ray of two nodes on this machine, one of them killed half-way
	$(BIN)/python -m campaigns.cluster --form $(FORM) $(if $(KEEP),--keep)

docs: $(DEV_STAMP) ## write what is generated under docs/
	$(BIN)/python tools/generated_docs.py

screenshots: $(DEV_STAMP) ## pictures of every view of the review page for the docs, of photos that are drawn
	$(PYTHON) tools/ensure_system.py browser
	$(BIN)/python -m tools.screenshots

lock: $(DEV_STAMP) ## requirements.lock: every package that we run on, with hashes
	$(BIN)/python tools/locking.py

sbom: $(DEV_STAMP) ## sbom.json and docs/licences.md, from the lock
	$(BIN)/python tools/licences.py

clean: ## remove what make made; the state of your daemon stays
	rm -rf $(VENV) .cache demo
