"""Out-of-fold predictions made by hand, without a search."""

from __future__ import annotations

import numpy as np

from skbayes.ensemble._out_of_fold import OutOfFold
from tests.inspection._bias_correction.kept import kept_of


def made(scoring, y, tests, values, *, method="predict", is_classifier=True):
    """Of candidates with outputs for every sample, shape (n, n_samples, n_outputs)."""
    values, classes = np.asarray(values, dtype=float), np.unique(y)
    predictions = classes[values.argmax(axis=2)] if is_classifier else values[:, :, 0]
    if method == "predict_proba":
        predictions = values
    kept = kept_of(
        scoring, y, tests, predictions, method=method, is_classifier=is_classifier
    )
    sample = np.concatenate(kept.tests)
    truth = y[sample]
    return OutOfFold(
        kept=kept,
        candidates=np.arange(len(values)),
        values=values[:, sample],
        target=(truth[:, None] == classes if is_classifier else truth[:, None]) * 1.0,
        sample=sample,
        fold=np.repeat(np.arange(len(tests)), list(map(len, tests))),
        classes=classes if is_classifier else None,
    )


def both(p):
    """Probabilities of two labels from those of the second."""
    p = np.asarray(p)
    return np.stack([1 - p, p], axis=-1)
