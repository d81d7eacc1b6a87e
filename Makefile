# Everything here needs Python 3.11 or newer and make, and nothing else: the first target called makes .venv.
# ARGS is passed on: make serve ARGS="--port 9000", make test ARGS="-k metrics", make bench ARGS=--quick.

BIN := .venv/bin
STAMP := .venv/.installed
ARGS ?=
# A process for each core, each with servers of its own; ARGS="-n 0" takes one.
PYTEST := $(BIN)/python -m pytest -q -n logical --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help install serve test test-all mutation check format bench bench-large bench-others lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Make .venv, or bring it up to date

$(STAMP): pyproject.toml requirements-dev.lock scripts/bootstrap
	@scripts/bootstrap

serve: $(STAMP) ## Start the mock at http://127.0.0.1:8080
	@exec $(BIN)/postfuze-mock serve $(ARGS)

test: $(STAMP) ## Run the tests, without the slow ones
	@$(PYTEST) -m "not slow" $(ARGS)

test-all: $(STAMP) ## Run all tests
	@$(PYTEST) $(ARGS)

mutation: $(STAMP) ## Try the harness on a family of broken and of correct deployments; ARGS="--every 8" on some
	@$(BIN)/python -m tests.contracts.family $(ARGS)

check: $(STAMP) ## Lint, types, layers and the spec
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@scripts/lint_spec openapi.yaml mockserver/postfuze_mock/control/openapi.yaml

format: $(STAMP) ## Put the code into shape
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

bench: $(STAMP) ## Measure the mock beside bare Starlette and a bare ASGI function
	@$(BIN)/python -m benchmarks.run $(ARGS)

bench-large: $(STAMP) ## The same, and a world of a million accounts
	@$(BIN)/python -m benchmarks.run --large $(ARGS)

bench-others: $(STAMP) ## Measure the mock beside Prism, Steady and Mockoon
	@scripts/bench_others $(ARGS)

lock: $(STAMP) ## Resolve the dependencies anew; ARGS=--upgrade takes newer ones
	@scripts/lock $(ARGS)

clean: ## Remove .venv and what the tools left
	@rm -rf .venv .cache build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
