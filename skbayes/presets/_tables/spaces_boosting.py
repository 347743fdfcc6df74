"""Spaces of XGBoost, LightGBM and CatBoost."""

from __future__ import annotations

from skbayes.presets._facts import Facts
from skbayes.presets._suggestions import choices, integer, log, real, suggest
from skbayes.presets._tables.sources import FLAML, PORTFOLIO, PROBST, TABARENA, USUAL


def _most_leaves(facts: Facts) -> float:
    """Half of the samples, between 15 and 255."""
    return min(max(facts.n_samples / 2, 15), 255)


# learning_rate and n_estimators trade off: the rate carries most of the gain, so that
# "quick" keeps the number of trees.
XGBOOST = (
    suggest(
        "XGBClassifier XGBRegressor",
        untuned={
            "learning_rate": 0.3,
            "min_child_weight": 1.0,
            "colsample_bylevel": 1.0,
            "max_depth": 6,
            "subsample": 1.0,
            "colsample_bytree": 1.0,
            "reg_lambda": 1.0,
            "reg_alpha": 0.0,
            "n_estimators": 100,
            "gamma": 0.0,
        },
        quick={
            "learning_rate": log(0.005, 0.5, 0.015, 0.03, 0.1, source=PROBST),
            "min_child_weight": log(0.001, 64.0, 0.6, 1.9, 3.5, source=PROBST),
            "colsample_bylevel": real(0.4, 1.0, 0.49, 0.66, 0.77, source=PROBST),
        },
        normal={
            "max_depth": integer(2, 14, 6, 8, 11, source=PROBST),
            "subsample": real(0.5, 1.0, 0.7, 0.83, 0.91, source=PROBST),
            "colsample_bytree": real(0.4, 1.0, 0.56, 0.7, 0.76, source=PROBST),
            "reg_lambda": log(1e-3, 100.0, 0.04, 0.36, 1.2, source=PROBST),
            "reg_alpha": log(1e-4, 10.0, 0.017, 0.1, 1.6, source=PROBST),
            "n_estimators": integer(50, 1000, log=True, source=USUAL),
        },
        wide={
            "gamma": log(1e-4, 5.0, source=FLAML),
            "grow_policy": choices("depthwise", "lossguide", source=TABARENA),
            "max_leaves": choices(0, 31, 127, source=TABARENA),
        },
        first=(
            {
                "n_estimators": 1000,
                "learning_rate": 0.018,
                "subsample": 0.84,
                "max_depth": 13,
                "min_child_weight": 2.06,
                "colsample_bytree": 0.75,
                "colsample_bylevel": 0.585,
                "reg_lambda": 0.98,
                "reg_alpha": 1.11,
            },
            {"learning_rate": 0.05, "max_depth": 6, "n_estimators": 300},
            {"learning_rate": 0.1, "max_depth": 3, "n_estimators": 500},
        ),
    ),
)

# LightGBM grows leaf by leaf, so that leaves, not depth, limit a tree.
LIGHTGBM = (
    suggest(
        "LGBMClassifier LGBMRegressor",
        quick={
            "learning_rate": log(0.005, 0.3, 0.012, 0.02, 0.05, source=PORTFOLIO),
            "num_leaves": integer(
                2, _most_leaves, 10, 24, 60, log=True, source=PORTFOLIO
            ),
        },
        normal={
            "min_child_samples": integer(1, 64, 2, 5, 14, log=True, source=PORTFOLIO),
            "colsample_bytree": real(0.4, 1.0, source=TABARENA),
            "subsample": real(0.5, 1.0, 0.7, 0.85, 0.95, source=TABARENA),
            # 0 draws no samples, and subsample then has no effect (rules_boosting).
            "subsample_freq": choices(0, 1, source=TABARENA),
            "reg_lambda": log(1e-4, 10.0, source=TABARENA),
            "reg_alpha": log(1e-4, 10.0, source=TABARENA),
            "n_estimators": integer(50, 1000, log=True, source=USUAL),
        },
        wide={"extra_trees": choices(False, True, source=PORTFOLIO)},
        first=(
            {
                "learning_rate": 0.02,
                "num_leaves": 53,
                "min_child_samples": 14,
                "colsample_bytree": 0.7,
                "n_estimators": 500,
            },
            {
                "learning_rate": 0.05,
                "num_leaves": 16,
                "min_child_samples": 48,
                "colsample_bytree": 0.56,
            },
        ),
    ),
)

# CatBoost sets its learning rate from the data unless it is given; `untuned` holds
# the usual numbers.
CATBOOST = (
    suggest(
        "CatBoostClassifier CatBoostRegressor",
        untuned={
            "learning_rate": 0.03,
            "depth": 6,
            "l2_leaf_reg": 3.0,
            "random_strength": 1.0,
            "iterations": 1000,
            "subsample": 1.0,
        },
        quick={
            "learning_rate": log(0.005, 0.3, 0.02, 0.045, 0.08, source=TABARENA),
            "depth": integer(3, 10, 4, 6, 8, source=TABARENA),
        },
        normal={
            "l2_leaf_reg": log(1e-2, 30.0, 1.0, 2.8, 5.0, source=TABARENA),
            "random_strength": log(0.1, 10.0, source=USUAL),
            "iterations": integer(100, 1000, log=True, source=USUAL),
        },
        wide={
            # subsample needs a bootstrap that draws by it.
            "bootstrap_type": choices("Bernoulli", source=TABARENA),
            "subsample": real(0.6, 1.0, source=TABARENA),
        },
        first=(
            {"learning_rate": 0.069, "depth": 6, "l2_leaf_reg": 2.15},
            {"learning_rate": 0.031, "depth": 8, "l2_leaf_reg": 2.8},
            {"learning_rate": 0.049, "depth": 4, "l2_leaf_reg": 4.6},
        ),
    ),
)
