"""Checks and preparations of `fit` before the first fold.

Scorers, metadata, folds and settings are checked here once, so that later code can rely
on them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import clone, is_classifier
from sklearn.utils.validation import indexable

from skbayes._compat import (
    check_method_params,
    has_callbacks,
    is_multimetric,
    metric_names,
    named_scorers,
    routed_params,
    scorers_of,
)
from skbayes._deciding_metric import metric_named_by, metric_to_maximise
from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from skbayes._evaluation.fold.held_out import HeldOut, hold_out
from skbayes._evaluation.sharing.plan import SharingPlan, may_share
from skbayes._evaluation.sharing.store import DEFAULT_LIMIT
from skbayes.search._best_index import check_refit, with_names
from skbayes.search._data_check import (
    check_data,
    check_fit_params,
    check_sample_params,
)
from skbayes.search._early_stopping import stopping_set
from skbayes.search._fold_estimators import FoldEstimatorKeeper, which_and_folder
from skbayes.search._repeats import check_choice, split_repeats
from skbayes.search._rungs import check_resource, split_rungs
from skbayes.search._splits import materialise_splits


@dataclass(frozen=True)
class Preparation:
    """The checked input of one `fit`.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings of a fold.
    scorers : callable
        The scorer, or several in one, of `BaseSearchCV._get_scorers`.
    metric : str or None
        Metric the search maximises; None if only the first fold has its name.
    fit_params : mapping
        Arguments of the refit's ``fit``.
    metadata : dict or None
        Metadata for the callbacks of scikit-learn.
    metadata_names : mapping of str to tuple of str
        Names of the metadata by consumer: "fit", "score" and "split".
    keeper : FoldEstimatorKeeper or None
        Keeps the estimators of folds, if requested.
    held_out : HeldOut or None
        Targets of the predictions, if these are kept.
    ladder : Ladder or None
        The parts of the training samples that candidates begin with, if any.
    n_train : int
        Training samples of the largest fold.
    """

    evaluation: Evaluation
    scorers: Any
    metric: str | None
    fit_params: Mapping[str, Any]
    metadata: dict[str, Any] | None
    metadata_names: Mapping[str, tuple[str, ...]]
    keeper: FoldEstimatorKeeper | None = None
    held_out: HeldOut | None = None
    ladder: Ladder | None = None
    n_train: int = 0


def prepare(search, X, y, params):
    """Check the input of a search's `fit` and prepare the search.

    Parameters
    ----------
    search : SearchCV
        The search being fitted.
    X, y : array-like
        The user's data.
    params : dict
        Metadata passed to ``fit``.

    Returns
    -------
    Preparation
    """
    # The order of the checks: cheap and common errors come first, and every error
    # that the user can make is raised before the splitter and any fit is run.
    check_is_instance(search)
    check_data(search, X, y)
    scorers = checked_scorers(search)
    check_choice(search, scorers)
    check_resource(search)
    X, y = indexable(X, y)
    n_samples = X.shape[0] if hasattr(X, "shape") else len(X)
    check_sample_params(params, n_samples)
    params = check_method_params(X, params=params)
    routed = routed_params(search, params)
    check_fit_params(search, routed.estimator.fit)
    splits = materialise_splits(search, X, y, routed.splitter.split)
    repeats = split_repeats(search, X, y, routed.splitter.split, splits)
    how, first = routed.splitter.split, len(splits) + len(repeats)
    rungs = split_rungs(search, n_samples, y, how, splits, first=first)
    metric = known_metric(search, scorers)
    which, folder = which_and_folder(search.keep_fold_estimators, type(search).__name__)
    settings = replace(
        _fold_settings(
            search, scorers, metric, routed, keep_estimators=which is not None
        ),
        stopping=stopping_set(search, X, y, [*splits, *repeats, *rungs.splits], routed),
    )
    weight = params.get("sample_weight")
    # A shared fit may contain the models of several candidates: none to keep as one's
    # own.
    sharing = None if settings.keep_estimators else sharing_plan(search)
    evaluation = Evaluation(X, y, splits, settings, sharing, repeats, rungs.splits)
    return Preparation(
        evaluation=evaluation,
        scorers=scorers,
        metric=metric,
        ladder=rungs.ladder,
        n_train=rungs.n_train,
        fit_params=routed.estimator.fit,
        metadata_names=_metadata_names(routed),
        keeper=_keeper(search, which, folder, len(splits)),
        metadata=None if weight is None else {"sample_weight": weight},
        held_out=_held_out(search, evaluation, routed),
    )


def _metadata_names(routed):
    """Names of what `fit` was given, by consumer."""
    return {
        "fit": tuple(routed.estimator.fit),
        "score": tuple(routed.scorer.score),
        # scikit-learn routes groups=None, too.
        "split": tuple(k for k, v in routed.splitter.split.items() if v is not None),
    }


def _held_out(search, evaluation, routed):
    """Targets of the predictions; None if these are not kept."""
    if not search.store_predictions:
        return None
    return hold_out(
        evaluation,
        groups=routed.splitter.split.get("groups"),
        is_classifier=is_classifier(search.estimator),
    )


def _keeper(search, which, folder, n_splits):
    """The keeper of the folds' fitted estimators; None if they are not kept."""
    if which is None:
        return None
    # A callable may choose any candidate, so none can be dropped before the end.
    drops = not callable(search.refit)
    return FoldEstimatorKeeper(which, folder, n_splits, drops=drops)


def _fold_settings(search, scorers, metric, routed, *, keep_estimators):
    """The settings that all folds of the search share."""
    return FoldSettings(
        estimator=clone(search.estimator),
        scorer=scorers,
        fit_params=routed.estimator.fit,
        score_params=routed.scorer.score,
        return_train_score=search.return_train_score,
        error_score=search.error_score,
        raises_if_not_set=search._raises_if_not_set,
        kept_scorer=scorer_to_keep(search, scorers, metric),
        keep_estimators=keep_estimators,
        keep_probabilities=search.store_predictions == "probabilities"
        or getattr(search.refit, "needs_probabilities", False),
        caller=search if has_callbacks(search) else None,
        origin=time.monotonic(),
        fit_timeout=search.fit_timeout,
    )


def check_is_instance(search):
    """Raise for an estimator class in place of an instance."""
    if isinstance(search.estimator, type):
        name = search.estimator.__name__
        raise TypeError(
            f"The `estimator` parameter of {type(search).__name__} must be an "
            f"estimator instance. Got the class {name} instead; write {name}()."
        )


def checked_scorers(search):
    """The scorers, made by scikit-learn; `refit` must name one of several."""
    try:
        scorers = scorers_of(search)
    except ValueError as error:
        scoring, refit = search.scoring, search.refit
        is_of_several = isinstance(scoring, Mapping | list | tuple | set)
        # The error may be about a scorer.
        if not is_of_several or "parameter refit" not in str(error):
            raise
        raise with_names(error, refit, list(scoring)) from error
    if not callable(search.scoring):
        names = metric_names(scorers)
        check_refit(search, names, is_multimetric=is_multimetric(scorers))
    return scorers


def known_metric(search, scorers) -> str | None:
    """The metric a search maximises; None if it is not known before the first fit.

    A callable `scoring` returns the names of its metrics only when it is called.
    """
    if callable(search.scoring):
        return metric_named_by(search.refit)
    return metric_to_maximise(search.refit, metric_names(scorers))


def sharing_plan(search) -> SharingPlan | None:
    """The plan for sharing work between fits; None if nothing is shared."""
    # scikit-learn's callbacks are guaranteed to be called for every fit.
    if not search.share_fits or has_callbacks(search):
        return None
    if not may_share(search.estimator):
        return None
    is_default = isinstance(search.share_fits, bool)
    limit = DEFAULT_LIMIT if is_default else search.share_fits
    return SharingPlan(search.estimator, limit)


def scorer_to_keep(search, scorers, metric):
    """The scorer whose input is kept in each fold: that of the deciding metric."""
    if not search.store_predictions:
        return None
    named = named_scorers(scorers)
    return named[metric] if isinstance(named, Mapping) else named
