"""Learners whose score grows with their samples, and searches with rungs."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import KFold

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV

N = 1200
X = np.arange(float(N)).reshape(-1, 1)
y = np.arange(N) % 3
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
