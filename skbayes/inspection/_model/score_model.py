"""Fit a Gaussian process to the scores of any fitted search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skbayes._gp import (
    FAILED_VARIANCE,
    GaussianProcess,
    OutputTransform,
    choose_rows,
    fit_hyperparameters,
    layout_of,
    limit_threads,
)
from skbayes._partial_scores import estimate_means
from skbayes._protocol import BoolArray, FloatArray
from skbayes.inspection._search_record import SearchRecord
from skbayes.inspection._searched_space import searched_space
from skbayes.space._space import Space

#: Most rows of the exact posterior; its cost grows with their cube.
_MAX_ROWS = 500
#: The transform is linear down to _GUARD ranges below the median, where a range is
#: taken over the best _SHARE_LINEAR of the scores.
_SHARE_LINEAR, _GUARD = 0.9, 2.0
#: Fewest scored candidates from which a model is fitted.
FEWEST_SCORES = 4


@dataclass(frozen=True, eq=False)
class ScoreModel:
    """A Gaussian process of the scores over the searched space.

    Parameters
    ----------
    space : Space
        The searched space.
    gp : GaussianProcess
        Posterior over encoded points, in transformed units.
    transform : OutputTransform
        Maps scores to the units of `gp`.
    has_varied : bool array of shape (n_columns,)
        Whether the candidates differ in each column.
    """

    space: Space
    gp: GaussianProcess
    transform: OutputTransform
    has_varied: BoolArray

    def explained(self) -> float:
        """Share of the scores' variance that leave-one-out predictions explain.

        Returns
        -------
        float
            At most 1; below 0 if the mean of the other trials predicts better.
        """
        # Rasmussen and Williams 2006, Eq. 5.12: y_i - mu_{-i} = [K^-1 y]_i / [K^-1]_ii,
        # with the diagonal of K^-1 = Linv^T Linv as column sums of squares. Refitting
        # once per trial would cost n times as much. K includes the constant mean's N(0,
        # 1) prior, as K_n + 11': a mean of all trials would know the one left out.
        Linv = self.gp.conditioning.Linv
        ones = Linv.sum(axis=1)
        of_mean = np.square(Linv.T @ ones) / (1.0 + ones @ ones)
        precision = np.square(Linv).sum(axis=0) - of_mean
        residuals = self.gp.alpha / precision
        spread = np.square(self.gp.y - self.gp.y.mean()).sum()
        n = self.gp.n_trials
        # The mean of the others is (n y_mean - y_i) / (n - 1).
        reference = spread * (n / (n - 1)) ** 2
        return float(1.0 - np.square(residuals).sum() / reference)


def score_model(search: Any, record: SearchRecord, *, caller: str) -> ScoreModel:
    """Fit a Gaussian process to the results of a search.

    The model of a Bayesian search is not reused. It models one metric, and it
    compresses the scores far from the best one, because it serves only to find the
    best.

    Parameters
    ----------
    search : fitted search
        A search of skbayes, scikit-learn or another library.
    record : SearchRecord
        Results that `read_search` read.
    caller : str
        Name of the calling function, for messages.

    Returns
    -------
    ScoreModel

    Raises
    ------
    ValueError
        If there are fewer than 4 scores, all scores are equal, or nothing varied.
    """
    _check_informative(record, caller)
    space = searched_space(search, record.params)
    if space.n_columns == 0:
        raise ValueError(
            f"{caller} needs a parameter that varied, but every parameter of this "
            f"{record.owner} had one value. Search a space with more values."
        )
    record = record.within(space)
    _check_informative(record, caller)
    U = space.encode(list(record.params))
    has_varied = _has_varied(space, U)
    if not has_varied.any():
        raise ValueError(
            f"{caller} needs a parameter that varied, but all {record.n_candidates} "
            f"candidates of this {record.owner} are the same."
        )
    with limit_threads():
        gp, transform = _fit(space, U, record)
    return ScoreModel(space, gp, transform, has_varied)


def mild_transform(scores: FloatArray) -> OutputTransform:
    """Fit a standardisation that compresses only scores far below the others.

    The transform is linear down to twice the range of the best nine tenths below the
    median, so that effects and variances are in units of the score. Below, it is
    logarithmic, so that a few very bad scores do not determine all variance.

    Parameters
    ----------
    scores : array of shape (n,)
        Finite scores, not all equal.

    Returns
    -------
    OutputTransform
        Maps scores to the units of the model.
    """
    centre, low = (float(np.quantile(scores, q)) for q in (0.5, 1.0 - _SHARE_LINEAR))
    top = float(scores.max())
    spread = top - low if top > low else top - float(scores.min())
    first = OutputTransform(centre, spread, _GUARD, 1.0, 0.0, 1.0, is_constant=False)
    bent = first.forward(scores)
    return replace(first, mean=float(bent.mean()), sd=float(bent.std()))


def _check_informative(record: SearchRecord, caller: str) -> None:
    """Raise ValueError for results with too few or equal scores."""
    scores = record.scores[record.is_complete]
    if len(scores) < FEWEST_SCORES:
        raise ValueError(
            f"{caller} needs at least {FEWEST_SCORES} candidates with a score, and "
            f"this {record.owner} has {len(scores)} (of {record.n_candidates} "
            "candidates). Search longer, with a larger `n_iter` or grid."
        )
    if np.ptp(scores) <= 1e-12 * np.abs(scores).max():
        raise ValueError(
            f"{caller} needs scores that differ, but all {len(scores)} candidates of "
            f"this {record.owner} score {scores[0]:.6g}: no parameter mattered. Search "
            "wider ranges, or check that `scoring` can tell candidates apart."
        )


def _has_varied(space: Space, U: FloatArray) -> BoolArray:
    """Whether the active values of each column differ, shape (n_columns,)."""
    active = space.active(U)
    return np.array([len(np.unique(U[a, j])) > 1 for j, a in enumerate(active.T)])


def _fit(
    space: Space, U: FloatArray, record: SearchRecord
) -> tuple[GaussianProcess, OutputTransform]:
    """Fit a process to all candidates, also failed and stopped ones."""
    is_known = record.is_complete | np.isfinite(record.adjusted)
    rows = np.flatnonzero(is_known | record.is_failed)
    scores = np.where(record.is_complete, record.scores, record.adjusted)
    noise = np.where(record.is_complete, 0.0, _variance_of_missing_folds(record))
    transform = mild_transform(scores[is_known])
    # A failed candidate counts as the worst known score, as in the search's own model:
    # without it the region would look unexplored, and so as good as the average.
    worst = scores[is_known].min()
    scores = np.where(is_known, scores, worst)
    targets = transform.forward(scores)
    noise = transform.noise(scores, noise)
    noise = np.where(record.is_failed, FAILED_VARIANCE, noise)
    layout = layout_of(space)
    rows = rows[choose_rows(layout, U[rows], targets[rows], _MAX_ROWS)]
    U, targets, noise = U[rows], targets[rows], noise[rows]
    hyperparameters = fit_hyperparameters(layout, U, targets, noise).hyperparameters
    return GaussianProcess(layout, hyperparameters, U, targets, noise), transform


def _variance_of_missing_folds(record: SearchRecord) -> FloatArray:
    """Variance of a stopped candidate's estimated mean, shape (n_candidates,)."""
    has_scores = np.isfinite(record.fold_scores)
    table = np.where(has_scores, record.fold_scores, np.nan)
    is_known = has_scores.any(axis=1) & ~record.is_failed
    variance = np.zeros(len(table))
    variance[is_known] = estimate_means(table[is_known]).variance
    return variance
