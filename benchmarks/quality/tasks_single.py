"""Tasks with one estimator, all of whose parameters are always active."""

from __future__ import annotations

from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import (
    MinMaxScaler,
    StandardScaler,
)
from sklearn.svm import SVC

from . import datasets
from .spaces import (
    choice,
    log_integer,
    log_real,
    real,
)
from .task import Task, pipeline

SINGLE = (
    Task(
        "svc_rbf",
        pipeline(scale=StandardScaler(), svc=SVC()),
        datasets.clusters,
        "roc_auc",
        ({"svc__C": log_real(1e-3, 1e4), "svc__gamma": log_real(1e-5, 1e2)},),
    ),
    Task(
        "random_forest",
        lambda: RandomForestClassifier(n_estimators=12, random_state=0),
        datasets.rare_class,
        "neg_log_loss",
        (
            {
                "max_depth": log_integer(1, 20),
                "min_samples_leaf": log_integer(3, 60),
                "max_features": real(0.05, 1.0),
                "max_samples": real(0.2, 1.0),
                "criterion": choice("gini", "entropy"),
                "class_weight": choice(None, "balanced", "balanced_subsample"),
                "ccp_alpha": log_real(1e-5, 1e-1),
            },
        ),
    ),
    Task(
        "extra_trees",
        lambda: ExtraTreesRegressor(n_estimators=12, random_state=0),
        datasets.friedman3,
        "r2",
        (
            {
                "max_depth": log_integer(2, 30),
                "min_samples_leaf": log_integer(1, 40),
                "min_samples_split": log_integer(2, 80),
                "max_features": real(0.1, 1.0),
                "bootstrap": choice(False, True),
                "ccp_alpha": log_real(1e-6, 1e-1),
            },
        ),
        held_out=True,
    ),
    Task(
        "hist_boosting",
        lambda: HistGradientBoostingClassifier(early_stopping=False, random_state=0),
        datasets.hastie,
        "neg_log_loss",
        (
            {
                "learning_rate": log_real(1e-2, 1.0),
                "max_iter": log_integer(5, 60),
                "max_leaf_nodes": log_integer(2, 31),
                "min_samples_leaf": log_integer(2, 60),
                "l2_regularization": log_real(1e-6, 1e2),
                "max_features": real(0.1, 1.0),
                "max_bins": log_integer(4, 255),
            },
        ),
    ),
    Task(
        "boosting_regression",
        lambda: HistGradientBoostingRegressor(early_stopping=False, random_state=0),
        datasets.diabetes,
        "r2",
        (
            {
                "loss": choice("squared_error", "absolute_error"),
                "learning_rate": log_real(1e-2, 1.0),
                "max_iter": log_integer(5, 60),
                "max_depth": log_integer(1, 12),
                "min_samples_leaf": log_integer(2, 80),
                "l2_regularization": log_real(1e-6, 1e3),
                "max_features": real(0.1, 1.0),
            },
        ),
        held_out=True,
    ),
    Task(
        "mlp_adam",
        pipeline(scale=MinMaxScaler(), mlp=MLPClassifier(max_iter=12, random_state=0)),
        datasets.digits_small,
        "accuracy",
        (
            {
                "mlp__hidden_layer_sizes": log_integer(8, 64),
                "mlp__alpha": log_real(1e-6, 1e1),
                "mlp__learning_rate_init": log_real(1e-4, 3e-1),
                "mlp__batch_size": log_integer(16, 200),
                "mlp__activation": choice("relu", "tanh", "logistic"),
                "mlp__beta_1": real(0.5, 0.99),
                "mlp__beta_2": real(0.8, 0.9999),
            },
        ),
    ),
)
