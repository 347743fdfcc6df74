"""Choose how candidates are scored on bootstrap samples: by sums or by calls."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from skbayes._protocol import FloatArray, IntArray
from skbayes.inspection._bias_correction.called_scores import CalledScores, contenders
from skbayes.inspection._bias_correction.classification_sums import has_too_many_sums
from skbayes.inspection._bias_correction.kept_predictions import KeptPredictions
from skbayes.inspection._bias_correction.known_scorers import form_of
from skbayes.inspection._bias_correction.resampling import Units
from skbayes.inspection._bias_correction.score_sums import ScoreSums, labels_of
from skbayes.inspection._bias_correction.summed_scores import SummedScores


class ResampledScores(Protocol):
    """Scores of all candidates under weights of the units."""

    def in_bag(self, weights: FloatArray) -> FloatArray:
        """Score all candidates, shape (n_bootstrap, n_candidates)."""

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        """Score the chosen candidate of each weighting, shape (n_bootstrap,)."""


def make_scores(kept: KeptPredictions, units: Units, *, caller: str) -> ResampledScores:
    """Score by sums where they reproduce the recorded scores, else by calls.

    Parameters
    ----------
    kept : KeptPredictions
        Predictions to score.
    units : Units
        Units of the draws.
    caller : str
        Name of the calling function, for messages.

    Returns
    -------
    ResampledScores

    Raises
    ------
    ValueError
        If predictions and targets alone do not reproduce the scores.
    """
    form = _likely_form(kept)
    if form is not None:
        summed = SummedScores.make(kept, form, units)
        if summed is not None:
            return summed
    # One candidate suffices as a check: a scorer that reads more than predictions fails
    # or differs on any candidate, and every call costs.
    best = int(np.argmax(kept.fold_scores.mean(axis=1)))
    rows = [np.arange(len(test)) for test in kept.tests]
    try:
        again = [kept.score(best, k, rows[k]) for k in range(kept.n_splits)]
    except Exception as error:
        raise ValueError(
            f"{caller} could not compute the score {kept.metric!r} from predictions "
            f"and targets: {error}"
        ) from error
    if not np.allclose(again, kept.fold_scores[best], rtol=1e-6, atol=1e-9):
        raise ValueError(
            f"{caller} computed other scores from predictions and targets than the "
            f"search recorded: the score {kept.metric!r} depends on more than these."
        )
    return CalledScores(kept, units, contenders(kept.fold_scores))


def _likely_form(kept: KeptPredictions) -> ScoreSums | None:
    own = None
    if kept.has_own_score:
        own = "accuracy" if kept.is_classifier else "r2"
    labels = labels_of(kept.y)
    form = form_of(kept.scorer, own_score=own, labels=labels)
    if form is None or has_too_many_sums(form, len(labels)):
        return None
    if kept.y.ndim != 1 and not form.is_for_outputs:
        return None
    return form
