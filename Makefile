# Recipes of lotstream. `make` alone lists them.
#
# Each recipe does its own set-up: a virtual environment in .venv with the locked, hash-checked dependencies. All that has
# to be there before is Python 3.11 or newer with its venv module, git and make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
LOCKED := .venv/.locked
READY := .venv/.ready
PROJECTS := pyproject.toml $(sort $(wildcard connectors/*/pyproject.toml))
RUNTIME_LOCK := deploy/container/requirements.lock
PEERS_LOCK := benchmarks/peers/quix/requirements.lock
CONNECTORS := $(patsubst %/pyproject.toml,%,$(filter connectors/%,$(PROJECTS)))

.PHONY: help
help: ## List the recipes.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

# ---- What a newcomer runs -------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(READY) ## Run a Shopify order, an X12 940 and a flat-file order through real Kafka and PostgreSQL (90 s).
	@$(BIN)/lotstream demo

.PHONY: test
test: $(READY) ## Run all tests in small sizes, real Kafka and PostgreSQL included (15 minutes on two cores).
	@$(BIN)/python -m scripts.run_tests $(ARGS)

.PHONY: week
week: $(READY) ## Live through a week of a warehouse on real servers, compare it with plain books, and print its table (40 s).
	@$(BIN)/pytest -q -s tests/acceptance -k books $(ARGS)

.PHONY: check
check: format-check lint types layers house licences lock-check schemas-check docs-check ## Lint, types, layers, licences; schemas and docs current (2 minutes).
	@echo "==> all checks passed"

.PHONY: test-long
test-long: $(READY) ## Run the tests in the sizes that releases are judged by (60 minutes).
	@LOTSTREAM_TEST_LENGTH=long $(BIN)/pytest --timeout 1200
	@$(MAKE) --no-print-directory ledger-coverage

.PHONY: nightly
nightly: $(READY) ## Run the tests in the sizes that take hours.
	@LOTSTREAM_TEST_LENGTH=nightly $(BIN)/pytest --timeout 7200
	@$(MAKE) --no-print-directory bench-start bench-kill bench-goods mutants

.PHONY: bench-peers
bench-peers: $(READY) ## Run lotstream beside Java, Kafka Streams, Quix, Faust and SQL alone, and print the table (30 minutes).
	@$(BIN)/python -m benchmarks.peers $(ARGS)

.PHONY: bench-start
bench-start: $(READY) ## Start a worker with 1 M stock rows and 200,000 open orders behind it; print time and memory (5 minutes).
	@$(BIN)/python benchmarks/start.py $(ARGS)

.PHONY: bench-kill
bench-kill: $(READY) ## Kill workers and print how long nothing is committed, with one and with two of them (3 minutes).
	@$(BIN)/python benchmarks/kill.py --workers 1 $(ARGS)
	@$(BIN)/python benchmarks/kill.py --workers 2 $(ARGS)

.PHONY: bench-goods
bench-goods: $(READY) ## Ask about goods with 1 M stock rows, movements and shipments behind it; print times and plans (5 minutes).
	@$(BIN)/python -m benchmarks.goods $(ARGS)

.PHONY: fault-figures
fault-figures: $(READY) ## Break everything for half an hour and write the figures into docs/reliability.md (35 minutes).
	@$(BIN)/python -m scripts.fault_figures $(ARGS)

.PHONY: coverage
coverage: $(READY) ## Show which lines and branches the unit tests leave out.
	@$(BIN)/coverage run -m pytest -q tests/unit
	@$(BIN)/coverage report --skip-covered

.PHONY: ledger-coverage
ledger-coverage: $(READY) ## Fail unless the ledger's tests go through every line and branch of it (2 minutes).
	@$(BIN)/coverage run -m pytest -q tests/unit/domain tests/unit/testing tests/scenarios tests/property
	@$(BIN)/coverage report --include='src/lotstream/domain/*' --skip-covered --fail-under=100

.PHONY: mutants
mutants: $(READY) ## Put small mistakes into the rules of the ledger and print which of them no test finds (hours).
	@$(BIN)/python -m scripts.mutate $(ARGS)

.PHONY: fmt
fmt: $(READY) ## Format the code and mend what the linter can mend.
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

.PHONY: schemas
schemas: $(READY) ## Write schemas/ anew from the message models.
	@$(BIN)/python -m lotstream.contracts.generate

.PHONY: docs
docs: $(READY) ## Write docs/reference/ anew from settings, topics, metrics and commands.
	@$(BIN)/python scripts/reference.py

# ---- The parts of `make check`; each can be run alone ---------------------------------------------------------------

.PHONY: format-check lint types layers house licences lock-check schemas-check docs-check

format-check: $(READY)
	@echo "==> format"
	@$(BIN)/ruff format --check --quiet .

lint: $(READY)
	@echo "==> lint"
	@$(BIN)/ruff check --quiet .

# Connectors' test folders share module names, so each is a run of its own.
types: $(READY)
	@echo "==> types"
	@failed=0; $(BIN)/mypy || failed=1; \
	for connector in $(CONNECTORS); do \
	  ! compgen -G "$$connector/tests/*.py" > /dev/null || (cd "$$connector" && ../../$(BIN)/mypy --config-file ../../pyproject.toml --cache-dir "../../.mypy_cache/$$connector" tests) || failed=1; \
	done; exit $$failed

layers: $(READY)
	@echo "==> layers"
	@$(BIN)/lint-imports --no-logo

house: $(READY)
	@echo "==> house rules"
	@$(BIN)/python scripts/house_rules.py

licences: $(READY)
	@echo "==> licences"
	@$(BIN)/python scripts/licences.py

lock-check: $(READY)
	@echo "==> requirements.lock"
	@$(BIN)/python scripts/lock_in_step.py

schemas-check: $(READY)
	@echo "==> schemas"
	@$(BIN)/python -m lotstream.contracts.generate --check

docs-check: $(READY)
	@echo "==> docs/reference"
	@$(BIN)/python scripts/reference.py --check

# ---- Set-up ---------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(READY) ## Make .venv, with the locked dependencies and our packages editable.

$(LOCKED): requirements.lock scripts/setup_venv.sh
	@scripts/setup_venv.sh requirements.lock
	@touch $@

# The build backend comes from the lock too: nothing is looked up or downloaded here.
$(READY): $(LOCKED) $(PROJECTS)
	@echo "==> our own packages, editable"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e . $(patsubst %,-e ./%,$(CONNECTORS))
	@touch $@

# Hashes, no addresses, for every platform. The second lock is the part of the first that runs in a container.
COMPILE = $(BIN)/uv pip compile $(PROJECTS) --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-package lotstream $(patsubst connectors/%,--no-emit-package lotstream-%,$(CONNECTORS)) --quiet

.PHONY: lock
lock: $(LOCKED) ## Resolve the dependencies anew into requirements.lock (needs the network; add UPGRADE=1 for newer versions).
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --all-extras --group dev --output-file requirements.lock
	@$(COMPILE) --constraint requirements.lock --output-file $(RUNTIME_LOCK)
	@$(BIN)/uv pip compile --group pyproject.toml:peers --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --quiet $(if $(UPGRADE),--upgrade) --output-file $(PEERS_LOCK)
	@$(BIN)/python scripts/lock_in_step.py

.PHONY: clean
clean: ## Remove .venv, caches and build leftovers; data of embedded servers stays.
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
