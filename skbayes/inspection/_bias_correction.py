"""What the tuned model is worth: the bootstrap bias-corrected score."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Protocol

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning

from skbayes._protocol import FloatArray
from skbayes.inspection._kept_predictions import KeptPredictions, read_predictions
from skbayes.inspection._reading import IntArray
from skbayes.inspection._resampling import Units, make_units
from skbayes.inspection._score_sums import (
    FoldTruth,
    ScoreSums,
    form_of,
    has_too_many_sums,
)

_CALLER = "bias_corrected_score"

#: Numbers held at once: 160 MB.
_MOST_NUMBERS = 20_000_000
#: Where each candidate costs a call of the scorer, those this many standard errors
#: behind the best are left out: they hardly ever win ...
_MOST_ERRORS = 3.0
#: ... and so are all behind so many.
_MOST_CALLED = 40


@dataclass(frozen=True)
class BiasCorrectedScore:
    """What a search's choice is worth on new data.

    Parameters
    ----------
    estimate : float
        Expected score, in the scorer's unit, greater is better.
    interval : tuple of (float, float)
        Confidence interval of it.
    confidence_level : float
        Level of the interval.
    best_score : float
        Score of the best candidate, which is too good by the luck of its choice.
    metric : str
        Which score it is.
    n_candidates : int
        Complete candidates that could be chosen.
    bootstrap_scores : array of shape (n_bootstrap,)
        Out-of-bag scores of what was chosen in the bag.
    """

    estimate: float
    interval: tuple[float, float]
    confidence_level: float
    best_score: float
    metric: str
    n_candidates: int
    bootstrap_scores: FloatArray = field(repr=False, compare=False)

    @property
    def optimism(self) -> float:
        """By how much `best_score` is too good."""
        return self.best_score - self.estimate


class _Scores(Protocol):
    """Scores of all candidates under weights of the units."""

    def in_bag(self, weights: FloatArray) -> FloatArray:
        """Scores, shape (n_bootstrap, n_candidates)."""

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        """Score of the one chosen under each weighting, shape (n_bootstrap,)."""


def bias_corrected_score(
    search: Any,
    n_bootstrap: int = 500,
    random_state: Any = None,
    *,
    groups: Any = None,
    confidence_level: float = 0.95,
) -> BiasCorrectedScore:
    """Estimate what the choice of a search is worth on new data.

    The best of many cross-validated scores is too good, for it was chosen by the same
    samples. Here the choice is repeated on bootstrap samples of the out-of-fold
    predictions, and what is chosen is scored on the samples that were not drawn: no
    model is fitted again.

    Parameters
    ----------
    search : fitted search
        With ``store_predictions=True``. The choice that is repeated is the best mean
        score.
    n_bootstrap : int, default=500
        How often the choice is repeated.
    random_state : int, RandomState, Generator or None, default=None
        Seed of the bootstrap samples.
    groups : array-like of shape (n_samples,), default=None
        Samples that belong together and are drawn whole. None: the groups given to
        ``fit``, if any.
    confidence_level : float, default=0.95
        Level of the interval.

    Returns
    -------
    BiasCorrectedScore
        With ``estimate`` and ``interval``.

    Raises
    ------
    NotFittedError, TypeError
        If `search` is not a fitted search.
    ValueError
        If it kept no predictions, no candidate has a score, `refit` is a callable,
        several scores have none that decides, or predictions and targets alone do
        not give the scores.

    Notes
    -----
    Common scores are computed from sums over samples, for all bootstrap samples in one
    matrix product (for the area under the ROC curve: to first order in the weights);
    any other scorer is called again and again, for the 40 best candidates at most.
    More than 5,000 samples are lumped together into 2,000 at random, so that the
    time taken depends only on the number of candidates.

    The estimate is for models trained on as much data as in a fold. That candidates
    were proposed after looking at the same data is not corrected; only nested
    cross-validation does. The interval is a little conservative, for fewer samples
    are out of a bag than there are; it does not tell of other training data.

    References
    ----------
    .. [1] I. Tsamardinos, E. Greasidou and G. Borboudakis (2018). Bootstrapping the
       out-of-sample predictions for efficient and accurate cross-validation.
       Machine Learning 107, 1895-1922.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skbayes.inspection import bias_corrected_score
    >>> from skbayes.search import GridSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(
    ...     KNeighborsClassifier(),
    ...     {"n_neighbors": [1, 3, 5, 7, 9, 11]},
    ...     store_predictions=True,
    ... ).fit(X, y)
    >>> honest = bias_corrected_score(search, random_state=0)
    >>> print(f"{honest.best_score:.3f} is rather {honest.estimate:.3f}")
    0.980 is rather 0.972
    """
    _check_arguments(search, n_bootstrap, confidence_level)
    kept = read_predictions(search, caller=_CALLER)
    rng = _generator(random_state)
    units = make_units(
        kept.y,
        _check_groups(kept.groups if groups is None else groups, len(kept.y)),
        kept.tests,
        has_classes=kept.classes is not None,
        rng=rng,
    )
    weights = units.draw(n_bootstrap, rng)
    scores = _make_scores(kept, units)
    with np.errstate(divide="ignore", invalid="ignore"):
        in_bag = scores.in_bag(weights)
        chosen = np.argmax(np.where(np.isnan(in_bag), -np.inf, in_bag), axis=1)
        held = scores.of_chosen((weights == 0).astype(float), chosen)
    held = held[~np.isnan(held)]
    if not len(held):
        raise ValueError(
            f"{_CALLER} found no bootstrap sample that can be scored: there are too "
            f"few samples, or groups, for {kept.n_splits} folds."
        )
    tail = 50 * (1 - confidence_level)
    low, high = np.percentile(held, [tail, 100 - tail])
    return BiasCorrectedScore(
        estimate=float(held.mean()),
        interval=(float(low), float(high)),
        confidence_level=confidence_level,
        best_score=float(kept.fold_scores.mean(axis=1).max()),
        metric=kept.metric,
        n_candidates=len(kept.candidates),
        bootstrap_scores=held,
    )


def _check_arguments(search: Any, n_bootstrap: Any, confidence_level: Any) -> None:
    """Refuse what cannot be repeated, counted or covered."""
    if not isinstance(n_bootstrap, Integral) or n_bootstrap < 1:
        raise ValueError(
            f"The `n_bootstrap` parameter of {_CALLER} must be an integer >= 1. Got "
            f"{n_bootstrap!r} instead."
        )
    if not isinstance(confidence_level, Real) or not 0 < confidence_level < 1:
        raise ValueError(
            f"The `confidence_level` parameter of {_CALLER} must be between 0 and 1. "
            f"Got {confidence_level!r} instead."
        )
    if callable(getattr(search, "refit", None)):
        raise ValueError(
            f"{_CALLER} repeats the choice of the best mean score, but the `refit` "
            f"parameter of this {type(search).__name__} is a callable. Use its "
            "`optimism_corrected_score_`, which repeats the callable's choice."
        )


def _check_groups(groups: Any, n_samples: int) -> Any:
    """The groups as an array of one entry a sample."""
    if groups is None:
        return None
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"The `groups` parameter of {_CALLER} must have one entry for each of the "
            f"{n_samples} samples. Got an array of shape {groups.shape} instead."
        )
    return groups


def _generator(random_state: Any) -> np.random.Generator:
    """A generator of numpy's new kind from any seed of scikit-learn's."""
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**31))
    return np.random.default_rng(random_state)


def _make_scores(kept: KeptPredictions, units: Units) -> _Scores:
    """Scores by sums where they reproduce what the search recorded, else by calls."""
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
            f"{_CALLER} could not compute the score {kept.metric!r} from predictions "
            f"and targets: {error}"
        ) from error
    if not np.allclose(again, kept.fold_scores[best], rtol=1e-6, atol=1e-9):
        raise ValueError(
            f"{_CALLER} computed other scores from predictions and targets than the "
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
    """

    form: ScoreSums
    folds: tuple[tuple[IntArray, FloatArray, FloatArray], ...]

    @classmethod
    def make(
        cls, kept: KeptPredictions, form: ScoreSums, units: Units
    ) -> _SummedScores | None:
        """Compute the terms; None if they do not give the scores recorded."""
        folds = []
        labels = np.unique(kept.y)
        for k, test in enumerate(kept.tests):
            classes = None if kept.classes is None else kept.classes[k]
            truth = FoldTruth(kept.y[test], labels, classes)
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
        return cls(form, tuple(folds))

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
            only = slice(candidate, candidate + 1)
            scores[bags] = self._score(weights[bags], only)[:, 0]
        return scores

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
