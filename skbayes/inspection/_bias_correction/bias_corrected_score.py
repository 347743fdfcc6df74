"""What the tuned model is worth: the bootstrap bias-corrected score."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._kept_predictions import read_predictions
from skbayes.inspection._resampled_scores import make_scores
from skbayes.inspection._resampling import make_units

_CALLER = "bias_corrected_score"


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
        Each time, the score on the samples not drawn of what was chosen by the others.
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
    samples. Here the choice is repeated on random parts of the samples, by their
    out-of-fold predictions, and what is chosen is scored on the samples that were not
    drawn: no model is fitted again.

    Parameters
    ----------
    search : fitted search
        With ``store_predictions=True``. The choice that is repeated is the best mean
        score.
    n_bootstrap : int, default=500
        How often the choice is repeated.
    random_state : int, RandomState, Generator or None, default=None
        Seed of the drawn samples.
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
    This is the bootstrap of [1]_ with samples drawn without replacement, as [2]_ has
    it: as many as are different in a bootstrap sample, 63 in 100. Drawn with
    replacement they would be as uncertain as half of the samples, and the choice by
    them worse than the one by all. It still is, a little: where candidates differ by
    about as much as their scores are uncertain, the estimate is too low, by a
    seventh of that uncertainty at most in simulations.

    Common scores are computed from sums over samples, for all draws in one matrix
    product, and rankings (the area under the ROC curve, average precision) from one
    sorting of each candidate's predictions; with many samples, for the best
    candidates only, and for the others to first order in the weights. Any other
    scorer is called again and again, for the 40 best candidates at most. More than
    5,000 samples are lumped together into 2,000 at random.

    The estimate is for models trained on as much data as in a fold. That candidates
    were proposed after looking at the same data is not corrected; only nested
    cross-validation does. The interval is a little conservative, for fewer samples
    are not drawn than there are; it does not tell of other training data.

    References
    ----------
    .. [1] I. Tsamardinos, E. Greasidou and G. Borboudakis (2018). Bootstrapping the
       out-of-sample predictions for efficient and accurate cross-validation.
       Machine Learning 107, 1895-1922.
    .. [2] H. Binder and M. Schumacher (2008). Adapting prediction error estimates for
       biased complexity selection in high-dimensional bootstrap samples. Statistical
       Applications in Genetics and Molecular Biology 7, article 12.

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
    0.980 is rather 0.969
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
    scores = make_scores(kept, units, caller=_CALLER)
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
    if not 0 < confidence_level < 1:
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
