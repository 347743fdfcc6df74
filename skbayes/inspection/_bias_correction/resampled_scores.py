"""Scores of all candidates on bootstrap samples, by sums or by calling the scorer."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._called_scores import CalledScores, contenders
from skbayes.inspection._kept_predictions import KeptPredictions
from skbayes.inspection._known_scorers import form_of
from skbayes.inspection._label_sums import has_too_many_sums
from skbayes.inspection._reading import IntArray
from skbayes.inspection._resampling import Units
from skbayes.inspection._score_form import ScoreSums
from skbayes.inspection._summed_scores import SummedScores


class ResampledScores(Protocol):
    """Scores of all candidates under weights of the units."""

    def in_bag(self, weights: FloatArray) -> FloatArray:
        """Scores, shape (n_bootstrap, n_candidates)."""

    def of_chosen(self, weights: FloatArray, chosen: IntArray) -> FloatArray:
        """Score of the one chosen under each weighting, shape (n_bootstrap,)."""


def make_scores(kept: KeptPredictions, units: Units, *, caller: str) -> ResampledScores:
    """Score by sums where they reproduce what the search recorded, else by calls.

    Parameters
    ----------
    kept : KeptPredictions
        What is scored.
    units : Units
        What is drawn.
    caller : str
        Who needs the scores, for messages.

    Returns
    -------
    ResampledScores

    Raises
    ------
    ValueError
        If predictions and targets alone do not give the scores.
    """
    form = _likely_form(kept)
    if form is not None:
        summed = SummedScores.make(kept, form, units)
        if summed is not None:
            return summed
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
    if np.ndim(kept.y) != 1:
        return None
    own = None
    if kept.has_own_score:
        own = "r2" if kept.classes is None else "accuracy"
    labels = np.unique(kept.y)
    form = form_of(kept.scorer, own_score=own, labels=labels)
    if form is None or has_too_many_sums(form, len(labels)):
        return None
    return form
