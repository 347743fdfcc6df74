"""Rules of XGBoost's, LightGBM's and CatBoost's classes.

Every row was found by experiment; the tests fit it where the package is installed.
"""

from __future__ import annotations

from skbayes.presets._predicates import is_given, is_not_one, is_true
from skbayes.presets._records import Table, Versions, idle, refused

_XGB = "XGBClassifier XGBRegressor"
_LGBM = "LGBMClassifier LGBMRegressor"
_CAT = "CatBoostClassifier CatBoostRegressor"
_XGB_OTHER_LOSSES = ["reg:squarederror", "count:poisson"]

XGBOOST = Table(
    package="xgboost",
    versions=Versions(since=(2,), before=(4,)),
    tested=("3.2.0",),
    defaults={
        "booster": "gbtree",
        "tree_method": "hist",
        "max_leaves": 0,
        "subsample": 1.0,
        "colsample_bytree": 1.0,
    },
    rows=(
        # gblinear grows no trees.
        idle(
            _XGB,
            "max_depth min_child_weight gamma subsample colsample_bytree "
            "colsample_bylevel colsample_bynode max_leaves max_bin max_delta_step "
            "grow_policy num_parallel_tree tree_method",
            {"booster": ["gblinear"]},
        ),
        # Only dart drops trees.
        idle(
            _XGB,
            "rate_drop skip_drop sample_type normalize_type one_drop",
            {"booster": ["gbtree", "gblinear"]},
        ),
        idle(_XGB, "feature_selector top_k", {"booster": ["gbtree", "dart"]}),
        # The exact method tries all splits instead of bins.
        idle(_XGB, "max_bin", {"tree_method": ["exact"], "booster": ["gbtree"]}),
        # Without a limit of leaves the order of the splits does not change the tree.
        idle(_XGB, "grow_policy", {"max_leaves": [0]}),
        idle(_XGB, "importance_type", only_predictions=True),
        idle(_XGB, "sampling_method", {"subsample": [1.0]}),
        # Each of these belongs to one other objective.
        idle(
            "XGBRegressor",
            "huber_slope tweedie_variance_power quantile_alpha",
            {"objective": _XGB_OTHER_LOSSES},
        ),
    ),
)

LIGHTGBM = Table(
    package="lightgbm",
    versions=Versions(since=(4,), before=(5,)),
    tested=("4.7.0",),
    defaults={
        "data_sample_strategy": "bagging",
        "linear_tree": False,
        "extra_trees": False,
        "scale_pos_weight": 1.0,
        "is_unbalance": False,
    },
    rows=(
        idle(_LGBM, "subsample", {"subsample_freq": [0]}),
        idle(_LGBM, "subsample_freq", {"subsample": [1.0]}),
        idle(
            _LGBM,
            "drop_rate skip_drop max_drop uniform_drop xgboost_dart_mode drop_seed",
            {"boosting_type": ["gbdt"]},
        ),
        idle(
            _LGBM,
            "top_rate other_rate",
            {"data_sample_strategy": ["bagging"], "boosting_type": ["gbdt", "dart"]},
        ),
        idle(_LGBM, "linear_lambda", {"linear_tree": [False]}),
        idle(_LGBM, "extra_seed", {"extra_trees": [False]}),
        idle(_LGBM, "feature_fraction_seed", {"colsample_bytree": [1.0]}),
        idle(_LGBM, "bagging_seed", {"subsample_freq": [0], "boosting_type": ["gbdt"]}),
        # The number of threads changes no prediction.
        idle(_LGBM, "n_jobs"),
        idle(_LGBM, "importance_type", only_predictions=True),
        # The next four parameters belong to one or two objectives each.
        idle(
            "LGBMRegressor",
            "alpha",
            {"objective": ["regression", "tweedie", "fair", "poisson"]},
        ),
        idle(
            "LGBMRegressor",
            "tweedie_variance_power",
            {"objective": ["regression", "huber", "quantile", "fair", "poisson"]},
        ),
        idle(
            "LGBMRegressor",
            "fair_c",
            {"objective": ["regression", "huber", "quantile", "tweedie", "poisson"]},
        ),
        idle(
            "LGBMRegressor",
            "poisson_max_delta_step",
            {"objective": ["regression", "huber", "quantile", "tweedie", "fair"]},
        ),
        # A random forest must draw samples or features.
        refused(
            _LGBM,
            {
                "boosting_type": ["rf"],
                "subsample_freq": [0],
                "colsample_bytree": [1.0],
            },
        ),
        # LightGBM accepts one of its two ways to weight classes.
        refused(
            "LGBMClassifier",
            {"is_unbalance": is_true, "scale_pos_weight": is_not_one},
            leave="scale_pos_weight",
        ),
    ),
)

CATBOOST = Table(
    package="catboost",
    versions=Versions(since=(1,), before=(2,)),
    tested=("1.2.10",),
    defaults={"grow_policy": "SymmetricTree"},
    rows=(
        # mvs_reg belongs to the MVS bootstrap.
        idle(_CAT, "mvs_reg", {"bootstrap_type": ["Bayesian", "Bernoulli"]}),
        # A symmetric tree splits all leaves of a level at once.
        idle(_CAT, "min_data_in_leaf", {"grow_policy": ["SymmetricTree"]}),
        idle(
            _CAT,
            "fold_len_multiplier fold_permutation_block",
            {"boosting_type": ["Plain"]},
        ),
        idle(_CAT, "thread_count"),
        # CatBoost raises an error for a parameter of another bootstrap or policy,
        # whatever its value: a search must leave it unset.
        refused(
            _CAT,
            {"bootstrap_type": ["Bayesian", "No"], "subsample": is_given},
            leave="subsample",
        ),
        refused(
            _CAT,
            {
                "bootstrap_type": ["Bernoulli", "No"],
                "bagging_temperature": is_given,
            },
            leave="bagging_temperature",
        ),
        refused(
            _CAT,
            {
                "grow_policy": ["SymmetricTree", "Depthwise"],
                "max_leaves": is_given,
            },
            leave="max_leaves",
        ),
        refused(
            _CAT,
            {"grow_policy": ["Lossguide", "Depthwise"], "boosting_type": ["Ordered"]},
        ),
    ),
)
