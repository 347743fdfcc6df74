"""Are scores of rankings known as such, however they were given?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sklearn.metrics import get_scorer, make_scorer, ndcg_score

from skbayes.ensemble._rankings import ranking_of


@pytest.mark.parametrize(
    ("scoring", "metric", "found"),
    [
        ("roc_auc", None, "roc_auc"),
        ("roc_auc_ovo", None, "roc_auc_ovo"),
        ("accuracy", None, None),
        (None, None, None),
        (get_scorer("average_precision"), None, "average_precision_score"),
        (make_scorer(ndcg_score), None, "ndcg_score"),
        (make_scorer(lambda y, p: 1.0), None, None),
        (lambda estimator, X, y: 1.0, None, None),
        (["accuracy", "roc_auc"], "roc_auc", "roc_auc"),
        (("accuracy", "roc_auc"), "accuracy", None),
        ({"a": "roc_auc", "b": "accuracy"}, "a", "roc_auc"),
        ({"a": get_scorer("roc_auc"), "b": "accuracy"}, "a", "roc_auc_score"),
        ({"a": "roc_auc", "b": "accuracy"}, "b", None),
    ],
)
def test_ranking_of_names_the_score_that_decides(scoring, metric, found):
    """The name is that it was given by, else its function's."""
    assert ranking_of(SimpleNamespace(scoring=scoring), metric) == found
