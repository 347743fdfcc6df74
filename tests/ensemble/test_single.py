"""Is a single candidate taken only where it is better than an ensemble?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

from skbayes.ensemble._out_of_fold import read_out_of_fold
from skbayes.ensemble._single import is_single_better, single_scores, usable
from skbayes.inspection._bias_correction.resampling import Units
from skbayes.search import GridSearchCV
from tests.ensemble.out_of_fold import both, made


def shifted_search(**settings):
    """A search of one good candidate and much worse ones."""
    return GridSearchCV(
        Shifted(),
        {"shift": [0.0, 200.0, 210.0, 230.0, 250.0]},
        cv=4,
        store_predictions=True,
        **settings,
    )


def test_is_single_better_compares_an_ensemble_with_a_single_candidate():
    """The folds compared have chosen neither; in doubt the ensemble is taken."""
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


def test_usable_leaves_out_rows_of_what_cannot_be_averaged():
    """All that belongs to a candidate stays together."""
    rng = np.random.default_rng(0)
    y, tests = np.tile([0, 1], 6), np.arange(12).reshape(2, 6)
    oof = made("accuracy", y, tests, both(rng.random((3, 12))))
    kept = usable(replace(oof, candidates=np.array([2, 0])))
    assert kept.candidates.tolist() == [0, 2]
    np.testing.assert_array_equal(kept.fold_scores, oof.kept.fold_scores[[0, 2]])
    assert kept.responses == tuple(oof.kept.responses[j] for j in (0, 2))
    assert len(kept.methods) == 2


def test_single_scores_are_of_the_best_on_what_was_drawn():
    """The best is scored on the rest; by the scorer itself."""
    rng = np.random.default_rng(1)
    y, tests = rng.integers(2, size=30), np.arange(30).reshape(3, 10)
    kept = made("accuracy", y, tests, both(rng.random((4, 30)))).kept
    units = Units(np.arange(30), np.zeros(30, dtype=int))
    draws = units.draw(6, rng)
    found = single_scores(kept, units, draws, caller="f")
    for draw, score in zip(draws.astype(bool), found, strict=True):
        means = [
            np.mean(
                [kept.score(j, k, np.flatnonzero(draw[t])) for k, t in folds(tests)]
            )
            for j in range(4)
        ]
        best = int(np.argmax(means))
        out = [kept.score(best, k, np.flatnonzero(~draw[t])) for k, t in folds(tests)]
        assert score == pytest.approx(np.mean(out))


def folds(tests):
    """Folds with their numbers."""
    return list(enumerate(tests))


def test_is_single_better_of_one_fold_is_in_doubt():
    """There is no second fold to score on."""
    y = np.tile([0, 1], 6)
    oof = made("accuracy", y, [np.arange(12)], both([y, 1 - y]))
    assert not is_single_better(oof, lambda is_in: (np.array([0.0, 1.0]), None))
