# make demo, make test: nothing is needed but Python 3.11 or newer and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARBENCH := $(BIN)/arbench
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test coverage lint data check-data scores scores-scratch bench bench-external docs clean

demo: $(VENV)/.installed  ## the scikit-learn baseline on the three tasks
	$(ARBENCH) eval linear

test: $(VENV)/.installed-dev  ## the tests
	$(BIN)/python -m pytest -n auto --dist loadfile

coverage: $(VENV)/.installed-dev  ## the tests with coverage, in twice the time
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

lint: $(VENV)/.installed-dev  ## ruff, mypy, and the schemas of the citation and workflow files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --persona auditor --quiet .github/workflows

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
	@for protocol in split cv; do $(ARBENCH) eval rules --task attribution --protocol $$protocol --out results || exit 1; done
	$(ARBENCH) compare results/linear results/majority results/random
	$(ARBENCH) compare results/linear results/rules

scores-scratch: $(VENV)/.installed-dev  ## its rows: ten minutes or more
	@for protocol in split cv; do $(ARBENCH) eval scratch --protocol $$protocol --out results || exit 1; done

bench: $(VENV)/.installed-dev  ## speed and memory beside the peers, coverage of the intervals, page cutting
	@for name in startup spans labels score_file attributions alignment resampling coverage segmentation attribution_ablation fine_tuning; do \
	    echo; echo "## $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; \
	done

# EXTERNAL: a folder with anercorp/ and ans/, laid out as `arbench tasks anercorp` says.
EXTERNAL ?= ../shared/external
bench-external: $(VENV)/.installed  ## the linear baseline on public corpora; the data are not part of this
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/external.py $(EXTERNAL)

docs: $(VENV)/.installed-dev  ## the documentation, into site/; broken links fail
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) build dist site .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A venv of our own: the system's Python may be managed by the system.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.installed
