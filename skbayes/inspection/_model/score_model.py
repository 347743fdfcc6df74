"""What a model of the scores believes, whichever search they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skbayes._fold_model import estimate_means
from skbayes._gp import (
    FAILED_VARIANCE,
    GaussianProcess,
    OutputTransform,
    choose_rows,
    fit_hyperparameters,
    layout_of,
    limit_threads,
)
from skbayes._protocol import FloatArray
from skbayes.inspection._reading import BoolArray, SearchRecord
from skbayes.inspection._searched_space import searched_space
from skbayes.space import Space

#: Rows of the exact posterior; more cost much and say little.
_MAX_ROWS = 500
#: Share of the candidates whose range says how far down scores are taken linearly,
#: and how many such ranges below the median.
_SHARE_LINEAR, _GUARD = 0.9, 2.0
#: Candidates with a score below which a model says nothing.
FEWEST_SCORES = 4


@dataclass(frozen=True, eq=False)
class ScoreModel:
    """A Gaussian process of the scores over the searched space.

    Parameters
    ----------
    space : Space
        What was searched.
    gp : GaussianProcess
        Posterior over encoded points, in transformed units.
    transform : OutputTransform
        From scores to the units of `gp`.
    has_varied : bool array of shape (n_columns,)
        Columns in which the candidates differ.
    """

    space: Space
    gp: GaussianProcess
    transform: OutputTransform
    has_varied: BoolArray

    def explained(self) -> float:
        """Share of the scores' variance that is predicted leaving one out.

        Returns
        -------
        float
            At most 1; below 0 if the mean of the others predicts better.
        """
        precision = np.square(self.gp.rows.Linv).sum(axis=0)
        residuals = self.gp.alpha / precision
        spread = np.square(self.gp.y - self.gp.y.mean()).sum()
        n = self.gp.n_trials
        # The mean of the others is (n y_mean - y_i) / (n - 1).
        reference = spread * (n / (n - 1)) ** 2
        return float(1.0 - np.square(residuals).sum() / reference)


def score_model(search: Any, record: SearchRecord, *, caller: str) -> ScoreModel:
    """Fit a Gaussian process to the results of a search.

    That of a Bayesian search is not taken: it serves the search for the best score,
    compresses all scores that are far from it, and looks at one metric only.

    Parameters
    ----------
    search : fitted search
        Any search.
    record : SearchRecord
        What was read of it.
    caller : str
        Who asks, for messages.

    Returns
    -------
    ScoreModel

    Raises
    ------
    ValueError
        If the results say nothing: too few scores, all equal, nothing varied.
    """
    _check_informative(record, caller)
    space = searched_space(search, record.params)
    if space.n_columns == 0:
        raise ValueError(
            f"{caller} needs a parameter that varied, but every parameter of this "
            f"{record.owner} had one value. Search a space with more values."
        )
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
    """Fit a standardisation that compresses only what is very far below the rest.

    Linear down to twice the range of the best nine tenths below the median, so that
    effects and variances are those of the score; below grows the logarithm only, so
    that a few disasters do not hide everything else.

    Parameters
    ----------
    scores : array of shape (n,)
        Finite scores, not all equal.

    Returns
    -------
    OutputTransform
        From scores to the units of the model.
    """
    centre, low = (float(np.quantile(scores, q)) for q in (0.5, 1.0 - _SHARE_LINEAR))
    top = float(scores.max())
    spread = top - low if top > low else top - float(scores.min())
    first = OutputTransform(centre, spread, _GUARD, 1.0, 0.0, 1.0, is_constant=False)
    bent = first.forward(scores)
    return replace(first, mean=float(bent.mean()), sd=float(bent.std()))


def _check_informative(record: SearchRecord, caller: str) -> None:
    """Refuse results that no model can be fitted to."""
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
    """Tell in which columns the active values differ, shape (n_columns,)."""
    active = space.active(U)
    return np.array([len(np.unique(U[a, j])) > 1 for j, a in enumerate(active.T)])


def _fit(
    space: Space, U: FloatArray, record: SearchRecord
) -> tuple[GaussianProcess, OutputTransform]:
    """Fit a process to all candidates, the failed and the stopped ones too."""
    is_known = record.is_complete | np.isfinite(record.adjusted)
    rows = np.flatnonzero(is_known | record.is_failed)
    scores = np.where(record.is_complete, record.scores, record.adjusted)
    noise = np.where(record.is_complete, 0.0, _variance_of_missing_folds(record))
    transform = mild_transform(scores[is_known])
    worst = scores[is_known].min()
    scores = np.where(is_known, scores, worst)
    targets = transform.forward(scores)
    noise = transform.noise(scores, noise)
    noise = np.where(record.is_failed, FAILED_VARIANCE, noise)
    rows = rows[choose_rows(U[rows], targets[rows], _MAX_ROWS)]
    layout = layout_of(space)
    U, targets, noise = U[rows], targets[rows], noise[rows]
    hyperparameters = fit_hyperparameters(layout, U, targets, noise).hyperparameters
    return GaussianProcess(layout, hyperparameters, U, targets, noise), transform


def _variance_of_missing_folds(record: SearchRecord) -> FloatArray:
    """Variance of the estimated mean over all folds, shape (n_candidates,)."""
    has_scores = np.isfinite(record.fold_scores)
    table = np.where(has_scores, record.fold_scores, np.nan)
    is_known = has_scores.any(axis=1) & ~record.is_failed
    variance = np.zeros(len(table))
    variance[is_known] = estimate_means(table[is_known]).variance
    return variance
