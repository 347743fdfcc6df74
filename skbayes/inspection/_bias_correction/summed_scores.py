"""Score candidates on bootstrap samples by matrix products of sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray, IntArray
from skbayes.inspection._bias_correction.kept_predictions import KeptPredictions
from skbayes.inspection._bias_correction.resampling import Units, mean_over_folds
from skbayes.inspection._bias_correction.score_sums import (
    FoldTruth,
    ScoreSums,
    dense,
    labels_of,
)

#: Most numbers in memory at once: 160 MB.
_MOST_NUMBERS = 20_000_000
#: Most weights of one ranking at once: 2 MB, which fit in a cache.
_MOST_RANKED = 250_000
#: Most weights in all exact rankings, a quarter of a second. Beyond, only the best
#: candidates are scored exactly and the others to first order.
_MOST_EXACT = 40_000_000


@dataclass(frozen=True, eq=False)
class SummedScores:
    """Scores of all candidates as functions of sums.

    Parameters
    ----------
    form : ScoreSums
        Score as a function of sums over samples.
    folds : tuple of (units, terms, shared)
        For each fold: the units that occur, shape (n_present,); the candidates' terms
        summed over units, shape (n_candidates, n_present, p); the shared terms.
    truths : tuple of FoldTruth
        Targets of each fold.
    kept : KeptPredictions
        Predictions to score.
    units : Units
        Units of the weights.
    """

    form: ScoreSums
    folds: tuple[tuple[IntArray, FloatArray, FloatArray], ...]
    truths: tuple[FoldTruth, ...]
    kept: KeptPredictions
    units: Units

    @classmethod
    def make(
        cls, kept: KeptPredictions, form: ScoreSums, units: Units
    ) -> SummedScores | None:
        """Compute the terms; None if they do not reproduce the recorded scores."""
        folds = []
        truths = tuple(_truth_of(kept, k) for k in range(kept.n_splits))
        for k, (truth, test) in enumerate(zip(truths, kept.tests, strict=True)):
            try:
                terms = [form.terms(truth, r[k]) for r in kept.responses]
                shared = form.shared(truth)
                again = form.combine(
                    np.array([t.sum(axis=0) for t in terms]), shared.sum(axis=0)
                )
            except (ValueError, IndexError, TypeError):
                # The predictions have another shape or kind than the sums need.
                return None
            if not np.allclose(again, kept.fold_scores[:, k], rtol=1e-5, atol=1e-7):
                return None
            # Sum terms over units before any draw: a draw then costs n_units, not
            # n_rows.
            present, summed = units.sums(test, np.hstack([*terms, shared]))
            p = terms[0].shape[1]
            of_candidates = summed[:, : p * len(terms)]
            folds.append(
                (
                    present,
                    of_candidates.reshape(len(present), len(terms), p).swapaxes(0, 1),
                    summed[:, p * len(terms) :],
                )
            )
        return cls(form, tuple(folds), truths, kept, units)

    def in_bag(self, weights: FloatArray) -> FloatArray:
        # Candidates in steps: weights times all candidates can be gigabytes.
        n_candidates, _, p = self.folds[0][1].shape
        step = max(1, _MOST_NUMBERS // (len(weights) * p))
        scores = np.hstack(
            [
                self._score(weights, slice(first, first + step))
                for first in range(0, n_candidates, step)
            ]
        )
        if self.form.exact is not None:
            n_exact = self._n_exact(len(weights))
            # The best candidates by the recorded scores win most draws: exactness
            # matters for them.
            best = np.argsort(-self.kept.fold_scores.mean(axis=1), kind="stable")
            exact = best[:n_exact]
            scores[:, exact] = self._exact_scores(weights, exact)
        return scores

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        scores = np.empty(len(weights))
        for candidate in np.unique(chosen):
            bags = chosen == candidate
            if self.form.exact is None:
                only = slice(candidate, candidate + 1)
                scores[bags] = self._score(weights[bags], only)[:, 0]
            else:
                one = np.array([candidate])
                scores[bags] = self._exact_scores(weights[bags], one)[:, 0]
        return scores

    def _n_exact(self, n_bootstrap: int) -> int:
        """Number of candidates that are scored exactly within `_MOST_EXACT`."""
        passes = self.form.passes(len(self.truths[0].labels))
        n_rows = sum(len(test) for test in self.kept.tests)
        return _MOST_EXACT // (n_bootstrap * n_rows * passes)

    def _exact_scores(self, weights: FloatArray, candidates: IntArray) -> FloatArray:
        """Average the exact score over the folds, shape (n_bootstrap, n_exact)."""
        assert self.form.exact is not None
        scores = np.empty((len(self.truths), len(weights), len(candidates)))
        step = max(1, _MOST_RANKED // max(map(len, self.kept.tests)))
        for first in range(0, len(weights), step):
            some = slice(first, first + step)
            of_units = np.ascontiguousarray(weights[some].T)
            for k, (truth, test) in enumerate(
                zip(self.truths, self.kept.tests, strict=True)
            ):
                drawn = of_units[self.units.of_sample[test]]
                for j, candidate in enumerate(candidates):
                    response = self.kept.responses[candidate][k]
                    scores[k, some, j] = self.form.exact(truth, response, drawn)
        return mean_over_folds(scores)

    def _score(self, weights: FloatArray, candidates: slice) -> FloatArray:
        """Average the score over the folds, shape (n_bootstrap, n_candidates)."""
        scores = []
        for present, terms, shared in self.folds:
            own = weights[:, present]
            some = terms[candidates]
            flat = some.swapaxes(0, 1).reshape(len(present), -1)
            sums = (own @ flat).reshape(len(own), len(some), -1)
            scores.append(self.form.combine(sums, (own @ shared)[:, np.newaxis, :]))
        return mean_over_folds(np.array(scores))


def _truth_of(kept: KeptPredictions, fold: int) -> FoldTruth:
    """Collect the targets of a fold."""
    classes = None if kept.classes is None else kept.classes[fold]
    y = dense(kept.y[kept.tests[fold]])
    return FoldTruth(y, labels_of(kept.y), classes)
