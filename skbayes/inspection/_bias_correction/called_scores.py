"""Scores of candidates on bootstrap samples, by calling the scorer on each."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning

from skbayes._protocol import FloatArray
from skbayes.inspection._kept_predictions import KeptPredictions
from skbayes.inspection._reading import IntArray
from skbayes.inspection._resampling import Units, mean_over_folds

#: Candidates this many standard errors behind the best are left out, for each costs a
#: call of the scorer: they hardly ever win ...
_MOST_ERRORS = 3.0
#: ... and so are all behind so many.
_MOST_CALLED = 40


@dataclass(frozen=True, eq=False)
class CalledScores:
    """Scores by calling the scorer on every bootstrap sample.

    Parameters
    ----------
    kept : KeptPredictions
        What is scored.
    units : Units
        What the weights are of.
    contenders : int array
        Candidates that may win.
    """

    kept: KeptPredictions
    units: Units
    contenders: IntArray

    def in_bag(self, weights: FloatArray) -> FloatArray:
        scores = np.full((len(weights), len(self.kept.candidates)), np.nan)
        for bag, weight in enumerate(weights):
            scores[bag, self.contenders] = [
                self._score(weight, candidate) for candidate in self.contenders
            ]
        return scores

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        pairs = zip(weights, chosen, strict=True)
        return np.array([self._score(weight, c) for weight, c in pairs])

    def _score(self, weight: FloatArray, candidate: int) -> float:
        folds = np.full((self.kept.n_splits, 1), np.nan)
        for k, test in enumerate(self.kept.tests):
            times = weight[self.units.of_sample[test]].astype(np.intp)
            rows = np.repeat(np.arange(len(test)), times)
            folds[k] = _score_or_nan(self.kept, candidate, k, rows)
        return float(mean_over_folds(folds)[0])


def _score_or_nan(
    kept: KeptPredictions, candidate: int, fold: int, rows: IntArray
) -> float:
    """Score of some rows; NaN where it is not defined, as without positives."""
    if not len(rows):
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        try:
            return kept.score(candidate, fold, rows)
        except ValueError:
            return float("nan")


def contenders(fold_scores: FloatArray) -> IntArray:
    """Candidates near enough to the best, by paired differences over the folds.

    The spread of a candidate's few differences is drawn towards the typical one, as
    if four more folds had shown that.
    """
    means = fold_scores.mean(axis=1)
    best = int(np.argmax(means))
    differences = fold_scores[best] - fold_scores
    n_splits = fold_scores.shape[1]
    squares = ((differences - differences.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    typical = np.median(np.delete(squares, best)) if len(squares) > 1 else 0.0
    typical = typical / max(n_splits - 1, 1)
    variances = (4 * typical + squares) / (4 + n_splits - 1)
    is_near = means[best] - means <= _MOST_ERRORS * np.sqrt(variances / n_splits)
    near = np.flatnonzero(is_near | (means == means[best]))
    return near[np.argsort(-means[near], kind="stable")][:_MOST_CALLED]
