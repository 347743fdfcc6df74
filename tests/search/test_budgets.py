"""Budgets and callbacks end a search in a fully fitted object."""

from __future__ import annotations

import re
import time
import warnings

import numpy as np
import pytest

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._protocol import Status
from skbayes.callbacks import (
    ExpectedImprovementBelowNoise,
    NoImprovement,
    ProgressBar,
    ScoreReached,
)
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y

SPACE = {"quality": (0.0, 1.0, "uniform")}
MANY = 10_000
KINDS = ["grid", "random", "bayes"]


def make_search(kind, estimator=None, n_iter=MANY, **settings):
    """A search that would go on for long."""
    estimator = estimator or Scripted()
    if kind == "grid":
        grid = {"quality": np.linspace(0, 1, n_iter).tolist()}
        return GridSearchCV(estimator, grid, cv=FOLDS, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=n_iter, cv=FOLDS, random_state=0, **settings)


def check_is_fitted(search):
    """The best complete candidate is chosen and refitted; the table is whole."""
    means = search.cv_results_["mean_test_score"]
    assert search.best_index_ == int(np.nanargmax(means))
    assert search.best_score_ == means[search.best_index_]
    best = search.trials_[search.best_index_]
    assert best.status is Status.COMPLETE
    assert len(best.folds) == N_FOLDS
    assert search.best_estimator_.fold_ == -1
    assert search.predict(X).shape == (30,)
    assert len(search.trials_) == len(means)
    assert [t.index for t in search.trials_] == list(range(len(means)))


# ---------------------------------------------------------------------- time budget


@pytest.mark.parametrize("kind", KINDS)
def test_a_time_budget_ends_the_search(kind):
    """No fit starts after the budget; what is complete is chosen from and refitted."""
    search = make_search(kind, Scripted(seconds=0.02), time_budget=0.5)
    began = time.monotonic()
    search.fit(X, y)
    assert time.monotonic() - began < 30
    assert len(search.trials_) < 100
    assert max(f.started for t in search.trials_ for f in t.folds) < 30
    check_is_fitted(search)


@pytest.mark.slow
def test_a_time_budget_with_workers():
    """Fits under way end; candidates that are cut off are shown as stopped."""
    search = make_search("grid", Scripted(seconds=0.05), time_budget=3.0, n_jobs=2)
    search.fit(X, y)
    check_is_fitted(search)
    cut = [t for t in search.trials_ if t.status is Status.STOPPED]
    for trial in cut:
        row = trial.index
        assert np.isnan(search.cv_results_["mean_test_score"][row])
        assert search.cv_results_["n_splits_evaluated"][row] == len(trial.folds)
    n_complete = sum(t.status is Status.COMPLETE for t in search.trials_)
    ranks = search.cv_results_["rank_test_score"]
    assert all(ranks[t.index] == n_complete + 1 for t in cut)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_candidate_is_finished_whatever_the_budget(kind):
    """A search always has something to choose."""
    search = make_search(kind, time_budget=1e-9).fit(X, y)
    assert len(search.trials_) == 1
    check_is_fitted(search)


def test_time_budget_holds_where_the_first_candidate_fails(tmp_path):
    """The first is finished, complete or not; then no fit starts any more."""
    log = str(tmp_path / "log")
    grid = [{"act": ["raise"]}, {"quality": [0.5, 0.9]}]
    search = GridSearchCV(Scripted(log=log), grid, cv=FOLDS, time_budget=1e-9)
    with pytest.raises(ValueError, match="All the 3 fits failed"):
        search.fit(X, y)
    assert [str(t.status) for t in search.trials_] == ["failed"]
    assert fits(log).total() == N_FOLDS


def test_time_budget_ends_a_search_of_which_no_score_is_a_number():
    """A search that has nothing to choose is told so, within its time."""
    search = make_search(
        "bayes", Scripted(seconds=0.05), time_budget=0.3, scoring=nan_score
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="The test score 'score' is nan"):
            search.fit(X, y)
    assert len(search.trials_) < 50


def nan_score(estimator, X, y):
    """A score that is no number."""
    return float("nan")


@pytest.mark.parametrize("jump", [-1e6, 1e6])
def test_clocks_that_jump_change_neither_budgets_nor_times(monkeypatch, jump):
    """Durations come from a clock that nobody sets."""
    real = time.time
    began = real()

    def jumping():
        # Summer time, a suspended machine, a correction from the network.
        return real() + (jump if (real() - began) * 50 % 2 > 1 else 0.0)

    monkeypatch.setattr(time, "time", jumping)
    search = make_search("grid", Scripted(seconds=0.01), 10, time_budget=600)
    search.fit(X, y)
    assert len(search.trials_) == 10
    folds = [f for t in search.trials_ for f in t.folds]
    assert all(0.01 <= f.fit_time < 60 for f in folds)
    assert all(0 <= f.score_time < 60 for f in folds)
    assert all(0 <= f.started < 60 for f in folds)
    assert 0.01 <= search.refit_time_ < 60
    assert (search.cv_results_["std_fit_time"] < 60).all()


def test_times_are_those_of_fit_and_of_scoring():
    """Each time is measured on its own."""
    search = GridSearchCV(
        Scripted(seconds=0.05), {"quality": [0.5]}, cv=FOLDS, scoring=slow_score
    ).fit(X, y)
    assert search.cv_results_["mean_fit_time"][0] >= 0.05
    assert search.cv_results_["mean_score_time"][0] >= 0.1


def slow_score(estimator, X, y):
    """A score that takes its time."""
    time.sleep(0.1)
    return 1.0


# ------------------------------------------------------------------------ callbacks


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_that_returns_true_ends_the_search(kind, n_jobs):
    """The search ends after the trial of the call, or those that were under way."""
    seen = []

    def stop(progress):
        seen.append(progress)
        return progress.n_done >= 4

    # Slow enough that folds are handed over one by one.
    estimator = Scripted(seconds=0.1 * (n_jobs - 1))
    search = make_search(kind, estimator, callbacks=[stop], n_jobs=n_jobs).fit(X, y)
    assert 4 <= len(search.trials_) <= 4 + 4 * n_jobs * N_FOLDS
    check_is_fitted(search)
    # What is chosen is the best of what was told, and of what ended after.
    assert search.best_score_ >= seen[3].best_score


def test_progress_is_told_after_every_trial():
    """Progress has counts, the best so far and the time."""
    seen = []
    search = make_search("random", n_iter=6, callbacks=[seen.append]).fit(X, y)
    assert [p.n_done for p in seen] == [1, 2, 3, 4, 5, 6]
    assert [p.n_folds_done for p in seen] == [3, 6, 9, 12, 15, 18]
    assert {p.n_total for p in seen} == {6}
    assert seen[-1].best_score == pytest.approx(search.best_score_)
    assert seen[-1].best_params == search.best_params_
    assert list(seen[-1].scores) == pytest.approx(
        search.cv_results_["mean_test_score"].tolist()
    )
    elapsed = [p.elapsed for p in seen]
    assert elapsed == sorted(elapsed)


def test_progress_tells_what_is_left_of_the_budget():
    """The seconds go down to nothing, also with later fits; None means no budget."""
    seen = []
    make_search("grid", n_iter=3, time_budget=60, callbacks=[seen.append]).fit(X, y)
    for p in seen:
        assert p.budget_left == pytest.approx(60 - p.elapsed)
    make_search("grid", n_iter=1, time_budget=1e-9, callbacks=[seen.append]).fit(X, y)
    assert seen.pop().budget_left == 0
    make_search("grid", n_iter=1, callbacks=[seen.append]).fit(X, y)
    assert seen.pop().budget_left is None


def test_the_bar_knows_of_the_budget(capsys):
    """The bar does not promise minutes to a search that ends in a second."""
    pytest.importorskip("tqdm")
    make_search(
        "grid", Scripted(seconds=0.02), time_budget=0.9, callbacks=[ProgressBar()]
    ).fit(X, y)
    left = re.findall(r"<(\d\d:\d\d),", capsys.readouterr().err)
    assert left
    assert set(left) == {"00:00"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_callback_that_raises_ends_the_search_with_results(kind, n_jobs):
    """The error is shown, nothing is refitted, and what is finished is kept."""

    def fail(progress):
        if progress.n_done == 3:
            raise ZeroDivisionError("in a callback")

    search = make_search(kind, callbacks=[fail], n_jobs=n_jobs)
    with pytest.raises(ZeroDivisionError, match="in a callback"):
        search.fit(X, y)
    assert len(search.trials_) >= 3
    assert search.best_index_ == np.nanargmax(search.cv_results_["mean_test_score"])
    assert not hasattr(search, "best_estimator_")


# ------------------------------------------------------------------- stopping rules


@pytest.mark.parametrize("kind", KINDS)
def test_no_improvement_ends_a_search(kind):
    """The search ends once the best score has stood for some trials."""
    search = make_search(kind, n_iter=60, callbacks=[NoImprovement(5, min_delta=1)])
    search.fit(X, y)
    assert len(search.trials_) == 6
    check_is_fitted(search)


@pytest.mark.parametrize("kind", KINDS)
def test_a_score_reached_ends_a_search(kind):
    """The candidate that reached the score is the best."""
    search = make_search(kind, n_iter=60, callbacks=[ScoreReached(0.6)]).fit(X, y)
    assert search.best_score_ >= 0.6
    assert search.best_index_ == len(search.trials_) - 1
    assert (search.cv_results_["mean_test_score"][:-1] < 0.6).all()


def test_expected_improvement_below_noise_ends_a_search():
    """A noisy score with nothing left to gain is not searched to the end."""
    rule = ExpectedImprovementBelowNoise(fraction=0.5, min_trials=8)
    search = BayesSearchCV(
        Scripted(), SPACE, n_iter=40, cv=FOLDS, random_state=0, callbacks=[rule],
        scoring=noisy_score,
    ).fit(X, y)  # fmt: skip
    assert 8 <= len(search.trials_) < 40
    check_is_fitted(search)


def noisy_score(estimator, X, y):
    """A smooth hill with folds that differ much."""
    return 1 - (estimator.quality - 0.6) ** 2 + 0.3 * estimator.fold_


@pytest.mark.parametrize("kind", ["grid", "random"])
def test_searches_that_expect_nothing_are_not_ended_by_expectations(kind):
    """The rule has no say where there is no surrogate."""
    rule = ExpectedImprovementBelowNoise(min_trials=1)
    search = make_search(kind, n_iter=12, callbacks=[rule]).fit(X, y)
    assert len(search.trials_) == 12


# -------------------------------------------------------------------------- to_frame
