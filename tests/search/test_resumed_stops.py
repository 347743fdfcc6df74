"""A search that a callback ended, run again with its journal, fits nothing more."""

from __future__ import annotations

from collections import Counter

import joblib
import numpy as np
import pytest

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.callbacks import (
    ExpectedImprovementBelowNoise,
    NoImprovement,
    ScoreReached,
)
from tests.search.estimators import FOLDS, Scripted, X, fits, y

QUALITIES = np.random.default_rng(5).uniform(size=60).tolist()
SPACE = {"quality": (0.0, 1.0, "uniform")}
RULES = {
    "a count": lambda progress: progress.n_done >= 7,
    "no improvement": NoImprovement(6),
    "a score": ScoreReached(0.9),
}


def noisy_score(estimator, X, y):
    """A hill, of which the folds say different things."""
    return 1 - (estimator.quality - 0.6) ** 2 + 0.3 * estimator.fold_


def stopped_search(kind, tmp_path, rule, *, seed=0, **settings):
    """A search with a journal that the rule ends."""
    estimator = Scripted(log=str(tmp_path / "log"), seconds=0.003, is_random=True)
    settings = {
        "cv": FOLDS,
        "journal": tmp_path / "j.sqlite",
        "callbacks": [rule],
        "refit": False,
    } | settings
    if kind == "grid":
        grid = {"quality": QUALITIES[seed:] + QUALITIES[:seed]}
        return GridSearchCV(estimator, grid, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=60, random_state=seed, **settings)


@pytest.mark.parametrize("racing", [False, True])
@pytest.mark.parametrize("n_jobs", [1, 2, 3])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["grid", "random", "bayes"])
def test_the_same_rule_ends_it_where_it_did(kind, rule, n_jobs, racing, tmp_path):
    """Any trial may finish first, and candidates may be cut off; no fit is run.

    Every trial is there again, those that were cut off as far as they had come.
    """
    for seed in range(2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        settings = {"seed": seed, "n_jobs": n_jobs, "racing": racing}
        with joblib.parallel_config("threading"):
            first = stopped_search(kind, folder, RULES[rule], **settings).fit(X, y)
            before = fits(folder / "log")
            second = stopped_search(kind, folder, RULES[rule], **settings).fit(X, y)
        assert len(first.trials_) < 60
        assert fits(folder / "log") == before
        assert scores_of(second) == scores_of(first)
        assert second.best_score_ == first.best_score_


def scores_of(search):
    """What is known of each candidate that any fold was run of."""
    return Counter(
        (trial.params["quality"], fold.fold, fold.test_scores["score"])
        for trial in search.trials_
        for fold in trial.folds
    )


def test_an_expectation_that_ended_a_search_ends_it_again(tmp_path):
    """The surrogate is asked when it knows what it knew."""
    rule = ExpectedImprovementBelowNoise(fraction=0.5, min_trials=8)
    for _ in range(2):
        search = stopped_search("bayes", tmp_path, rule, scoring=noisy_score)
        search.fit(X, y)
        assert 8 <= len(search.trials_) < 60
    assert set(fits(tmp_path / "log").values()) == {1}
    assert sum(fits(tmp_path / "log").values()) == 3 * len(search.trials_)


def test_a_rule_that_waits_longer_goes_on_where_the_other_stopped(tmp_path):
    """What was run is not run again, and the rule is heard about all of it."""
    stopped_search("random", tmp_path, NoImprovement(4)).fit(X, y)
    n_first = sum(fits(tmp_path / "log").values())
    search = stopped_search("random", tmp_path, NoImprovement(9)).fit(X, y)
    whole = stopped_search("random", tmp_path, NoImprovement(9), journal=None)
    n_both = sum(fits(tmp_path / "log").values())
    assert n_first < n_both == 3 * len(search.trials_)
    assert len(whole.fit(X, y).trials_) == len(search.trials_)


@pytest.mark.parametrize("kind", ["random", "bayes"])
def test_a_race_that_is_over_is_not_run_again(kind, tmp_path):
    """Stopped candidates are not let go on, and others not caught up with."""
    for seed in range(3):
        settings = {"seed": seed, "racing": True, "journal": tmp_path / f"{seed}"}
        first = stopped_search(kind, tmp_path, print_nothing, **settings).fit(X, y)
        before = fits(tmp_path / "log")
        second = stopped_search(kind, tmp_path, print_nothing, **settings).fit(X, y)
        assert fits(tmp_path / "log") == before
        assert [t.status for t in second.trials_] == [t.status for t in first.trials_]


def print_nothing(progress):
    """A callback that has nothing to say."""
