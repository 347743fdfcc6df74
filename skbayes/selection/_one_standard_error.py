"""Of the candidates about as good as the best: the simplest, or the fastest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes.selection._results import read_fold_scores, within_standard_errors


class Simplest(BaseEstimator):  # type: ignore[misc]
    """The simplest candidate within one standard error of the best.

    The scores of the best candidates differ by less than their errors: among those a
    simpler model costs nothing that can be seen, and is less likely to have been
    lucky.

    Parameters
    ----------
    parameter : str
        The parameter that says how simple a model is.
    prefer : {"smallest", "largest"} or sequence, default="smallest"
        Which values are simple; or the values themselves, the simplest first. None
        as a value stands for no limit: it is the largest.
    n_standard_errors : float, default=1.0
        How far a mean score may be behind the best, in standard errors over the folds
        of the best candidate.
    metric : str, default=None
        Which of several scores.

    References
    ----------
    .. [1] L. Breiman, J. Friedman, R. Olshen and C. Stone (1984). Classification and
       Regression Trees, section 3.4.3.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbayes.search import GridSearchCV
    >>> from skbayes.selection import Simplest
    >>> search = GridSearchCV(
    ...     DecisionTreeClassifier(random_state=0),
    ...     {"max_depth": [1, 2, 3, 4, 5, None]},
    ...     refit=Simplest("max_depth"),
    ... ).fit(*load_iris(return_X_y=True))
    >>> search.best_params_
    {'max_depth': 3}
    """

    def __init__(
        self,
        parameter: str,
        *,
        prefer: Any = "smallest",
        n_standard_errors: float = 1.0,
        metric: str | None = None,
    ) -> None:
        self.parameter = parameter
        self.prefer = prefer
        self.n_standard_errors = n_standard_errors
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
            Of equally simple candidates the best.

        Raises
        ------
        ValueError
            If no candidate has the parameter, or a value of it has no order.
        """
        scores = read_fold_scores(results, self.metric, owner="Simplest")
        near = within_standard_errors(scores, self.n_standard_errors)
        params = results["params"]
        having = [row for row in near if self.parameter in params[row]]
        if not having:
            known = sorted({name for p in params for name in p})
            raise ValueError(
                "The `parameter` parameter of Simplest must be one of those searched "
                f"over, {known}, by the best candidates too. Got {self.parameter!r} "
                "instead."
            )
        return int(min(having, key=lambda row: self._rank(params[row][self.parameter])))

    def _rank(self, value: Any) -> float:
        """Where a value stands, the simplest first."""
        if isinstance(self.prefer, Sequence) and not isinstance(self.prefer, str):
            for rank, known in enumerate(self.prefer):
                if known is value or known == value:
                    return rank
            raise ValueError(
                f"The `prefer` parameter of Simplest must list every value of "
                f"{self.parameter!r}. It has no {value!r}."
            )
        if self.prefer not in ("smallest", "largest"):
            raise ValueError(
                "The `prefer` parameter of Simplest must be 'smallest', 'largest' or "
                f"a list of values. Got {self.prefer!r} instead."
            )
        try:
            number = math.inf if value is None else float(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"The value {value!r} of {self.parameter!r} is no number. List the "
                "values, the simplest first, in the `prefer` parameter of Simplest."
            ) from None
        return number if self.prefer == "smallest" else -number


class Fastest(BaseEstimator):  # type: ignore[misc]
    """The fastest candidate within one standard error of the best.

    Parameters
    ----------
    time : {"fit", "score", "both"}, default="both"
        Which seconds count.
    n_standard_errors : float, default=1.0
        How far a mean score may be behind the best, in standard errors over the folds
        of the best candidate.
    metric : str, default=None
        Which of several scores.

    Examples
    --------
    >>> from skbayes.selection import Fastest
    >>> Fastest(time="score")
    Fastest(time='score')
    """

    def __init__(
        self,
        *,
        time: str = "both",
        n_standard_errors: float = 1.0,
        metric: str | None = None,
    ) -> None:
        self.time = time
        self.n_standard_errors = n_standard_errors
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
        """
        columns = {"fit": ["fit"], "score": ["score"], "both": ["fit", "score"]}
        if self.time not in columns:
            raise ValueError(
                "The `time` parameter of Fastest must be 'fit', 'score' or 'both'. "
                f"Got {self.time!r} instead."
            )
        scores = read_fold_scores(results, self.metric, owner="Fastest")
        near = within_standard_errors(scores, self.n_standard_errors)
        seconds = sum(
            np.asarray(results[f"mean_{name}_time"]) for name in columns[self.time]
        )
        return int(near[np.argmin(np.asarray(seconds)[near])])
