"""The types that ``skops.io.load`` must trust to load a fitted search."""

from __future__ import annotations

from typing import Any

from sklearn.metrics import check_scoring
from sklearn.tree import DecisionTreeClassifier

from skbayes import BayesSearchCV, GridSearchCV, Optimizer, RandomSearchCV
from skbayes._evaluation.fold.fitted_estimator import FittedEstimator
from skbayes._evaluation.fold.held_out import HeldOut
from skbayes._evaluation.packed_folds import PackedFolds
from skbayes._gp import Fit, Hyperparameters, Layout
from skbayes._protocol import FoldResult, Trial
from skbayes._strategies.engine.engine import Engine
from skbayes._strategies.engine.hyperparameter_schedule import HyperparameterSchedule
from skbayes._strategies.engine.observation import Observation
from skbayes.space import Categorical, Integer, Real
from skbayes.space._distributions import Continuous, Discrete
from skbayes.space._lists import Ordinal
from skbayes.space._profiled import Profiled
from skbayes.space._ruled_space import RuledSpace
from skbayes.space._rules import Among, Rule, Satisfies
from skbayes.space._space import Space

__all__ = ["trusted_types"]

#: Classes of this package whose instances a fitted search may contain.
_CLASSES: tuple[type, ...] = (
    Among,
    BayesSearchCV,
    Categorical,
    Continuous,
    Discrete,
    Engine,
    Fit,
    FittedEstimator,
    FoldResult,
    GridSearchCV,
    HeldOut,
    HyperparameterSchedule,
    Hyperparameters,
    Integer,
    Layout,
    Observation,
    Optimizer,
    Ordinal,
    PackedFolds,
    Profiled,
    RandomSearchCV,
    Real,
    Rule,
    RuledSpace,
    Satisfies,
    Space,
    Trial,
)

#: Rules, callbacks and what few searches have; by name, because callbacks import
#: this package, and others import much.
_NAMES = (
    "skbayes.callbacks.ExpectedImprovementBelowNoise",
    "skbayes.callbacks.NoImprovement",
    "skbayes.callbacks.ScoreReached",
    "skbayes.ensemble._estimators.EnsembleClassifier",
    "skbayes.ensemble._estimators.EnsembleRegressor",
    "skbayes.ensemble._greedy_ensemble.EnsembleSelection",
    "skbayes.ensemble._greedy_ensemble.GreedyEnsemble",
    "skbayes.presets._densities.IntegerQuartiles",
    "skbayes.presets._densities.Quartiles",
    "skbayes.presets._suggested_space.SuggestedDict",
    "skbayes.presets._suggested_space.SuggestedList",
    "skbayes.search._fold_estimators.StoredEstimators",
    "skbayes.selection._better.BestIfBetter",
    "skbayes.selection._one_standard_error.Fastest",
    "skbayes.selection._one_standard_error.Simplest",
    "skbayes.selection._posterior_mean.BestPosteriorMean",
)


def trusted_types() -> list[str]:
    """List the types in a fitted search that skops does not trust by default.

    Returns
    -------
    list of str
        Their names, for the `trusted` parameter of ``skops.io.load``, sorted. Types of
        the estimator and of the values searched over are not among them.

    Notes
    -----
    skops cannot dump discrete distributions of scipy, such as ``randint(1, 9)``, in
    scikit-learn's searches either. Write ``(1, 8, "uniform")`` instead.

    Examples
    --------
    ::

        skops.io.dump(search, "search.skops")
        unknown = set(skops.io.get_untrusted_types(file="search.skops"))
        print(unknown - set(trusted_types()))  # look at these
        search = skops.io.load("search.skops", trusted=sorted(unknown))
    """
    # scikit-learn's private scorer that calls an estimator's own `score`.
    passthrough: Any = type(check_scoring(DecisionTreeClassifier()))
    classes = (*_CLASSES, passthrough)
    names = [f"{c.__module__}.{c.__qualname__}" for c in classes]
    return sorted([*names, *_NAMES])
