# Everything one does with Halfway on one's own machine. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
# Processes that share the tests; `auto` is one for each core.
TESTS_AT_ONCE ?= auto
UV ?= uv
# One lock for every machine and Python from 3.11 on; no index is named in it.
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	pyproject.toml --extra build --extra semantic
TEXTS := service/translations

.DEFAULT_GOAL := help
.PHONY: help install run test check style types contracts safety quick lock bench messages clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## make the environment, fill a demo town and serve it on http://127.0.0.1:8000
	@$(PYTHON) scripts/bootstrap.py
	@$(BIN)/halfway demo

test: install ## run all tests, on SQLite and, where one can be started, on PostgreSQL
	@$(BIN)/pytest -n $(TESTS_AT_ONCE) --dist worksteal $(ARGS)

check: style types contracts safety quick ## look over style, types, imports and safety, and run the quick tests

install: ## make the environment in .venv, with what tests and checks need
	@$(PYTHON) scripts/bootstrap.py --dev

style: install ## look over the style (ruff)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: install ## look over the types (mypy)
	@$(BIN)/mypy

contracts: install ## look over who imports whom (import-linter)
	@$(BIN)/lint-imports

safety: install ## look over what an attacker would look for (bandit)
	@$(BIN)/bandit -q -ll -ii -c pyproject.toml -r service matching models migrations scripts

quick: install ## run the tests that take no time, on SQLite only
	@$(BIN)/pytest -q -n $(TESTS_AT_ONCE) --database sqlite -m 'not slow and not browser' $(ARGS)

bench: install ## measure requests and ranking, each as a share of a bare Flask view
	@$(BIN)/halfway bench $(ARGS)

messages: install ## collect the words of code and pages into the translations
	@$(BIN)/pybabel -q extract -F pyproject.toml -k say:2 -k say_count:2,3 --sort-by-file --add-location=file --add-comments=Translators: \
		--project=Halfway -o $(TEXTS)/halfway.pot service
	@$(BIN)/pybabel -q update -D halfway -i $(TEXTS)/halfway.pot -d $(TEXTS) --no-fuzzy-matching --ignore-pot-creation-date
	@rm $(TEXTS)/halfway.pot

lock: ## make the lock files anew from pyproject.toml (needs uv, for this alone)
	@$(COMPILE) -o requirements.lock $(ARGS)
	@$(COMPILE) -o requirements-dev.lock --extra dev -c requirements.lock $(ARGS)

clean: ## remove the environment and what tools left behind; databases stay
	rm -rf .venv .venv.lock .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find service matching models migrations scripts tests -name __pycache__ -prune -exec rm -rf {} +
