# make demo, make test: nothing is needed but Python 3.11 or newer and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARBENCH := $(BIN)/arbench
CFF := .venv-cff/bin/cffconvert
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test lint data check-data scores bench clean

demo: $(VENV)/.installed  ## the scikit-learn baseline on the three tasks
	$(ARBENCH) eval linear

test: $(VENV)/.installed-dev  ## the tests, with coverage
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

lint: $(VENV)/.installed-dev $(CFF)  ## ruff, mypy, and the schema of the citation file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(CFF) --validate -i CITATION.cff

data: $(VENV)/.installed  ## build rows, pictures, the card's tables and Croissant from the sources
	$(ARBENCH) data validate
	$(ARBENCH) data lint
	$(ARBENCH) data build

check-data: $(VENV)/.installed  ## fail if the annotation breaks a rule, or a built file differs
	$(ARBENCH) data validate
	$(ARBENCH) data lint
	$(ARBENCH) data agreement
	$(ARBENCH) data build --check

scores: $(VENV)/.installed  ## the tables of the README
	@for protocol in split cv; do for model in linear majority random; do \
	    $(ARBENCH) eval $$model --protocol $$protocol --out results || exit 1; \
	done; done
	$(ARBENCH) compare results/linear results/majority results/random

bench: $(VENV)/.installed-dev  ## speed and memory beside the peers, coverage of the intervals, page cutting
	@for name in startup spans labels score_file attributions resampling coverage segmentation; do \
	    echo; echo "## $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; \
	done

clean:
	rm -rf $(VENV) .venv-cff build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A venv of our own: the system's Python may be managed by the system.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# It asks for an older jsonschema than the tests need.
$(CFF): constraints.txt
	$(PYTHON) -m venv .venv-cff
	.venv-cff/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt cffconvert
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.installed
