"""Find parameters whose smaller values come with each candidate's fit.

The number of trees of a boosted model is one: a fit of 500 trees contains the models of
all smaller numbers. So a candidate costs one fit in each fold, and is the one of the
number with the best mean over all folds.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skbayes._evaluation.sharing.path_rules import LEAST_EXACT, rule_of
from skbayes._evaluation.sharing.searched_path import SearchedPath
from skbayes.space._dimension import Dimension

#: Ratio of neighbouring values of a path, if there are such values,
_RATIO = 1.25
#: and the ones that are scored, counted down from the proposed value: each costs a
#: prediction, and the best one is rarely far below.
_STEPS = np.array([1, 2, 3, 5, 8, 13])
#: Searched parameters that must be set, with a value for the check.
_RATES = {"learning_rate": 0.1, "eta": 0.1}
#: A parameter with more values has no path: its values are not listed.
_MAX_VALUES = 100_000


@dataclass(frozen=True)
class BranchPath:
    """The path that the points of one branch of a space have.

    Parameters
    ----------
    branch : mapping of str to Dimension
        Parameters of the branch.
    parameter : str
        The one with a path.
    values : array of shape (n_values,)
        Its values, ascending.
    """

    branch: Mapping[str, Dimension]
    parameter: str
    values: np.ndarray

    def holds(self, point):
        """Whether a point is one of the branch."""
        return point.keys() <= self.branch.keys() and all(
            self.branch[name].contains(value) for name, value in point.items()
        )

    def up_to(self, size):
        """The values to score of a fit at a proposed one."""
        targets = size / _RATIO**_STEPS
        after = np.clip(np.searchsorted(self.values, targets), 1, len(self.values) - 1)
        low, high = self.values[after - 1], self.values[after]
        nearest = np.where(targets - low < high - targets, low, high)
        smaller = np.unique(nearest[nearest < size])
        return SearchedPath(self.parameter, (*smaller.tolist(), size))


def find_paths(search, space, preparation):
    """Find the branches whose points have a path.

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
    list of BranchPath
        Empty if no parameter has a path, if no work is shared, if each fit stops early,
        if candidates begin on a part of the data, or if all points of a finite space
        are tried.
    """
    evaluation = preparation.evaluation
    if evaluation.sharing is None:
        return []
    # The best value on a part of the data is another than on all of them.
    if preparation.ladder is not None or evaluation.settings.stopping is not None:
        return []
    # Every point is tried anyway, at its own value.
    if space.cardinality is not None and space.cardinality <= search.n_iter:
        return []
    n_samples = [len(train) for train, _ in evaluation.splits]
    found = []
    for branch in space.branches:
        name = _path_in(search.estimator, branch, n_samples)
        values = [] if name is None else _whole_numbers(branch[name])
        if values:
            found.append(BranchPath(branch, name, np.array(values)))
    return found


def path_finder(strategy):
    """Make a function that returns the path of proposed parameters, None without one.

    The untuned estimator has no path, because others are compared with it unchanged.

    Parameters
    ----------
    strategy : Strategy
        Strategy of a Bayesian search, or any other.
    """
    paths = getattr(strategy, "paths", ())

    def path_of(params):
        if not paths or strategy.is_untuned(params):
            return None
        space = strategy.optimizer.space
        if not space.contains(params):
            return None
        point = space.canonical(params)
        path = next((one for one in paths if one.holds(point)), None)
        return None if path is None else path.up_to(point[path.parameter])

    return path_of


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


def _whole_numbers(dimension):
    """Values of a dimension, ascending; none unless they are a few whole numbers."""
    if not 2 <= dimension.n_values <= _MAX_VALUES:
        return []
    values = list(dimension.values())
    if not all(type(value) is int and value > 0 for value in values):
        return []
    return sorted(values)
