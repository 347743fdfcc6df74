"""Is every kind of search read alike?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.svm import SVC

from skbayes.inspection._search_record import read_search
from skbayes.search import GridSearchCV, RandomSearchCV
from skbayes.space._parsing import parse_space
from tests.inspection.conftest import Formula, additive, fitted

GRID = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}


def failing_above(limit):
    """A formula that is not defined where a is above a limit."""

    def formula(a, b, c, kind):
        return np.nan if a > limit else a

    return formula


def test_read_search_reads_ours_and_theirs_alike():
    """The same grid gives the same record from either library's search."""
    ours = fitted(GridSearchCV(Formula(formula=additive), GRID, cv=4))
    theirs = fitted(TheirGridSearchCV(Formula(formula=additive), GRID, cv=4))
    one, other = (read_search(s, caller="x") for s in (ours, theirs))
    np.testing.assert_allclose(one.fold_scores, other.fold_scores)
    np.testing.assert_allclose(one.scores, other.scores)
    assert one.params == other.params
    assert one.n_fits.tolist() == other.n_fits.tolist() == [4] * 6
    assert one.untuned == other.untuned == 0
    assert len(one.trials) == 6
    assert other.trials == ()


@pytest.mark.parametrize("cls", [GridSearchCV, TheirGridSearchCV])
def test_read_search_gives_failed_candidates_no_score(cls):
    """A failed candidate is distinguished from one that scored."""
    search = fitted(cls(Formula(formula=failing_above(0.7)), GRID, cv=3))
    record = read_search(search, caller="x")
    assert record.is_failed.tolist() == [False] * 4 + [True] * 2
    assert np.isnan(record.scores[4:]).all()
    assert record.best == 2
    assert set(record.best_first()) == {0, 1, 2, 3}


def test_read_search_sees_failures_behind_a_numeric_error_score():
    """With error_score=0 a failed candidate of our searches still has no score."""
    estimator = Formula(formula=failing_above(0.7))
    search = fitted(GridSearchCV(estimator, GRID, cv=3, error_score=0.0))
    assert read_search(search, caller="x").is_failed.sum() == 2


def test_read_search_tells_stopped_candidates_from_failed_ones():
    """A race's losers have folds, no score, and did not fail."""
    search = fitted(
        RandomSearchCV(
            Formula(formula=additive),
            {"a": (0.0, 1.0, "uniform")},
            n_iter=40,
            cv=5,
            racing=True,
            random_state=0,
        )
    )
    record = read_search(search, caller="x")
    assert record.is_stopped.any()
    assert not record.is_failed.any()
    assert (record.n_fits[record.is_stopped] < 5).all()
    assert np.isfinite(record.adjusted[record.is_stopped]).all()


def test_read_search_of_halving_compares_candidates_of_the_last_round():
    """Scores of less data are not compared with scores of all."""
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV

    grid = {"a": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0]}
    estimator = Formula(formula=additive)
    search = HalvingGridSearchCV(estimator, grid, cv=2, min_resources=4, random_state=0)
    record = read_search(fitted(search), caller="x")
    is_last = search.cv_results_["n_resources"] == max(search.n_resources_)
    np.testing.assert_array_equal(record.is_complete, is_last)
    np.testing.assert_array_equal(record.is_stopped, ~is_last)
    assert record.best == search.best_index_


def test_read_search_finds_the_untuned_estimator_by_its_values():
    """The candidate with the estimator's own values is found, if there is one."""
    tuned = Formula(a=0.5, b=1.0, formula=additive)
    assert read_search(fitted(GridSearchCV(tuned, GRID)), caller="x").untuned == 3
    elsewhere = Formula(a=0.6, formula=additive)
    search = fitted(GridSearchCV(elsewhere, GRID))
    assert read_search(search, caller="x").untuned is None


def test_read_search_refuses_unfitted_searches():
    """The message says what to call."""
    with pytest.raises(NotFittedError, match=r"not fitted yet\. Call its `fit` before"):
        read_search(GridSearchCV(SVC(), {"C": [1]}), caller="Some.from_search")


@pytest.mark.parametrize("thing", [None, 3, SVC, SVC(), "a search", {"params": []}])
def test_read_search_refuses_what_is_no_search(thing):
    """The message says what to pass."""
    with pytest.raises(TypeError, match="must be a fitted search"):
        read_search(thing, caller="Some.from_search")


def two_scores(estimator, X, y=None):
    """Two scores, one the negative of the other."""
    score = estimator.score(X)
    return {"up": score, "down": -score}


@pytest.mark.parametrize("cls", [GridSearchCV, TheirGridSearchCV])
def test_choose_metric_takes_the_score_of_refit_or_the_named_one(cls):
    """`refit` decides, `metric` overrules it, without either there is an error."""
    estimator = Formula(formula=additive)
    search = fitted(cls(estimator, GRID, scoring=two_scores, refit="up"))
    assert read_search(search, caller="x").metric == "up"
    assert read_search(search, caller="x", metric="down").best == 0
    search = fitted(cls(estimator, GRID, scoring=two_scores, refit=False))
    with pytest.raises(ValueError, match=r"Pass metric='up' or another of them"):
        read_search(search, caller="x")
    assert read_search(search, caller="x", metric="up").best == 5


def test_choose_metric_refuses_an_unknown_metric():
    """The message lists the metrics there are."""
    search = fitted(GridSearchCV(Formula(formula=additive), GRID))
    with pytest.raises(ValueError, match=r"one of \['score'\].* Got 'auc' instead"):
        read_search(search, caller="x", metric="auc")


def test_read_search_refuses_a_search_without_any_score():
    """The message says how to find out why."""
    search = GridSearchCV(Formula(formula=failing_above(-1)), GRID)
    with pytest.raises(ValueError, match="fits failed"):
        fitted(search)
    with pytest.raises(ValueError, match=r"all 6 .* failed.*error_score='raise'"):
        read_search(_with_failures_only(), caller="x")


def _with_failures_only():
    """A search as it looks when every fold of every candidate failed."""
    search = fitted(GridSearchCV(Formula(formula=additive), GRID))
    for name in list(search.cv_results_):
        if "test_score" in name:
            search.cv_results_[name] = np.full(6, np.nan)
    del search.trials_
    return search


def test_search_record_within_leaves_out_what_is_no_point_of_the_space():
    """An untuned estimator may have values of its own; all rows go together."""
    search = fitted(GridSearchCV(Formula(a=0.5, formula=additive), GRID, cv=3))
    record = read_search(search, caller="x")
    space = parse_space({"a": (0.4, 1.0, "uniform"), "b": [0.0, 1.0]})
    inside = record.within(space)
    rows = [i for i, params in enumerate(record.params) if params["a"] > 0.4]
    assert inside.params == tuple(record.params[i] for i in rows)
    np.testing.assert_array_equal(inside.scores, record.scores[rows])
    np.testing.assert_array_equal(inside.fold_scores, record.fold_scores[rows])
    assert [t.index for t in inside.trials] == rows
    assert inside.params[inside.untuned] == record.params[record.untuned]
    above = record.within(parse_space({"a": (0.6, 1.0, "uniform"), "b": [0.0, 1.0]}))
    assert above.untuned is None
    whole = parse_space({"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]})
    assert record.within(whole) is record
