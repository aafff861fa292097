# What a developer or an operator runs; `make` alone lists it. Tools are set up on first use, each set in
# its own virtual environment, because the engine and SAM pin versions the product must not be held to.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

PORT ?= 8000
WORKERS ?= 2
RUNS ?= 11
FACTS ?= 50000
ROWS ?= 10000
MINUTES ?= 10
SESSIONS ?= 500

# Tried by running them: a version manager's shim may be on PATH and refuse.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Functions run on 3.13. Only compiling their bytecode needs one here, and the build goes on without.
PYTHON313_BIN := $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13.*/bin))

# Locks are complete, so nothing is left for pip to resolve, and hashes are checked either way.
INSTALL = bin/pip install -qq --disable-pip-version-check --no-input --no-deps
SAM = env -u MAKELEVEL -u MAKEFLAGS PATH="$(CURDIR)/.venvs/sam/bin:$(if $(PYTHON313_BIN),$(PYTHON313_BIN):)$$PATH" SAM_CLI_TELEMETRY=0 sam

.PHONY: help demo local test test-browser test-api test-dynamodb-local openapi check-demo check-pages screenshots chaos fault-matrix lint build deploy bench bench-aggregate bench-coverage bench-web bench-judging bench-submit bench-import catalogues lock tools clean

help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 28

demo: .venv/.stamp .venvs/engine/.stamp ## the whole product on this machine, with sample answers (PORT=8000)
	@.venv/bin/python -m ops.demo --port $(PORT)

local: .venv/.stamp .venvs/engine/.stamp ## the whole product on this machine, empty (PORT=8000)
	@.venv/bin/python -m local --port $(PORT)

test: .venv/.stamp .venvs/engine/.stamp .venvs/sam/.stamp ## unit, integration and end-to-end tests (WORKERS=2)
	@.venv/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-browser: .venvs/browser/.stamp .venvs/engine/.stamp ## page and widget in Chromium, which must be installed
	@.venvs/browser/bin/python -m pytest tests/browser -n $(WORKERS) --dist loadfile

check-demo: .venv/.stamp .venvs/engine/.stamp ## `make demo` as a newcomer runs it: every link and command looked at, a minute
	@.venv/bin/python -m tests.demo

check-pages: .venvs/browser/.stamp .venvs/engine/.stamp .venvs/pages/.stamp ## the pages' HTML, and Lighthouse's marks; needs npm and Chromium
	@PYTHONPATH=layers/common:functions .venvs/browser/bin/python -m tests.browser.page_checks

screenshots: .venvs/browser/.stamp .venvs/engine/.stamp ## every mail and every state of pages and widget, in build/screenshots; needs Chromium
	@PYTHONPATH=layers/common:functions .venvs/browser/bin/python -m tests.browser.letter_pictures
	@PYTHONPATH=layers/common:functions .venvs/browser/bin/python -m tests.browser.screenshots

test-api: .venvs/api/.stamp .venvs/engine/.stamp ## the API fuzzed by its OpenAPI document, and its tokens forged, a minute
	@.venvs/api/bin/python -m pytest tests/api

openapi: .venv/.stamp ## write docs/openapi.yaml from the models that validate
	@.venv/bin/python -m ops.openapi

chaos: .venv/.stamp ## histories of counting under faults, as long as you like (MINUTES=10, SEED=…)
	@.venv/bin/python -m tests.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

fault-matrix: RUNS := 2000
fault-matrix: .venv/.stamp .venvs/engine/.stamp ## following up and falling due under faults: nothing twice, nothing lost (RUNS=2000, SEED=…)
	@.venv/bin/python -m tests.faults --runs $(RUNS) $(if $(SEED),--seed $(SEED))

test-dynamodb-local: .venv/.stamp ## counting against AWS's own engine; needs Java and npm
	@.venv/bin/python -m tests.dynamodb_local

lint: .venv/.stamp .venvs/sam/.stamp .venvs/checkov/.stamp ## style, types, import rules, template
	@.ci/lint

build: .venvs/sam/.stamp ## what would be deployed, in .aws-sam/build
	@$(SAM) build --parallel

deploy: build ## build and deploy to the AWS account you are signed in to
	@$(SAM) deploy

bench: .venv/.stamp .venvs/engine/.stamp ## cold start of each function, measured (RUNS=11)
	@.venv/bin/python -m benchmarks.cold_start --runs $(RUNS)

bench-aggregate: .venv/.stamp .venvs/engine/.stamp ## counting beside two simpler ways: speed, write units, exactness (FACTS=50000)
	@.venv/bin/python -m benchmarks.aggregate --facts $(FACTS)

bench-coverage: .venv/.stamp ## how often the interval holds the true score, over a grid of shares and n
	@.venv/bin/python -m benchmarks.interval_coverage

bench-judging: .venv/.stamp .venvs/engine/.stamp ## who is counted of random sessions of people and machines (SESSIONS=500)
	@.venv/bin/python -m benchmarks.judging --sessions $(SESSIONS)

bench-submit: .venv/.stamp .venvs/engine/.stamp ## taking an answer, warm, beside a bare handler that puts an item
	@.venv/bin/python -m benchmarks.submit_warm

bench-import: .venv/.stamp .venvs/engine/.stamp ## importing another tool's export, until all of it is counted (ROWS=10000)
	@.venv/bin/python -m benchmarks.import_rows --rows $(ROWS)

bench-web: .venv/.stamp ## bytes of page and widget beside two packages of the field; needs npm
	@.venv/bin/python -m benchmarks.web_weight

catalogues: .venv/.stamp ## bring every language to the texts that English has, and compile them
	@.venv/bin/python -m scripts.catalogues

lock: .venvs/lock/.stamp ## write every lock again from its .in file (UPGRADE=--upgrade moves versions)
	@echo "locking dependencies"
	@$(UV_COMPILE) --python-version 3.13 layers/common/requirements.in -o layers/common/requirements.txt
	@cd requirements && for tools in dev engine sam checkov lock browser api; do \
		../$(UV_COMPILE) --python-version 3.11 $$tools.in -o $$tools.txt; done

tools: .venv/.stamp $(patsubst %,.venvs/%/.stamp,engine sam checkov browser api pages) ## set up every tool of the gate now; needs npm
	@echo "every tool is there"

clean: ## remove what was built, keep environments and local data
	@rm -rf .aws-sam .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- tools, set up once for each lock ----------------------------------------------------------

.venv/.stamp: requirements/dev.txt pyproject.toml
	@$(call new_environment,.venv)
	@.venv/$(INSTALL) --require-hashes -r $<
	@.venv/$(INSTALL) --no-build-isolation -e .
	@touch $@

# All but the engine are used a few times: compiling all that they hold takes longer than compiling what is used then.
.venvs/%/.stamp: requirements/%.txt
	@$(call new_environment,.venvs/$*)
	@.venvs/$*/$(INSTALL) $(if $(filter engine,$*),,--no-compile) --require-hashes -r $<
	@touch $@

.venvs/pages/.stamp: tests/browser/package.json tests/browser/package-lock.json
	@echo "setting up .venvs/pages (first time, or its lock changed)"
	@mkdir -p .venvs/pages && cp $^ .venvs/pages/
	@npm ci --prefix .venvs/pages --silent --no-fund --no-audit
	@touch $@

define new_environment
	[ -n "$(PYTHON)" ] || { echo "Hearback's tools need Python 3.11 or newer; none of python3, python3.11 … 3.14 is one." >&2; exit 1; }; \
	echo "setting up $(1) (first time, or its lock changed)"; \
	$(PYTHON) -m venv $(1)
endef

UV_COMPILE = .venvs/lock/bin/uv pip compile --quiet $(UPGRADE) --universal --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
