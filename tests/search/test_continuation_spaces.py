"""A search over another space continues what is known of both."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from skbayes import BayesSearchCV, RandomSearchCV
from tests.search.journaled import SEEN, Seen, bayes, grid, n_fits


@pytest.fixture(autouse=True)
def nothing_seen():
    """Forget the fits of other tests."""
    SEEN.clear()


@pytest.fixture
def journal(tmp_path):
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


def _own_score(estimator, X, y):
    """The estimator's score, by a scorer that has no name."""
    return estimator.score(X, y)


@pytest.mark.parametrize(
    ("before", "after", "n_new"),
    [
        ({"C": [1, 2]}, {"C": [1, 2, 4]}, 1),
        ({"C": [1, 2]}, {"C": [2, 1]}, 0),
        ({"C": [1, 2]}, {"C": np.array([1, 2])}, 0),
        ({"C": [1, 2]}, {"C": [1.0, 2.0]}, 2),
        ({"C": [1, 2]}, [{"C": [1]}, {"C": [2]}], 0),
        ({"C": [1, 2]}, [{"C": [1, 2]}, {"C": [1], "kind": ["b"]}], 1),
        ({"C": [1, 2]}, {"C": [1, 2], "kind": ["a"]}, 0),
        ({"C": [1, 2]}, {"C": [1, 2], "kind": ["a", "b"]}, 2),
        ({"C": [1.0, 2.0], "kind": ["b"]}, {"kind": ["b"]}, 0),
        ({"step": [StandardScaler()]}, {"step": [Seen(), StandardScaler()]}, 1),
        ({"step": [StandardScaler()]}, {"step": [StandardScaler(with_mean=False)]}, 1),
        ({"step": [(1, 2), [3]]}, {"step": [[3], (1, 2), (2, 1)]}, 1),
    ],
)
def test_a_grid_fits_only_what_is_new(journal, before, after, n_new):
    """Values, choices and dicts may be added, and parameters at their own value."""
    n_fits(grid(journal, before))
    search = grid(journal, after)
    assert n_fits(search) == 3 * n_new
    alone = grid(None, after)
    n_fits(alone)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )
    assert n_fits(grid(journal, after)) == 0


def test_folds_are_shared_by_all_kinds_of_searches(journal):
    """A grid finds what others have tried, and they find what it has."""
    space = {"C": [0.1, 1.0, 10.0, 100.0], "kind": ["a", "b"]}
    settings = {"n_iter": 3, "cv": 3, "refit": False, "journal": journal}
    n_random = n_fits(RandomSearchCV(Seen(), space, random_state=0, **settings))
    n_bayes = n_fits(BayesSearchCV(Seen(), space, random_state=1, **settings))
    n_grid = n_fits(grid(journal, space))
    assert (n_random, n_bayes + n_grid) == (9, 15)
    assert n_grid < 15
    for seed in range(2, 5):
        assert n_fits(RandomSearchCV(Seen(), space, random_state=seed, **settings)) == 0
        assert n_fits(BayesSearchCV(Seen(), space, random_state=seed, **settings)) == 0


def test_each_fold_is_fitted_once_by_however_many_searches(journal):
    """The searches together fit the grid, and not a fold more."""
    space = {"C": [0.1, 1.0, 10.0, 100.0]}
    total = 0
    for seed in range(4):
        search = RandomSearchCV(
            Seen(), space, n_iter=2, cv=3, random_state=seed, journal=journal
        )
        total += n_fits(search.set_params(refit=False))
    total += n_fits(grid(journal, space))
    assert total == 4 * 3


@pytest.mark.parametrize(
    "wider",
    [
        {"C": (0.01, 100.0, "log-uniform")},
        {"C": (0.01, 100.0, "log-uniform"), "kind": ["a", "b"]},
        [
            {"C": (0.01, 10.0, "log-uniform")},
            {"C": (0.1, 100.0, "log-uniform"), "kind": ["b"]},
        ],
    ],
)
def test_a_wider_search_begins_with_what_is_known(journal, wider):
    """A larger `n_iter` costs what it adds; the best stays the best."""
    first = bayes(journal, {"C": (0.01, 1.0, "log-uniform")}, n_iter=8)
    n_fits(first)
    search = bayes(journal, wider, n_iter=12)
    assert n_fits(search) <= 4 * 3
    assert len(search.trials_) == 12
    assert search.best_score_ >= first.best_score_
    known = {trial.params["C"] for trial in first.trials_}
    assert {trial.params["C"] for trial in search.trials_[:8]} == known
    # It is a search of its own now, and continues as such.
    assert n_fits(bayes(journal, wider, n_iter=12)) == 0
    assert n_fits(bayes(journal, wider, n_iter=14)) <= 2 * 3


@pytest.mark.parametrize(
    "settings",
    [{}, {"scoring": _own_score, "refit": "named"}],
    ids=["plain", "refit_by_a_name"],
)
def test_a_wider_search_of_the_same_length_looks_at_what_is_new(journal, settings):
    """A quarter of its candidates at least is new; those it takes over are the best.

    A single score decides, whatever `refit` names.
    """
    first = bayes(journal, {"C": (0.01, 1.0, "log-uniform")}, n_iter=8, **settings)
    n_fits(first)
    search = bayes(journal, {"C": (0.01, 100.0, "log-uniform")}, n_iter=8, **settings)
    assert 0 < n_fits(search) <= 2 * 3 + bool(search.refit)
    assert search.best_score_ > first.best_score_
    assert search.best_params_["C"] > 1
    taken = [trial.scores().mean() for trial in search.trials_[:6]]
    left_out = sorted(trial.scores().mean() for trial in first.trials_)[:2]
    assert min(taken) >= max(left_out)


def test_another_seed_is_another_sample(journal):
    """The search neither ends at once as a copy of the first, nor learns from it."""
    space = {"C": (0.01, 1.0, "log-uniform")}
    n_fits(bayes(journal, space, include_current=False))
    other = bayes(journal, space, random_state=1, include_current=False)
    # Both may come to the end of the range.
    assert n_fits(other) >= 7 * 3
    alone = bayes(None, space, random_state=1, include_current=False)
    n_fits(alone)
    assert [t.params for t in other.trials_] == [t.params for t in alone.trials_]


def test_all_points_of_a_finite_space_are_tried_after_some_were(journal):
    """The points are tried also where the first search had chosen the order."""
    space = {"C": [0.1, 1.0, 10.0, 100.0, 1000.0]}
    n_fits(bayes(journal, space, n_iter=3))
    search = bayes(journal, space, n_iter=9)
    assert n_fits(search) == 2 * 3
    assert sorted(t.params["C"] for t in search.trials_) == space["C"]


def test_new_initial_params_are_tried_by_a_search_that_goes_on(journal):
    """The points come before what is proposed."""
    space = {"C": (0.01, 1.0, "log-uniform")}
    n_fits(bayes(journal, space))
    search = bayes(journal, space, n_iter=10, initial_params=[{"C": 0.123}])
    n_fits(search)
    assert 0.123 in [trial.params["C"] for trial in search.trials_]
    assert len(search.trials_) == 10
