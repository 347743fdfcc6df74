"""The tasks: estimators, spaces, data and scores that people really search with.

Each task is cross-validated for real on fixed folds with fixed seeds, so that one
configuration has one score. Strings that begin with ``@`` stand for objects
(pipeline steps), which no results file could hold. Tasks that are `held_out` are
reported but are not for tuning an engine on.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import (
    ElasticNet,
    HuberRegressor,
    LogisticRegression,
    SGDClassifier,
)
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from . import datasets
from .spaces import (
    Choice,
    Fixed,
    FlatSpace,
    Space,
    choice,
    integer,
    log_integer,
    log_real,
    real,
)

N_FOLDS = 5

SCALERS = {
    "@standard": StandardScaler(),
    "@minmax": MinMaxScaler(),
    "@robust": RobustScaler(),
    "@power": PowerTransformer(),
    "@quantile": QuantileTransformer(n_quantiles=50),
}


@dataclass(frozen=True)
class Task:
    """An estimator to be tuned on given data.

    Attributes
    ----------
    name : str
    build : callable
        Makes the estimator.
    data : callable
        Makes (X, y).
    scoring : str
        scikit-learn's name of the score, greater is better.
    space : tuple of branches
    objects : mapping of str to object
        What the strings beginning with ``@`` stand for.
    held_out : bool
    floor : float
        The score of a fold whose fit diverges, and of any that is worse.
    """

    name: str
    build: Callable[[], BaseEstimator]
    data: Callable[[], datasets.Data]
    scoring: str
    space: Space
    objects: Mapping[str, Any] = field(default_factory=dict)
    held_out: bool = False
    floor: float = -np.inf

    @property
    def flat(self) -> FlatSpace:
        """The space for libraries that know no branches."""
        return FlatSpace(self.space)

    def real_value(self, value: Any) -> Any:
        """The object that a string stands for, any other value itself."""
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        found = self.objects[value]
        return clone(found) if isinstance(found, BaseEstimator) else found

    def folds(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The same five splits for everybody."""
        X, y = self.data()
        kind = StratifiedKFold if is_classifier(self.build()) else KFold
        return list(kind(N_FOLDS, shuffle=True, random_state=0).split(X, y))

    def evaluator(self) -> Callable[[Mapping[str, Any]], list[float]]:
        """A function from parameters to the scores of the five folds."""
        X, y = self.data()
        folds = self.folds()
        failed = self.floor if np.isfinite(self.floor) else "raise"

        def evaluate(params: Mapping[str, Any]) -> list[float]:
            values = {name: self.real_value(value) for name, value in params.items()}
            estimator = self.build().set_params(**values)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                scores = cross_val_score(
                    estimator,
                    X,
                    y,
                    cv=folds,
                    scoring=self.scoring,
                    error_score=failed,
                )
            return [max(float(score), self.floor) for score in scores]

        return evaluate


def _pipeline(**steps: Any) -> Callable[[], Pipeline]:
    return lambda: Pipeline([(name, clone(step)) for name, step in steps.items()])


def _scaler(*names: str) -> Choice:
    return choice(*names, "passthrough")


TASKS = (
    Task(
        "svc_rbf",
        _pipeline(scale=StandardScaler(), svc=SVC()),
        datasets.clusters,
        "roc_auc",
        ({"svc__C": log_real(1e-3, 1e4), "svc__gamma": log_real(1e-5, 1e2)},),
    ),
    Task(
        "svc_kernels",
        _pipeline(scale=StandardScaler(), svc=SVC(max_iter=20_000)),
        datasets.moons,
        "roc_auc",
        (
            {"svc__kernel": Fixed("linear"), "svc__C": log_real(1e-4, 1e2)},
            {
                "svc__kernel": Fixed("rbf"),
                "svc__C": log_real(1e-4, 1e2),
                "svc__gamma": log_real(1e-4, 1e1),
            },
            {
                "svc__kernel": Fixed("poly"),
                "svc__C": log_real(1e-4, 1e2),
                "svc__gamma": log_real(1e-3, 1e0),
                "svc__degree": integer(2, 5),
                "svc__coef0": real(0.0, 2.0),
            },
            {
                "svc__kernel": Fixed("sigmoid"),
                "svc__C": log_real(1e-4, 1e2),
                "svc__gamma": log_real(1e-4, 1e1),
                "svc__coef0": real(0.0, 2.0),
            },
        ),
    ),
    Task(
        "logistic_select",
        _pipeline(
            scale=StandardScaler(),
            select=SelectKBest(),
            model=LogisticRegression(solver="liblinear", max_iter=200, random_state=0),
        ),
        datasets.wide_classes,
        "neg_log_loss",
        (
            {
                "scale": _scaler("@standard", "@minmax", "@robust"),
                "select__k": log_integer(3, 120),
                "model__C": log_real(1e-3, 1e2),
                "model__l1_ratio": choice(0.0, 1.0),
                "model__fit_intercept": choice(True, False),
                "model__class_weight": choice(None, "balanced"),
            },
        ),
        objects=SCALERS,
    ),
    Task(
        "elastic_net_splines",
        _pipeline(
            spline=SplineTransformer(),
            scale=StandardScaler(),
            model=ElasticNet(max_iter=300),
        ),
        datasets.friedman1,
        "r2",
        (
            {
                "spline__n_knots": integer(2, 12),
                "spline__degree": integer(1, 4),
                "spline__knots": choice("uniform", "quantile"),
                "model__alpha": log_real(1e-4, 1e1),
                "model__l1_ratio": real(0.0, 1.0),
            },
        ),
    ),
    Task(
        "knn_reduced",
        _pipeline(scale=StandardScaler(), pca=PCA(), knn=KNeighborsClassifier()),
        datasets.wine_noisy,
        "neg_log_loss",
        (
            {
                "scale": _scaler("@standard", "@minmax", "@robust", "@quantile"),
                "pca__n_components": integer(1, 25),
                "pca__whiten": choice(False, True),
                "knn__n_neighbors": log_integer(3, 80),
                "knn__weights": choice("uniform", "distance"),
                "knn__p": real(1.0, 6.0),
            },
        ),
        objects=SCALERS,
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
        "mlp_adam",
        _pipeline(scale=MinMaxScaler(), mlp=MLPClassifier(max_iter=12, random_state=0)),
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
    Task(
        "mlp_solvers",
        _pipeline(
            scale=StandardScaler(), mlp=MLPRegressor(max_iter=25, random_state=0)
        ),
        datasets.friedman1,
        "r2",
        tuple(
            {
                "mlp__solver": Fixed(solver),
                "mlp__hidden_layer_sizes": log_integer(4, 40),
                "mlp__alpha": log_real(1e-6, 1e2),
                "mlp__activation": choice("relu", "tanh"),
            }
            | own
            for solver, own in {
                "lbfgs": {"mlp__max_iter": log_integer(5, 60)},
                "adam": {
                    "mlp__learning_rate_init": log_real(1e-4, 1e-1),
                    "mlp__batch_size": log_integer(16, 128),
                    "mlp__beta_1": real(0.5, 0.99),
                },
                "sgd": {
                    "mlp__learning_rate_init": log_real(1e-4, 1e-1),
                    "mlp__batch_size": log_integer(16, 128),
                    "mlp__momentum": real(0.0, 0.99),
                    "mlp__nesterovs_momentum": choice(True, False),
                },
            }.items()
        ),
        floor=-10.0,
        held_out=True,
    ),
    Task(
        "classifier_swap",
        _pipeline(scale=StandardScaler(), pca=PCA(), model=GaussianNB()),
        datasets.quantile_shells,
        "accuracy",
        tuple(
            {
                "scale": _scaler("@standard", "@quantile"),
                "pca__whiten": choice(True, False),
            }
            | branch
            for branch in (
                {
                    "model": Fixed("@svc"),
                    "model__C": log_real(1e-2, 1e4),
                    "model__gamma": log_real(1e-4, 1e1),
                    "model__kernel": choice("rbf", "sigmoid"),
                },
                {
                    "model": Fixed("@logistic"),
                    "model__C": log_real(1e-4, 1e4),
                    "model__class_weight": choice(None, "balanced"),
                },
                {
                    "model": Fixed("@knn"),
                    "model__n_neighbors": log_integer(1, 60),
                    "model__weights": choice("uniform", "distance"),
                    "model__p": real(1.0, 5.0),
                },
                {
                    "model": Fixed("@tree"),
                    "model__max_depth": log_integer(1, 20),
                    "model__min_samples_leaf": log_integer(1, 50),
                    "model__criterion": choice("gini", "entropy"),
                },
                {"model": Fixed("@bayes"), "model__var_smoothing": log_real(1e-9, 1e1)},
            )
        ),
        objects=SCALERS
        | {
            "@svc": SVC(max_iter=20_000),
            "@logistic": LogisticRegression(max_iter=100),
            "@knn": KNeighborsClassifier(),
            "@tree": DecisionTreeClassifier(random_state=0),
            "@bayes": GaussianNB(),
        },
    ),
    Task(
        "regressor_swap",
        _pipeline(scale=StandardScaler(), model=ElasticNet()),
        datasets.swiss_roll,
        "neg_root_mean_squared_error",
        tuple(
            {"scale": _scaler("@standard", "@minmax", "@quantile")} | branch
            for branch in (
                {
                    "model": Fixed("@svr"),
                    "model__C": log_real(1e-2, 1e3),
                    "model__gamma": log_real(1e-3, 1e2),
                    "model__epsilon": log_real(1e-3, 1e1),
                },
                {
                    "model": Fixed("@kernel_ridge"),
                    "model__alpha": log_real(1e-6, 1e2),
                    "model__gamma": log_real(1e-3, 1e2),
                    "model__kernel": choice("rbf", "laplacian"),
                },
                {
                    "model": Fixed("@knn"),
                    "model__n_neighbors": log_integer(1, 60),
                    "model__weights": choice("uniform", "distance"),
                    "model__p": real(1.0, 5.0),
                },
                {
                    "model": Fixed("@tree"),
                    "model__max_depth": log_integer(1, 20),
                    "model__min_samples_leaf": log_integer(1, 50),
                    "model__max_features": real(0.3, 1.0),
                },
                {
                    "model": Fixed("@elastic"),
                    "model__alpha": log_real(1e-4, 1e2),
                    "model__l1_ratio": real(0.0, 1.0),
                },
            )
        ),
        objects=SCALERS
        | {
            "@svr": SVR(max_iter=20_000),
            "@kernel_ridge": KernelRidge(),
            "@knn": KNeighborsRegressor(),
            "@tree": DecisionTreeRegressor(random_state=0),
            "@elastic": ElasticNet(),
        },
    ),
    Task(
        "missing_long",
        _pipeline(
            impute=SimpleImputer(),
            scale=StandardScaler(),
            select=SelectKBest(),
            nystroem=Nystroem(random_state=0),
            model=LogisticRegression(max_iter=100),
        ),
        datasets.missing_values,
        "average_precision",
        (
            {
                "impute__strategy": choice("mean", "median", "most_frequent"),
                "impute__add_indicator": choice(False, True),
                "scale": choice("@standard", "@minmax", "@robust", "@quantile"),
                "select__k": log_integer(2, 20),
                "nystroem__kernel": choice("rbf", "laplacian", "polynomial"),
                "nystroem__gamma": log_real(1e-3, 1e1),
                "nystroem__degree": integer(2, 4),
                "nystroem__coef0": real(0.0, 2.0),
                "nystroem__n_components": log_integer(10, 120),
                "model__C": log_real(1e-3, 1e3),
                "model__class_weight": choice(None, "balanced"),
            },
        ),
        objects=SCALERS,
    ),
    Task(
        "sgd_kernel",
        _pipeline(
            scale=StandardScaler(),
            nystroem=Nystroem(random_state=0),
            model=SGDClassifier(max_iter=15, tol=None, random_state=0),
        ),
        datasets.clusters,
        "roc_auc",
        (
            {
                "nystroem__gamma": log_real(1e-4, 1e1),
                "nystroem__n_components": log_integer(10, 120),
                "model__loss": choice("hinge", "log_loss", "modified_huber"),
                "model__alpha": log_real(1e-7, 1e-1),
                "model__l1_ratio": real(0.0, 1.0),
                "model__penalty": choice("elasticnet", "l2"),
                "model__learning_rate": choice("optimal", "invscaling", "constant"),
                "model__eta0": log_real(1e-3, 1e1),
                "model__power_t": real(0.1, 0.9),
                "model__average": choice(False, True),
            },
        ),
        held_out=True,
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
        "kernel_ridge_mixed",
        _pipeline(scale=StandardScaler(), model=KernelRidge()),
        datasets.friedman1,
        "r2",
        (
            {
                "scale": _scaler("@standard", "@minmax", "@quantile"),
                "model__kernel": Fixed("rbf"),
                "model__alpha": log_real(1e-4, 1e2),
                "model__gamma": log_real(1e-4, 1e1),
            },
            {
                "scale": _scaler("@standard", "@minmax", "@quantile"),
                "model__kernel": Fixed("polynomial"),
                "model__alpha": log_real(1e-4, 1e2),
                "model__gamma": log_real(1e-3, 1e0),
                "model__degree": integer(2, 5),
                "model__coef0": real(0.0, 3.0),
            },
        ),
        objects=SCALERS,
    ),
    Task(
        "robust_regression",
        _pipeline(
            scale=StandardScaler(), select=SelectKBest(f_regression), model=ElasticNet()
        ),
        datasets.sparse_linear,
        "neg_median_absolute_error",
        tuple(
            {"scale": _scaler("@robust"), "select__k": log_integer(2, 100)} | branch
            for branch in (
                {
                    "model": Fixed("@huber"),
                    "model__epsilon": real(1.0, 3.0),
                    "model__alpha": log_real(1e-5, 1e3),
                },
                {
                    "model": Fixed("@elastic"),
                    "model__alpha": log_real(1e-3, 1e2),
                    "model__l1_ratio": real(0.0, 1.0),
                },
                {
                    "model": Fixed("@svr"),
                    "model__C": log_real(1e-3, 1e3),
                    "model__epsilon": log_real(1e-2, 1e2),
                },
            )
        ),
        objects=SCALERS
        | {
            "@huber": HuberRegressor(max_iter=50),
            "@elastic": ElasticNet(max_iter=300),
            "@svr": SVR(kernel="linear", max_iter=5_000),
        },
    ),
)

NAMES = tuple(task.name for task in TASKS)
