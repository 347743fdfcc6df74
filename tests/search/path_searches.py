"""Searches whose candidates have paths, and plain fits to compare with."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_validate

from skbayes import BayesSearchCV

X, y = make_classification(150, 8, n_informative=4, flip_y=0.2, random_state=0)
HIST = HistGradientBoostingClassifier(max_iter=20, random_state=0)
RATES = {"learning_rate": (0.05, 0.8, "log-uniform")}
SPACE = {"max_iter": (3, 40, "log-uniform"), **RATES}


def make(estimator=HIST, space=SPACE, **settings):
    """A small search with a seed."""
    settings = {"n_iter": 5, "cv": 3, "random_state": 0, **settings}
    settings.setdefault("scoring", "roc_auc")
    return BayesSearchCV(clone(estimator), space, **settings)


def plain_scores(search, params, X=X, y=y, metric=None):
    """What scikit-learn scores a candidate, fold by fold."""
    estimator = clone(search.estimator).set_params(**params)
    table = cross_validate(estimator, X, y, cv=3, scoring=metric or search.scoring)
    return table["test_score"]


def check_against_plain_fits(search, name, X=X, y=y, metric=None):
    """Each candidate has the best mean of all values looked at, by plain fits."""
    untuned, *others = search.trials_
    assert untuned.proposed is None
    assert untuned.params[name] == getattr(search.estimator, name)
    for trial in others:
        means = {}
        for size, scores in trial.path_scores.items():
            params = trial.params | {name: size}
            expected = plain_scores(search, params, X, y, metric)
            np.testing.assert_array_equal(scores, expected)
            means[size] = expected.mean()
        assert max(means) == trial.proposed[name]
        best = max(means, key=lambda size: (means[size], -size))
        assert trial.params == trial.proposed | {name: best}
        np.testing.assert_array_equal(trial.scores(metric), trial.path_scores[best])


def check_equal(one, other):
    """Two searches came to the same, but for the times."""
    assert [t.params for t in one.trials_] == [t.params for t in other.trials_]
    assert [t.proposed for t in one.trials_] == [t.proposed for t in other.trials_]
    for name, column in one.cv_results_.items():
        if "time" not in name:
            np.testing.assert_array_equal(column, other.cv_results_[name])
