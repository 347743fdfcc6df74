"""Tuned or untuned? The best candidate, if it is better than chance explains."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import t as student
from sklearn.base import BaseEstimator

from skbayes._protocol import FloatArray, Params
from skbayes.selection._results import read_fold_scores


class BestIfBetter(BaseEstimator):  # type: ignore[misc]
    """The best candidate if it is significantly better than the untuned estimator.

    Else the untuned estimator, which has not been chosen by its luck.

    Parameters
    ----------
    untuned : estimator or dict
        The estimator before the search, or its parameters. It must have been tried:
        `BayesSearchCV` tries it first where its values lie in the space; in a grid
        they must stand.
    alpha : float, default=0.05
        Chance of preferring a candidate that is no better.
    test_share : float, default=None
        Share of the data that a fold holds out. None: 1 / n_splits, as for folds that
        part the data.
    metric : str, default=None
        Which of several scores.

    Notes
    -----
    A one-sided t test of the differences over the folds, whose variance is increased
    because the folds' training sets overlap [1]_. That the candidate is the best of
    many is not corrected for: with many candidates choose a smaller `alpha`.

    References
    ----------
    .. [1] C. Nadeau and Y. Bengio (2003). Inference for the generalization error.
       Machine Learning 52, 239-281.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes.search import GridSearchCV
    >>> from skbayes.selection import BestIfBetter
    >>> search = GridSearchCV(
    ...     SVC(), {"C": [0.001, 1.0, 2.0, 10.0]}, refit=BestIfBetter(SVC())
    ... ).fit(*load_iris(return_X_y=True))
    >>> search.best_params_
    {'C': 1.0}
    """

    def __init__(
        self,
        untuned: Any,
        *,
        alpha: float = 0.05,
        test_share: float | None = None,
        metric: str | None = None,
    ) -> None:
        self.untuned = untuned
        self.alpha = alpha
        self.test_share = test_share
        self.metric = metric

    def __call__(self, results: Mapping[str, Any]) -> int:
        """Choose a row.

        Parameters
        ----------
        results : mapping
            ``cv_results_`` of a search.

        Returns
        -------
        int
            The best candidate's or the untuned estimator's.

        Raises
        ------
        ValueError
            If the untuned estimator is not among the candidates, or a parameter of
            the rule is out of range.
        """
        if not 0 < self.alpha < 1:
            raise ValueError(
                "The `alpha` parameter of BestIfBetter must be between 0 and 1. Got "
                f"{self.alpha!r} instead."
            )
        scores = read_fold_scores(results, self.metric, owner="BestIfBetter")
        best = int(np.nanargmax(scores.mean(axis=1)))
        untuned = self._find_untuned(results["params"])
        if untuned == best or np.isnan(scores[untuned]).any():
            return best
        share = 1 / scores.shape[1] if self.test_share is None else self.test_share
        if not 0 < share < 1:
            raise ValueError(
                "The `test_share` parameter of BestIfBetter must be between 0 and 1. "
                f"Got {share!r} instead."
            )
        p_value = corrected_t_test(scores[best] - scores[untuned], share)
        return best if p_value < self.alpha else untuned

    def _find_untuned(self, candidates: list[Params]) -> int:
        """The row of the untuned estimator."""
        own = self.untuned
        if not isinstance(own, Mapping):
            own = own.get_params(deep=True)
        for row, params in enumerate(candidates):
            if all(k in own and _is_same(own[k], v) for k, v in params.items()):
                return row
        names = sorted({name for params in candidates for name in params})
        values = {name: own[name] for name in names if name in own}
        raise ValueError(
            f"BestIfBetter compares with the untuned estimator, {values}, which is not "
            "among the candidates. Add it to the grid, or to `initial_params` of "
            "BayesSearchCV."
        )


def corrected_t_test(differences: FloatArray, test_share: float) -> float:
    """Test whether a mean difference over folds is above zero.

    Parameters
    ----------
    differences : array of shape (n_splits,)
        Score of one minus that of the other, fold by fold.
    test_share : float
        Share of the data that a fold holds out.

    Returns
    -------
    float
        One-sided p-value. With a single fold it is 1: one difference tells nothing.
    """
    n_splits = len(differences)
    if n_splits < 2:
        return 1.0
    mean = float(differences.mean())
    # Eq. (9) of [1]: 1/J alone would take the folds for independent.
    factor = 1 / n_splits + test_share / (1 - test_share)
    error = math.sqrt(factor * float(differences.var(ddof=1)))
    if error == 0:
        return 0.0 if mean > 0 else 1.0
    return float(student.sf(mean / error, n_splits - 1))


def _is_same(own: Any, value: Any) -> bool:
    """Whether two values of a parameter are the same setting."""
    if own is value:
        return True
    if isinstance(own, float | int) and isinstance(value, float | int):
        return bool(np.isclose(own, value, rtol=1e-9, atol=0.0))
    # Estimators are equal to none but themselves, and candidates hold copies.
    return type(own) is type(value) and repr(own) == repr(value)
