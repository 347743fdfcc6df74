"""Tune the decision threshold by out-of-fold probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.ensemble._estimators import labels_of
from skbayes.ensemble._out_of_fold import OutOfFold
from skbayes.inspection._bias_correction.known_scorers import form_of
from skbayes.inspection._bias_correction.score_sums import FoldTruth, ScoreSums

#: Thresholds that are tried: this many quantiles of the probabilities, and 0.5.
_N_TRIED = 19


def judges_labels(oof: OutOfFold) -> bool:
    """Whether the score depends on a threshold: on the labels of two classes.

    Not for accuracy: the class of the larger probability is already the best label.
    """
    if oof.classes is None or len(oof.classes) != 2 or oof.kept.has_own_score:
        return False
    methods = {method for row in oof.kept.methods for method, _ in row}
    accuracy = form_of(oof.kept.scorer, own_score="accuracy", labels=oof.classes)
    return methods == {"predict"} and _form(oof) is not accuracy


def best_threshold(oof: OutOfFold, mean: FloatArray, is_counted: Any) -> float:
    """Find the threshold with the best score.

    Parameters
    ----------
    oof : OutOfFold
        Out-of-fold predictions with the true labels and the scorer.
    mean : array of shape (n_entries, 2)
        Probabilities of the ensemble.
    is_counted : bool array of shape (n_entries,)
        Entries used for tuning.

    Returns
    -------
    float
        The best threshold; among equals, the nearest to 0.5.
    """
    shares = np.linspace(0, 1, _N_TRIED + 2)[1:-1]
    tried = np.unique(np.append(np.quantile(mean[is_counted, 1], shares), 0.5))
    # Sorted by distance from 0.5, because argmax takes the first of equals.
    tried = tried[np.argsort(np.abs(tried - 0.5), kind="stable")]
    form = _form(oof)
    scores: Any
    if form is None:
        scores = [oof.score(mean, one, is_counted) for one in tried]
    else:
        scores = _scores_by_sums(form, oof, mean, tried, is_counted)
    return float(tried[np.argmax(np.nan_to_num(scores, nan=-np.inf))])


def _form(oof: OutOfFold) -> ScoreSums | None:
    return form_of(oof.kept.scorer, own_score=None, labels=oof.classes)


def _scores_by_sums(
    form: ScoreSums,
    oof: OutOfFold,
    mean: FloatArray,
    tried: FloatArray,
    is_counted: Any,
) -> FloatArray:
    """Mean scores over the folds, shape (n_tried,), without calling the scorer."""
    scores = np.full((oof.kept.n_splits, len(tried)), np.nan)
    for k in range(oof.kept.n_splits):
        rows = np.flatnonzero((oof.fold == k) & is_counted)
        if not len(rows):
            continue
        truth = FoldTruth(oof.kept.y[oof.sample[rows]], oof.classes, oof.classes)
        labels = [labels_of(mean[rows], oof.classes, one) for one in tried]
        sums = np.array([form.terms(truth, one).sum(axis=0) for one in labels])
        with np.errstate(divide="ignore", invalid="ignore"):
            scores[k] = form.combine(sums, form.shared(truth).sum(axis=0))
    known = np.isfinite(scores)
    total = np.where(known, scores, 0.0).sum(axis=0)
    means: FloatArray = total / np.maximum(known.sum(axis=0), 1)
    return means
