"""The candidate with the best mean according to a model of all scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes._protocol import FloatArray, Params
from skbayes._strategies.optimizer import Optimizer
from skbayes.selection._results import read_fold_scores
from skbayes.space import Categorical, parse_space


class BestPosteriorMean(BaseEstimator):  # type: ignore[misc]
    """The candidate with the best mean according to a Gaussian process.

    A score that is high by luck stands alone; one that is high in truth has good
    neighbours. The model is fitted to the scores of the table alone, so that it serves
    grid and random searches too.

    Parameters
    ----------
    metric : str, default=None
        Which of several scores.
    random_state : int, default=0
        Seed of the fit of the model.

    Notes
    -----
    Numbers are modelled on a linear or a logarithmic scale, whichever spaces the values
    tried more evenly, other values as categories. Candidates that do not have the
    same parameters belong to branches of one conditional space.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes.search import GridSearchCV
    >>> from skbayes.selection import BestPosteriorMean
    >>> search = GridSearchCV(
    ...     SVC(), {"C": [0.01, 0.1, 1, 10, 100]}, refit=BestPosteriorMean()
    ... ).fit(*load_iris(return_X_y=True))
    >>> search.best_params_["C"] in (1, 10)
    True
    """

    def __init__(self, *, metric: str | None = None, random_state: int = 0) -> None:
        self.metric = metric
        self.random_state = random_state

    def __call__(self, results: Mapping[str, Any]) -> int:
        """Choose a row.

        Parameters
        ----------
        results : mapping
            ``cv_results_`` of a search.

        Returns
        -------
        int
            The best score's where there is nothing to model: too few candidates, or
            all scores the same.
        """
        scores = read_fold_scores(results, self.metric, owner="BestPosteriorMean")
        rows = np.flatnonzero(~np.isnan(scores).any(axis=1))
        best = int(rows[np.argmax(scores[rows].mean(axis=1))])
        means = self._posterior_means(
            [dict(results["params"][row]) for row in rows], scores[rows]
        )
        return best if means is None else int(rows[np.argmax(means)])

    def _posterior_means(
        self, candidates: list[Params], scores: FloatArray
    ) -> FloatArray | None:
        """What the model expects of each candidate; None where there is no model."""
        if len(candidates) < 3:
            return None
        optimizer = Optimizer(
            space_of(candidates), n_initial_points=1, random_state=self.random_state
        )
        for params, folds in zip(candidates, scores, strict=True):
            optimizer.tell(params, float(folds.mean()), fold_scores=folds)
        surrogate = optimizer.surrogate()
        return None if surrogate is None else surrogate.predict(candidates)[0]


def space_of(candidates: list[Params]) -> Any:
    """Make the space of the values that were tried.

    Parameters
    ----------
    candidates : list of dict
        Parameters of all candidates.

    Returns
    -------
    Space
        With one branch for each set of names.
    """
    values: dict[str, dict[Any, Any]] = {}
    for params in candidates:
        for name, value in params.items():
            values.setdefault(name, {}).setdefault(_key(value), value)
    choices = {name: _ordered(list(tried.values())) for name, tried in values.items()}
    branches = list(dict.fromkeys(tuple(sorted(params)) for params in candidates))
    return parse_space(
        [{name: choices[name] for name in names} for names in branches],
        owner="BestPosteriorMean",
        parameter="cv_results_",
    )


def _key(value: Any) -> Any:
    """What is equal for one choice; True and 1 are two."""
    if isinstance(value, str | float | int):
        return type(value), value
    return id(value)


def _ordered(values: list[Any]) -> Any:
    """Numbers in order, for an axis; anything else as categories."""
    try:
        return sorted(values)
    except TypeError:
        return Categorical(values) if len(values) > 1 else values
