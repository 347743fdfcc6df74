"""A pytest plugin that puts other classes in the place of scikit-learn's searches.

Loaded with ``-p tests.conformance.substitute --cast=<module of casts>``. It works
before collection, so that ``from sklearn.model_selection import GridSearchCV`` in
every test module gives the class of the cast. Tests that have nothing to do with the
searches are deselected, those left out for a reason become strict xfails.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator

import pytest

from tests.conformance import suites
from tests.conformance.selection import (
    RANDOMIZED,
    SEARCH,
    names_a_search,
    uses_a_search,
)

PLACES = ("GridSearchCV", "RandomizedSearchCV")

#: What need not be installed: needs a graphics card, or a network.
MAY_BE_ABSENT = ("cupy", "torch", "dpnp", "SKLEARN_SKIP_NETWORK_TESTS")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of who stands in."""
    parser.addoption("--cast", required=True, help="module of tests.conformance.casts")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Substitute, long before any test module is imported."""
    cast = importlib.import_module(f"tests.conformance.casts.{config.option.cast}")
    substitute({name: getattr(cast, name) for name in PLACES})


def substitute(classes: dict[str, type]) -> None:
    """Bind `classes` wherever scikit-learn has bound its own classes of those names."""
    model_selection = importlib.import_module("sklearn.model_selection")
    originals = {name: getattr(model_selection, name) for name in classes}
    # Keyed by class, so it has to be imported after the substitution.
    assert "sklearn.utils._test_common.instance_generator" not in sys.modules
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] != "sklearn" or module is None:
            continue
        for name, original in originals.items():
            if vars(module).get(name) is original:
                setattr(module, name, classes[name])
    assert all(getattr(model_selection, n) is c for n, c in classes.items())


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Keep what has to do with the searches, and mark what is left out."""
    cast = config.option.cast
    keep, drop = [], []
    for item in items:
        (keep if _is_wanted(item, cast) else drop).append(item)
    config.hook.pytest_deselected(items=drop)
    items[:] = keep
    for item in items:
        if (left_out := suites.exclusion(item.nodeid, cast)) is not None:
            mark = pytest.mark.xfail(reason=left_out.reason, strict=left_out.always)
            item.add_marker(mark)


def _is_wanted(item: pytest.Item, cast: str) -> bool:
    """Whether a test's suite asks for it."""
    suite = suites.suite_of(item.nodeid)
    if suite is None:  # a module of this directory
        return True
    if suite.select == "all":
        return True
    # What does not touch the one place that differs was run with the first cast.
    search = RANDOMIZED if cast == "bayes" else SEARCH
    if names_a_search(item.nodeid, search):
        return True
    if suite.select == "named" or not isinstance(item, pytest.Function):
        return item.name in suite.also
    return uses_a_search(item.module, item.originalname, search)


@pytest.fixture(autouse=True)
def _counted_among_scikit_learns(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the docstring tests, which skip other packages' classes, see ours."""
    if "test_docstring" in request.node.nodeid:
        model_selection = importlib.import_module("sklearn.model_selection")
        for name in PLACES:
            cls = getattr(model_selection, name)
            monkeypatch.setattr(cls, "__module__", "sklearn.model_selection")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped because the environment lacks a package."""
    report = yield
    if report.skipped and _is_for_want_of_a_package(str(report.longrepr)):
        report.outcome = "failed"
    return report


def _is_for_want_of_a_package(reason: str) -> bool:
    """Whether a test was skipped because something is not installed that could be."""
    is_missing = "not installed" in reason or "could not import" in reason
    return is_missing and not any(package in reason for package in MAY_BE_ABSENT)
