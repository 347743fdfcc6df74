"""Score candidates on bootstrap samples by calls of the scorer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._fold_statistics import shrunk_variance, usual_variance
from skbayes._protocol import FloatArray, IntArray
from skbayes.inspection._bias_correction.kept_predictions import (
    KeptPredictions,
    score_or_nan,
)
from skbayes.inspection._bias_correction.resampling import Units, mean_over_folds

#: A candidate more standard errors behind the best hardly ever wins a draw, and each
#: candidate costs a call of the scorer in every draw and fold.
_MOST_ERRORS = 3.0
#: Most candidates that are scored.
_MOST_CALLED = 40


@dataclass(frozen=True, eq=False)
class CalledScores:
    """Scores by a call of the scorer on every bootstrap sample.

    Parameters
    ----------
    kept : KeptPredictions
        Predictions to score.
    units : Units
        Units of the weights.
    contenders : int array
        Rows of the candidates that may win a draw.
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
            # A scorer of unknown function may not take sample weights: rows are
            # repeated.
            times = weight[self.units.of_sample[test]].astype(np.intp)
            rows = np.repeat(np.arange(len(test)), times)
            if len(rows):
                folds[k] = score_or_nan(self.kept.score, candidate, k, rows)
        return float(mean_over_folds(folds)[0])


def contenders(fold_scores: FloatArray) -> IntArray:
    """Select the candidates near the best, by paired differences over the folds.

    A candidate has few differences, so that their variance is shrunk towards the usual
    variance of all candidates.
    """
    means = fold_scores.mean(axis=1)
    best = int(np.argmax(means))
    differences = fold_scores[best] - fold_scores
    n_splits = fold_scores.shape[1]
    squares = ((differences - differences.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    usual = usual_variance(np.delete(squares, best), n_splits - 1)
    variances = shrunk_variance(squares, n_splits - 1, usual)
    is_near = means[best] - means <= _MOST_ERRORS * np.sqrt(variances / n_splits)
    near = np.flatnonzero(is_near | (means == means[best]))
    return near[np.argsort(-means[near], kind="stable")][:_MOST_CALLED]
