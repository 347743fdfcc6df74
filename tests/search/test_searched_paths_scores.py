"""Scores, choices and times of candidates whose best value is on a path."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import cross_val_predict, cross_validate
from sklearn.pipeline import Pipeline

from skbayes import GridSearchCV
from skbayes._protocol import Status
from skbayes.inspection import bias_corrected_score
from tests.search.path_searches import (
    HIST,
    SPACE,
    X,
    check_against_plain_fits,
    check_equal,
    make,
    plain_scores,
    y,
)


class Noted(TransformerMixin, BaseEstimator):
    """Leaves a file for each of its fits, named by the process and a number."""

    def __init__(self, folder="", shift=0.0):
        self.folder = folder
        self.shift = shift

    def fit(self, X, y=None):
        """Leave a file."""
        n = len(list(Path(self.folder).iterdir()))
        Path(self.folder, f"{os.getpid()}-{n}-{self.shift}").touch()
        return self

    def transform(self, X):
        """Add a number."""
        return X + self.shift


def test_searched_paths_in_a_race_stop_and_catch_up():
    """Stopped candidates have their best value so far, complete ones of all folds."""
    space = {"max_iter": (3, 40, "log-uniform"), "learning_rate": [1e-3, 0.1, 5.0]}
    search = make(space=space, racing=True, cv=5, n_iter=12)
    search.set_params(
        param_distributions=space
        | {"max_leaf_nodes": (2, 31, "log-uniform"), "l2_regularization": [0.0, 9.0]}
    )
    search.fit(X, y)
    statuses = {trial.status for trial in search.trials_}
    assert statuses == {Status.COMPLETE, Status.STOPPED}
    for trial in search.trials_:
        run = np.isfinite(trial.scores())
        estimator = clone(HIST).set_params(**trial.params)
        table = cross_validate(estimator, X, y, cv=5, scoring="roc_auc")
        np.testing.assert_array_equal(trial.scores()[run], table["test_score"][run])


def test_searched_paths_are_chosen_on_by_the_deciding_metric():
    """The other metrics are those of the value that this one has chosen."""
    metrics = ["neg_brier_score", "accuracy"]
    search = make(scoring=metrics, refit="accuracy").fit(X, y)
    check_against_plain_fits(search, "max_iter", metric="accuracy")
    for trial in search.trials_:
        np.testing.assert_array_equal(
            trial.scores("neg_brier_score"),
            plain_scores(search, trial.params, metric="neg_brier_score"),
        )


def test_searched_paths_with_equal_means_choose_the_smaller_value():
    """A metric that knows no better takes the cheapest model."""

    def constant(estimator, X, y):
        return 1.0

    with pytest.warns(UserWarning, match="have the same score"):
        search = make(scoring=constant).fit(X, y)
    assert [trial.params["max_iter"] for trial in search.trials_] == [20, 3, 3, 3, 3]


def test_searched_paths_keep_what_is_of_the_chosen_value():
    """Predictions and training scores are of that value, too."""
    search = make(
        store_predictions="probabilities", return_train_score=True, n_iter=3
    ).fit(X, y)
    for trial in search.trials_:
        estimator = clone(HIST).set_params(**trial.params)
        expected = cross_val_predict(estimator, X, y, cv=3, method="predict_proba")
        for fold, test in zip(trial.folds, search.held_out_.tests, strict=True):
            np.testing.assert_array_equal(fold.probabilities, expected[test])
            assert fold.path is None
        table = cross_validate(
            estimator, X, y, cv=3, scoring="roc_auc", return_train_score=True
        )
        train = [fold.train_scores["score"] for fold in trial.folds]
        assert train == table["train_score"].tolist()


@pytest.mark.parametrize(
    "refit", [True, lambda table: table["mean_test_score"].argmax()]
)
def test_searched_paths_in_optimism_corrected_score_repeat_the_choice(refit):
    """A fold scores the candidate and value that the other folds choose."""
    search = make(refit=refit).fit(X, y)
    paths = [trial.path_scores for trial in search.trials_]
    assert sum(path is not None for path in paths) == 4
    points = [trial.params for trial in search.trials_ if trial.path_scores is None]
    for trial in search.trials_:
        points += [
            {**trial.params, "max_iter": size} for size in trial.path_scores or ()
        ]
    scores = np.array([plain_scores(search, params) for params in points])
    held = []
    for fold in range(3):
        others = np.delete(scores, fold, axis=1)
        held.append(scores[others.mean(axis=1).argmax(), fold])
    assert search.optimism_corrected_score_ == pytest.approx(np.mean(held), abs=1e-12)


def test_searched_paths_make_bias_corrected_score_nan():
    """Predictions at the other values, which could repeat that choice, are not kept."""
    search = make(store_predictions=True, n_iter=3).fit(X, y)
    with pytest.warns(UserWarning, match=r"'max_iter' was found .* share_fits=False"):
        assert np.isnan(bias_corrected_score(search).estimate)
    search.set_params(share_fits=False).fit(X, y)
    assert np.isfinite(bias_corrected_score(search, 50, random_state=0).estimate)


def test_searched_paths_fit_a_model_beyond_the_memory_given_once():
    """The model is there anyway while its path is scored."""
    small, large = make(share_fits=1).fit(X, y), make().fit(X, y)
    check_equal(small, large)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_searched_paths_fit_heads_once_in_each_process(tmp_path, n_jobs):
    """The values of a path, and other candidates, share what stands before them."""
    pipeline = Pipeline([("head", Noted(str(tmp_path))), ("model", HIST)])
    space = {f"model__{name}": values for name, values in SPACE.items()}
    make(pipeline, space, n_jobs=n_jobs, refit=False).fit(X, y)
    # Once a fold in each process, and once more to see that it is repeatable.
    assert len(list(tmp_path.iterdir())) <= n_jobs * (3 + 1)
    for path in tmp_path.iterdir():
        path.unlink()
    grid = {"model__learning_rate": [0.1, 0.2, 0.3, 0.4]}
    GridSearchCV(pipeline, grid, cv=3, n_jobs=n_jobs, refit=False).fit(X, y)
    assert len(list(tmp_path.iterdir())) <= n_jobs * (3 + 1)


def test_searched_paths_have_the_times_that_were_spent():
    """A candidate has the time of its fits and of all values that were scored."""
    search = make(n_iter=2).fit(X, y)
    spent = sum(trial.seconds for trial in search.trials_)
    by_row = 3 * (
        search.cv_results_["mean_fit_time"] + search.cv_results_["mean_score_time"]
    )
    assert spent == pytest.approx(by_row.sum())
    assert all(f.score_time > 0 for t in search.trials_ for f in t.folds)


def undefined_when_small(estimator, X, y):
    """A metric that small models do not have, such as a precision of no positives."""
    return estimator.score(X, y) if estimator.max_iter >= 12 else float("nan")


@pytest.mark.parametrize("settings", [{}, {"racing": True}, {"n_jobs": 2}])
def test_searched_paths_follow_a_metric_that_small_models_do_not_have(
    tmp_path, settings
):
    """The first segment has no score; the candidate has one further on."""
    settings = {"scoring": undefined_when_small, **settings}
    search = make(**settings, journal=tmp_path / "j.sqlite").fit(X, y)
    assert all(trial.status is not Status.FAILED for trial in search.trials_)
    assert all(trial.params["max_iter"] >= 12 for trial in search.trials_)
    check_equal(make(**settings, journal=tmp_path / "j.sqlite").fit(X, y), search)


def test_searched_paths_say_why_a_candidate_fails():
    """The candidate keeps its proposed parameters, and the search goes on."""
    space = {"max_iter": (3, 40, "log-uniform"), "learning_rate": [-1.0, 0.1, 0.2]}
    with (
        pytest.warns(FitFailedWarning, match="learning_rate"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search = make(space=space).fit(X, y)
    (failed,) = [t for t in search.trials_ if t.status is Status.FAILED]
    assert failed.params == {"max_iter": 40, "learning_rate": -1.0}
    assert "learning_rate" in failed.error
