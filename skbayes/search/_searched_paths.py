"""Find parameters whose best value is searched on each candidate's path.

The number of trees of a boosted model is one: a fit of 500 trees contains the models of
all smaller numbers. So a candidate costs one fit in each fold, and its score is the one
of the number with the best mean over all folds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skbayes._evaluation.loop.protocols import no_path
from skbayes._evaluation.sharing.path_rules import LEAST_EXACT, rule_of
from skbayes._evaluation.sharing.searched_path import SearchedPath
from skbayes.space._profiled import Profiled, profiled_names
from skbayes.space._space import Space

#: Ratio of neighbouring values of a path, if there are such values,
_RATIO = 1.25
#: and most values of a path.
_MAX_SIZES = 24
#: Searched parameters that must be set, with a value for the check.
_RATES = {"learning_rate": 0.1, "eta": 0.1}
#: A parameter with more values has no path: its values are not listed.
_MAX_VALUES = 100_000


def with_paths(search, space, preparation):
    """Replace the parameters with a path by ones that are not modelled.

    Parameters
    ----------
    search : BayesSearchCV
        The search with its parameters.
    space : Space
        The parsed space.
    preparation : Preparation
        The checked arguments of `fit`.

    Returns
    -------
    Space
        The same space if it has no such parameter, if no work is shared, if each fit
        stops early, if a fit's time is limited, so that the largest value may be out of
        reach, if candidates begin on a part of the data, or if all points of a finite
        space are tried.
    """
    evaluation = preparation.evaluation
    if evaluation.sharing is None or search.fit_timeout is not None:
        return space
    # A path is followed over folds; the best value on a part of the data is another.
    if preparation.ladder is not None or evaluation.settings.stopping is not None:
        return space
    # Every point is tried anyway, so a model of the others would win nothing.
    if space.cardinality is not None and space.cardinality <= search.n_iter:
        return space
    n_samples = [len(train) for train, _ in evaluation.splits]
    found = [_path_in(search.estimator, branch, n_samples) for branch in space.branches]
    names = {name for name in found if name is not None}
    profiled = {name: _profiled(name, search, space) for name in names}
    return Space(
        [
            {**branch, name: profiled[name]}
            if name is not None and profiled[name] is not None
            else branch
            for name, branch in zip(found, space.branches, strict=True)
        ]
    )


def searched_paths(strategy):
    """The paths of a strategy's candidates.

    Parameters
    ----------
    strategy : Strategy
        Strategy of a Bayesian search, or any other.

    Returns
    -------
    path_of : callable
        Returns the `SearchedPath` of proposed parameters, None without one.
    names : list of str
        Parameters whose best value is found on a path.
    """
    space = getattr(getattr(strategy, "optimizer", None), "space", None)
    names = sorted(profiled_names([] if space is None else space.branches))
    return (_path_finder(space, strategy.is_untuned) if names else no_path), names


def _path_finder(space, is_untuned):
    """Make a function that returns the path of proposed parameters, None without one.

    The untuned estimator has no path, because others are compared with it unchanged.
    """

    def path_of(params):
        if is_untuned(params) or not space.contains(params):
            return None
        point = space.canonical(params)
        for branch in space.branches:
            for name, dimension in _profiled_in(branch).items():
                is_of_branch = point.keys() <= branch.keys() and all(
                    branch[other].contains(value) for other, value in point.items()
                )
                if is_of_branch and params.get(name) == dimension.sizes[-1]:
                    return SearchedPath(name, dimension.sizes)
        return None

    return path_of


def _profiled_in(branch):
    return {n: d for n, d in branch.items() if isinstance(d, Profiled)}


def _path_in(estimator, branch, n_samples):
    """Name of a branch's parameter with a path, None without one."""
    step = estimator.steps[-1][0] if isinstance(estimator, Pipeline) else ""
    own = estimator.steps[-1][1] if step else estimator
    finals = branch[step].listed() if step in branch else [own]
    prefix = f"{step}__" if step else ""
    parameters = {_path_parameter(one, prefix, branch, n_samples) for one in finals}
    # Several final steps in one branch would need several paths.
    if len(parameters) != 1 or None in parameters:
        return None
    (parameter,) = parameters
    return prefix + parameter


def _path_parameter(final, prefix, branch, n_samples):
    """The searched parameter of an estimator with a best value on a path.

    A fit must contain the models of the smaller values for all values of the other
    searched parameters, so the rule is checked with the worst of them.
    """
    rule = rule_of(final)
    if rule is None or not rule.has_best:
        return None
    rule = rule.as_searched(lambda name: prefix + name in branch)
    if rule is None:
        return None
    worst = clone(final)
    for name, value in {**LEAST_EXACT, **_RATES}.items():
        if prefix + name in branch:
            dimension = branch[prefix + name]
            is_one = dimension.n_values == 1
            # Not every class has each of them.
            with suppress(ValueError):
                worst.set_params(**{name: dimension.values()[0] if is_one else value})
            if name in _RATES and None in (dimension.listed() or ()):
                worst.set_params(**{name: None})
    # Exactness is monotone in the number of samples, so the extremes suffice.
    is_exact = all(rule.is_exact(worst, n) for n in {min(n_samples), max(n_samples)})
    return rule.parameter if is_exact else None


def _profiled(name, search, space):
    """Make the dimension that is not modelled; None if the parameter must be."""
    dimensions = {branch[name] for branch in space.branches if name in branch}
    if len(dimensions) > 1:
        return None
    (dimension,) = dimensions
    if not 2 <= dimension.n_values <= _MAX_VALUES:
        return None
    values = list(dimension.values())
    if not all(type(value) is int and value > 0 for value in values):
        return None
    values.sort()
    wanted = [
        params.get(name)
        for params in search.initial_params or ()
        if isinstance(params, Mapping)
    ]
    added = {dimension.find(v) for v in wanted if dimension.contains(v)}
    looked_at = values if dimension.listed() else _spread(values)
    return Profiled(dimension, tuple(sorted({*looked_at, *added})))


def _spread(values):
    """Select some of ascending numbers at about equal ratios."""
    numbers = np.array(values, dtype=float)
    n_sizes = 1 + math.ceil(math.log(numbers[-1] / numbers[0]) / math.log(_RATIO))
    targets = np.geomspace(numbers[0], numbers[-1], min(n_sizes, _MAX_SIZES))
    after = np.clip(np.searchsorted(numbers, targets), 1, len(numbers) - 1)
    is_nearer = targets - numbers[after - 1] < numbers[after] - targets
    return [values[i] for i in np.where(is_nearer, after - 1, after).tolist()]
