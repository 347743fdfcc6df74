"""The candidate with the best mean according to a model of all scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes._protocol import FloatArray, Params
from skbayes._strategies.surrogate import fit_surrogate
from skbayes._strategies.targets import TrainingData
from skbayes.selection._results import read_fold_scores
from skbayes.space import Categorical, parse_space

#: Weight of the usual variance of folds beside a candidate's own, in observations.
USUAL_DEGREES = 4.0


class BestPosteriorMean(BaseEstimator):  # type: ignore[misc]
    """The candidate with the best mean according to a Gaussian process.

    A score that is high by luck stands alone, or owes it to some of the folds; one that
    is high in truth has good neighbours. The model is fitted to the scores of the table
    alone, so that it serves grid and random searches too.

    Parameters
    ----------
    metric : str, default=None
        Which of several scores.

    Notes
    -----
    Numbers are modelled on a linear or a logarithmic scale, whichever spaces the values
    tried more evenly, other values as categories. Candidates that do not have the
    same parameters belong to branches of one conditional space.

    A mean over K folds is taken to be uncertain by a K-th of the variance of its folds,
    the effects of candidates and folds taken out; where the folds are few, that
    variance is drawn towards its median over all candidates.

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

    def __init__(self, *, metric: str | None = None) -> None:
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
            The best score's where there is nothing to model: too few candidates, or
            all scores the same.
        """
        scores = read_fold_scores(results, self.metric, owner="BestPosteriorMean")
        rows = np.flatnonzero(~np.isnan(scores).any(axis=1))
        best = int(rows[np.argmax(scores[rows].mean(axis=1))])
        candidates = [dict(results["params"][row]) for row in rows]
        means = _posterior_means(candidates, scores[rows])
        return best if means is None else int(rows[np.argmax(means)])


def _posterior_means(candidates: list[Params], scores: FloatArray) -> FloatArray | None:
    """What the model expects of each candidate; None where there is no model."""
    if len(candidates) < 3:
        return None
    space = space_of(candidates)
    data = TrainingData(
        U=space.encode(candidates),
        scores=scores.mean(axis=1),
        extra_noise=variance_of_means(scores),
        is_complete=np.ones(len(scores), dtype=np.bool_),
        seconds_per_fold=np.full(len(scores), np.nan),
    )
    surrogate = fit_surrogate(space, data)
    return None if surrogate is None else surrogate.predict_encoded(data.U)[0]


def variance_of_means(scores: FloatArray) -> FloatArray:
    """How uncertain the mean of each row is, for scores of shape (n, n_folds)."""
    n, n_folds = scores.shape
    if n_folds == 1:
        return np.zeros(n)
    residuals = scores - scores.mean(axis=1, keepdims=True)
    residuals -= np.median(residuals, axis=0)
    squares = np.square(residuals).sum(axis=1)
    usual = np.median(squares) / (n_folds - 1)
    variance = (USUAL_DEGREES * usual + squares) / (USUAL_DEGREES + n_folds - 1)
    uncertainty: FloatArray = variance / n_folds
    return uncertainty


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
