"""Choose the candidate with the best posterior mean in a model of all scores."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes._fold_statistics import corrected_factor, shrunk_variance, usual_variance
from skbayes._protocol import BoolArray, FloatArray, Params
from skbayes._strategies.engine.surrogate import fit_surrogate
from skbayes._strategies.engine.training_data import TrainingData
from skbayes._values import value_key
from skbayes.selection._results import held_out_share_of, read_fold_scores
from skbayes.space import Categorical
from skbayes.space._parsing import parse_space


class BestPosteriorMean(BaseEstimator):  # type: ignore[misc]
    """The candidate with the best mean according to a Gaussian process.

    A score that is high by luck has worse neighbours, or varies much between folds; one
    that is high in truth has good neighbours. The model is fitted to the table of
    scores alone, so the rule works for grid and random searches too.

    Parameters
    ----------
    metric : str, default=None
        Name of the score, if there are several.

    Notes
    -----
    Numbers are modelled on a linear or a logarithmic scale, whichever spaces the tried
    values more evenly, other values as categories. Candidates with different parameters
    belong to branches of one conditional space.

    The variance of a mean over folds follows from the variance of its fold scores,
    without the effects of candidates and folds, with the correction of [1]_ for
    overlapping training sets. With few folds, that variance is shrunk towards the usual
    one of all candidates.

    References
    ----------
    .. [1] C. Nadeau and Y. Bengio (2003). Inference for the generalization error.
       Machine Learning 52, 239-281.

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
            Row of the chosen candidate; of the best score if there is no model, with
            too few candidates or equal scores.
        """
        scores = read_fold_scores(results, self.metric, owner="BestPosteriorMean")
        rows = np.flatnonzero(~np.isnan(scores).any(axis=1))
        best = int(rows[np.argmax(scores[rows].mean(axis=1))])
        candidates = [dict(results["params"][row]) for row in rows]
        is_usual = ~_is_odd(candidates)
        means = _posterior_means(
            [one for one, usual in zip(candidates, is_usual, strict=True) if usual],
            scores[rows[is_usual]],
            held_out_share_of(results),
        )
        if means is None:
            return best
        expected = scores[rows].mean(axis=1)
        expected[is_usual] = means
        return int(rows[np.argmax(expected)])


def _is_odd(candidates: list[Params]) -> BoolArray:
    """Find candidates with the only non-numeric value of a parameter.

    The untuned estimator may have None or "auto" in a range of numbers. As a choice
    beside the numbers it would turn all of them into categories.
    """
    odd = np.zeros(len(candidates), dtype=np.bool_)
    for name in {name for params in candidates for name in params}:
        rows = [row for row, params in enumerate(candidates) if name in params]
        others = [row for row in rows if not _is_number(candidates[row][name])]
        if len(others) == 1 and len(rows) > 2:
            odd[others] = True
    return odd


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _posterior_means(
    candidates: list[Params], scores: FloatArray, test_share: float | None
) -> FloatArray | None:
    """Posterior mean of each candidate; None without a model."""
    # Two points determine any length scale equally badly.
    if len(candidates) < 3:
        return None
    space = space_of(candidates)
    data = TrainingData(
        U=space.encode(candidates),
        scores=scores.mean(axis=1),
        extra_noise=variance_of_means(scores, test_share),
        is_complete=np.ones(len(scores), dtype=np.bool_),
        seconds_per_fold=np.full(len(scores), np.nan),
    )
    surrogate = fit_surrogate(space, data)
    return None if surrogate is None else surrogate.predict_encoded(data.U)[0]


def variance_of_means(
    scores: FloatArray, test_share: float | None = None
) -> FloatArray:
    """Variance of the mean of each row, for scores of shape (n, n_folds)."""
    n, n_folds = scores.shape
    if n_folds == 1:
        return np.zeros(n)
    # Two-way layout without interaction: candidate means and fold effects are removed,
    # the rest is noise.
    residuals = scores - scores.mean(axis=1, keepdims=True)
    # Medians: a few bad candidates find other folds hard than the rest.
    residuals -= np.median(residuals, axis=0)
    squares = np.square(residuals).sum(axis=1)
    usual = usual_variance(squares, n_folds - 1)
    variance = shrunk_variance(squares, n_folds - 1, usual)
    uncertainty: FloatArray = variance * corrected_factor(n_folds, test_share)
    return uncertainty


def space_of(candidates: list[Params]) -> Any:
    """Make a space from the values of some candidates.

    Parameters
    ----------
    candidates : list of dict
        Parameters of all candidates.

    Returns
    -------
    Space
        One branch for each set of names.
    """
    values: dict[str, dict[Any, Any]] = {}
    for params in candidates:
        for name, value in params.items():
            values.setdefault(name, {}).setdefault(value_key(value), value)
    choices = {name: _ordered(list(tried.values())) for name, tried in values.items()}
    # dict.fromkeys keeps the order of the candidates, so that branches are numbered
    # alike in every run.
    branches = list(dict.fromkeys(tuple(sorted(params)) for params in candidates))
    return parse_space(
        [{name: choices[name] for name in names} for names in branches],
        owner="BestPosteriorMean",
        parameter="cv_results_",
    )


def _ordered(values: list[Any]) -> Any:
    """Sorted numbers, which become an axis; other values as categories."""
    try:
        return sorted(values)
    except TypeError:
        return Categorical(values) if len(values) > 1 else values
