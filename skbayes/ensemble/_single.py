"""Whether the best single candidate is better than an ensemble, and its score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from skbayes._fold_statistics import corrected_standard_error
from skbayes._protocol import FloatArray
from skbayes.ensemble._out_of_fold import OutOfFold
from skbayes.inspection._bias_correction.kept_predictions import KeptPredictions
from skbayes.inspection._bias_correction.resampled_scores import make_scores
from skbayes.inspection._bias_correction.resampling import Units

Choose = Callable[[Any], tuple[FloatArray, float | None]]


def is_single_better(oof: OutOfFold, choose: Choose) -> bool:
    """Whether the best single candidate scores better than the ensemble, beyond noise.

    Both are chosen on all folds but one, and scored on that fold: on the predictions
    that it was chosen by, an ensemble always scores better. In doubt the ensemble is
    taken, because means have less variance.

    Parameters
    ----------
    oof : OutOfFold
        Out-of-fold predictions of the candidates.
    choose : callable
        Chooses weights and threshold by some of the entries.

    Returns
    -------
    bool
        Whether the mean difference over the folds exceeds its corrected standard error.
    """
    single = usable(oof).fold_scores
    differences = []
    for k in range(oof.kept.n_splits if oof.kept.n_splits > 1 else 0):
        weights, threshold = choose(oof.fold != k)
        together = oof.score(oof.mean_of(weights), threshold, oof.fold == k)
        # Fold k is left out here too, or its luck would favour the single candidate.
        best = np.argmax(np.delete(single, k, axis=1).mean(axis=1))
        differences.append(single[best, k] - together)
    known = np.array([one for one in differences if np.isfinite(one)])
    # One difference has no standard error: NaN, which nothing exceeds.
    error = corrected_standard_error(known, oof.kept.test_share)
    return bool(known.size and known.mean() > error)


def usable(oof: OutOfFold) -> KeptPredictions:
    """The kept predictions of the candidates that an ensemble may have."""
    kept = oof.kept
    rows = np.flatnonzero(np.isin(kept.candidates, oof.candidates))
    return replace(
        kept,
        candidates=kept.candidates[rows],
        methods=tuple(kept.methods[row] for row in rows),
        responses=tuple(kept.responses[row] for row in rows),
        fold_scores=kept.fold_scores[rows],
    )


def single_scores(
    kept: KeptPredictions, units: Units, draws: FloatArray, *, caller: str
) -> FloatArray:
    """Score the best candidate of each draw on the units that were not drawn.

    Parameters
    ----------
    kept : KeptPredictions
        Predictions of the candidates to choose from.
    units : Units
        The units of the draws.
    draws : array of shape (n_bootstrap, n_units)
        1 where a unit is drawn.
    caller : str
        Name for messages.

    Returns
    -------
    array of shape (n_bootstrap,)
        NaN where a score is undefined.
    """
    scores = make_scores(kept, units, caller=caller)
    with np.errstate(divide="ignore", invalid="ignore"):
        in_bag = scores.in_bag(draws)
        chosen = np.argmax(np.where(np.isnan(in_bag), -np.inf, in_bag), axis=1)
        return scores.of_chosen((draws == 0).astype(float), chosen)
