# `make test` and `make demo` need Python >= 3.11, make and a package index, no more.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# The oldest numpy and scipy have wheels for these two only.
PYTHON_OLDEST ?= $(shell for p in python3.11 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && break; done)

# The folder of a virtual environment's programs; on Windows it is Scripts.
VENV_BIN ?= bin
BIN := .venv/$(VENV_BIN)
DEMO := .venv-demo/$(VENV_BIN)
OLDEST := .venv-oldest/$(VENV_BIN)
LIBRARIES := .venv-libraries/$(VENV_BIN)
BENCH := .venv-bench/$(VENV_BIN)
# Two processes with one BLAS thread each: what the tests are written for.
WORKERS ?= 2
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
# scikit-learn tests its support of other array libraries only with this.
export SCIPY_ARRAY_API = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

say = @printf '\n=== %s\n' "$(1)"

.PHONY: comparison libraries help test demo lint format types unit conformance wheel dist oldest docs docs-pages bench clean

help:
	@echo "make test          everything below, newest versions of all dependencies"
	@echo "make demo          tune a pipeline, compare with random search, draw what it did"
	@echo "make lint types unit conformance wheel   the parts of make test"
	@echo "make oldest        our tests and scikit-learn's on the oldest supported versions"
	@echo "make libraries     the tests that need boosting, MLflow, ONNX or other searches"
	@echo "make dist          wheel and sdist in dist/, checked and installed once each"
	@echo "make docs bench    the HTML documentation; the quick benchmarks"
	@echo "make comparison    the searches of other libraries beside ours; takes hours"

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
	build/wheel/venv/$(VENV_BIN)/python -m pip install --quiet build/wheel/*.whl
	cd build/wheel && venv/$(VENV_BIN)/python -P -c 'import skbayes; print(skbayes.__version__, skbayes.__file__)'
	cd build/wheel && venv/$(VENV_BIN)/python -P ../../tests/smoke.py

# Without the gallery, whose pictures are made with the newest versions only.
oldest: .venv-oldest/.installed
	$(call say,oldest supported versions)
	$(OLDEST)/python -m pytest -n $(WORKERS) -m "" -q --deselect tests/test_docs.py::test_examples_run
	$(OLDEST)/python -m tests.conformance -n $(WORKERS)

# An environment of its own, because the libraries are large.
.venv-libraries/.installed: pyproject.toml
	$(call say,environment .venv-libraries)
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; set PYTHON=..."; exit 1; }
	test -x $(LIBRARIES)/python || $(PYTHON) -m venv .venv-libraries
	$(LIBRARIES)/python -m pip install --quiet --upgrade pip
	$(LIBRARIES)/python -m pip install --quiet -e ".[test,libraries]"
	@touch $@

# Tests that are skipped where a library is not installed, code on pages among them.
LIBRARY_TESTS := tests/_evaluation/sharing/test_library_paths.py tests/integrations \
	tests/presets tests/search/test_early_stopping.py tests/search/test_param_names.py \
	tests/test_docs.py::test_code_on_pages_runs

libraries: .venv-libraries/.installed
	$(call say,estimators and formats of other libraries)
	$(LIBRARIES)/python -m pytest -n $(WORKERS) -m "" -q $(LIBRARY_TESTS)

# An environment of its own: the package and what its plots need, no test tools.
.venv-demo/.installed: pyproject.toml
	$(call say,environment .venv-demo)
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; set PYTHON=..."; exit 1; }
	test -x $(DEMO)/python || $(PYTHON) -m venv .venv-demo
	$(DEMO)/python -m pip install --quiet -e ".[demo]"
	@touch $@

demo: .venv-demo/.installed
	mkdir -p build/demo
	cd build/demo && MPLBACKEND=agg ../../$(DEMO)/python ../../docs/examples/plot_first_search.py
	@echo "pictures and report: build/demo"

# Built twice it leaves the tree as it is: everything is written below docs/_build,
# docs/auto_examples and docs/generated.
docs: .venv/.installed
	$(BIN)/python -m pip install --quiet -e ".[docs]"
	$(MAKE) docs-pages PAGES_PYTHON=$(BIN)/python

# The pages alone, with the packages of a Python that has them.
PAGES_PYTHON ?= $(BIN)/python
docs-pages:
	$(call say,pages)
	$(PAGES_PYTHON) -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# Release files: built in isolation, checked, and each installed and tried once.
dist: .venv/.installed
	$(call say,wheel and sdist)
	$(BIN)/python -m pip install --quiet "twine>=6"
	rm -rf dist build/dist && mkdir -p build/dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*
	for file in dist/*.whl dist/*.tar.gz; do \
		rm -rf build/dist/venv && $(BIN)/python -m venv build/dist/venv \
		&& build/dist/venv/$(VENV_BIN)/python -m pip install --quiet $$file \
		&& (cd build/dist && venv/$(VENV_BIN)/python -P ../../tests/smoke.py) || exit 1; \
	done

bench: .venv/.installed
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/grid_overhead.py

# The libraries that are compared, in an environment of their own.
.venv-bench/.installed: pyproject.toml
	$(call say,environment .venv-bench)
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; set PYTHON=..."; exit 1; }
	test -x $(BENCH)/python || $(PYTHON) -m venv .venv-bench
	$(BENCH)/python -m pip install --quiet -e ".[bench]"
	@touch $@

# Hours; stopped and called again, it goes on with the runs that are missing.
comparison: .venv-bench/.installed
	$(BENCH)/python -m benchmarks.comparison
	$(BENCH)/python -m benchmarks.comparison --table

clean:
	rm -rf .venv .venv-bench .venv-demo .venv-libraries .venv-oldest build dist .coverage* .mypy_cache .pytest_cache .ruff_cache docs/_build docs/auto_examples docs/generated
