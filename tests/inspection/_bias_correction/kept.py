"""Kept predictions made by hand, without a search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.metrics import get_scorer

from skbayes.inspection._bias_correction.kept_predictions import KeptPredictions


def kept_of(scoring, y, tests, predictions, *, method="predict", is_classifier=True):
    """Predictions of each candidate for all samples, by fold, with their scores.

    `scoring` is a name of scikit-learn's or a scorer.
    """
    tests = tuple(map(np.asarray, tests))
    classes = np.unique(y) if is_classifier else None
    kept = KeptPredictions(
        metric="score",
        scorer=get_scorer(scoring) if isinstance(scoring, str) else scoring,
        has_own_score=False,
        is_classifier=is_classifier,
        y=y,
        tests=tests,
        classes=(classes,) * len(tests) if is_classifier else None,
        groups=None,
        score_params={},
        candidates=np.arange(len(predictions)),
        methods=(((method, classes),) * len(tests),) * len(predictions),
        responses=tuple(tuple(np.asarray(p)[t] for t in tests) for p in predictions),
        fold_scores=np.zeros((len(predictions), len(tests))),
        test_share=None,
    )
    scores = [
        [kept.score(j, k, np.arange(len(test))) for k, test in enumerate(tests)]
        for j in range(len(predictions))
    ]
    return replace(kept, fold_scores=np.array(scores))
