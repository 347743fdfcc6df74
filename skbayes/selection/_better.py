"""Choose the best candidate only if it is significantly better than the untuned one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import t as student
from sklearn.base import BaseEstimator

from skbayes._fold_statistics import corrected_standard_error
from skbayes._protocol import FloatArray, Params
from skbayes._values import row_with_values
from skbayes.selection._results import held_out_share_of, read_fold_scores


class BestIfBetter(BaseEstimator):  # type: ignore[misc]
    """The best candidate if it is significantly better than the untuned estimator.

    Otherwise the untuned estimator, whose score has no optimism from a choice.

    Parameters
    ----------
    untuned : estimator or dict
        The estimator before the search, or its parameters. It must be a candidate:
        `BayesSearchCV` tries it first; a grid must contain its values.
    alpha : float, default=0.05
        Chance of preferring a candidate that is no better.
    test_share : float, default=None
        Share of the data that a fold holds out. None: that of the folds, if a search of
        skbayes asks, else 1 / n_splits, as for folds that partition the data.
    metric : str, default=None
        Name of the score, if there are several.

    Notes
    -----
    A one-sided t test of the differences over the folds, whose variance is increased
    because the folds' training sets overlap [1]_. The test does not correct for
    choosing the best of many: with many candidates choose a smaller `alpha`.

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
        _check_share(self.alpha, "alpha")
        scores = read_fold_scores(results, self.metric, owner="BestIfBetter")
        best = int(np.nanargmax(scores.mean(axis=1)))
        untuned = self._find_untuned(results["params"])
        # A failed untuned estimator cannot be preferred.
        if untuned == best or np.isnan(scores[untuned]).any():
            return best
        share = self.test_share
        if share is None:
            share = held_out_share_of(results) or 1 / scores.shape[1]
        _check_share(share, "test_share")
        p_value = corrected_t_test(scores[best] - scores[untuned], share)
        return best if p_value < self.alpha else untuned

    def check_search(self, search: Any) -> None:
        """Raise, before the first fit, if a parameter of the rule is out of range.

        Parameters
        ----------
        search : search
            The search with this rule as `refit`.

        Raises
        ------
        ValueError
        """
        _check_share(self.alpha, "alpha")
        if self.test_share is not None:
            _check_share(self.test_share, "test_share")

    def _find_untuned(self, candidates: list[Params]) -> int:
        own = self.untuned
        if not isinstance(own, Mapping):
            # The estimator before the search: nested parameters are among the
            # candidates' names.
            own = own.get_params(deep=True)
        row = row_with_values(own, candidates)
        if row is not None:
            return row
        names = sorted({name for params in candidates for name in params})
        values = {name: own[name] for name in names if name in own}
        raise ValueError(
            f"BestIfBetter compares with the untuned estimator, {values}, which is not "
            "among the complete candidates. Add its values to the grid; BayesSearchCV "
            "tries it first, unless include_current=False."
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
        One-sided p-value; 1 with a single fold, which has no variance.
    """
    error = corrected_standard_error(differences, test_share)
    if math.isnan(error):
        return 1.0
    mean = float(differences.mean())
    # Equal differences on all folds, as of two models that predict the same.
    if error == 0:
        return 0.0 if mean > 0 else 1.0
    # Resampled t test of Nadeau and Bengio, [1] of `BestIfBetter`: Eq. (9) for the
    # variance, J - 1 degrees of freedom.
    return float(student.sf(mean / error, len(differences) - 1))


def _check_share(value: Any, name: str) -> None:
    """Raise for a parameter that is no number between 0 and 1."""
    if not (isinstance(value, int | float | np.number) and 0 < value < 1):
        raise ValueError(
            f"The `{name}` parameter of BestIfBetter must be between 0 and 1. Got "
            f"{value!r} instead."
        )
