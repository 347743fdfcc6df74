"""What a failure is: no finite score of the metric that decides, and nothing else."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV as SklearnGrid
from sklearn.svm import SVC

from skbayes._protocol import Status
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

X, Y = make_classification(80, random_state=0)
CS = [0.001, 0.01, 0.1, 1.0]
KINDS = {
    "grid": lambda model, space, **k: GridSearchCV(model, space, **k),
    "grid racing": lambda model, space, **k: GridSearchCV(
        model, space, racing=True, **k
    ),
    "random": lambda model, space, **k: RandomSearchCV(
        model, space, n_iter=4, random_state=0, **k
    ),
    "bayes": lambda model, space, **k: BayesSearchCV(
        model, space, n_iter=4, random_state=0, **k
    ),
    "bayes racing": lambda model, space, **k: BayesSearchCV(
        model, space, n_iter=4, racing=True, random_state=0, **k
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def fitted(kind, space, model=None, y=Y, **settings):
    """Fit a search, with all that it warns of ignored."""
    search = KINDS[kind](model or LogisticRegression(), space, cv=3, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return search.fit(X, y)


def undefined(estimator, X, y):
    """A metric that fails where the first column has a large value."""
    if X[:, 0].max() > 1.8:
        raise ValueError("undefined here")
    return 0.5


def nowhere(estimator, X, y):
    """A metric that is never a number."""
    return np.nan


def fails_in_training(estimator, X, y):
    """A metric that fails on the larger part, the one of training."""
    if len(X) > 40:
        raise ValueError("too many samples")
    return estimator.score(X, y)


# ---------------------------------------------------------------- metrics that fail


@every_kind
@pytest.mark.parametrize("other", ["f1", undefined, nowhere])
def test_a_metric_that_does_not_decide_fails_no_candidate(kind, other):
    """The winner is scikit-learn's: the best by the metric that decides."""
    words = np.where(Y, "yes", "no")
    settings = {"scoring": {"other": other, "acc": "accuracy"}, "refit": "acc"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = SklearnGrid(LogisticRegression(), {"C": CS}, cv=3, **settings)
        want.fit(X, words)
    search = fitted(kind, {"C": CS}, y=words, **settings)
    assert {trial.status for trial in search.trials_} <= {"complete", "stopped"}
    assert all(trial.error is None for trial in search.trials_)
    assert search.best_params_ == want.best_params_
    assert search.best_score_ == want.best_score_


def test_errors_of_other_metrics_are_kept_and_shown():
    """The errors are in `Trial.errors`, as NaN in the table, and in a warning."""
    search = GridSearchCV(
        LogisticRegression(),
        {"C": CS},
        cv=3,
        scoring={"acc": "accuracy", "odd": undefined},
        refit="acc",
    )
    with (
        pytest.warns(UserWarning, match="(?s)Scoring failed.*undefined here"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search.fit(X, Y)
    for row, trial in enumerate(search.trials_):
        (text,) = trial.errors
        assert "undefined here" in text
        bad = [f.fold for f in trial.folds if f.scoring_errors is not None]
        assert bad
        scores = [search.cv_results_[f"split{k}_test_odd"][row] for k in range(3)]
        assert np.flatnonzero(np.isnan(scores)).tolist() == bad
    assert "error" not in search.cv_results_


def test_error_score_stands_in_the_table_for_a_metric_that_failed():
    """The table is scikit-learn's, but the record of the fold has no score."""
    settings = {"scoring": {"acc": "accuracy", "odd": undefined}, "refit": "acc"}
    search = fitted("grid", {"C": CS}, error_score=-7.0, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = SklearnGrid(
            LogisticRegression(), {"C": CS}, cv=3, error_score=-7.0, **settings
        ).fit(X, Y)
    for k in range(3):
        column = f"split{k}_test_odd"
        np.testing.assert_array_equal(
            search.cv_results_[column], want.cv_results_[column]
        )
    assert -7.0 in [search.cv_results_[f"split{k}_test_odd"][0] for k in range(3)]
    assert np.isnan(search.trials_[0].scores("odd")).any()


@every_kind
def test_a_training_score_that_fails_fails_no_candidate(kind):
    """Only the test part decides."""
    search = fitted(kind, {"C": CS}, scoring=fails_in_training, return_train_score=True)
    assert "failed" not in {str(trial.status) for trial in search.trials_}
    assert np.isfinite(search.best_score_)
    first = search.trials_[0]
    assert "too many samples" in first.errors[0]
    assert np.isnan(search.cv_results_["mean_train_score"][0])


@pytest.mark.parametrize("kind", ["grid racing", "bayes", "bayes racing"])
def test_error_score_does_not_win_for_a_metric_that_failed(kind):
    """A number that stands in for a score is no score."""

    def fails_for_small(estimator, X, y):
        if estimator.C < 0.05:
            raise ValueError("too small")
        return estimator.score(X, y)

    search = fitted(kind, {"C": CS}, scoring=fails_for_small, error_score=1.0)
    failed = {t.params["C"] for t in search.trials_ if t.status is Status.FAILED}
    assert failed == {0.001, 0.01}
    assert search.best_params_["C"] > 0.05


def test_trial_scores_are_those_of_the_metric_that_decides():
    """The score is that one where none is named; others are had by their names."""
    scoring = {"f1": "f1", "acc": "accuracy"}
    search = fitted("grid", {"C": CS}, scoring=scoring, refit="acc")
    trial = search.trials_[2]
    assert trial.metric == "acc"
    assert trial.scores().mean() == search.cv_results_["mean_test_acc"][2]
    assert trial.scores("f1").mean() == search.cv_results_["mean_test_f1"][2]


# ------------------------------------------------------- parameters that cannot be set


class Picky(LogisticRegression):
    """Refuses values when they are set rather than when it is fitted."""

    def set_params(self, **params):
        """Set them, or not."""
        if params.get("C", 0.0) > 0.5:
            raise ValueError(f"C={params['C']} cannot be set")
        return super().set_params(**params)


class Wrapping(ClassifierMixin, BaseEstimator):
    """Has a model that may be left out, which no rule of the library knows."""

    def __init__(self, inner=None):
        self.inner = inner

    def fit(self, X, y):
        """Fit the model, or nothing."""
        self.classes_ = np.unique(y)
        self.fitted_ = None if self.inner is None else clone(self.inner).fit(X, y)
        return self

    def predict(self, X):
        """By the model, or the first class."""
        if self.fitted_ is None:
            return np.full(len(X), self.classes_[0])
        return self.fitted_.predict(X)


LEFT_OUT = {"inner": [SVC(), None], "inner__C": [0.1, 1.0]}


PICKY = (Picky(C=0.5), {"C": [0.01, 0.1, 0.7, 1.0]}, r"ValueError: C=.* cannot be set")
NO_STEP = (
    Wrapping(SVC()),
    LEFT_OUT,
    "'inner' is None in it, which has no parameter 'C'. Write a conditional space, a "
    "list of dicts",
)


@pytest.mark.parametrize(
    ("kind", "model", "space", "cause"),
    [
        ("random", *PICKY),
        ("bayes", *PICKY),
        ("bayes racing", *PICKY),
        # A Bayesian search knows that the parameter of a step left out does nothing.
        ("random", *NO_STEP),
    ],
)
def test_what_cannot_be_set_costs_its_candidate_only(kind, model, space, cause):
    """The error says which step it is and what to write, also in the table."""
    search = KINDS[kind](model, space, cv=3).set_params(n_iter=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, Y)
    failed = [t for t in search.trials_ if t.status is Status.FAILED]
    assert 0 < len(failed) < len(search.trials_)
    assert np.isfinite(search.best_score_)
    for trial in failed:
        assert re.search(cause, " ".join(trial.error.split()))
        assert re.search(cause, search.cv_results_["error"][trial.index])


@pytest.mark.parametrize("kind", ["random", "bayes"])
def test_parameters_that_need_other_data_cost_their_candidate_only(kind):
    """A kernel that is computed before needs a square X."""
    kernels = {"kernel": ["precomputed", "linear", "rbf", "poly"]}
    search = fitted(kind, kernels, SVC())
    failed = {t.params["kernel"] for t in search.trials_ if t.status is Status.FAILED}
    assert failed <= {"precomputed"}
    assert search.best_params_["kernel"] != "precomputed"
    errors = [f.error for t in search.trials_ for f in t.folds if f.error]
    assert errors
    assert all("X should be a square kernel matrix" in text for text in errors)
    with pytest.raises(ValueError, match="square kernel matrix"):
        fitted("grid", kernels, SVC())


def test_what_cannot_be_set_ends_a_grid_search():
    """The error is scikit-learn's, with a note on what to write."""
    search = GridSearchCV(Wrapping(), LEFT_OUT, cv=3)
    with pytest.raises(AttributeError, match="no attribute 'set_params'") as caught:
        search.fit(X, Y)
    assert "Write a conditional space" in caught.value.__notes__[0]


def test_what_cannot_be_set_raises_where_errors_are_to():
    """The error is raised with ``error_score="raise"``, as any other error."""
    search = BayesSearchCV(
        Picky(), {"C": [0.01, 0.7]}, n_iter=3, cv=3, error_score="raise", random_state=0
    )
    with pytest.raises(ValueError, match="C=0.7 cannot be set"):
        search.fit(X, Y)


def test_a_space_of_which_nothing_can_be_set_is_an_error():
    """The error begins with the cause."""
    search = RandomSearchCV(Picky(), {"C": [0.6, 0.7, 0.8, 0.9]}, n_iter=4, cv=3)
    with (
        pytest.warns(FitFailedWarning, match="All of the first 3 candidates failed"),
        pytest.raises(ValueError, match=r"(?s)\AValueError: C=.* cannot be set.*All"),
    ):
        search.fit(X, Y)


@pytest.mark.parametrize(
    ("given", "match"),
    [({}, "gave an empty dict"), (1j, "real numbers. Got 1j for 'score'")],
)
def test_errors_of_metrics_at_all_is_told_at_the_first_fold(given, match):
    """The mistake is the scorer's, and no candidate's."""
    search = GridSearchCV(
        LogisticRegression(), {"C": CS}, scoring=lambda *_: given, refit="score"
    )
    with pytest.raises(ValueError, match=match):
        search.fit(X, Y)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ({"other": 1.0}, r"no score 'acc' there, but \['other'\]"),
        (1.0, "no score 'acc' there, but a number"),
    ],
)
def test_a_failure_tells_a_score_that_the_scorer_left_out(others, told):
    """It is not NaN: the scorer gave other names on some folds."""

    def changing(estimator, X, y):
        return {"acc": estimator.score(X, y), "b": 1.0} if len(X) < 25 else others

    search = GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]}, refit="acc")
    splits = [(np.arange(30, 60), np.arange(20)), (np.arange(20), np.arange(30, 60))]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.set_params(cv=splits, scoring=changing).fit(X, Y)
    texts = " ".join(str(warning.message) for warning in caught)
    assert "non-finite of the metric 'acc': " in texts
    assert "non-finite of the metric 'b': " in texts
    assert search.trials_[0].status.value == "failed"
    assert re.search(told, search.trials_[0].folds[1].failure("acc"))
