"""`resource="n_samples"`: candidates begin on a part of the data, losers end there."""

from __future__ import annotations

import json
import time
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.datasets import make_classification
from sklearn.model_selection import (
    GridSearchCV as TheirGridSearchCV,
)
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedKFold,
    TimeSeriesSplit,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.inspection import (
    ConvergenceDisplay,
    EffectDisplay,
    FoldScoresDisplay,
    ParallelCoordinatesDisplay,
    TimelineDisplay,
)

N = 1200
X = np.arange(float(N)).reshape(-1, 1)
y = np.arange(N) % 3
GROUPS = np.arange(N) // 10
QUALITIES = np.random.default_rng(3).permutation(np.linspace(0.3, 0.9, 25)).tolist()
SPACE = {"quality": (0.3, 0.9, "uniform")}
every_kind = pytest.mark.parametrize("kind", ["grid", "random", "bayes"])


class Learner(RegressorMixin, BaseEstimator):
    """Comes to its quality along a power law; notes each fit."""

    def __init__(self, quality=0.6, speed=0.6, rise=1.0, log=None, fails_below=0):
        self.quality = quality
        self.speed = speed
        self.rise = rise
        self.log = log
        self.fails_below = fails_below

    def fit(self, X, y=None):
        """Note the training part."""
        rows = X[:, 0].astype(int)
        if self.log is not None:
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(json.dumps([self.quality, rows.tolist()]) + "\n")
        if len(rows) < self.fails_below:
            raise ValueError("too few samples")
        self.n_ = len(rows)
        return self

    def predict(self, X):
        """A constant."""
        return np.full(len(X), self.quality)

    def score(self, X, y=None):
        """The curve, best near .7, how hard the fold is, and a little noise."""
        seed = [round(1e6 * abs(self.quality)), int(X[:, 0].sum()), self.n_]
        noise = 0.003 * np.random.default_rng(seed).normal()
        end = 0.8 - abs(self.quality - 0.7) + 0.02 * (self.rise - 1.0)
        curve = end - self.rise * self.n_**-self.speed
        return curve + 0.1 * np.sin(X.mean()) + noise


class Classifier(ClassifierMixin, Learner):
    """Its folds are stratified."""

    score = Learner.score


def make_search(kind, estimator=None, n_iter=25, **settings):
    """A search on parts of the data."""
    settings = {"resource": "n_samples", "cv": KFold(4)} | settings
    estimator = estimator or Learner()
    if kind == "grid":
        return GridSearchCV(estimator, {"quality": QUALITIES}, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=n_iter, random_state=0, **settings)


def fits(log):
    """Quality and training part of each fit, as they were written."""
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text().splitlines()]


def check_is_honest(search, n_train=900):
    """No score of a part of the data is shown, and the winner has all of them."""
    results = search.cv_results_
    n_resources, status = results["n_resources"], results["status"]
    means = results["mean_test_score"]
    is_part = n_resources < n_train
    assert not is_part[search.best_index_]
    assert search.best_score_ == np.nanmax(means)
    assert (status[is_part] == "stopped").all()
    assert (results["n_splits_evaluated"][is_part] == 0).all()
    assert np.isnan(means[is_part]).all()
    for k in range(search.n_splits_):
        assert np.isnan(results[f"split{k}_test_score"][is_part]).all()
    np.testing.assert_array_equal(results["iter"] < results["iter"].max(), is_part)
    if is_part.any():
        assert (
            results["rank_test_score"][is_part].min()
            > (~is_part).sum() - (status[~is_part] == "stopped").sum()
        )
    return is_part


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


def test_rungs_do_not_stop_slow_learners():
    """What starts low and still rises may win with all samples."""
    grid = {"quality": QUALITIES[:12], "rise": [1.0]}
    late = {"quality": [0.7], "rise": [10.0]}
    search = GridSearchCV(
        Learner(), [grid, late], cv=KFold(4), resource="n_samples"
    ).fit(X, y)
    first = [t.rungs[0].test_scores["score"] for t in search.trials_]
    assert first[-1] < np.max(first[:-1]) - 0.1
    assert search.best_index_ == 12


def test_rungs_that_cannot_be_fitted_say_nothing():
    """The candidate goes on to the next one, and to all samples."""
    search = make_search("grid", Learner(fails_below=200)).fit(X, y)
    assert not np.isnan(search.best_score_)
    assert (search.cv_results_["status"] == "complete").all()


@every_kind
@pytest.mark.parametrize("racing", [False, True])
def test_rungs_are_kept_in_a_journal(kind, racing, tmp_path):
    """A second run fits nothing, and the same candidates are stopped."""
    log, journal = tmp_path / "log", tmp_path / "journal.sqlite"

    def run():
        return make_search(
            kind, Learner(log=log), journal=journal, racing=racing, refit=False
        ).fit(X, y)

    first = run()
    n_fits = len(fits(log))
    again = run()
    assert len(fits(log)) == n_fits
    for name in ("n_resources", "status", "mean_test_score"):
        np.testing.assert_array_equal(again.cv_results_[name], first.cv_results_[name])


@every_kind
def test_rungs_of_a_search_that_was_cut_off_come_to_the_same_end(kind, tmp_path):
    """A journal continues the search in the middle of the parts."""
    log, journal = tmp_path / "log", tmp_path / "journal.sqlite"
    whole = make_search(kind).fit(X, y)

    def stop(progress):
        return progress.n_done >= 12

    for callbacks in ([stop], None):
        search = make_search(
            kind, Learner(log=log), journal=journal, callbacks=callbacks, refit=False
        ).fit(X, y)
    assert len(search.trials_) == 25
    np.testing.assert_array_equal(
        search.cv_results_["n_resources"], whole.cv_results_["n_resources"]
    )
    keys = [json.dumps(one) for one in fits(log)]
    assert len(keys) == len(set(keys))


@every_kind
def test_rungs_with_workers_give_the_same_each_time(kind):
    """The result is the same whatever ends first."""
    one, two = (make_search(kind, n_jobs=2).fit(X, y) for _ in range(2))
    check_is_honest(two)
    np.testing.assert_array_equal(
        one.cv_results_["n_resources"], two.cv_results_["n_resources"]
    )


def test_rungs_leave_all_samples_to_finalists():
    """Repeats have all samples."""
    search = make_search("random", n_repeats_finalists=1, racing=True).fit(X, y)
    repeated = search.cv_results_["n_repeats"] > 0
    assert (search.cv_results_["n_resources"][repeated] == 900).all()
    assert all(len(t.repeats) in {0, 4} for t in search.trials_)


def test_rungs_keep_a_time_budget():
    """The first candidate is finished, and no fit starts when it is over."""
    start = time.monotonic()
    search = make_search("random", n_iter=100_000, time_budget=1.0).fit(X, y)
    assert time.monotonic() - start < 3
    assert check_is_honest(search).any()


def test_rungs_are_told_in_lines_of_their_own(capsys):
    """With verbose=3 each fit has a line."""
    make_search("grid", verbose=3).fit(X, y)
    out = capsys.readouterr().out
    assert "[33 samples, CV 1/4; 1]" in out
    assert "[CV 4/4; 1]" in out


def test_rungs_keep_nothing_of_parts(tmp_path):
    """Predictions and estimators are those of all samples."""
    search = make_search(
        "grid",
        scoring="neg_mean_squared_error",
        store_predictions=True,
        keep_fold_estimators=("all", tmp_path / "models"),
    ).fit(X, y)
    assert all(t.rungs for t in search.trials_)
    assert all(f.predictions is None for t in search.trials_ for f in t.rungs)
    whole = [t for t in search.trials_ if t.status == "complete"]
    assert len(list((tmp_path / "models").iterdir())) == 4 * len(whole)


def test_rungs_leave_honest_scores_unknown():
    """Candidates were stopped by what the others would be scored on."""
    search = make_search("grid", scoring="neg_mean_squared_error").fit(X, y)
    assert (search.cv_results_["status"] == "stopped").any()
    with pytest.warns(UserWarning, match="`resource` stopped .* Fit with resource=N"):
        assert np.isnan(search.optimism_corrected_score_)


def test_rungs_are_taken_by_displays_and_frames():
    """Candidates without a fold are shown as others that were stopped."""
    pytest.importorskip("matplotlib").use("Agg")
    pytest.importorskip("pandas")
    search = make_search("bayes").fit(X, y)
    for display in (
        EffectDisplay,
        FoldScoresDisplay,
        ConvergenceDisplay,
        ParallelCoordinatesDisplay,
        TimelineDisplay,
    ):
        display.from_search(search)
    frame = search.to_frame()
    assert (frame["n_splits_evaluated"] == 0).any()
    with warnings.catch_warnings():
        # New versions of scikit-learn read every attribute for their page.
        warnings.simplefilter("ignore")
        assert "stopped" in search._repr_html_()


def test_rungs_of_a_real_search_find_the_same(tmp_path):
    """An SVC on noisy classes is found with less than all samples."""
    data = make_classification(1500, 10, n_informative=5, flip_y=0.1, random_state=0)
    space = {"C": (1e-3, 1e3, "log-uniform"), "gamma": (1e-5, 1e1, "log-uniform")}
    plain, search = (
        RandomSearchCV(SVC(), space, n_iter=25, random_state=0, resource=resource).fit(
            *data
        )
        for resource in (None, "n_samples")
    )
    assert (search.cv_results_["n_resources"] < 1200).sum() >= 3
    assert search.best_score_ >= plain.best_score_ - 0.005
    tree = DecisionTreeClassifier(random_state=0)
    other = GridSearchCV(
        tree, {"max_depth": [1, 2, 3, 5, 8, 13]}, resource="n_samples", racing="safe"
    ).fit(*data)
    assert other.cv_results_["status"][other.best_index_] == "complete"
