"""Is the simplest or the fastest of the near-best taken?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from skbayes.search import GridSearchCV
from skbayes.selection import Fastest, Simplest
from tests.selection.tables import DEPTHS, NEAR, table


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [("smallest", 1), ("largest", 3), ([5, None, 2, 1], 2)],
)
def test_simplest_within_one_standard_error(prefer, expected):
    """The simplest of the near-best is taken, never one that is clearly worse."""
    assert Simplest("depth", prefer=prefer)(table(NEAR, DEPTHS)) == expected


def test_simplest_takes_the_best_of_equally_simple():
    """Of equally simple candidates the better one is taken."""
    params = [{"depth": 1}, {"depth": 2}, {"depth": 2}, {"depth": 9}]
    assert Simplest("depth")(table(NEAR, params)) == 2


def test_simplest_takes_the_best_without_a_margin():
    """Only the best is near if there is no standard error to spare."""
    assert Simplest("depth", n_standard_errors=0)(table(NEAR, DEPTHS)) == 3


def test_simplest_passes_over_candidates_without_the_parameter():
    """In a conditional space only candidates that have the parameter compete."""
    params = [{"depth": 1}, {"C": 1.0}, {"depth": 2}, {"depth": 9}]
    assert Simplest("depth")(table(NEAR, params)) == 2


def test_simplest_never_takes_incomplete_candidates():
    """A candidate with a fold missing has no mean."""
    scores = [[np.nan, 0.99, 0.99], *NEAR[1:]]
    assert Simplest("depth")(table(scores, DEPTHS)) == 1


@pytest.mark.parametrize(("time", "expected"), [("fit", 2), ("score", 1), ("both", 2)])
def test_fastest_within_one_standard_error(time, expected):
    """The least seconds among the near-best win, also if a bad one is faster yet."""
    results = table(
        NEAR,
        DEPTHS,
        mean_fit_time=np.array([0.1, 5.0, 1.0, 9.0]),
        mean_score_time=np.array([0.1, 0.2, 0.3, 0.4]),
    )
    assert Fastest(time=time)(results) == expected


def test_simplest_takes_no_order_of_words():
    """Words must be listed in their order."""
    params = [{"depth": name} for name in "abcd"]
    with pytest.raises(ValueError, match="List the values, the simplest first"):
        Simplest("depth")(table(NEAR, params))


def test_simplest_leaves_out_what_has_no_order_among_numbers():
    """The "auto" of an untuned estimator is left out; words alone need an order."""
    params = [{"depth": 1}, {"depth": "auto"}, {"depth": 5}, {"depth": 9}]
    assert Simplest("depth")(table(NEAR, params)) == 2
    words = [{"depth": word} for word in ("low", "auto", "high", "highest")]
    with pytest.raises(ValueError, match="is no number. List the values"):
        Simplest("depth")(table(NEAR, words))
    with pytest.raises(ValueError, match="It has no 'auto'"):
        Simplest("depth", prefer=[1, 5, 9])(table(NEAR, params))


def test_simplest_finds_equal_values_in_its_list():
    """Equal objects are found, not the same only; NaN is found by identity."""
    params = [{"depth": d} for d in (1, 1000.0, 2000.0, np.nan)]
    rule = Simplest("depth", prefer=[int("2000"), np.nan, int("1000")])
    assert rule(table(NEAR, params)) == 2
    assert Simplest("depth", prefer=[np.nan, 1000, 2000])(table(NEAR, params)) == 3


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Simplest("max_dept"), "one of those searched over, .* mean 'max_depth'"),
        (Simplest("max_depth", prefer="small"), "`prefer` .* Got 'small'"),
        (Simplest("max_depth", n_standard_errors=-1), "`n_standard_errors` .* Got -1"),
        (Fastest(n_standard_errors="1"), "`n_standard_errors` .* Got '1'"),
        (Fastest(time="fits"), "`time` .* Got 'fits'"),
    ],
    ids=["parameter", "prefer", "margin", "text", "time"],
)
def test_check_search_refuses_a_rule_that_cannot_choose(rule, message):
    """What is wrong for every result is told before the first fit."""

    def never(estimator, X, y):
        raise AssertionError("a candidate was scored before the rule was checked")

    grid = [{"max_depth": [1, 2]}, {"max_depth": [3], "criterion": ["entropy"]}]
    search = GridSearchCV(DecisionTreeClassifier(), grid, refit=rule, scoring=never)
    with pytest.raises(ValueError, match=message):
        search.set_params(error_score="raise").fit([[0], [1]] * 5, [0, 1] * 5)
