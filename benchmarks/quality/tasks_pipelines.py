"""Tasks with pipelines whose steps are chosen and tuned together."""

from __future__ import annotations

from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import (
    ElasticNet,
    LogisticRegression,
    SGDClassifier,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import (
    SplineTransformer,
    StandardScaler,
)

from . import datasets
from .spaces import (
    choice,
    integer,
    log_integer,
    log_real,
    real,
)
from .task import SCALERS, Task, pipeline, scaler

PIPELINES = (
    Task(
        "logistic_select",
        pipeline(
            scale=StandardScaler(),
            select=SelectKBest(),
            model=LogisticRegression(solver="liblinear", max_iter=200, random_state=0),
        ),
        datasets.wide_classes,
        "neg_log_loss",
        (
            {
                "scale": scaler("@standard", "@minmax", "@robust"),
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
        pipeline(
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
        pipeline(scale=StandardScaler(), pca=PCA(), knn=KNeighborsClassifier()),
        datasets.wine_noisy,
        "neg_log_loss",
        (
            {
                "scale": scaler("@standard", "@minmax", "@robust", "@quantile"),
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
        "missing_long",
        pipeline(
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
        pipeline(
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
)
