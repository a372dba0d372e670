# make demo, make test: nothing is needed but Python 3.11 or newer and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARBENCH := $(BIN)/arbench
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test lint data check-data scores bench clean

demo: $(VENV)/.installed  ## the scikit-learn baseline on the three tasks
	$(ARBENCH) eval linear

test: $(VENV)/.installed-dev  ## the tests, with coverage
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(VENV)/.installed-dev  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

data: $(VENV)/.installed  ## build the rows of the dataset from raw pages and annotations
	$(ARBENCH) data build
	$(ARBENCH) data validate

check-data: $(VENV)/.installed  ## fail if a built file is not what the annotation gives
	$(ARBENCH) data validate
	$(ARBENCH) data build --check

scores: $(VENV)/.installed  ## the tables of the README
	@for protocol in split cv; do for model in linear majority random; do \
	    $(ARBENCH) eval $$model --protocol $$protocol --out results || exit 1; \
	done; done
	$(ARBENCH) compare results/linear results/majority results/random

bench: $(VENV)/.installed  ## speed, side by side
	$(BIN)/python benchmarks/startup.py

clean:
	rm -rf $(VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A venv of our own: the system's Python may be managed by the system.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.installed
