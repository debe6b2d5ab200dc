# Two commands matter: `make demo` shows the product, `make test` proves it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS ?= dev
SEED := $(shell date +%s)
export ASSETQL_HOME ?= $(CURDIR)/.assetql

.PHONY: help demo up emulate eval test check format bench faults clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "AssetQL needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# The base is all that a person needs; the extras are for those who work on the code.
$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.extras: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@ $(VENV)/.base $(VENV)/.doors

$(VENV)/.doors: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[doors]'
	@touch $@ $(VENV)/.base

demo: $(VENV)/.base ## Run the whole main job on the shipped example
	$(BIN)/assetql demo --out demo-output

up: $(VENV)/.doors ## Start workers and the doors: the playground, the HTTP API, MCP
	$(BIN)/assetql up

emulate: $(VENV)/.extras ## Run an emulated AWS, for `assetql demo` and `chat` in another terminal
	$(BIN)/assetql aws emulate --env-file aws.env

eval: $(VENV)/.base ## Score the assistant on the shipped requests
	$(BIN)/assetql eval examples/chat/requests.jsonl

test: $(VENV)/.extras ## Run the tests
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.extras ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(VENV)/.extras ## Format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.extras ## Measure, each figure beside its floor
	$(BIN)/python -m benchmarks

faults: $(VENV)/.extras ## Search longer for what breaks an invariant, and run what is slow; SEED=… repeats
	@echo "To search the same again: make faults SEED=$(SEED)"
	$(BIN)/python -m pytest -n 2 tests --ignore=tests/integration/faults -m slow
	$(BIN)/python -m pytest -n 2 tests/integration/faults -m "slow or not slow" \
		--hypothesis-profile=faults --hypothesis-seed=$(SEED)

clean: ## Remove what was made, the environment too
	rm -rf $(VENV) demo-output test-artifacts aws.env .assetql .pytest_cache .ruff_cache .hypothesis
