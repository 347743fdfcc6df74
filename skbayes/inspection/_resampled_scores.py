"""Scores of all candidates on bootstrap samples, by sums or by calling the scorer."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning

from skbayes._protocol import FloatArray
from skbayes.inspection._kept_predictions import KeptPredictions
from skbayes.inspection._reading import IntArray
from skbayes.inspection._resampling import Units
from skbayes.inspection._score_sums import (
    FoldTruth,
    ScoreSums,
    form_of,
    has_too_many_sums,
)

#: Numbers held at once: 160 MB.
_MOST_NUMBERS = 20_000_000
#: Where each candidate costs a call of the scorer, those this many standard errors
#: behind the best are left out: they hardly ever win ...
_MOST_ERRORS = 3.0
#: ... and so are all behind so many.
_MOST_CALLED = 40


class ResampledScores(Protocol):
    """Scores of all candidates under weights of the units."""

    def in_bag(self, weights: FloatArray) -> FloatArray:
        """Scores, shape (n_bootstrap, n_candidates)."""

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        """Score of the one chosen under each weighting, shape (n_bootstrap,)."""


def make_scores(kept: KeptPredictions, units: Units, *, caller: str) -> ResampledScores:
    """Score by sums where they reproduce what the search recorded, else by calls.

    Parameters
    ----------
    kept : KeptPredictions
        What is scored.
    units : Units
        What is drawn.
    caller : str
        Who needs the scores, for messages.

    Returns
    -------
    ResampledScores

    Raises
    ------
    ValueError
        If predictions and targets alone do not give the scores.
    """
    form = _likely_form(kept)
    if form is not None:
        summed = _SummedScores.make(kept, form, units)
        if summed is not None:
            return summed
    best = int(np.argmax(kept.fold_scores.mean(axis=1)))
    rows = [np.arange(len(test)) for test in kept.tests]
    try:
        again = [kept.score(best, k, rows[k]) for k in range(kept.n_splits)]
    except Exception as error:
        raise ValueError(
            f"{caller} could not compute the score {kept.metric!r} from predictions "
            f"and targets: {error}"
        ) from error
    if not np.allclose(again, kept.fold_scores[best], rtol=1e-6, atol=1e-9):
        raise ValueError(
            f"{caller} computed other scores from predictions and targets than the "
            f"search recorded: the score {kept.metric!r} depends on more than these."
        )
    return _CalledScores(kept, units, _contenders(kept.fold_scores))


def _likely_form(kept: KeptPredictions) -> ScoreSums | None:
    if np.ndim(kept.y) != 1:
        return None
    own = None
    if kept.has_own_score:
        own = "r2" if kept.classes is None else "accuracy"
    form = form_of(kept.scorer, own_score=own)
    if form is None or has_too_many_sums(form, len(np.unique(kept.y))):
        return None
    return form


@dataclass(frozen=True, eq=False)
class _SummedScores:
    """Scores as functions of sums.

    Parameters
    ----------
    form : ScoreSums
        The score.
    folds : tuple of (units, terms, shared)
        Of each fold: the units that occur, shape (n_present,); the candidates' terms
        summed over them, shape (n_candidates, n_present, p); the shared terms.
    kept : KeptPredictions
        What is scored.
    units : Units
        What the weights are of.
    """

    form: ScoreSums
    folds: tuple[tuple[IntArray, FloatArray, FloatArray], ...]
    kept: KeptPredictions
    units: Units

    @classmethod
    def make(
        cls, kept: KeptPredictions, form: ScoreSums, units: Units
    ) -> _SummedScores | None:
        """Compute the terms; None if they do not give the scores recorded."""
        folds = []
        for k, test in enumerate(kept.tests):
            truth = _truth_of(kept, k)
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
        return cls(form, tuple(folds), kept, units)

    def in_bag(self, weights: FloatArray) -> FloatArray:
        n_candidates, _, p = self.folds[0][1].shape
        step = max(1, _MOST_NUMBERS // (len(weights) * p))
        return np.hstack(
            [
                self._score(weights, slice(first, first + step))
                for first in range(0, n_candidates, step)
            ]
        )

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        scores = np.empty(len(weights))
        for candidate in np.unique(chosen):
            bags = chosen == candidate
            if self.form.exact is None:
                only = slice(candidate, candidate + 1)
                scores[bags] = self._score(weights[bags], only)[:, 0]
            else:
                scores[bags] = self._exact_score(weights[bags], candidate)
        return scores

    def _exact_score(self, weights: FloatArray, candidate: int) -> FloatArray:
        """Mean over the folds of the score itself, shape (n_bootstrap,)."""
        assert self.form.exact is not None
        scores = [
            self.form.exact(
                _truth_of(self.kept, k),
                self.kept.responses[candidate][k],
                weights[:, self.units.of_sample[test]],
            )
            for k, test in enumerate(self.kept.tests)
        ]
        return _mean_over_folds(np.array(scores))

    def _score(self, weights: FloatArray, candidates: slice) -> FloatArray:
        """Mean over the folds, shape (n_bootstrap, n_candidates)."""
        scores = []
        for present, terms, shared in self.folds:
            own = weights[:, present]
            some = terms[candidates]
            flat = some.swapaxes(0, 1).reshape(len(present), -1)
            sums = (own @ flat).reshape(len(own), len(some), -1)
            scores.append(self.form.combine(sums, (own @ shared)[:, np.newaxis, :]))
        return _mean_over_folds(np.array(scores))


def _truth_of(kept: KeptPredictions, fold: int) -> FoldTruth:
    """What all candidates share in a fold."""
    classes = None if kept.classes is None else kept.classes[fold]
    return FoldTruth(kept.y[kept.tests[fold]], np.unique(kept.y), classes)


@dataclass(frozen=True, eq=False)
class _CalledScores:
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
        return float(_mean_over_folds(folds)[0])


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


def _mean_over_folds(scores: FloatArray) -> FloatArray:
    """Mean over the first axis of what is defined; NaN where nothing is."""
    is_defined = np.isfinite(scores)
    total = np.where(is_defined, scores, 0.0).sum(axis=0)
    n_defined = is_defined.sum(axis=0)
    return np.where(n_defined > 0, total / np.maximum(n_defined, 1), np.nan)


def _contenders(fold_scores: FloatArray) -> IntArray:
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
