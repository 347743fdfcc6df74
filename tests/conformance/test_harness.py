"""Is the substitution real, and is everything that uses the searches run?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sklearn

from tests.conformance import suites
from tests.conformance.selection import (
    SEARCH,
    names_a_search,
    names_reaching_a_search,
)

ROOT = Path(__file__).parents[2]


def run_suites(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the harness in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.conformance", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "test", ["test_unsupervised_grid_search", "test_random_search_cv_results"]
)
def test_a_broken_class_in_our_place_fails(test):
    """Grid and random search with a fault each make scikit-learn's tests fail."""
    arguments = ("-s", "test_search", "-k", test)
    broken = run_suites("--cast", "broken", *arguments)
    assert broken.returncode == 1, broken.stdout
    assert f"::{test}" in broken.stdout
    assert "failed: broken" in broken.stdout
    ours = run_suites("--cast", "ours", *arguments)
    assert ours.returncode == 0, ours.stdout


@pytest.mark.slow
def test_a_choice_of_no_tests_is_a_failure():
    """A filter that leaves nothing over does not pass for success."""
    nothing = run_suites("--cast", "ours", "-s", "test_kde", "-k", "no_such_test")
    assert nothing.returncode == 1


def test_every_module_that_uses_the_searches_is_run():
    """No test module of the installed scikit-learn names a search and is left out."""
    package = Path(sklearn.__file__).parent
    using = {
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.rglob("tests/*.py")
        if SEARCH.search(path.read_text(encoding="utf-8"))
    }
    assert using - {s.module for s in suites.available()} == set()


SOURCE = """
from sklearn.model_selection import GridSearchCV
SEARCHES = [GridSearchCV]
def make_search():
    return SEARCHES[0]
def test_search():
    make_search()
@decorate(SEARCHES)
def test_decorated():
    pass
def test_other():
    pass
"""


def test_a_test_is_found_through_what_it_uses():
    """Selection follows module-level names, and leaves unrelated tests out."""
    assert names_reaching_a_search(SOURCE, SEARCH) == {
        "SEARCHES",
        "make_search",
        "test_search",
        "test_decorated",
    }


def test_ids_of_halving_searches_do_not_count():
    """The halving searches stay scikit-learn's own."""
    assert names_a_search("a/test_common.py::test_x[RandomizedSearchCV(cv=2)-check_y]")
    assert not names_a_search("a/test_common.py::test_x[HalvingGridSearchCV()-check_y]")


@pytest.mark.parametrize("cast", suites.EXCLUSIONS)
def test_every_exclusion_has_a_reason(cast):
    """What is left out says why, in a sentence."""
    for left_out in suites.EXCLUSIONS[cast]:
        assert "::test_" in left_out.test
        assert len(left_out.reason.split()) >= 5
