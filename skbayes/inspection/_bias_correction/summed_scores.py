"""Scores of candidates on bootstrap samples, from sums over samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._kept_predictions import KeptPredictions
from skbayes.inspection._reading import IntArray
from skbayes.inspection._resampling import Units, mean_over_folds
from skbayes.inspection._score_form import FoldTruth, ScoreSums

#: Numbers held at once: 160 MB.
_MOST_NUMBERS = 20_000_000
#: Weights a ranking is computed under at once: 2 MB, which caches hold.
_MOST_RANKED = 250_000
#: Weights gone through for exact rankings, a quarter of a second; beyond them only the
#: best candidates' are exact, and the others' are to first order.
_MOST_EXACT = 40_000_000


@dataclass(frozen=True, eq=False)
class SummedScores:
    """Scores as functions of sums.

    Parameters
    ----------
    form : ScoreSums
        The score.
    folds : tuple of (units, terms, shared)
        Of each fold: the units that occur, shape (n_present,); the candidates' terms
        summed over them, shape (n_candidates, n_present, p); the shared terms.
    truths : tuple of FoldTruth
        Of each fold.
    kept : KeptPredictions
        What is scored.
    units : Units
        What the weights are of.
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
        """Compute the terms; None if they do not give the scores recorded."""
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
                # Predictions of another shape or kind than the score is written for.
                return None
            if not np.allclose(again, kept.fold_scores[:, k], rtol=1e-5, atol=1e-7):
                return None
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
        """How many candidates' scores are worth computing exactly."""
        passes = self.form.passes(len(self.truths[0].labels))
        n_rows = sum(len(test) for test in self.kept.tests)
        return _MOST_EXACT // (n_bootstrap * n_rows * passes)

    def _exact_scores(self, weights: FloatArray, candidates: IntArray) -> FloatArray:
        """Mean over the folds of the score itself, shape (n_bootstrap, n_exact)."""
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
        """Mean over the folds, shape (n_bootstrap, n_candidates)."""
        scores = []
        for present, terms, shared in self.folds:
            own = weights[:, present]
            some = terms[candidates]
            flat = some.swapaxes(0, 1).reshape(len(present), -1)
            sums = (own @ flat).reshape(len(own), len(some), -1)
            scores.append(self.form.combine(sums, (own @ shared)[:, np.newaxis, :]))
        return mean_over_folds(np.array(scores))


def _truth_of(kept: KeptPredictions, fold: int) -> FoldTruth:
    """What all candidates share in a fold."""
    classes = None if kept.classes is None else kept.classes[fold]
    return FoldTruth(kept.y[kept.tests[fold]], np.unique(kept.y), classes)
