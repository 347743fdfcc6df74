"""Spaces of scikit-learn's other models and transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skbayes.presets._facts import Facts
from skbayes.presets._suggestions import Choices, choices, integer, log, real, suggest
from skbayes.presets._tables.sources import BOTH, TPOT, USUAL, WINNERS


def _most_neighbors(facts: Facts) -> float:
    """A tenth of the samples, between 5 and 100."""
    return min(max(facts.n_samples / 10, 5), 100)


def _of_features(share: float, least: float = 2) -> Callable[[Facts], float]:
    """A share of the features, but at least some number."""
    return lambda facts: max(share * facts.n_features, least)


def _of_samples(share: float, least: float, most: float) -> Callable[[Facts], float]:
    """A share of the samples, between two numbers."""
    return lambda facts: min(max(share * facts.n_samples, least), most)


def _per_step(rate: float) -> Callable[[Facts], float]:
    """Scale a rate of learning to the steps of an epoch.

    Adam moves a weight by about the rate in each step. The rates won on data of some
    thousand samples, ten steps and more of 200 samples an epoch.
    """
    return lambda facts: min(rate * max(2000 / max(facts.n_samples, 200), 1.0), 0.05)


def _stops_early(facts: Facts) -> bool:
    """Whether a tenth of the samples is enough to see when to stop."""
    return facts.n_samples >= 500


def _most_epochs(facts: Facts) -> int:
    """A bound that is seldom reached; an epoch of few samples is a single step."""
    return 1000 if _stops_early(facts) else 3000


def _batch_sizes(facts: Facts) -> list[Any]:
    """Sizes below the number of samples; a larger one makes a warning."""
    return ["auto", *(size for size in (32, 64) if size < facts.n_samples)]


def _kernels(facts: Facts) -> list[Any]:
    """List kernels of a Gaussian process, from smooth to rough."""
    # Imported on demand: the table is imported for any estimator of scikit-learn.
    from sklearn.gaussian_process.kernels import RBF, Matern, RationalQuadratic

    return [RBF(), Matern(nu=2.5), Matern(nu=1.5), RationalQuadratic()]


_NEIGHBORS = integer(1, _most_neighbors, 4, 12, 27, log=True, source=BOTH)
_WEIGHTS = choices("uniform", "distance", source=WINNERS)
_ALPHA_NB = log(1e-3, 100.0, 0.32, 0.63, 1.4, source=WINNERS)
_COMPONENTS = integer(2, _of_features(0.5), log=True, source=USUAL)
_CLUSTERS = integer(2, _of_samples(0.05, 4, 20), source=USUAL)
# The default first, then single layers and a few deeper networks.
_SIZES = [(100,), (24,), (48,), (93,), (146,), (219,), (48, 48), (93, 93), (64, 64, 64)]
_MLP_NORMAL = {
    "hidden_layer_sizes": Choices(_SIZES, WINNERS),
    "activation": choices("tanh", "relu", source=WINNERS),
    "batch_size": Choices(_batch_sizes, USUAL),
    "solver": choices("adam", "sgd", source=USUAL),
    "momentum": real(0.5, 0.95, source=USUAL),
}
_MLP_QUICK = {
    "learning_rate_init": log(
        _per_step(1e-4),
        0.1,
        _per_step(2.7e-4),
        _per_step(8e-4),
        _per_step(1.1e-3),
        source=WINNERS,
    ),
    "alpha": log(1e-7, 1.0, 4e-6, 1.2e-4, 4e-3, source=WINNERS),
}
_MLP_FIRST = (
    {"learning_rate_init": _per_step(8e-4), "alpha": 1e-4, "activation": "tanh"},
    {"learning_rate_init": _per_step(3e-3), "alpha": 1e-2, "activation": "relu"},
)

SPACES = (
    suggest(
        "KNeighborsClassifier KNeighborsRegressor",
        quick={"n_neighbors": _NEIGHBORS, "weights": _WEIGHTS},
        normal={
            "p": choices(1, 2, source=WINNERS),
            "metric": choices("minkowski", "chebyshev", source=USUAL),
        },
        first=(
            {"n_neighbors": 30, "weights": "distance"},
            {"n_neighbors": 3, "weights": "distance", "p": 1},
        ),
    ),
    suggest(
        # The typical distance of two samples grows with the root of the total variance.
        "RadiusNeighborsRegressor",
        quick={
            "radius": log(
                lambda f: 0.5 * (f.n_features * f.variance) ** 0.5,
                lambda f: 4.0 * (f.n_features * f.variance) ** 0.5,
                source=USUAL,
            ),
            "weights": _WEIGHTS,
        },
        normal={"p": choices(1, 2, source=USUAL)},
    ),
    suggest(
        "NearestCentroid",
        quick={"shrink_threshold": log(1e-3, 3.0, source=USUAL)},
        normal={"metric": choices("euclidean", "manhattan", source=USUAL)},
    ),
    suggest(
        "LocalOutlierFactor",
        quick={"n_neighbors": integer(2, _most_neighbors, log=True, source=USUAL)},
        normal={"contamination": real(0.01, 0.3, source=USUAL)},
    ),
    suggest(
        "IsolationForest",
        quick={
            "max_samples": real(0.1, 1.0, source=USUAL),
            "max_features": real(0.3, 1.0, source=USUAL),
        },
        normal={"contamination": real(0.01, 0.3, source=USUAL)},
    ),
    suggest(
        "GaussianNB",
        quick={"var_smoothing": log(1e-11, 1e-1, source=USUAL)},
    ),
    suggest(
        "MultinomialNB ComplementNB CategoricalNB",
        quick={"alpha": _ALPHA_NB},
        normal={"fit_prior": choices(True, False, source=USUAL)},
    ),
    suggest(
        "BernoulliNB",
        quick={"alpha": _ALPHA_NB},
        normal={
            "binarize": real(-0.5, 0.5, source=USUAL),
            "fit_prior": choices(True, False, source=USUAL),
        },
    ),
    suggest(
        "LinearDiscriminantAnalysis",
        quick={
            # The default solver svd takes no shrinkage.
            "solver": choices("lsqr", source=WINNERS),
            "shrinkage": real(0.0, 1.0, 0.1, 0.43, 0.86, source=WINNERS),
        },
        first=({"shrinkage": 0.1},),
    ),
    suggest(
        "QuadraticDiscriminantAnalysis",
        quick={"reg_param": real(0.01, 1.0, 0.23, 0.49, 0.59, source=WINNERS)},
        first=({"reg_param": 0.3},),
    ),
    suggest(
        "MLPClassifier MLPRegressor",
        quick=_MLP_QUICK,
        normal=_MLP_NORMAL,
        fixed={"early_stopping": _stops_early, "max_iter": _most_epochs},
        first=_MLP_FIRST,
    ),
    suggest(
        "GaussianProcessClassifier",
        quick={"kernel": Choices(_kernels, USUAL)},
    ),
    suggest(
        "GaussianProcessRegressor",
        quick={
            "alpha": log(1e-4, 1.0, 0.018, 0.031, 0.054, source=WINNERS),
            "kernel": Choices(_kernels, USUAL),
        },
        fixed={"normalize_y": True},
        first=({"alpha": 0.03},),
    ),
    suggest(
        "PLSRegression PLSCanonical",
        quick={"n_components": integer(1, _of_features(0.5, 1), source=USUAL)},
    ),
    suggest(
        "LabelPropagation LabelSpreading",
        quick={"gamma": log(0.1, 100.0, source=USUAL)},
        fixed={"max_iter": 5000},
    ),
    suggest("KernelDensity", quick={"bandwidth": log(0.05, 5.0, source=USUAL)}),
    suggest(
        "GaussianMixture BayesianGaussianMixture",
        quick={
            "n_components": integer(1, _of_samples(0.05, 3, 20), source=USUAL),
            "covariance_type": choices(
                "full", "tied", "diag", "spherical", source=USUAL
            ),
        },
        normal={"reg_covar": log(1e-6, 1e-1, source=USUAL)},
        fixed={"max_iter": 2000},
    ),
    suggest("KMeans MiniBatchKMeans BisectingKMeans", quick={"n_clusters": _CLUSTERS}),
    suggest(
        "PCA",
        untuned={"n_components": 0.999},
        quick={
            "n_components": real(0.5, 0.999, source=USUAL),
            "whiten": choices(False, True, source=USUAL),
        },
    ),
    suggest(
        "TruncatedSVD FactorAnalysis FastICA",
        quick={"n_components": _COMPONENTS},
        fixed={},
    ),
    suggest(
        "SparsePCA",
        quick={
            "n_components": _COMPONENTS,
            "alpha": log(0.01, 10.0, source=USUAL),
            "ridge_alpha": log(1e-3, 1.0, source=USUAL),
        },
    ),
    suggest(
        "NMF",
        quick={
            "n_components": _COMPONENTS,
            "alpha_W": log(1e-5, 0.1, source=USUAL),
        },
        normal={
            "alpha_H": log(1e-5, 0.1, source=USUAL),
            "l1_ratio": real(0.0, 1.0, source=USUAL),
        },
        fixed={"max_iter": 5000},
    ),
    suggest(
        "LatentDirichletAllocation",
        quick={"n_components": integer(2, 50, log=True, source=USUAL)},
        normal={
            "doc_topic_prior": log(0.01, 1.0, source=USUAL),
            "topic_word_prior": log(0.01, 1.0, source=USUAL),
            "learning_method": choices("batch", "online", source=USUAL),
            "learning_decay": real(0.51, 1.0, source=USUAL),
            "learning_offset": log(1.0, 100.0, source=USUAL),
        },
    ),
    suggest(
        "Isomap",
        quick={
            "n_neighbors": integer(5, _of_samples(0.1, 8, 50), source=USUAL),
            "n_components": integer(2, _of_features(0.5, 3), source=USUAL),
        },
    ),
    suggest(
        "LocallyLinearEmbedding",
        quick={
            "n_neighbors": integer(5, _of_samples(0.1, 8, 50), source=USUAL),
            "n_components": integer(2, _of_features(0.25, 3), source=USUAL),
        },
        normal={
            "reg": log(1e-4, 0.1, source=USUAL),
            "method": choices("standard", "ltsa", source=USUAL),
        },
        fixed={"eigen_solver": "dense"},
    ),
    suggest(
        "QuantileTransformer",
        quick={
            "n_quantiles": integer(5, _of_samples(1.0, 6, 1000), source=WINNERS),
            "output_distribution": choices("uniform", "normal", source=WINNERS),
        },
    ),
    suggest(
        "PowerTransformer",
        quick={
            "method": choices("yeo-johnson"),
            "standardize": choices(True, False, source=USUAL),
        },
    ),
    suggest(
        "KBinsDiscretizer",
        quick={
            "n_bins": integer(2, _of_samples(0.05, 4, 30), log=True, source=USUAL),
            "strategy": choices("uniform", "quantile", source=USUAL),
        },
    ),
    suggest(
        "PolynomialFeatures",
        quick={
            "degree": choices(1, 2, source=TPOT),
            "interaction_only": choices(False, True, source=TPOT),
        },
    ),
    suggest(
        "SplineTransformer",
        quick={
            "n_knots": integer(3, _of_samples(0.05, 4, 20), source=USUAL),
            "degree": choices(1, 2, 3, source=USUAL),
            "knots": choices("uniform", "quantile", source=USUAL),
        },
    ),
    suggest(
        "TargetEncoder",
        quick={"smooth": log(0.1, 1000.0, source=USUAL)},
    ),
    suggest(
        "OneHotEncoder OrdinalEncoder",
        normal={"min_frequency": choices(None, 5, 20, source=USUAL)},
    ),
    suggest(
        "SimpleImputer",
        quick={"strategy": choices("mean", "median", source=WINNERS)},
    ),
    suggest(
        "KNNImputer",
        quick={
            "n_neighbors": integer(1, _of_samples(0.1, 3, 50), log=True, source=USUAL),
            "weights": _WEIGHTS,
        },
    ),
    suggest(
        "RobustScaler",
        quick={"quantile_range": choices((25.0, 75.0), (10.0, 90.0), source=WINNERS)},
    ),
    suggest(
        "SelectPercentile",
        quick={"percentile": integer(10, 100, source=USUAL)},
    ),
    suggest(
        "SelectKBest",
        quick={"k": integer(1, lambda f: f.n_features, log=True, source=USUAL)},
    ),
    suggest(
        "VarianceThreshold",
        wide={"threshold": log(1e-6, 1e-2, source=USUAL)},
    ),
    suggest(
        "CountVectorizer TfidfVectorizer",
        quick={
            "ngram_range": choices((1, 1), (1, 2), source=USUAL),
            "min_df": choices(1, 2, source=USUAL),
        },
        normal={
            "max_df": real(0.7, 1.0, source=USUAL),
            "sublinear_tf": choices(False, True, source=USUAL),
        },
    ),
    suggest(
        "TfidfTransformer",
        quick={"sublinear_tf": choices(False, True, source=USUAL)},
        normal={"use_idf": choices(True, False, source=USUAL)},
    ),
    suggest(
        "HashingVectorizer",
        quick={
            "ngram_range": choices((1, 1), (1, 2), source=USUAL),
            "n_features": choices(2**12, 2**16, 2**20, source=USUAL),
        },
    ),
    suggest(
        "CalibratedClassifierCV",
        quick={"method": choices("sigmoid", "isotonic", source=USUAL)},
    ),
    suggest(
        "SelfTrainingClassifier",
        quick={"threshold": real(0.6, 0.95, source=USUAL)},
    ),
)
