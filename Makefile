# `make test` and `make demo` need Python >= 3.11, make and a package index, no more.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# The oldest numpy and scipy have wheels for these two only.
PYTHON_OLDEST ?= $(shell for p in python3.11 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
OLDEST := .venv-oldest/bin
# Two processes with one BLAS thread each: what the tests are written for.
WORKERS ?= 2
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
# scikit-learn tests its support of other array libraries only with this.
export SCIPY_ARRAY_API = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

say = @printf '\n=== %s\n' "$(1)"

.PHONY: help test demo lint format types unit conformance wheel oldest docs bench clean

help:
	@echo "make test          everything below, newest versions of all dependencies"
	@echo "make demo          tune a pipeline, compare with random search, save a plot"
	@echo "make lint types unit conformance wheel   the parts of make test"
	@echo "make oldest        our tests and scikit-learn's on the oldest supported versions"
	@echo "make docs bench    the HTML documentation; the quick benchmarks"

test: lint types unit conformance wheel
	$(call say,all passed)

# A stamp, so that an environment that is up to date is used as it is.
.venv/.installed: pyproject.toml
	$(call say,environment .venv)
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; set PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[test]"
	@touch $@

.venv-oldest/.installed: pyproject.toml tests/oldest.txt
	$(call say,environment .venv-oldest)
	@test -n "$(PYTHON_OLDEST)" || { echo "no Python 3.11 or 3.12 found; set PYTHON_OLDEST=..."; exit 1; }
	test -x $(OLDEST)/python || $(PYTHON_OLDEST) -m venv .venv-oldest
	$(OLDEST)/python -m pip install --quiet --upgrade pip
	$(OLDEST)/python -m pip install --quiet -r tests/oldest.txt -e .
	@touch $@

lint: .venv/.installed
	$(call say,lint)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/.installed
	$(call say,types)
	$(BIN)/mypy

unit: .venv/.installed
	$(call say,our tests: docstrings and README and guide included)
	$(BIN)/python -m pytest -n $(WORKERS) -m "" -q --durations=10 \
		--cov --cov-report=term --cov-fail-under=95

conformance: .venv/.installed
	$(call say,scikit-learn's own suites)
	$(BIN)/python -m tests.conformance -n $(WORKERS)

wheel: .venv/.installed
	$(call say,wheel)
	rm -rf build/wheel && mkdir -p build/wheel
	$(BIN)/python -m build --wheel --outdir build/wheel .
	$(BIN)/python -m venv build/wheel/venv
	build/wheel/venv/bin/python -m pip install --quiet build/wheel/*.whl
	cd build/wheel && venv/bin/python -P -c 'import skbayes; print(skbayes.__version__, skbayes.__file__)'
	cd build/wheel && venv/bin/python -P ../../tests/smoke.py

oldest: .venv-oldest/.installed
	$(call say,oldest supported versions)
	$(OLDEST)/python -m pytest -n $(WORKERS) -m "" -q
	$(OLDEST)/python -m tests.conformance -n $(WORKERS)

demo: .venv/.installed
	$(BIN)/python docs/examples/demo.py

docs: .venv/.installed
	$(BIN)/python -m pip install --quiet -e ".[docs]"
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

bench: .venv/.installed
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/grid_overhead.py

clean:
	rm -rf .venv .venv-oldest build dist .coverage* .mypy_cache .pytest_cache .ruff_cache docs/_build
