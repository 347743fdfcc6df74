"""What a Bayesian search hands to its engine."""

from __future__ import annotations

import time

from joblib import effective_n_jobs

from skbayes._strategies.bayes import BayesStrategy
from skbayes._strategies.initial_params import check_initial_params
from skbayes._strategies.optimizer import Optimizer
from skbayes._strategies.prior_results import read_prior_results
from skbayes._strategies.proposal import TimeLeft
from skbayes.search._preparation import check_param_names
from skbayes.space import parse_space


def make_strategy(search, preparation):
    """The engine over the parsed space of a search, as a strategy.

    Parameters
    ----------
    search : BayesSearchCV
        With the parameters it was given.
    preparation : Preparation
        What `fit` was given, checked.

    Returns
    -------
    BayesStrategy
    """
    owner = type(search).__name__
    space = parse_space(search.param_distributions, owner=owner)
    dicts = search.param_distributions
    dicts = [dicts] if isinstance(dicts, dict) else dicts
    check_param_names(search, [list(d) for d in dicts], "param_distributions")
    optimizer = Optimizer(
        space,
        n_initial_points=search.n_initial_points,
        initial_params=[
            *_current_params(search.estimator, space, dicts),
            *check_initial_params(search.initial_params, space, owner=owner),
        ],
        prior_results=_known_scores(search, space, preparation.metric),
        n_iter=search.n_iter,
        random_state=search.random_state,
    )
    time_left = _clock(search) if _weighs_cost(search) else None
    return BayesStrategy(optimizer, search.n_iter, time_left=time_left)


def _current_params(estimator, space, dicts):
    """The estimator's own values, where they are a point of the space."""
    if not hasattr(estimator, "get_params"):
        return []
    current = estimator.get_params(deep=True)
    points = [
        {name: current[name] for name in names}
        for names in dicts
        if all(name in current for name in names)
    ]
    return [point for point in points if space.contains(point)][:1]


def _known_scores(search, space, metric):
    """The points of `prior_results` that lie in the space, with their scores."""
    if search.prior_results is None:
        return None
    return read_prior_results(
        search.prior_results,
        space,
        owner=type(search).__name__,
        metric=metric or "score",
        stacklevel=7,  # the line that calls `fit`
    )


def _weighs_cost(search):
    """Whether cheap candidates are preferred: under a time budget, unless told."""
    if search.cost_aware is True and search.time_budget is None:
        raise ValueError(
            "The `cost_aware` parameter of BayesSearchCV weighs what a candidate "
            "gains by the time it takes from the budget. Got cost_aware=True and "
            "time_budget=None; set `time_budget` to a number of seconds."
        )
    return bool(search.cost_aware) and search.time_budget is not None


def _clock(search):
    """What is left of the time budget, whenever it is asked for."""
    budget, began = search.time_budget, time.monotonic()
    # In a race the folds of a candidate are run one after the other.
    n_workers = 1 if search.racing else effective_n_jobs(search.n_jobs)

    def time_left():
        seconds = max(0.0, budget - (time.monotonic() - began))
        return TimeLeft(seconds, seconds / budget, n_workers)

    return time_left
