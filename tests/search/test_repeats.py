"""`n_repeats_finalists`: the winner is the best over further repeats of the folds."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import (
    GridSearchCV as TheirGridSearchCV,
)
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    LeaveOneOut,
    PredefinedSplit,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
)

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.callbacks import ProgressBar
from skbayes.selection import Simplest

X = np.arange(60.0).reshape(-1, 1)
y = np.tile([0, 1, 2], 20)
GROUPS = np.repeat(np.arange(20), 3)
#: One far behind, and others that only many folds can distinguish.
GRID = {"quality": [0.5, 0.51, -9.0, 0.52, 0.53]}
SPACE = {"quality": (0.5, 0.6, "uniform")}
every_kind = pytest.mark.parametrize("kind", ["grid", "random", "bayes"])


class Lucky(RegressorMixin, BaseEstimator):
    """Scores its quality, with luck that depends on the fold; notes each fit."""

    def __init__(self, quality=0.0, log=None, seconds=0.0, broken=None):
        self.quality = quality
        self.log = log
        self.seconds = seconds
        self.broken = broken

    def fit(self, X, y=None):
        """Note the training part."""
        time.sleep(self.seconds)
        if self.log is not None:
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(f"{self.quality} {X[:, 0].astype(int).tolist()}\n")
        return self

    def score(self, X, y=None):
        """Quality and luck."""
        if len(X) == len(np.unique(y)) and self.broken:
            raise ValueError("broken")
        seed = [round(1e6 * abs(self.quality)), *np.sort(X[:, 0]).astype(int).tolist()]
        return self.quality + 0.1 * np.random.default_rng(seed).normal()


class Predicting(Lucky):
    """Predicts ones, but for luck that depends on the fold."""

    def predict(self, X):
        """A constant."""
        seed = [round(1e6 * abs(self.quality)), int(X[:, 0].sum())]
        return np.full(len(X), 1 + 0.1 * np.random.default_rng(seed).normal())


class LuckyClassifier(ClassifierMixin, Lucky):
    """Folds of a classifier are stratified."""

    score = Lucky.score


def make_search(kind="grid", estimator=None, **settings):
    """A search whose winner is a matter of luck."""
    settings = {"cv": KFold(4), "n_repeats_finalists": 2} | settings
    estimator = estimator or Lucky()
    if kind == "grid":
        return GridSearchCV(estimator, GRID, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=8, random_state=0, **settings)


def fits(log):
    """Training parts that were fitted, as they were written."""
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def check_is_honest(search):
    """The winner is the best by all folds, and no other mean is shown as one."""
    results, trials = search.cv_results_, search.trials_
    n_repeats = results["n_repeats"]
    last = n_repeats == n_repeats.max()
    means = results["mean_repeated_test_score"]
    assert n_repeats.max() >= 1
    assert last[search.best_index_]
    assert search.best_score_ == means[search.best_index_] == means[last].max()
    np.testing.assert_array_equal(np.isnan(means), n_repeats == 0)
    for trial, n, mean in zip(trials, n_repeats, means, strict=True):
        assert len(trial.repeats) == n * search.n_splits_
        if n:
            folds = [*trial.folds, *trial.repeats]
            scores = [fold.test_scores["score"] for fold in folds]
            assert mean == pytest.approx(np.mean(scores), rel=1e-12)


@every_kind
@pytest.mark.parametrize("racing", [False, True, "safe"])
def test_split_repeats_make_the_best_by_all_folds_win(kind, racing):
    """The best wins in all three searches, with racing and without."""
    scoring = None
    if racing == "safe":
        scoring = "neg_mean_squared_error"
        search = make_search(kind, Predicting(), racing=racing, scoring=scoring)
    else:
        search = make_search(kind, racing=racing)
    search.fit(X, y)
    check_is_honest(search)


def test_split_repeats_leave_all_else_as_it_is():
    """Means, ranks and folds are those of the cross-validation itself."""
    plain = make_search(n_repeats_finalists=0).fit(X, y)
    search = make_search().fit(X, y)
    theirs = TheirGridSearchCV(Lucky(), GRID, cv=KFold(4)).fit(X, y).cv_results_
    added = {"n_repeats", "mean_repeated_test_score", "std_repeated_test_score"}
    assert set(search.cv_results_) - set(plain.cv_results_) == added
    assert set(plain.cv_results_) == set(theirs)
    for name in theirs:
        if "time" not in name:
            np.testing.assert_array_equal(search.cv_results_[name], theirs[name])
    assert [len(t.folds) for t in search.trials_] == [4] * 5


def test_split_repeats_let_no_lucky_candidate_win():
    """With many folds the best is chosen more often than with few."""
    grid = {"quality": [0.5, 0.501, 0.502, 0.503, 0.56]}
    hits = {0: 0, 8: 0}
    for n_repeats in hits:
        for seed in range(20):
            cv = KFold(4, shuffle=True, random_state=seed)
            search = make_search(cv=cv, n_repeats_finalists=n_repeats)
            search.set_params(param_grid=grid).fit(X, y)
            hits[n_repeats] += int(search.best_index_ == 4)
    assert hits[8] > hits[0] + 3


def test_split_repeats_leave_out_candidates_far_behind(tmp_path):
    """Only those that may be the best are repeated, each time on other folds."""
    log = tmp_path / "log"
    search = make_search(estimator=Lucky(log=log), refit=False).fit(X, y)
    assert search.cv_results_["n_repeats"][2] == 0
    lines = fits(log)
    assert sum(line.startswith("-9.0 ") for line in lines) == 4
    assert len(lines) == len(set(lines))


def shuffled(cv, seed):
    """The splitter, shuffled."""
    return type(cv)(cv.n_splits, shuffle=True, random_state=seed)


@pytest.mark.parametrize(
    ("cv", "groups"),
    [
        (4, None),
        (None, None),
        (StratifiedKFold(4), None),
        (KFold(4, shuffle=True, random_state=0), None),
        (GroupKFold(4), GROUPS),
        (StratifiedGroupKFold(4), GROUPS),
        (ShuffleSplit(4, random_state=0), None),
        (RepeatedKFold(n_splits=2, n_repeats=2, random_state=0), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_split_repeats_are_split_as_cv_splits(cv, groups, tmp_path):
    """The repeats are stratified, keep groups whole as `cv` does, and are seeded."""
    if isinstance(cv, StratifiedGroupKFold):
        seeds = (shuffled(cv, seed) for seed in range(4))
        parts = {str([t.tolist() for _, t in one.split(X, y, groups)]) for one in seeds}
        if len(parts) < 4:
            pytest.skip("this scikit-learn does not shuffle groups that are alike")
    log = tmp_path / "log"
    given = {} if groups is None else {"groups": groups}
    search = make_search(
        estimator=LuckyClassifier(log=log), cv=cv, n_repeats_finalists=1, refit=False
    )
    search.fit(X, y, **given)
    first = fits(log)
    check_is_repeated(first, search, groups, cv)
    log.unlink()
    search.fit(X, y, **given)
    assert fits(log) == first


def check_is_repeated(lines, search, groups, cv):
    """The parts after the first are of the same kind, and others."""
    parts = list(dict.fromkeys(line.partition(" ")[2] for line in lines))
    n_splits = search.n_splits_
    assert len(parts) == 2 * n_splits
    for part in parts[n_splits:]:
        train = np.array(json.loads(part))
        test = np.setdiff1d(np.arange(len(y)), train)
        if groups is not None:
            assert not set(groups[train]) & set(groups[test])
        elif cv is None or cv == 4 or isinstance(cv, StratifiedKFold):
            assert np.ptp(np.bincount(y[test])) <= 1


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        (TimeSeriesSplit(4), "TimeSeriesSplit.*which cannot"),
        (LeaveOneOut(), r"LeaveOneOut\(\), which cannot"),
        (LeaveOneGroupOut(), r"LeaveOneGroupOut\(\), which cannot"),
        (PredefinedSplit(np.repeat([0, 1], 30)), "PredefinedSplit.*which cannot"),
        (
            [(np.arange(30), np.arange(30, 60))],
            "an iterable of splits, which cannot.*finalists=0",
        ),
        (KFold(60), "test parts are the same in every repeat"),
        (GroupKFold(20), "test parts are the same in every repeat"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_split_repeats_refuses_a_cv_that_cannot_be_repeated(cv, message, tmp_path):
    """The error comes before the first fit, with what to write."""
    log = tmp_path / "log"
    search = make_search(estimator=Lucky(log=log), cv=cv)
    given = {"groups": GROUPS} if "Group" in repr(cv) else {}
    with pytest.raises(ValueError, match=f"(?s)`n_repeats_finalists`.*{message}"):
        search.fit(X, y, **given)
    assert not fits(log)


@every_kind
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_repeats_finalists": -1}, "'n_repeats_finalists' parameter .* must be"),
        ({"n_repeats_finalists": 1.5}, "'n_repeats_finalists' parameter .* must be"),
        (
            {"refit": Simplest("quality")},
            "`n_repeats_finalists`.*Simplest.* as `refit`",
        ),
        (
            {"scoring": ["r2", "neg_max_error"], "refit": False},
            "`n_repeats_finalists`.*Got several and refit=False",
        ),
    ],
    ids=["negative", "float", "rule", "several"],
)
def test_check_choice_refuses_bad_input(kind, settings, message, tmp_path):
    """The error comes before the first fit."""
    log = tmp_path / "log"
    search = make_search(kind, Predicting(log=log), **settings)
    with pytest.raises(ValueError, match=message):
        search.fit(X, y)
    assert not fits(log)


def test_check_choice_takes_several_scores(tmp_path):
    """The score that `refit` names decides; all are told."""
    scoring = {"a": "neg_mean_squared_error", "b": "neg_max_error"}
    search = make_search(estimator=Predicting(), scoring=scoring, refit="b").fit(X, y)
    results = search.cv_results_
    assert search.best_score_ == results["mean_repeated_test_b"][search.best_index_]
    np.testing.assert_array_equal(
        np.isnan(results["mean_repeated_test_a"]), results["n_repeats"] == 0
    )


@every_kind
def test_split_repeats_are_the_same_with_workers(kind):
    """Results are the same whatever ends first."""
    n_jobs = 2 if kind == "bayes" else 1
    one = make_search(kind, n_jobs=n_jobs).fit(X, y)
    two = make_search(kind, n_jobs=2).fit(X, y)
    check_is_honest(two)
    assert two.best_params_ == one.best_params_
    for name in ("n_repeats", "mean_repeated_test_score"):
        np.testing.assert_array_equal(two.cv_results_[name], one.cv_results_[name])


@every_kind
def test_split_repeats_are_kept_in_a_journal(kind, tmp_path):
    """A second run fits nothing; with further repeats, only these are fitted."""
    log, journal = tmp_path / "log", tmp_path / "journal.sqlite"

    def search(**settings):
        return make_search(
            kind, Lucky(log=log), journal=journal, refit=False, **settings
        ).fit(X, y)

    plain = search(n_repeats_finalists=0)
    n_plain = len(fits(log))
    first = search()
    check_is_honest(first)
    n_first = len(fits(log))
    assert n_first == n_plain + sum(len(t.repeats) for t in first.trials_)
    again = search()
    assert len(fits(log)) == n_first
    assert again.best_index_ == first.best_index_
    assert [t.params for t in again.trials_] == [t.params for t in plain.trials_]
    assert all(f.written is not None for t in again.trials_ for f in t.repeats)
    more = search(n_repeats_finalists=3)
    n_more = sum(len(t.repeats) for t in more.trials_)
    assert len(fits(log)) == n_plain + n_more


def test_candidates_budget_keeps_a_fifth_for_repeats():
    """No fit starts when the time budget is over."""
    start = time.monotonic()
    search = make_search(
        "random", Lucky(seconds=0.01), n_repeats_finalists=1, time_budget=5.0
    )
    search.set_params(n_iter=10_000).fit(X, y)
    assert time.monotonic() - start < 6.5
    assert search.cv_results_["n_repeats"].max() == 1
    check_is_honest(search)


def test_split_repeats_come_after_a_callback_has_ended_the_search():
    """The refit comes as well; the callbacks see the repeats."""
    seen = []

    def enough(progress):
        seen.append(progress)
        return progress.n_done >= 3

    bar = ProgressBar()
    search = make_search("random", callbacks=[enough, bar], n_repeats_finalists=1).fit(
        X, y
    )
    assert len(search.trials_) == 3
    check_is_honest(search)
    n_repeated = int((search.cv_results_["n_repeats"] > 0).sum())
    assert [len(p.trial.repeats) > 0 for p in seen] == [False] * 3 + [True] * n_repeated


def test_split_repeats_stay_whole_after_ctrl_c():
    """What the search has found is kept; the choice is by whole repeats only."""

    def interrupt(progress):
        if progress.trial.repeats:
            raise KeyboardInterrupt("by hand")
        return False

    search = make_search(callbacks=[interrupt])
    with pytest.raises(KeyboardInterrupt, match="by hand"):
        search.fit(X, y)
    assert search.cv_results_["n_repeats"].max() == 1
    assert search.best_index_ in np.flatnonzero(search.cv_results_["n_repeats"] == 1)


def test_split_repeats_are_told_in_lines_of_their_own(capsys):
    """With verbose=3 each fold has a line."""
    make_search(verbose=3, n_repeats_finalists=1).fit(X, y)
    out = capsys.readouterr().out
    assert "[CV 4/4; 1]" in out
    assert "[repeat 1, CV 1/4; " in out
    assert "CV 5/4" not in out


def test_split_repeats_add_nothing_to_kept_predictions():
    """The predictions are those of the folds themselves."""
    search = make_search(
        estimator=Predicting(),
        scoring="neg_mean_squared_error",
        store_predictions=True,
        keep_fold_estimators="best",
    ).fit(X, y)
    assert all(f.predictions is not None for t in search.trials_ for f in t.folds)
    assert all(f.predictions is None for t in search.trials_ for f in t.repeats)
    assert len(search.fold_estimators_[search.best_index_]) == 4
    assert None not in search.fold_estimators_[search.best_index_]
