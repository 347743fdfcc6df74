"""Spaces of scikit-learn's trees, forests, boosting and other ensembles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skbayes.presets._facts import Facts
from skbayes.presets._suggestions import Choices, choices, integer, log, real, suggest
from skbayes.presets._tables.sources import PROBST, TABARENA, USUAL, WINNERS


def _largest_leaf(facts: Facts) -> float:
    """A twentieth of the samples, between 10 and 200."""
    return min(max(facts.n_samples / 20, 10), 200)


def _fewest(facts: Facts) -> float:
    """Smallest share of samples for a tree: 0.3, or 15 samples."""
    return min(max(0.3, 15.0 / facts.n_samples), 0.9)


def _most_leaves(facts: Facts) -> float:
    """A leaf for every 16 samples, between 31 and 1,024."""
    return min(max(facts.n_samples / 16, 31), 1024)


def _share_of_features(facts: Facts) -> float:
    """Share of one feature, at least 5 %."""
    return max(0.05, min(1.0 / facts.n_features, 0.5))


def _power(exponent: float) -> Callable[[Facts], float]:
    """Share of n_features ** exponent features, as "sqrt" is for 0.5."""

    def share(facts: Facts) -> float:
        power = float(facts.n_features ** (exponent - 1))
        return min(max(power, _share_of_features(facts)), 1.0)

    return share


def _classifiers(facts: Facts) -> list[Any]:
    """Trees of the depths that won in AdaBoost."""
    # Imported on demand, as most searches have no AdaBoost.
    from sklearn.tree import DecisionTreeClassifier

    return [DecisionTreeClassifier(max_depth=depth) for depth in (1, 2, 3, 7)]


def _regressors(facts: Facts) -> list[Any]:
    """Trees of the depths that won in AdaBoost."""
    from sklearn.tree import DecisionTreeRegressor

    return [DecisionTreeRegressor(max_depth=depth) for depth in (1, 2, 3, 7)]


# Ends depend on the data; quartiles are those of the winners.
_LEAF = integer(1, _largest_leaf, 1, 2, 8, log=True, source=WINNERS)
_SPLIT = integer(2, 20, 3, 7, 14, log=True, source=WINNERS)
# Classifiers won with about the root of the features, regressors with most of them.
_FEATURES_CLASSIFIER = real(
    _share_of_features, 1.0, _power(0.46), _power(0.57), _power(0.75), source=WINNERS
)
_FEATURES_REGRESSOR = real(_share_of_features, 1.0, 0.53, 0.76, 0.93, source=WINNERS)
# A Bayesian search fits the most trees and finds the best number along the way.
_TREES = integer(30, 300, log=True, source=USUAL)
_IMPURITY = choices(0.0, 1e-5, 1e-4, 1e-3, source=TABARENA)
_FOREST_FIRST = (
    {"max_features": 0.75, "min_samples_leaf": 1},
    {"max_features": 0.257, "min_samples_leaf": 2},
    {"max_features": 1.0, "min_samples_leaf": 5},
)

#: The lower end of penalties: as good as 0, which a range by orders of magnitude lacks.
_LEAST_PENALTY = 1e-6
_PENALTY = log(_LEAST_PENALTY, 10.0, 1e-5, 1e-4, 8e-4, source=WINNERS)

SPACES = (
    suggest(
        "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier "
        "ExtraTreeRegressor",
        untuned={"ccp_alpha": _LEAST_PENALTY, "max_depth": 30, "max_features": 1.0},
        quick={
            "ccp_alpha": log(_LEAST_PENALTY, 0.1, 2e-4, 1.5e-3, 3.5e-3, source=PROBST),
            "min_samples_leaf": integer(
                1, _largest_leaf, 5, 9, 16, log=True, source=PROBST
            ),
        },
        normal={
            "max_depth": integer(2, 30, 14, 18, 23, source=PROBST),
            "min_samples_split": integer(2, 60, 15, 27, 39, log=True, source=PROBST),
            "max_features": real(0.3, 1.0, source=USUAL),
        },
        wide={"min_impurity_decrease": _IMPURITY},
        first=(
            {
                "ccp_alpha": 4.5e-4,
                "max_depth": 21,
                "min_samples_leaf": 12,
                "min_samples_split": 24,
            },
        ),
    ),
    suggest(
        # Two dicts: max_samples exists with bootstrap only. n_estimators is not
        # searched, as more trees are never worse, only slower.
        "RandomForestClassifier ExtraTreesClassifier",
        untuned={"max_features": _power(0.5), "max_samples": 1.0},
        quick={"max_features": _FEATURES_CLASSIFIER, "min_samples_leaf": _LEAF},
        normal={"criterion": choices("gini", "entropy", source=WINNERS)},
        wide={
            "min_samples_split": _SPLIT,
            "class_weight": choices(None, "balanced", source=WINNERS),
            "min_impurity_decrease": _IMPURITY,
        },
        branches=(
            {"bootstrap": choices(False)},
            {
                "bootstrap": choices(True),
                "max_samples": real(_fewest, 1.0, 0.79, 0.88, 0.95, source=PROBST),
            },
        ),
        first=_FOREST_FIRST,
    ),
    suggest(
        "RandomForestRegressor ExtraTreesRegressor",
        untuned={"max_samples": 1.0},
        quick={"max_features": _FEATURES_REGRESSOR, "min_samples_leaf": _LEAF},
        wide={"min_samples_split": _SPLIT, "min_impurity_decrease": _IMPURITY},
        branches=(
            {"bootstrap": choices(False)},
            {
                "bootstrap": choices(True),
                "max_samples": real(_fewest, 1.0, 0.79, 0.88, 0.95, source=PROBST),
            },
        ),
        first=_FOREST_FIRST,
    ),
    suggest(
        "HistGradientBoostingClassifier",
        quick={
            "learning_rate": log(0.005, 1.0, 0.031, 0.061, 0.12, source=WINNERS),
            "max_leaf_nodes": integer(
                3, _most_leaves, 17, 35, 203, log=True, source=WINNERS
            ),
        },
        normal={
            "min_samples_leaf": integer(
                1, _largest_leaf, 15, 24, 60, log=True, source=WINNERS
            ),
            "l2_regularization": _PENALTY,
            "max_features": real(0.4, 1.0, source=TABARENA),
            "max_iter": _TREES,
        },
        wide={
            "max_depth": choices(None, 4, 8, source=USUAL),
            "class_weight": choices(None, "balanced", source=WINNERS),
        },
        first=(
            {"learning_rate": 0.06, "max_leaf_nodes": 31, "min_samples_leaf": 24},
            {"learning_rate": 0.15, "max_leaf_nodes": 8, "max_features": 0.6},
            {"learning_rate": 0.03, "max_leaf_nodes": 64, "min_samples_leaf": 10},
        ),
        untuned={"l2_regularization": _LEAST_PENALTY},
    ),
    suggest(
        "HistGradientBoostingRegressor",
        quick={
            "learning_rate": log(0.005, 1.0, 0.027, 0.051, 0.093, source=WINNERS),
            "max_leaf_nodes": integer(
                3, _most_leaves, 20, 42, 88, log=True, source=WINNERS
            ),
        },
        normal={
            "min_samples_leaf": integer(
                1, _largest_leaf, 4, 10, 24, log=True, source=WINNERS
            ),
            "l2_regularization": _PENALTY,
            "max_features": real(0.4, 1.0, source=TABARENA),
            "loss": choices("squared_error", "absolute_error", source=WINNERS),
            "max_iter": _TREES,
        },
        wide={
            "max_depth": choices(None, 4, 8, source=USUAL),
        },
        first=(
            {"learning_rate": 0.05, "max_leaf_nodes": 31, "min_samples_leaf": 10},
            {"learning_rate": 0.15, "max_leaf_nodes": 8, "max_features": 0.6},
            {"learning_rate": 0.03, "max_leaf_nodes": 64, "min_samples_leaf": 5},
        ),
        untuned={"l2_regularization": _LEAST_PENALTY},
    ),
    suggest(
        "GradientBoostingClassifier",
        untuned={"max_features": 1.0},
        quick={
            "learning_rate": log(0.005, 1.0, 0.03, 0.06, 0.12, source=WINNERS),
            "max_depth": integer(1, 12, 3, 5, 8, source=USUAL),
        },
        normal={
            "min_samples_leaf": _LEAF,
            "subsample": real(0.4, 1.0, 0.7, 0.83, 0.91, source=PROBST),
            "max_features": real(_share_of_features, 1.0, source=TABARENA),
            "n_estimators": _TREES,
        },
        first=(
            {"learning_rate": 0.06, "max_depth": 5, "subsample": 0.84},
            {"learning_rate": 0.2, "max_depth": 2, "max_features": 0.5},
        ),
    ),
    suggest(
        "GradientBoostingRegressor",
        untuned={"max_features": 1.0},
        quick={
            "learning_rate": log(0.005, 1.0, 0.03, 0.05, 0.1, source=WINNERS),
            "max_depth": integer(1, 12, 3, 5, 8, source=USUAL),
        },
        normal={
            "min_samples_leaf": _LEAF,
            "subsample": real(0.4, 1.0, 0.7, 0.83, 0.91, source=PROBST),
            "max_features": real(_share_of_features, 1.0, source=TABARENA),
            "loss": choices("squared_error", "huber", source=USUAL),
            "n_estimators": _TREES,
        },
        first=(
            {"learning_rate": 0.06, "max_depth": 5, "subsample": 0.84},
            {"learning_rate": 0.2, "max_depth": 2, "max_features": 0.5},
        ),
    ),
    suggest(
        # The trees' depth is searched by whole estimators: AdaBoost has no parameter of
        # its own for it.
        "AdaBoostClassifier",
        quick={"learning_rate": log(0.01, 2.0, 0.037, 0.12, 0.59, source=WINNERS)},
        normal={
            "estimator": Choices(_classifiers, WINNERS),
            "n_estimators": integer(30, 500, 119, 268, 408, source=WINNERS),
        },
        first=({"learning_rate": 0.12},),
    ),
    suggest(
        "AdaBoostRegressor",
        quick={"learning_rate": log(0.01, 2.0, source=USUAL)},
        normal={
            "estimator": Choices(_regressors, WINNERS),
            "n_estimators": integer(30, 500, source=USUAL),
            "loss": choices("linear", "square", "exponential", source=USUAL),
        },
    ),
    suggest(
        "BaggingClassifier BaggingRegressor",
        quick={
            "max_samples": real(_fewest, 1.0, 0.79, 0.88, 0.95, source=PROBST),
            "max_features": real(0.3, 1.0, source=USUAL),
        },
        wide={"bootstrap": choices(True, False, source=USUAL)},
    ),
    suggest(
        "RandomTreesEmbedding",
        quick={"max_depth": integer(2, 10, source=USUAL)},
        normal={"min_samples_leaf": integer(1, 20, log=True, source=USUAL)},
    ),
)
