"""Small problems for every class that has rules, and what a fit puts out."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import warnings
from functools import cache
from importlib import import_module

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils import all_estimators

#: Parameters that make a fit quick, and the same every time.
SMALL = {
    "n_estimators": 6,
    "iterations": 6,
    "max_iter": 25,
    "random_state": 0,
    "random_seed": 0,
    "n_components": 2,
    "verbose": 0,
    "verbosity": 0,
    "thread_count": 1,
    "allow_writing_files": False,
    "min_child_samples": 5,
}
#: Those of some classes that need others.
OF_CLASS = {
    "KernelRidge": {"kernel": "rbf"},
    "LinearSVR": {"loss": "squared_epsilon_insensitive"},
    "NeighborhoodComponentsAnalysis": {"n_components": 1},
    "LGBMClassifier": {"verbosity": -1},
    "LGBMRegressor": {"verbosity": -1},
    "OPTICS": {"min_samples": 5},
    "HDBSCAN": {"min_cluster_size": 5, "copy": True},
    "LatentDirichletAllocation": {"max_iter": 3},
    "SpectralClustering": {"n_clusters": 3, "n_components": None},
    "KMeans": {"n_clusters": 3, "max_iter": 100},
    "AgglomerativeClustering": {"n_clusters": 3},
    "TSNE": {"perplexity": 5, "max_iter": 250, "init": "random"},
    "LocallyLinearEmbedding": {"n_neighbors": 8, "max_iter": 100},
    "HashingVectorizer": {"n_features": 64},
    "PLSCanonical": {"n_components": 1},
    "KBinsDiscretizer": {"encode": "ordinal"},
    "DBSCAN": {"eps": 1.5},
    "SplineTransformer": {"n_knots": 4},
    "RadiusNeighborsClassifier": {"radius": 5.0},
    "RadiusNeighborsRegressor": {"radius": 5.0},
    "LinearDiscriminantAnalysis": {"n_components": None},
    "IterativeImputer": {"max_iter": 3},
    "MeanShift": {"bandwidth": 2.0},
    "LabelPropagation": {"max_iter": 1000},
    "LocalOutlierFactor": {"novelty": True},
    "NMF": {"max_iter": 50, "init": "random"},
    "MLPClassifier": {"hidden_layer_sizes": (8,), "max_iter": 15, "tol": 1e-4},
    "MLPRegressor": {"hidden_layer_sizes": (8,), "max_iter": 15, "tol": 1e-4},
    "GaussianProcessRegressor": {"alpha": 1e-2},
}
_TEXT = ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer")
_COUNTS = ("MultinomialNB", "BernoulliNB", "CategoricalNB", "ComplementNB")
_POSITIVE = (
    *_COUNTS,
    "NMF",
    "MiniBatchNMF",
    "LatentDirichletAllocation",
    "TfidfTransformer",
)
_MULTI = ("MultiTaskLasso", "MultiTaskElasticNet", "PLSCanonical")
_MISSING = ("SimpleImputer", "IterativeImputer")
_METHODS = (
    "predict", "predict_proba", "decision_function", "transform", "score_samples",
)  # fmt: skip


@cache
def class_named(package: str, name: str):
    """The class of a package, None where there is none in the installed version."""
    if package != "sklearn":
        return getattr(import_module(package), name)
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401

    return dict(all_estimators()).get(name)


def make(cls, params):
    """An estimator of a class, small, with the parameters given."""
    name = cls.__name__
    known = inspect.signature(cls).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in known.values())
    chosen = {k: v for k, v in SMALL.items() if k in known}
    if name in ("CatBoostClassifier", "CatBoostRegressor"):
        chosen = {
            k: SMALL[k] for k in ("iterations", "random_seed", "allow_writing_files")
        } | {"verbose": 0, "thread_count": 1}
    chosen |= OF_CLASS.get(name, {})
    chosen |= _parts(name)
    chosen |= params
    if params.get("booster") == "gblinear":
        # Its other updater, shotgun, gives other last bits every time.
        chosen |= {"updater": "coord_descent", "n_jobs": 1}
    return cls(**{k: v for k, v in chosen.items() if k in known or takes_any})


def _parts(name):
    """Estimators that a meta-estimator holds."""
    if name in ("SequentialFeatureSelector", "RFECV", "CalibratedClassifierCV"):
        return {"estimator": LogisticRegression(), "cv": 3}
    if name == "SelfTrainingClassifier":
        return {"estimator": LogisticRegression()}
    if name in ("VotingClassifier", "StackingClassifier"):
        forest = RandomForestClassifier(5, random_state=0)
        return {"estimators": [("a", LogisticRegression()), ("b", forest)]}
    return {}


@cache
def data_for(name, kind):
    """`X`, `y` of a class: text, counts, missing values or plain numbers."""
    rng = np.random.default_rng(0)
    if name in _TEXT:
        words = ["Alpha", "alpha", "gamma-ray", "délta", "delta", "the", "beta", "zeta"]
        words += [f"rare{i}" for i in range(30)]
        return [" ".join(rng.choice(words, 9)) for _ in range(30)], None
    X = rng.normal(size=(80, 6)) + np.repeat([[0.0], [1.5]], 40, axis=0)
    X[:, 5] *= 0.2
    if name in _POSITIVE:
        X = np.floor(np.abs(X) * 2)
    if name in _MISSING:
        X[rng.random(X.shape) < 0.1] = np.nan
    y = np.repeat([0, 1], 40)
    flipped = rng.random(80) < 0.15
    y = np.where(flipped, 1 - y, y)
    if kind == "regressor" or name in _MULTI:
        filled = np.nan_to_num(X)
        y = filled[:, 0] + np.sin(filled[:, 1]) + 0.3 * rng.normal(size=80)
        y = y - y.min() + 0.5
    if name in _MULTI:
        y = np.column_stack([y, X[:, 2] + 0.1 * y])
    if name in ("SelfTrainingClassifier", "LabelPropagation", "LabelSpreading"):
        y = np.where(rng.random(80) < 0.4, -1, y)
    if name == "OrthogonalMatchingPursuit":
        y = X @ np.arange(6.0)
    return X, y


def outputs(cls, params):
    """Arrays that a fitted estimator puts out; an exception is one too."""
    kind = getattr(cls, "_estimator_type", None) or _kind(cls)
    X, y = data_for(cls.__name__, kind)
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")
        estimator = make(cls, params)
        if not hasattr(estimator, "predict") and hasattr(estimator, "fit_predict"):
            return [np.asarray(estimator.fit_predict(X))]
        if not hasattr(estimator, "transform") and not hasattr(estimator, "predict"):
            return [np.asarray(estimator.fit_transform(X))]
        estimator.fit(X) if y is None else estimator.fit(X, y)
        found = []
        for method in _METHODS:
            if hasattr(estimator, method):
                result = getattr(estimator, method)(X)
                result = result.toarray() if hasattr(result, "toarray") else result
                found += [
                    np.asarray(part)
                    for part in (result if isinstance(result, tuple) else (result,))
                ]
        if hasattr(estimator, "labels_") and not found:
            found.append(estimator.labels_)
    return found


def same(one, other):
    """Whether two lists of arrays are equal to the last bit."""
    return len(one) == len(other) and all(
        a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
        for a, b in zip(one, other, strict=True)
    )


def _kind(cls):
    if cls.__name__ in ("LogisticRegression", "LogisticRegressionCV"):
        return "classifier"
    if cls.__name__.endswith(("Regressor", "Regression", "SVR", "Ridge")):
        return "regressor"
    names = {"ElasticNet", "Lasso", "LassoCV", "ElasticNetCV", "Lars", "LassoLars"}
    names |= {"LarsCV", "LassoLarsCV", "RidgeCV", "OrthogonalMatchingPursuit"}
    return "regressor" if cls.__name__ in names else "classifier"


@contextlib.contextmanager
def _quiet():
    """Keep what libraries in C write from the terminal."""
    with (
        open(os.devnull, "w") as null,
        contextlib.redirect_stdout(null),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        yield
