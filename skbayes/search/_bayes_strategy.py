"""Make the strategy of a Bayesian search from its parameters."""

from __future__ import annotations

import time

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import clone

from skbayes._evaluation.fold.set_parameters import set_parameters
from skbayes._strategies.bayes import BayesStrategy, stands_apart
from skbayes._strategies.engine.initial_design import check_n_initial
from skbayes._strategies.engine.proposal import TimeLeft
from skbayes._strategies.optimizer import Optimizer
from skbayes._strategies.optimizer_input import check_initial_params
from skbayes._strategies.prior_results import read_prior_results
from skbayes._user_warnings import warn_user
from skbayes._values import dicts_of, native, params_key
from skbayes.search._best_index import may_stop
from skbayes.search._known_space import is_auto, settle_space, training_facts
from skbayes.search._params import check_params
from skbayes.search._repeats import candidates_budget
from skbayes.search._searched_paths import with_paths
from skbayes.space._parsing import parse_space
from skbayes.space._profiled import profiled_names
from skbayes.space._ruled_space import with_rules
from skbayes.space._space import Space

#: Random points to check whether any combination of values is valid.
_N_PROBES = 256


def make_strategy(search, preparation):
    """Make the Bayesian strategy over the parsed space of a search.

    Parameters
    ----------
    search : BayesSearchCV
        The search with its parameters.
    preparation : Preparation
        The checked arguments of `fit`.

    Returns
    -------
    BayesStrategy
    """
    owner = type(search).__name__
    written = settle_space(search, preparation)
    space = parse_space(written, owner=owner)
    dicts = dicts_of(written)
    # Before the rules of presets: a misspelt name should be reported as such.
    check_params(search, space.branches, "param_distributions")
    space = _with_known_rules(with_paths(search, space, preparation), search)
    untuned = untuned_params(search, space, dicts) if search.include_current else None
    n_iter = search.n_iter
    n_initial = check_n_initial(search.n_initial_points, space, n_iter, owner=owner)
    is_apart = stands_apart(untuned, space)
    untuned_point, first_points = _preset_points(search, space, preparation, is_apart)
    # The optimizer cannot encode an untuned estimator that amounts to no point of the
    # space; the strategy proposes it, and it counts as one of the initial points.
    n_outside = int(is_apart and untuned_point is None)
    given = check_initial_params(search.initial_params, space, owner=owner)
    _warn_of_points_left_out(search, given, untuned)
    optimizer = Optimizer(
        space,
        n_initial_points=max(1, n_initial - n_outside),
        initial_params=[*given, *first_points],
        prior_results=_known_scores(search, space, preparation.metric, dicts),
        n_iter=max(1, n_iter - n_outside),
        random_state=search.random_state,
    )
    return BayesStrategy(
        optimizer,
        n_iter,
        untuned=untuned,
        untuned_point=untuned_point,
        n_initial=n_initial,
        time_left=_clock(search) if _weighs_cost(search) else None,
    )


def untuned_params(search, space, dicts):
    """The estimator's own values of the searched parameters.

    Parameters
    ----------
    search : BayesSearchCV
        The search with its estimator.
    space : Space
        The parsed space.
    dicts : list of dict
        The space in the user's form.

    Returns
    -------
    dict or None
        A point of the space if one has these values. Else the values of all searched
        names that the estimator lists, or an empty dict if it refuses its own values.
        None if the estimator has no parameters.
    """
    if not hasattr(search.estimator, "get_params"):
        return None
    current = search.estimator.get_params(deep=True)
    for names in dicts:
        point = {name: current[name] for name in names if name in current}
        if len(point) == len(names) and space.contains(point):
            # A parameter that is not modelled keeps the estimator's own value.
            canonical = space.canonical(point)
            names = profiled_names(space.branches) & canonical.keys()
            return canonical | {name: native(current[name]) for name in names}
    names = {name for names in dicts for name in names}
    own = {name: native(value) for name, value in current.items() if name in names}
    # Some estimators normalise a parameter in `__init__` and refuse the result.
    try:
        set_parameters(clone(search.estimator), own)
    except Exception:
        return {}
    return own


def _warn_of_points_left_out(search, given, untuned):
    """Warn if `n_iter` leaves out some of the points given in `initial_params`."""
    keys = set(map(params_key, given))
    is_beside = untuned is not None and params_key(untuned) not in keys
    n_left = search.n_iter - is_beside
    if len(given) > n_left:
        others = ", beside the untuned estimator" if is_beside else ""
        warn_user(
            f"The `initial_params` parameter of {type(search).__name__} has "
            f"{len(given)} point{'s' if len(given) > 1 else ''}, of which "
            f"n_iter={search.n_iter} leaves room for {n_left}{others}. Set n_iter to "
            f"{len(given) + is_beside} or more to try all."
        )


def _with_known_rules(space, search):
    """Add the presets' rules to a space: which values have no effect or are invalid."""
    from skbayes.presets._translation import rules_for

    space = with_rules(space, rules_for(search.estimator, space))
    # Rules that forbid every point would make sampling run on; better an error now.
    U = space.sample(_N_PROBES, np.random.default_rng(0))
    if not space.valid(U).any() and space.cardinality in {None, 0}:
        (row,) = U[:1]
        params = Space(space.branches).decode(row[None, :])[0]
        raise ValueError(
            f"The `param_distributions` parameter of {type(search).__name__} must hold "
            "a combination of values that can be fitted. Got none: "
            f"{space.what_keeps_out(params)}."
        )
    return space


def _preset_points(search, space, preparation, is_apart):
    """The point that amounts to an untuned estimator apart, and points to try first."""
    has_params = hasattr(search.estimator, "get_params")
    if not has_params or not (is_apart or search.first_points):
        return None, []
    from skbayes.presets._first_points import first_points_in, untuned_point

    # Once for both: a training part is copied for it.
    facts = training_facts(search, preparation)
    estimator = search.estimator
    untuned = untuned_point(estimator, space, facts) if is_apart else None
    if not search.first_points:
        return untuned, []
    nearest = is_auto(search) and untuned is None
    return untuned, first_points_in(estimator, space, facts, with_untuned=nearest)


def _known_scores(search, space, metric, dicts):
    """The points of `prior_results` in the space, with their scores."""
    if search.prior_results is None:
        return None
    return read_prior_results(
        search.prior_results,
        space,
        owner=type(search).__name__,
        metric=metric or "score",
        untuned=untuned_params(search, space, dicts),
    )


def _weighs_cost(search):
    """Whether cheap candidates are preferred: under a time budget, unless disabled."""
    if search.cost_aware is True and search.time_budget is None:
        raise ValueError(
            "The `cost_aware` parameter of BayesSearchCV weighs the gain of a "
            "candidate against its share of the time budget. Got cost_aware=True and "
            "time_budget=None; set `time_budget` to a number of seconds."
        )
    return bool(search.cost_aware) and search.time_budget is not None


def _clock(search):
    """Make a function that returns what is left of the time budget."""
    budget, began = candidates_budget(search), time.monotonic()
    # A race runs the folds of a candidate one after the other.
    n_workers = 1 if may_stop(search) else effective_n_jobs(search.n_jobs)

    def time_left():
        seconds = max(0.0, budget - (time.monotonic() - began))
        return TimeLeft(seconds, seconds / budget, n_workers)

    return time_left
