"""Are scores those of scikit-learn, and is only one part of the data held at a time?"""

from __future__ import annotations

import weakref

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import check_scoring
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import KFold, cross_validate
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes._evaluation.fold import train_and_test as module
from skbayes._evaluation.fold.evaluation import FoldSettings
from skbayes._evaluation.fold.train_and_test import (
    FoldData,
    failed_fit,
    train_and_test,
)

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4))
y = (X[:, 0] + rng.normal(size=60) > 0).astype(int)
CV = KFold(4, shuffle=True, random_state=0)


def settings_of(estimator, scoring="neg_log_loss", **changes):
    """Settings of folds, with the scorer of a metric."""
    given = {"fit_params": {}, "score_params": {}} | changes
    return FoldSettings(estimator, check_scoring(estimator, scoring), **given)


def scores_of(estimator, data, settings):
    """Fit and score without callbacks."""
    return train_and_test(estimator, data, settings, settings.scorer, None)


@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize(
    ("estimator", "samples"),
    [
        (LogisticRegression(), X),
        (LogisticRegression(), sparse.csr_matrix(X)),
        (DecisionTreeClassifier(random_state=0), pd.DataFrame(X).astype("float32")),
        (SVC(kernel="precomputed"), rbf_kernel(X)),
        (LogisticRegression(), X.tolist()),
    ],
    ids=["array", "sparse", "frame", "pairwise", "list"],
)
def test_train_and_test_scores_as_cross_validate_does(estimator, samples, is_masked):
    """Both parts, to the last bit, with weights in the fit."""
    weights = np.linspace(1, 2, 60)
    expected = cross_validate(
        estimator, samples, y, cv=CV, scoring="roc_auc", return_train_score=True,
        params={"sample_weight": weights},
    )  # fmt: skip
    settings = settings_of(
        estimator, "roc_auc", fit_params={"sample_weight": weights},
        return_train_score=True,
    )  # fmt: skip
    for k, (train, test) in enumerate(CV.split(X)):
        if is_masked:
            train, test = (np.isin(np.arange(60), part) for part in (train, test))
        found = scores_of(estimator, FoldData(samples, y, train, test), settings)
        assert found.test_scores == expected["test_score"][k]
        assert found.train_scores == expected["train_score"][k]
        assert found.n_test_samples == 15
        assert found.error is None


class Remembers(ClassifierMixin, BaseEstimator):
    """Knows, without holding them, which samples it was fitted on."""

    def fit(self, X, y):
        """Remember them."""
        self.classes_ = np.unique(y)
        self.samples_ = weakref.ref(X)
        return self


@pytest.mark.parametrize("with_train_scores", [False, True])
def test_train_and_test_holds_one_part_at_a_time(with_train_scores, monkeypatch):
    """The test part is taken after the fit, when the training part has gone."""
    order = []
    split = module.safe_split

    def noting_split(*arguments):
        order.append("split")
        return split(*arguments)

    def score(estimator, X, y):
        order.append(estimator.samples_() is not None)
        return 0.0

    monkeypatch.setattr(module, "safe_split", noting_split)
    fit = Remembers.fit

    def noting_fit(*arguments):
        order.append("fit")
        return fit(*arguments)

    monkeypatch.setattr(Remembers, "fit", noting_fit)
    settings = settings_of(Remembers(), score, return_train_score=with_train_scores)
    scores_of(Remembers(), FoldData(X, y, np.arange(40), np.arange(40, 60)), settings)
    if with_train_scores:
        assert order == ["split", "fit", "split", True, True]
    else:
        assert order == ["split", "fit", "split", False]


class Fails(LogisticRegression):
    """Cannot be fitted."""

    def fit(self, X, y):
        """Fail."""
        raise RuntimeError("told to fail")


def test_train_and_test_of_a_fit_that_fails_has_its_traceback():
    """With as many test samples as there are; or the error itself is raised."""
    data = FoldData(X, y, np.arange(40), np.arange(40, 60))
    found = scores_of(Fails(), data, settings_of(Fails()))
    assert found.error.startswith("Traceback")
    assert found.error.endswith("RuntimeError: told to fail\n")
    assert found.n_test_samples == 20
    assert np.isnan(found.test_scores)
    with pytest.raises(RuntimeError, match="told to fail"):
        scores_of(Fails(), data, settings_of(Fails(), error_score="raise"))


def test_failed_fit_has_nan_for_each_known_metric():
    """A metric that is not known beforehand has none."""
    several = settings_of(LogisticRegression(), ["accuracy", "f1"])
    found = failed_fit(several, "why")
    assert set(found.test_scores) == {"accuracy", "f1"}
    assert np.isnan(list(found.test_scores.values())).all()
    assert found.error == "why"
    assert np.isnan(failed_fit(settings_of(LogisticRegression()), "why").test_scores)
