"""Which metric decides: one answer for searches, rules, displays and prior results."""

from __future__ import annotations

import functools

import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV as SklearnGrid
from sklearn.tree import DecisionTreeClassifier

from skbayes._deciding_metric import (
    deciding_metric,
    metric_or_first,
    metric_that_decided,
    metric_to_maximise,
    metrics_in,
)
from skbayes.search import GridSearchCV
from skbayes.selection import Simplest

X, y = load_iris(return_X_y=True)


def by_f1(results):
    """A rule that says by an attribute which metric it goes by."""
    return int(results["mean_test_f1"].argmax())


by_f1.metric = "f1"


@pytest.mark.parametrize(
    ("refit", "names", "decides", "maximised"),
    [
        (True, ["score"], "score", "score"),
        (False, ["score"], "score", "score"),
        ("anything", ["score"], "score", "score"),
        ("f1", ["acc", "f1"], "f1", "f1"),
        ("missing", ["acc", "f1"], None, "acc"),
        (False, ["acc", "f1"], None, "acc"),
        (Simplest("max_depth", metric="f1"), ["acc", "f1"], "f1", "f1"),
        (Simplest("max_depth", metric="f1"), ["score"], "score", "score"),
        (by_f1, ["acc", "f1"], "f1", "f1"),
        (functools.partial(by_f1), ["acc", "f1"], None, "acc"),
    ],
)
def test_deciding_metric_is_the_only_one_or_the_one_named(
    refit, names, decides, maximised
):
    """The `metric` of a rule names it; the first is maximised where none is named."""
    assert deciding_metric(refit, names) == decides
    assert metric_to_maximise(refit, names) == maximised


@pytest.mark.parametrize(
    ("metric", "names", "expected"),
    [("b", "ab", "b"), ("c", "ab", "a"), (None, "ab", "a"), ("c", "", None)],
)
def test_metric_or_first_takes_the_first_for_an_unknown_one(metric, names, expected):
    """A fold that failed has no names; then no metric decides."""
    assert metric_or_first(metric, dict.fromkeys(names, 0.5)) == expected


def test_metrics_in_reads_the_names_off_a_table():
    """The names come in their order, whatever else is in the table."""
    columns = ["params", "mean_test_a", "std_test_a", "mean_test_b_test_c", 3]
    assert metrics_in(columns) == ["a", "b_test_c"]


@pytest.mark.parametrize("kind", [GridSearchCV, SklearnGrid])
def test_metric_that_decided_reads_any_fitted_search(kind):
    """The search is of this package or scikit-learn, with one metric or several."""
    tree = DecisionTreeClassifier(random_state=0)
    grid = {"max_depth": [1, 2]}
    several = {"scoring": {"acc": "accuracy", "f1": "f1_macro"}, "cv": 3}
    assert metric_that_decided(kind(tree, grid, cv=3).fit(X, y)) == "score"
    named = kind(tree, grid, refit="f1", **several).fit(X, y)
    assert metric_that_decided(named) == "f1"
    unnamed = kind(tree, grid, refit=False, **several).fit(X, y)
    assert metric_that_decided(unnamed) is None
