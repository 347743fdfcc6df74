"""Is a single candidate taken only where it is better than an ensemble?"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

from skbayes.ensemble._out_of_fold import read_out_of_fold
from skbayes.ensemble._single import is_single_better
from skbayes.search import GridSearchCV


def shifted_search(**settings):
    """A search of one good candidate and much worse ones."""
    return GridSearchCV(
        Shifted(),
        {"shift": [0.0, 200.0, 210.0, 230.0, 250.0]},
        cv=4,
        store_predictions=True,
        **settings,
    )


def test_an_ensemble_is_compared_with_a_single_candidate():
    """In folds that have chosen neither; in doubt the ensemble is taken."""
    search = shifted_search().fit(*load_diabetes(return_X_y=True))
    oof = read_out_of_fold(search, caller="test")
    assert is_single_better(oof, lambda is_in: (np.full(5, 0.2), None))
    assert not is_single_better(oof, lambda is_in: (np.eye(5)[0], None))


class Shifted(Ridge):
    """Ridge regression that is wrong by a number."""

    def __init__(self, alpha=1.0, shift=0.0):
        super().__init__(alpha)
        self.shift = shift

    def predict(self, X):
        """Too much."""
        return super().predict(X) + self.shift
