"""The score of a perfect model, if its metric has a bound."""

from __future__ import annotations

from typing import Any

from sklearn import metrics
from sklearn.base import is_classifier, is_regressor
from sklearn.pipeline import Pipeline

from skbayes._compat import is_passthrough_scorer, scorer_parts

#: Scores that are 1 for a perfect model.
_UP_TO_ONE = frozenset(
    {
        metrics.accuracy_score,
        metrics.balanced_accuracy_score,
        metrics.average_precision_score,
        metrics.explained_variance_score,
        metrics.f1_score,
        metrics.fbeta_score,
        metrics.jaccard_score,
        metrics.matthews_corrcoef,
        metrics.ndcg_score,
        metrics.precision_score,
        metrics.r2_score,
        metrics.recall_score,
        metrics.roc_auc_score,
        metrics.top_k_accuracy_score,
        metrics.d2_absolute_error_score,
        metrics.d2_tweedie_score,
        metrics.adjusted_rand_score,
        metrics.rand_score,
        metrics.homogeneity_score,
        metrics.completeness_score,
        metrics.v_measure_score,
        metrics.normalized_mutual_info_score,
        metrics.fowlkes_mallows_score,
    }
)

#: Losses that are 0 for a perfect model; as scores they are negative.
_DOWN_TO_ZERO = frozenset(
    {
        metrics.brier_score_loss,
        metrics.hamming_loss,
        metrics.log_loss,
        metrics.max_error,
        metrics.mean_absolute_error,
        metrics.mean_absolute_percentage_error,
        metrics.mean_gamma_deviance,
        metrics.mean_poisson_deviance,
        metrics.mean_squared_error,
        metrics.mean_squared_log_error,
        metrics.median_absolute_error,
        metrics.root_mean_squared_error,
        metrics.root_mean_squared_log_error,
        metrics.zero_one_loss,
    }
)


def best_possible_score(scorer: Any, estimator: Any) -> float | None:
    """Look up the score of a perfect model.

    Parameters
    ----------
    scorer : callable
        A scorer with a single metric.
    estimator : estimator
        The estimator, for scorers that call its own ``score``.

    Returns
    -------
    float or None
        None if it is not known: a user's metric, or one without a bound.
    """
    parts = scorer_parts(scorer)
    if parts is not None:
        function, sign, _ = parts
        if function in _UP_TO_ONE and sign > 0:
            return 1.0
        return 0.0 if function in _DOWN_TO_ZERO and sign < 0 else None
    if is_passthrough_scorer(scorer):
        while isinstance(estimator, Pipeline) and estimator.steps:
            estimator = estimator.steps[-1][1]
        own = getattr(type(estimator), "score", None)
        is_scikit_learns = getattr(own, "__module__", "").startswith("sklearn.")
        has_targets = is_classifier(estimator) or is_regressor(estimator)
        return 1.0 if is_scikit_learns and has_targets else None
    return None
