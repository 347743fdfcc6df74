"""What `fit` settles before the first fit: scorers, metadata, folds, candidates' names.

Everything is checked here once, so that nothing later has to be.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils.validation import indexable

from skbayes._compat import (
    CV_SPLIT_VERB,
    check_method_params,
    has_callbacks,
    metric_names,
    named_scorers,
)
from skbayes._evaluation.fold import Evaluation, FoldSettings
from skbayes._evaluation.held_out import HeldOut, hold_out
from skbayes._evaluation.response import response_method


@dataclass(frozen=True)
class Preparation:
    """What the steps of one `fit` share.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds, and how a fold is run.
    scorers : callable
        As `BaseSearchCV._get_scorers` gives them.
    refit_metric : str
        Metric that chooses, as far as it is known before the first fit.
    metric : str or None
        Metric the search maximises; None if the first fold has to tell.
    fit_params : mapping
        What the refit passes to ``fit``.
    metadata : dict or None
        What the callbacks of scikit-learn are given.
    held_out : HeldOut or None
        What predictions are to be compared with, where they are kept.
    """

    evaluation: Evaluation
    scorers: Any
    refit_metric: Any
    metric: str | None
    fit_params: Mapping[str, Any]
    metadata: dict[str, Any] | None
    held_out: HeldOut | None = None


def prepare(search, X, y, params):
    """Check the input of a search's `fit` and settle everything it needs.

    Parameters
    ----------
    search : SearchCV
        The search being fitted.
    X, y : array-like
        The data as the user gave them.
    params : dict
        Metadata passed to ``fit``.

    Returns
    -------
    Preparation
    """
    check_is_instance(search)
    scorers, refit_metric = search._get_scorers()
    X, y = indexable(X, y)
    params = check_method_params(X, params=params)
    routed = search._get_routed_params_for_fit(params)
    splits = materialise_splits(search, X, y, routed.splitter.split)
    metric = deciding_metric(search, scorers)
    settings = FoldSettings(
        estimator=clone(search.estimator),
        scorer=scorers,
        fit_params=routed.estimator.fit,
        score_params=routed.scorer.score,
        return_train_score=search.return_train_score,
        error_score=search.error_score,
        predict_method=response_to_keep(search, scorers, metric, X, y),
        caller=search if has_callbacks(search) else None,
        origin=time.monotonic(),
        fit_timeout=search.fit_timeout,
    )
    weight = params.get("sample_weight")
    evaluation = Evaluation(X, y, splits, settings)
    return Preparation(
        evaluation=evaluation,
        scorers=scorers,
        refit_metric=refit_metric,
        metric=metric,
        fit_params=routed.estimator.fit,
        metadata=None if weight is None else {"sample_weight": weight},
        held_out=hold_out(
            evaluation,
            groups=routed.splitter.split.get("groups"),
            is_classifier=is_classifier(search.estimator),
        )
        if search.store_predictions
        else None,
    )


def check_is_instance(search):
    """Refuse an estimator class given in place of an estimator."""
    if isinstance(search.estimator, type):
        name = search.estimator.__name__
        raise TypeError(
            f"The `estimator` parameter of {type(search).__name__} must be an "
            f"estimator instance. Got the class {name} instead; write {name}()."
        )


def materialise_splits(search, X, y, split_params) -> Sequence[tuple[Any, Any]]:
    """Split once, so that every candidate sees the same folds."""
    cv = check_cv(search.cv, y, classifier=is_classifier(search.estimator))
    n_splits = cv.get_n_splits(X, y, **split_params)
    splits = list(cv.split(X, y, **split_params))
    if len(splits) != n_splits:
        raise ValueError(
            f"cv.split and cv.get_n_splits {CV_SPLIT_VERB} inconsistent results. "
            f"Expected {n_splits} splits, got {len(splits)}"
        )
    if not splits:
        raise ValueError(
            "No fits were performed. "
            "Was the CV iterator empty? "
            "Were there no candidates?"
        )
    return splits


def deciding_metric(search, scorers) -> str | None:
    """The metric a search maximises: the refit metric, else the first.

    A callable `scoring` tells the names of its metrics only when it is called. Of a
    single metric `refit` may be any string, as in scikit-learn.
    """
    wanted = search.refit if isinstance(search.refit, str) else None
    if callable(search.scoring):
        return wanted
    names = metric_names(scorers)
    return wanted if wanted in names else names[0]


def response_to_keep(search, scorers, metric, X, y) -> str | None:
    """The method whose out-of-fold output is kept: the one that decides the score."""
    if not search.store_predictions:
        return None
    named = named_scorers(scorers)
    scorer = named[metric] if isinstance(named, Mapping) else named
    return response_method(scorer, search.estimator, X, y)


def check_param_names(search, names_of_dicts: Sequence[Sequence[str]], parameter: str):
    """Refuse names that are no parameters of the estimator.

    A parameter of a step that is itself searched over, ``step__C`` beside ``step``,
    depends on the value of the step, and an estimator that is not scikit-learn's may
    take more than it lists: both are left to ``set_params``.
    """
    if not hasattr(search.estimator, "get_params"):
        return
    known = search.estimator.get_params(deep=True)
    for names in names_of_dicts:
        for name in set(names) - set(known):
            parts = name.split("__")
            prefixes = ["__".join(parts[:i]) for i in range(1, len(parts))]
            if not set(prefixes) & set(names) and _lists_all(
                search.estimator, known, prefixes
            ):
                raise ValueError(
                    f"The `{parameter}` parameter of {type(search).__name__} must name "
                    f"parameters of the estimator. Got {name!r} instead: Invalid "
                    f"parameter for {search.estimator!r}. Valid parameters are: "
                    f"{sorted(known)}."
                )


def _lists_all(estimator, known, prefixes) -> bool:
    """Whether the part of the estimator that a name belongs to lists its parameters."""
    owners = [known[prefix] for prefix in prefixes if prefix in known]
    return isinstance(owners[-1] if owners else estimator, BaseEstimator)
