# All targets need only Python 3.11 or newer and make; the first one to run creates .venv.
# ARGS is passed on: make serve ARGS="--port 9000", make test ARGS="-k metrics", make bench ARGS=--quick.

BIN := .venv/bin
RUNTIME := .venv/.runtime
STAMP := .venv/.installed
ARGS ?=
EVERY ?= 8
# One process per core, each with its own servers; ARGS="-n 0" runs all tests in a single process.
WORKERS := -n logical --maxprocesses 8 --dist worksteal
PYTEST := $(BIN)/python -m pytest -q $(WORKERS)
# The tests of `make test`. A test marked process(quick=True) starts a process, but is quick.
DEFAULT := not slow and not browser and not packaging and not docs and not clients and not engines and (not process or process(quick=True))
# A selection of tests may be empty; pytest then exits with 5.
part = $(PYTEST) -m $(1) $(2) $(ARGS) || [ $$? -eq 5 ]

.DEFAULT_GOAL := help
.PHONY: help install serve dist test test-all test-browser test-process test-docs test-packaging test-release test-slow \
	test-engines test-family test-npm clients coverage mutation soak fuzz check format bench bench-large bench-peers npm lock pictures site clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Create .venv, or update it

$(STAMP): pyproject.toml requirements-dev.lock scripts/bootstrap
	@scripts/bootstrap

# Running the mock takes less than half of what developing takes; `make test` adds what is missing.
$(RUNTIME): pyproject.toml requirements.lock scripts/bootstrap
	@scripts/bootstrap runtime

serve: $(RUNTIME) ## Start the mock at http://127.0.0.1:8080
	@exec $(BIN)/postfuze-mock serve $(ARGS)

dist: $(RUNTIME) ## Build wheel, sdist and the executable for this machine into dist/
	@scripts/dist $(ARGS)

test: $(STAMP) ## Run the fast tests, which cover every statement, in two minutes
	@$(PYTEST) -m '$(DEFAULT)' $(ARGS)

test-all: $(STAMP) ## Run all tests
	@$(PYTEST) $(ARGS)

test-browser: $(STAMP) ## Run the tests of the pages in Chromium
	@$(call part,'browser and not slow')

test-process: $(STAMP) ## Run the tests that start the commands as processes: signals, restarts, Schemathesis
	@$(call part,'process and not (slow or browser or packaging or docs or engines)')

test-engines: $(STAMP) ## Run the tests that need PostgreSQL; scripts/postgres finds one, or Debian's packages
	@$(call part,'engines and not slow')

test-docs: $(STAMP) ## Run every command of README.md and the guides, and compare the output
	@$(call part,'docs and not slow')

test-packaging: $(STAMP) ## Build the Python and npm packages and install them
	@$(call part,'packaging and not slow')

test-release: $(STAMP) ## Build the executable and the image (as root), and try each way to install
	@$(call part,'packaging and slow')

clients: $(STAMP) ## Generate clients with five generators, compile them, and run them against the mock
	@$(call part,'clients')

test-slow: $(STAMP) ## Run the slow tests, except the harness's family of deployments and those of test-release
	@$(call part,'slow and not packaging',--ignore=tests/contracts/family)

test-family: $(STAMP) ## Judge every 8th broken deployment and all correct ones; EVERY=1 for all
	@$(PYTEST) tests/contracts/family --family-every $(EVERY) $(ARGS)

test-npm: $(STAMP) ## Build the npm packages, install them into an empty folder and run their tests
	@$(PYTEST) -n 0 tests/npm $(ARGS)

coverage: $(STAMP) ## Run the tests of `make test` and print their coverage; fails below the minimum in pyproject.toml
	@rm -rf .cache/coverage
	@$(BIN)/coverage run -m pytest -q $(WORKERS) -m '$(DEFAULT)' $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

mutation: $(STAMP) ## Run the harness against all broken and correct deployments; ARGS="--every 8" for a sample
	@$(BIN)/python -m tests.contracts.family $(ARGS)

soak: $(STAMP) ## Compare 300,000 mixed calls with a model, and watch memory; ARGS="--calls 10000" for fewer
	@$(BIN)/python -m tests.soak $(ARGS)

fuzz: $(STAMP) ## Attack the mock and the harness with odd inputs; ARGS="calls --count 500 --seed 7" for a part
	@$(BIN)/python -m tests.fuzz $(ARGS)

check: $(STAMP) ## Check style, types, layers, the specification, workflows and the Containerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@mkdir -p .cache && $(BIN)/postfuze-mock spec --openapi 3.1 >.cache/openapi-3.1.yaml
	@scripts/lint_spec openapi.yaml .cache/openapi-3.1.yaml mockserver/postfuze_mock/control/openapi.yaml
	@scripts/spec_changes
	@scripts/lint_packaging

format: $(STAMP) ## Format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

bench: $(STAMP) ## Compare the mock with bare Starlette, and its engines with each other; ARGS=--engines for these alone
	@$(BIN)/python -m benchmarks.run $(ARGS)

bench-large: $(STAMP) ## Do the same, with a world of a million accounts
	@$(BIN)/python -m benchmarks.run --large $(ARGS)

bench-peers: $(STAMP) ## Compare the mock with other mocks from npm, and write docs/other-mocks.md; ARGS=--quick for a rough look
	@scripts/bench_peers $(ARGS)

npm: $(STAMP) ## Build the npm packages into dist/; ARGS=--generate writes the files that follow from the specifications
	@scripts/npm_package $(ARGS)

lock: $(STAMP) ## Resolve the dependencies again; ARGS=--upgrade for newer versions
	@scripts/lock $(ARGS)

pictures: $(STAMP) ## Take the pictures of the guides in Chromium, with a mock at port 8080
	@scripts/pictures $(ARGS)

site: $(RUNTIME) ## Write the reference and the guides into site/, for a static host
	@$(BIN)/postfuze-mock site site

clean: ## Remove .venv, caches and build output
	@rm -rf .venv .cache build dist site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
