"""Bootstrap bias-corrected score of a search's choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._seeding import generator
from skbayes._selection_bias import why_path_biases, why_unknown
from skbayes._user_warnings import warn_user
from skbayes.inspection._bias_correction.kept_predictions import (
    KeptPredictions,
    read_predictions,
)
from skbayes.inspection._bias_correction.resampled_scores import make_scores
from skbayes.inspection._bias_correction.resampling import make_units

_CALLER = "bias_corrected_score"


@dataclass(frozen=True)
class BiasCorrectedScore:
    """Estimated score of a search's choice on new data.

    Parameters
    ----------
    estimate : float
        Expected score, in the scorer's unit, greater is better. Estimate and interval
        are NaN if racing stopped candidates.
    interval : tuple of (float, float)
        Confidence interval of the expected score.
    confidence_level : float
        Level of the interval.
    best_score : float
        Score of the best candidate, optimistic because the same folds chose it.
    metric : str
        Name of the score.
    n_candidates : int
        Number of complete candidates.
    bootstrap_scores : array of shape (n_bootstrap,)
        Score of each draw's choice on the samples that were not drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.inspection import bias_corrected_score
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [0.1, 1, 10]}, store_predictions=True)
    >>> corrected = bias_corrected_score(search.fit(X, y), random_state=0)
    >>> low, high = corrected.interval
    >>> low < corrected.estimate < high
    True
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
        """Difference between `best_score` and `estimate`."""
        return self.best_score - self.estimate


def bias_corrected_score(
    search: Any,
    n_bootstrap: int = 500,
    random_state: Any = None,
    *,
    groups: Any = None,
    confidence_level: float = 0.95,
) -> BiasCorrectedScore:
    """Estimate the score of a search's choice on new data.

    The best of many cross-validated scores is optimistic, because the same samples
    chose it. This function repeats the choice on random parts of the samples, by their
    out-of-fold predictions. It scores each choice on the samples that were not drawn,
    and fits no model again.

    Parameters
    ----------
    search : fitted search
        A search with ``store_predictions=True``. The repeated choice is the best mean
        score.
    n_bootstrap : int, default=500
        Number of draws.
    random_state : int, RandomState, Generator or None, default=None
        Seed of the drawn samples.
    groups : array-like of shape (n_samples,), default=None
        Samples of one group are drawn together. None takes the groups passed to
        ``fit``, if any.
    confidence_level : float, default=0.95
        Level of the interval.

    Returns
    -------
    BiasCorrectedScore
        Result with ``estimate`` and ``interval``.

    Raises
    ------
    NotFittedError, TypeError
        If `search` is not a fitted search.
    ValueError
        If the search kept no predictions, no candidate has a score, `refit` is a
        callable, several scores have no deciding one, or predictions and targets alone
        do not reproduce the scores.

    Notes
    -----
    This is the bootstrap of [1]_ with samples drawn without replacement, as in [2]_: a
    draw has as many samples as a bootstrap sample has distinct ones, 63 in 100. A draw
    with replacement would be as uncertain as half of the samples, and its choice worse
    than the choice by all samples. A small bias remains: where the candidates differ by
    about the uncertainty of their scores, the estimate is too low, by a seventh of
    that uncertainty at most in simulations.

    Common scores are computed from sums over samples, for all draws in one matrix
    product, and rankings (the area under the ROC curve, average precision) from one
    sorting of each candidate's predictions; with many samples, for the best
    candidates only, and for the others to first order in the weights. Any other
    scorer is called again and again, for the 40 best candidates at most. More than
    5,000 samples are lumped together into 2,000 at random.

    If racing stopped candidates, the estimate is NaN, and a warning names the reason:
    the samples that a draw leaves out have already chosen the complete candidates. So
    it is where they have chosen the number of trees along each candidate's path.

    The estimate is for models trained on as much data as in a fold. It does not
    correct for proposals that were made after a look at the same data; only nested
    cross-validation does. The interval is a little conservative, because it comes
    from fewer samples than there are. It does not include the variation between
    training sets.

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
    what = f"The estimate of {_CALLER}"
    reason = why_unknown(search, what) or why_path_biases(search, what)
    if reason is not None:
        warn_user(reason)
        return _summary(kept, np.full(1, np.nan), confidence_level)
    # Random numbers are drawn in this order: units, then weights. A change would change
    # every result for a given seed.
    rng = generator(random_state, owner=_CALLER)
    units = make_units(
        kept.y,
        _check_groups(kept.groups if groups is None else groups, kept.y.shape[0]),
        kept.tests,
        has_classes=kept.is_classifier,
        rng=rng,
    )
    weights = units.draw(n_bootstrap, rng)
    scores = make_scores(kept, units, caller=_CALLER)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A fold without a drawn positive divides zero by zero; NaN marks it below.
        in_bag = scores.in_bag(weights)
        chosen = np.argmax(np.where(np.isnan(in_bag), -np.inf, in_bag), axis=1)
        # The weights of the samples that a draw leaves out.
        held = scores.of_chosen((weights == 0).astype(float), chosen)
    held = held[~np.isnan(held)]
    if not len(held):
        raise ValueError(
            f"{_CALLER} found no bootstrap sample that can be scored: there are too "
            f"few samples, or groups, for {kept.n_splits} folds."
        )
    return _summary(kept, held, confidence_level)


def _summary(
    kept: KeptPredictions, held: FloatArray, confidence_level: float
) -> BiasCorrectedScore:
    """Summarise the scores on the left-out samples by mean and percentiles."""
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
    """Check the number of draws, the level and the search's `refit`."""
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
    """Return the groups as an array with one entry for each sample."""
    if groups is None:
        return None
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"The `groups` parameter of {_CALLER} must have one entry for each of the "
            f"{n_samples} samples. Got an array of shape {groups.shape} instead."
        )
    return groups
