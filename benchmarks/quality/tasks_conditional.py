"""Tasks whose spaces have branches: kernels, solvers, whole steps swapped."""

from __future__ import annotations

from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import (
    ElasticNet,
    HuberRegressor,
    LogisticRegression,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import (
    StandardScaler,
)
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from . import datasets
from .spaces import (
    Fixed,
    choice,
    integer,
    log_integer,
    log_real,
    real,
)
from .task import SCALERS, Task, pipeline, scaler

CONDITIONAL = (
    Task(
        "svc_kernels",
        pipeline(scale=StandardScaler(), svc=SVC(max_iter=20_000)),
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
        "mlp_solvers",
        pipeline(scale=StandardScaler(), mlp=MLPRegressor(max_iter=25, random_state=0)),
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
        pipeline(scale=StandardScaler(), pca=PCA(), model=GaussianNB()),
        datasets.quantile_shells,
        "accuracy",
        tuple(
            {
                "scale": scaler("@standard", "@quantile"),
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
        pipeline(scale=StandardScaler(), model=ElasticNet()),
        datasets.swiss_roll,
        "neg_root_mean_squared_error",
        tuple(
            {"scale": scaler("@standard", "@minmax", "@quantile")} | branch
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
        "kernel_ridge_mixed",
        pipeline(scale=StandardScaler(), model=KernelRidge()),
        datasets.friedman1,
        "r2",
        (
            {
                "scale": scaler("@standard", "@minmax", "@quantile"),
                "model__kernel": Fixed("rbf"),
                "model__alpha": log_real(1e-4, 1e2),
                "model__gamma": log_real(1e-4, 1e1),
            },
            {
                "scale": scaler("@standard", "@minmax", "@quantile"),
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
        pipeline(
            scale=StandardScaler(), select=SelectKBest(f_regression), model=ElasticNet()
        ),
        datasets.sparse_linear,
        "neg_median_absolute_error",
        tuple(
            {"scale": scaler("@robust"), "select__k": log_integer(2, 100)} | branch
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
