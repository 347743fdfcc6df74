"""Choose the simplest or fastest candidate within one standard error of the best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes._did_you_mean import closest_param, hint
from skbayes._values import dicts_of
from skbayes.selection._results import (
    held_out_share_of,
    read_fold_scores,
    within_standard_errors,
)

#: Values of `prefer` that order by number.
_BY_NUMBER = ("smallest", "largest")
#: The times that count, by the name for them.
_TIMES = {"fit": ["fit"], "score": ["score"], "both": ["fit", "score"]}


class Simplest(BaseEstimator):  # type: ignore[misc]
    """The simplest candidate within one standard error of the best.

    The scores of the best candidates differ by less than their errors. Among these a
    simpler model has no measurable disadvantage, and its score is less likely to be
    luck ([1]_).

    Parameters
    ----------
    parameter : str
        The parameter that decides how simple a model is.
    prefer : {"smallest", "largest"} or sequence, default="smallest"
        Whether small or large values are simple; or the values themselves, the simplest
        first. The value None means no limit and counts as the largest.
    n_standard_errors : float, default=1.0
        Largest distance of a mean score from the best, in standard errors over the
        folds of the best candidate, corrected for overlapping training sets.
    metric : str, default=None
        Name of the score, if there are several.

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
            Row of the chosen candidate; of equally simple ones the best.

        Raises
        ------
        ValueError
            If no candidate has the parameter, or a value of it has no order.
        """
        self._check_parameters()
        scores = read_fold_scores(results, self.metric, owner="Simplest")
        near = within_standard_errors(
            scores, self.n_standard_errors, held_out_share_of(results)
        )
        params = results["params"]
        having = [row for row in near if self.parameter in params[row]]
        if not having:
            known = sorted({name for p in params for name in p})
            raise ValueError(
                "The `parameter` parameter of Simplest must be one of those searched "
                f"over, {known}, by the best candidates too. Got {self.parameter!r} "
                "instead."
            )
        return min(self._ranked(having, params))[-1]

    def check_search(self, search: Any) -> None:
        """Raise, before the first fit, if the rule cannot choose from a search.

        Parameters
        ----------
        search : search
            The search with this rule as `refit`.

        Raises
        ------
        ValueError
            If it does not search the parameter, or one of the rule's own is out of
            range.
        """
        self._check_parameters()
        space = getattr(search, "param_grid", None)
        space = getattr(search, "param_distributions", None) if space is None else space
        known = sorted({str(name) for names in dicts_of(space) for name in names})
        if known and self.parameter not in known:
            raise ValueError(
                "The `parameter` parameter of Simplest must be one of those searched "
                f"over, {known}. Got {self.parameter!r} instead."
                f"{hint(closest_param(str(self.parameter), known))}"
            )

    def _check_parameters(self) -> None:
        _check_margin(self.n_standard_errors, "Simplest")
        is_listed = isinstance(self.prefer, Sequence) and not isinstance(
            self.prefer, str
        )
        if not is_listed and self.prefer not in _BY_NUMBER:
            raise ValueError(
                "The `prefer` parameter of Simplest must be 'smallest', 'largest' or "
                f"a list of values. Got {self.prefer!r} instead."
            )

    def _ranked(self, rows: Sequence[int], params: Any) -> list[tuple[float, int, int]]:
        """Rank, place among the best and row number, for rows whose value has a rank.

        Among numbers a value of another type, such as the "auto" of an untuned
        estimator, is left out; ValueError if no value has a rank.
        """
        ranked, unranked = [], None
        for place, row in enumerate(rows):
            try:
                rank = self._rank(params[row][self.parameter])
            except ValueError as error:
                unranked = error
            else:
                ranked.append((rank, place, int(row)))
        if unranked is not None and not (ranked and self.prefer in _BY_NUMBER):
            raise unranked
        return ranked

    def _rank(self, value: Any) -> float:
        """The rank of a value; the simplest has the lowest."""
        if isinstance(self.prefer, Sequence) and not isinstance(self.prefer, str):
            for rank, known in enumerate(self.prefer):
                if known is value or known == value:
                    return rank
            raise ValueError(
                f"The `prefer` parameter of Simplest must list every value of "
                f"{self.parameter!r}. It has no {value!r}."
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
        The times that count.
    n_standard_errors : float, default=1.0
        Largest distance of a mean score from the best, in standard errors over the
        folds of the best candidate, corrected for overlapping training sets.
    metric : str, default=None
        Name of the score, if there are several.

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
        self._check_parameters()
        scores = read_fold_scores(results, self.metric, owner="Fastest")
        near = within_standard_errors(
            scores, self.n_standard_errors, held_out_share_of(results)
        )
        seconds = sum(
            np.asarray(results[f"mean_{name}_time"]) for name in _TIMES[self.time]
        )
        return int(near[np.argmin(np.asarray(seconds)[near])])

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
        self._check_parameters()

    def _check_parameters(self) -> None:
        _check_margin(self.n_standard_errors, "Fastest")
        if self.time not in _TIMES:
            raise ValueError(
                "The `time` parameter of Fastest must be 'fit', 'score' or 'both'. "
                f"Got {self.time!r} instead."
            )


def _check_margin(n_standard_errors: float, owner: str) -> None:
    """Raise for a margin that leaves no candidate, or that is no number."""
    is_number = isinstance(n_standard_errors, int | float | np.number)
    if not is_number or not n_standard_errors >= 0:
        raise ValueError(
            f"The `n_standard_errors` parameter of {owner} must be a number >= 0. Got "
            f"{n_standard_errors!r} instead."
        )
