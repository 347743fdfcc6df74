"""The uncertainty of a mean over cross-validation folds.

References
----------
.. [1] C. Nadeau and Y. Bengio (2003). Inference for the generalization error. Machine
   Learning 52, 239-281. doi:10.1023/A:1024068626366
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import beta, chdtri

from skbayes._protocol import FloatArray
from skbayes._split_parts import n_samples_in

#: Weight of the usual variance, in folds, against the sample variance of a few folds.
USUAL_DEGREES = 4.0
#: Products of four larger scores are beyond the range of floats ...
LARGEST_FACTOR = 1e70
#: ... and sums of larger ones.
LARGEST_SUMMAND = 1e300


def bounded_scores(scores: FloatArray, largest: float = LARGEST_FACTOR) -> FloatArray:
    """Scores that statistics can be made of; those that are not finite stay.

    The error of a model that has diverged may be larger, which says no more.

    Parameters
    ----------
    scores : array
        Scores, NaN where there is none.
    largest : float, default=1e70
        Scores beyond plus and minus this are replaced by it.

    Returns
    -------
    array of the same shape
    """
    bounded: FloatArray = np.clip(scores, -largest, largest)
    return np.where(np.isinf(scores), scores, bounded)


def corrected_standard_error(
    fold_scores: ArrayLike, test_share: float | None = None
) -> float:
    """Standard error of a mean over folds whose training sets overlap.

    Parameters
    ----------
    fold_scores : array-like of shape (n_splits,)
        Scores, or differences of scores, fold by fold.
    test_share : float, default=None
        Share of the data that a fold holds out. None: 1 / n_splits, as for folds that
        partition the data.

    Returns
    -------
    float
        Standard error in the unit of the scores; NaN with fewer than two folds.
    """
    scores = np.asarray(fold_scores, dtype=float)
    if len(scores) < 2:
        return math.nan
    factor = corrected_factor(len(scores), test_share)
    return math.sqrt(factor * float(scores.var(ddof=1)))


def corrected_factor(n_splits: int, test_share: float | None = None) -> float:
    """Variance of a mean over folds, as a multiple of the variance between folds.

    Parameters
    ----------
    n_splits : int
        Folds, two at least.
    test_share : float, default=None
        Share of the data that a fold holds out. None: 1 / n_splits.

    Returns
    -------
    float
        More than 1 / n_splits, which would hold for independent folds.
    """
    share = 1.0 / n_splits if test_share is None else test_share
    return 1.0 / n_splits + share / (1.0 - share)  # [1], Eq. (9): 1/J + n_2/n_1


def held_out_share(splits: Sequence[tuple[ArrayLike, ArrayLike]]) -> float | None:
    """Share of the data that a fold holds out, on average.

    Parameters
    ----------
    splits : sequence of (train, test)
        Indices of the samples.

    Returns
    -------
    float or None
        None without samples on one of the sides.
    """
    n_train, n_test = (
        sum(map(n_samples_in, part)) for part in zip(*splits, strict=True)
    )
    return n_test / (n_train + n_test) if n_train and n_test else None


class TableOfFolds(dict[str, Any]):
    """``cv_results_`` for a rule, with the share of the data that a fold holds out.

    Parameters
    ----------
    results : mapping
        Columns of ``cv_results_``.
    test_share : float or None
        Share of the data that a fold holds out; None: 1 / n_splits.
    """

    def __init__(self, results: Mapping[str, Any], test_share: float | None) -> None:
        super().__init__(results)
        self.test_share = test_share


def usual_variance(squares: FloatArray, degrees: int) -> float:
    """A robust estimate of the variance that rows have in common.

    A sample variance is ``v chi2(d) / d``, which lies below v more often than above:
    with a single degree of freedom its median is 0.45 v. So the median is divided by
    that of the distribution.

    Parameters
    ----------
    squares : array of shape (n,)
        Sums of squared deviations.
    degrees : int
        Degrees of freedom of each sum.

    Returns
    -------
    float
        Typical variance; zero without degrees of freedom.
    """
    if degrees < 1 or not len(squares):
        return 0.0
    return float(np.median(squares)) / chi_squared_median(degrees)


@lru_cache(maxsize=1024)
def chi_squared_median(degrees: int) -> float:
    """Median of the chi-squared distribution with `degrees` >= 1 of freedom."""
    return float(chdtri(degrees, 0.5))


def shrunk_variance(
    squares: FloatArray, degrees: FloatArray | int, usual: FloatArray | float
) -> FloatArray:
    """Sample variances shrunk towards the usual one.

    Parameters
    ----------
    squares : array of shape (n,)
        Sums of squared deviations.
    degrees : int array of shape (n,) or int
        Degrees of freedom of each sum.
    usual : array of shape (n,) or float
        The variance of similar rows, which counts as `USUAL_DEGREES` more folds.

    Returns
    -------
    array of shape (n,)
        The posterior mode of a scaled inverse chi-squared prior, up to a constant.
    """
    shrunk: FloatArray = (USUAL_DEGREES * usual + squares) / (USUAL_DEGREES + degrees)
    return shrunk


#: Nodes of the quadrature over the unit interval, which is good to four digits.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


@lru_cache(maxsize=4096)
def expected_sample_median(n: int, degrees: int) -> float:
    """Expected sample median of `n` chi-squared variables.

    The distribution leans to the right, so that the median of a few lies above its own
    on average: by half with three variables of one degree of freedom.

    Parameters
    ----------
    n : int
        Number of variables, at least one.
    degrees : int
        Degrees of freedom of each, at least one.

    Returns
    -------
    float
        The mean of the middle order statistics; the k-th of n uniform variables has
        the distribution Beta(k, n + 1 - k).
    """
    u = 0.5 * (_NODES + 1.0)
    quantiles = chdtri(degrees, 1.0 - u)
    middle = {(n + 1) // 2, n // 2 + 1}
    means = [
        float((0.5 * _WEIGHTS * quantiles) @ (u ** (k - 1) * (1.0 - u) ** (n - k)))
        / float(beta(k, n + 1 - k))
        for k in middle
    ]
    return math.fsum(means) / len(means)
