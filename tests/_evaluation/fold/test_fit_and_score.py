"""Is a candidate scored on a fold as scikit-learn does, whatever its fit does?"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from sklearn.metrics import check_scoring
from sklearn.model_selection import cross_validate
from sklearn.tree import DecisionTreeClassifier

from skbayes._evaluation.fold.fit_and_score import run_fold
from skbayes.exceptions import FitTimeout
from tests._evaluation.execution.folds import evaluation_of
from tests.search.estimators import FOLDS, Scripted, X, y

SEVERAL = check_scoring(Scripted(), scoring=["accuracy", "recall"])


def fold_of(evaluation=None, params=None, fold=1, **settings):
    """The record of one fold."""
    evaluation = evaluation or evaluation_of(**settings)
    return run_fold(*evaluation.arguments(params or {}, fold, None))


@pytest.mark.parametrize("has_train", [True, False])
@pytest.mark.parametrize("scoring", ["accuracy", ["accuracy", "f1"]])
def test_run_fold_has_the_scores_of_cross_validate(scoring, has_train):
    """Each fold's scores are equal; parameters are set on a clone."""
    model = DecisionTreeClassifier(random_state=0)
    scorer = check_scoring(model, scoring)
    evaluation = evaluation_of(model, scorer=scorer, return_train_score=has_train)
    expected = cross_validate(
        DecisionTreeClassifier(random_state=0, max_depth=2),
        X,
        y,
        cv=FOLDS,
        scoring=scoring,
        return_train_score=True,
    )
    for k in range(3):
        found = fold_of(evaluation, {"max_depth": 2}, k)
        for name, value in found.test_scores.items():
            assert value == expected[f"test_{name}"][k]
        assert (found.train_scores is not None) is has_train
        for name, value in (found.train_scores or {}).items():
            assert value == expected[f"train_{name}"][k]
        assert found.is_multimetric is isinstance(scoring, list)
        assert (found.fold, found.n_test_samples, found.error) == (k, 10, None)
        assert found.fit_time > 0.0
    assert model.max_depth is None
    assert not hasattr(model, "tree_")


@pytest.mark.parametrize(
    ("act", "error", "is_fatal"),
    [
        ("raise", "RuntimeError: told to fail", False),
        ("memory", "MemoryError: told to be too large", True),
        ("exit", "SystemExit: 3", True),
    ],
)
@pytest.mark.parametrize("scorer", [None, SEVERAL])
def test_run_fold_of_a_fit_that_fails_has_nan_and_the_traceback(
    act, error, is_fatal, scorer
):
    """Every metric is NaN; the number that stands for it is in the table only."""
    found = fold_of(
        evaluation_of(Scripted(act), scorer=scorer, error_score=0.5), {"quality": 1.0}
    )
    names = ["score"] if scorer is None else ["accuracy", "recall"]
    assert list(found.test_scores) == names
    assert all(map(math.isnan, found.test_scores.values()))
    assert found.error.strip().endswith(error)
    assert found.is_fatal is is_fatal


@pytest.mark.parametrize(
    ("act", "kind"),
    [("raise", RuntimeError), ("memory", MemoryError), ("exit", SystemExit)],
)
def test_run_fold_raises_where_errors_end_the_search(act, kind):
    with pytest.raises(kind, match="told to|3"):
        fold_of(evaluation_of(Scripted(act), error_score="raise"))


def test_run_fold_lets_an_interrupt_through():
    """An interrupt is meant for the search."""
    with pytest.raises(KeyboardInterrupt, match="^$"):
        fold_of(evaluation_of(Scripted("interrupt")))


def test_run_fold_that_takes_too_long_is_fatal():
    """The candidate's other folds would take as long."""
    found = fold_of(evaluation_of(Scripted("sleep"), fit_timeout=0.01))
    assert found.is_fatal
    assert "FitTimeout" in found.error
    with pytest.raises(FitTimeout, match="fit_timeout=0.01"):
        fold_of(evaluation_of(Scripted("sleep"), fit_timeout=0.01, error_score="raise"))


class SlowToSet(Scripted):
    """Builds something when a parameter is set."""

    def set_params(self, **params):
        """Take long."""
        time.sleep(60)


@pytest.mark.parametrize("error_score", [math.nan, "raise"])
def test_run_fold_limits_the_time_of_setting_parameters(error_score):
    evaluation = evaluation_of(SlowToSet(), fit_timeout=0.01, error_score=error_score)
    if error_score == "raise":
        with pytest.raises(FitTimeout, match="fit_timeout=0.01"):
            fold_of(evaluation, {"quality": 1.0})
    else:
        found = fold_of(evaluation, {"quality": 1.0})
        assert "FitTimeout" in found.error
        assert found.is_fatal


def test_run_fold_with_a_parameter_that_cannot_be_set():
    """The fit fails and says what to write, or the error ends the search."""
    found = fold_of(params={"qualty": 1.0})
    assert "Invalid parameter 'qualty'" in found.error
    assert not found.is_fatal
    assert math.isnan(found.test_scores["score"])
    for settings in ({"raises_if_not_set": True}, {"error_score": "raise"}):
        with pytest.raises(ValueError, match="Invalid parameter 'qualty'"):
            fold_of(params={"qualty": 1.0}, **settings)


def give(value):
    """A scorer that gives a value."""
    return lambda estimator, X, y: value


@pytest.mark.parametrize(
    ("value", "message"),
    [({}, "gave an empty dict"), (1j, "real numbers. Got 1j for 'score'")],
)
def test_run_fold_refuses_scores_that_are_none(value, message):
    """Nothing could be made of such scores later; others than a grid go on without."""
    with pytest.raises(ValueError, match=message):
        fold_of(scorer=give(value), raises_if_not_set=True)


def test_run_fold_keeps_what_it_is_asked_for():
    """The fold has the output that the scorer judges, and the estimator once."""
    scorer = check_scoring(Scripted())
    plain = fold_of()
    assert (plain.predictions, plain.estimator, plain.response_method) == (None,) * 3
    found = fold_of(kept_scorer=scorer, keep_estimators=True)
    assert found.estimator.take().fold_ == 1
    judged = check_scoring(Scripted(), "accuracy")
    found = fold_of(kept_scorer=judged)
    assert found.response_method == "predict"
    assert found.predictions.tolist() == [0] * 10
    assert found.response_classes.tolist() == [0, 1]
    failed = fold_of(
        evaluation_of(Scripted("raise"), kept_scorer=judged, keep_estimators=True)
    )
    assert (failed.predictions, failed.estimator) == (None, None)


def test_run_fold_passes_params_of_samples_in_slices():
    """The fit and the scorer each get the values for the samples of their part."""
    seen = {}

    class Weighted(DecisionTreeClassifier):
        def fit(self, X, y, sample_weight=None):
            seen["fit"] = sample_weight
            return super().fit(X, y)

    def score(estimator, X, y, order=None):
        seen["score"] = order
        return 0.5

    evaluation = evaluation_of(Weighted(), scorer=score)
    order = np.arange(30.0)
    settings = evaluation.settings.__class__(
        Weighted(), score, {"sample_weight": order}, {"order": order}
    )
    train, test = evaluation.splits[2]
    run_fold(X, y, train, test, settings, {}, 2)
    np.testing.assert_array_equal(seen["fit"], order[train])
    np.testing.assert_array_equal(seen["score"], order[test])
