"""Recognise scores of rankings, for which a small squared error is no proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.metrics import get_scorer

from skbayes._compat import scorer_parts

#: Metric functions of the ranking scores.
_RANKINGS = {
    "average_precision_score",
    "coverage_error",
    "dcg_score",
    "label_ranking_average_precision_score",
    "ndcg_score",
    "roc_auc_score",
    "top_k_accuracy_score",
}


def ranking_of(search: Any, metric: str | None) -> str | None:
    """The score of a search if it is a known score of rankings; else None."""
    scoring = search.scoring
    if isinstance(scoring, Mapping):
        scoring = scoring.get(metric)
    elif isinstance(scoring, list | tuple | set):
        scoring = metric
    scorer = get_scorer(scoring) if isinstance(scoring, str) else scoring
    parts = scorer_parts(scorer)
    name = None if parts is None else getattr(parts[0], "__name__", None)
    return (
        str(scoring if isinstance(scoring, str) else name)
        if name in _RANKINGS
        else None
    )
