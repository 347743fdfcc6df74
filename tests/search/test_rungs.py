"""`resource="n_samples"`: candidates begin on a part of the data, losers end there."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import ClassifierMixin
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

from tests.search.rung_searches import (
    Learner,
    N,
    X,
    check_is_honest,
    every_kind,
    fits,
    make_search,
    y,
)

GROUPS = np.arange(N) // 10


class Classifier(ClassifierMixin, Learner):
    """Its folds are stratified."""

    score = Learner.score


@every_kind
@pytest.mark.parametrize("racing", [False, True, "conservative"])
def test_rungs_stop_losers_below_all_samples(kind, racing, tmp_path):
    """All three searches stop losers, with a race or without; the winner stays."""
    log = tmp_path / "log"
    plain = make_search(kind, resource=None).fit(X, y)
    search = make_search(kind, Learner(log=log), racing=racing, refit=False).fit(X, y)
    is_part = check_is_honest(search)
    assert is_part.sum() >= (4 if kind == "bayes" else 8)
    assert search.best_score_ >= plain.best_score_ - 0.01
    if kind != "bayes":
        assert search.best_params_ == plain.best_params_
    sizes = {len(rows) for _, rows in fits(log)}
    assert sizes == {33, 100, 300, 900}
    # A model proposes fewer losers, so that there is less to save.
    most = 0.95 if kind == "bayes" else 0.9
    assert sum(len(rows) for _, rows in fits(log)) < most * 25 * 4 * 900


def test_rungs_are_nested_and_the_same_for_all(tmp_path):
    """The parts are within the fold's training samples, each within the larger ones."""
    log = tmp_path / "log"
    make_search("grid", Learner(log=log), refit=False).fit(X, y)
    by_size = {}
    for _, rows in fits(log):
        by_size.setdefault(len(rows), set()).add(tuple(rows))
    assert {size: len(parts) for size, parts in by_size.items()} == {
        33: 1, 100: 1, 300: 1, 900: 4
    }  # fmt: skip
    (small,), (large,) = by_size[100], by_size[300]
    assert set(small) < set(large)
    assert any(set(large) < set(whole) for whole in by_size[900])


@pytest.mark.parametrize(
    ("estimator", "cv", "groups"),
    [
        (Classifier(), StratifiedKFold(4), None),
        (Classifier(), 4, None),
        (Learner(), GroupKFold(4), GROUPS),
        (Learner(), TimeSeriesSplit(4), None),
    ],
    ids=["stratified", "int", "groups", "series"],
)
def test_rungs_are_of_the_kind_of_the_folds(estimator, cv, groups, tmp_path):
    """The parts have classes in their shares, whole groups, the latest of a series."""
    log = tmp_path / "log"
    estimator.set_params(log=log)
    search = make_search("grid", estimator, cv=cv, refit=False)
    search.fit(X, y, **({} if groups is None else {"groups": groups}))
    wholes = [t for t in search.trials_ if t.status == "complete"]
    full = {len(rows) for _, rows in fits(log)}
    assert wholes
    for _, rows in fits(log):
        if len(rows) not in sorted(full)[:2]:
            continue
        if isinstance(cv, TimeSeriesSplit):
            assert rows == list(range(rows[0], rows[-1] + 1))
        elif groups is not None:
            assert (np.unique(groups[rows], return_counts=True)[1] == 10).all()
        else:
            assert np.ptp(np.bincount(y[rows])) <= 1


@every_kind
def test_rungs_of_all_samples_give_what_they_give_without(kind):
    """Complete candidates have scikit-learn's scores to the last bit."""
    search = make_search(kind).fit(X, y)
    theirs = TheirGridSearchCV(
        Learner(),
        {"quality": [t.params["quality"] for t in search.trials_]},
        cv=KFold(4),
    ).fit(X, y)
    whole = search.cv_results_["status"] == "complete"
    assert 0 < whole.sum() < 25
    for name in ("mean_test_score", "std_test_score", "split3_test_score"):
        ours = search.cv_results_[name][whole]
        np.testing.assert_array_equal(ours, theirs.cv_results_[name][whole])


def test_rungs_that_are_off_add_no_columns():
    """Grid search is scikit-learn's."""
    plain = make_search("grid", resource=None).fit(X, y)
    assert not {"n_resources", "iter"} & set(plain.cv_results_)


def test_rungs_of_few_samples_are_not_cut(tmp_path):
    """Below a thousand nothing is left out, and a warning says so."""
    log = tmp_path / "log"
    search = make_search("grid", Learner(log=log), refit=False)
    with pytest.warns(UserWarning, match="`resource`.*saves nothing.*Got 600"):
        search.fit(X[:600], y[:600])
    assert {len(rows) for _, rows in fits(log)} == {450}
    assert (search.cv_results_["n_resources"] == 450).all()
    assert (search.cv_results_["status"] == "complete").all()


@every_kind
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"resource": "n_estimators"}, "`resource`.*the estimator does not have"),
        ({"resource": "speed"}, "`resource`.*which is given whole.*n_samples"),
        ({"resource": "quality"}, "`resource`.*must not be searched, too.*Take it"),
        ({"min_resources": 901}, "`min_resources`.*above the 900 training samples"),
        ({"min_resources": 500}, "`min_resources` and `factor`.*room for two parts"),
        ({"factor": 70}, "`min_resources` and `factor`.*room for two parts"),
        ({"factor": 1}, "'factor' parameter .* must be"),
        ({"min_resources": 0}, "'min_resources' parameter .* must be"),
        ({"min_resources": "all"}, "'min_resources' parameter .* must be"),
        ({"resource": 3}, "'resource' parameter .* must be"),
    ],
)
def test_check_resource_refuses_bad_input(kind, settings, message, tmp_path):
    """The error comes before the first fit, with what to write."""
    log = tmp_path / "log"
    search = make_search(kind, Learner(log=log), **settings)
    with pytest.raises(ValueError, match=message):
        search.fit(X, y)
    assert not fits(log)


@pytest.mark.parametrize(
    ("target", "settings", "given", "message"),
    [
        (np.arange(N) % 60, {"min_resources": 90}, {}, "every class.*needs 120"),
        (y, {"cv": GroupKFold(4), "min_resources": 5}, "groups", "whole group"),
        (y, {"cv": GroupKFold(4)}, "few groups", "whole group"),
    ],
    ids=["classes", "groups", "few groups"],
)
def test_split_rungs_refuses_parts_smaller_than_classes_or_groups(
    target, settings, given, message, tmp_path
):
    """The error comes before the first fit."""
    log = tmp_path / "log"
    groups = {"groups": GROUPS, "few groups": np.arange(N) // 200}
    params = {"groups": groups[given]} if given else {}
    search = make_search("grid", Classifier(log=log), **settings)
    with pytest.raises(ValueError, match=message):
        search.fit(X, target, **params)
    assert not fits(log)


@pytest.mark.parametrize("setting", [{"factor": 2}, {"min_resources": 100}])
def test_check_resource_warns_of_settings_in_vain(setting):
    """Without a resource the settings do nothing."""
    search = make_search("grid", resource=None, **setting)
    with pytest.warns(UserWarning, match="does nothing with resource=None"):
        search.fit(X, y)


def test_split_rungs_by_min_resources_and_factor(tmp_path):
    """The parts are those of scikit-learn's halving searches."""
    log = tmp_path / "log"
    search = make_search(
        "grid", Learner(log=log), min_resources=50, factor=4, refit=False
    ).fit(X, y)
    assert {len(rows) for _, rows in fits(log)} == {50, 200, 800, 900}
    assert set(search.cv_results_["n_resources"]) <= {50, 200, 800, 900}
