# Everything one does with Halfway on one's own machine. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install run test check lint types contracts security lock bench messages clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## make the environment in .venv from the lock file, with what tests and checks need
	@$(PYTHON) scripts/bootstrap.py --dev
