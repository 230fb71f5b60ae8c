# Everything from a bare machine with Python 3.11 or newer, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
BACKEND ?= $(or $(ASTREINTE_TEST_BACKEND),embedded)
# Processes that run tests, each with servers of its own; containers are started once.
# Proofs of the tests themselves come in turn, a third each day; with ALL=1 every one.
ALL ?=
WORKERS ?= $(if $(filter containers,$(BACKEND)),0,2)

# Where it is set, each process of a test run compiles all our modules anew.
unexport PYTHONDONTWRITEBYTECODE

# The longest first: the others are done beside it.
CHECKS := types lint imports schemas deployments

.DEFAULT_GOAL := help
.PHONY: help setup demo test check $(CHECKS:%=check-%) bench chaos chaos-mutations lock clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## make .venv with everything in it (the second time it does nothing)

$(STAMP): pyproject.toml requirements.txt infra/local/kafka.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Astreinte needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-index --no-build-isolation --no-deps -e .
	$(BIN)/python -m infra.local.jars
	$(BIN)/python -m infra.local.warm
	@touch $@

demo: setup ## play a working day on the embedded Kafka and MongoDB
	$(BIN)/astreinte demo

test: setup ## run every test (ALL=1: with all proofs that come in turn; BACKEND=containers: Kafka and MongoDB from a container engine, and the images)
	ASTREINTE_TEST_BACKEND=$(BACKEND) $(if $(ALL),ASTREINTE_TEST_DAY=all )$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: setup ## lint, types, import rules, dependencies, schemas
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(CHECKS:%=check-%)

check-types: setup
	$(BIN)/mypy

check-lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-imports: setup
	$(BIN)/lint-imports
	$(BIN)/deptry contracts services infra
	$(BIN)/python -m infra.chassis.web.catalogues check

check-schemas: setup
	$(BIN)/python -m contracts.schemas check
	$(BIN)/python -m contracts.schemas compatible

check-deployments: setup
	$(BIN)/python -m infra.compose check
	$(BIN)/python -m infra.kubernetes check
	$(BIN)/python -m infra.observability check

bench: setup ## measure against the bare floors
	$(BIN)/python -m tests.benchmarks

chaos: setup ## break the four services under load and have what is left judged
	$(BIN)/python -m tests.chaos

chaos-mutations: setup ## the same with one protection taken away each: every one must be noticed
	$(BIN)/python -m tests.chaos.table

lock: ## resolve requirements.txt anew (needs uv on the path)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --all-extras pyproject.toml -o requirements.txt

clean: ## remove what was made (the data folder of `astreinte up` is not touched)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find contracts services infra tests -name __pycache__ -type d -prune -exec rm -rf {} +
