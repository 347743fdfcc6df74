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


def sizes_of(search):
    """The values that are looked at, of the only path of a search."""
    (branch,) = search.optimizer_.space.branches
    (sizes,) = [d.sizes for d in branch.values() if hasattr(d, "sizes")]
    return sizes


def best_on_path(curves):
    """The best value of the curves, which are followed until their mean has turned."""
    sizes = sorted(curves)
    curve = {size: curves[size].mean() for size in sizes}
    reach = (sizes[0] * sizes[-1]) ** 0.5
    while True:
        reach = min((size for size in sizes if size >= reach), default=sizes[-1])
        known = [size for size in sizes if size <= reach]
        best = max(known, key=lambda size: (curve[size], -size))
        beyond = [size for size in known if size > reach / 2]
        only_harms = best not in beyond and all(curve[k] < curve[best] for k in beyond)
        later = [curve[size] for size in known if size >= best]
        falls = len(later) > 2 and bool(np.all(np.diff(later) < 0))
        in_every_fold = bool(np.all(curves[reach] < curves[best]))
        if only_harms or (falls and in_every_fold) or reach == sizes[-1]:
            return best
        reach *= 2 if best == reach else 1.5


def check_against_plain_fits(search, name, X=X, y=y, metric=None):
    """Each candidate has the best mean of all values looked at, by plain fits."""
    sizes = sizes_of(search)
    untuned, *others = search.trials_
    assert untuned.proposed is None
    assert untuned.params[name] == getattr(search.estimator, name)
    for trial in others:
        curves = {
            size: plain_scores(search, trial.params | {name: size}, X, y, metric)
            for size in sizes
        }
        assert trial.params[name] == best_on_path(curves)
        assert trial.proposed == trial.params | {name: sizes[-1]}
        np.testing.assert_array_equal(
            trial.scores(), plain_scores(search, trial.params, X, y, metric)
        )


def check_equal(one, other):
    """Two searches came to the same, but for the times."""
    assert [t.params for t in one.trials_] == [t.params for t in other.trials_]
    assert [t.proposed for t in one.trials_] == [t.proposed for t in other.trials_]
    for name, column in one.cv_results_.items():
        if "time" not in name:
            np.testing.assert_array_equal(column, other.cv_results_[name])
