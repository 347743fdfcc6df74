"""Parameters that users of scikit-learn are told to tune by skore's check SKD015.

Names only; spaces that are suggested must not miss one. Not here are estimators whose
score nobody searches, such as manifolds and anomaly detectors.
"""

from __future__ import annotations

_TREE = {
    "max_depth",
    "min_samples_split",
    "min_samples_leaf",
    "max_features",
    "ccp_alpha",
}
_FOREST = {"max_features", "min_samples_leaf", "max_depth"}
_BOOSTING = {
    "learning_rate",
    "max_depth",
    "min_samples_leaf",
    "subsample",
    "max_features",
}
_HIST = {
    "learning_rate",
    "max_leaf_nodes",
    "min_samples_leaf",
    "l2_regularization",
    "max_depth",
}
_SGD = {"alpha", "loss", "penalty", "l1_ratio", "learning_rate", "eta0"}
_KERNEL = {"kernel", "gamma", "degree", "coef0"}
_MLP = {
    "hidden_layer_sizes",
    "alpha",
    "learning_rate_init",
    "activation",
    "batch_size",
    "solver",
}

#: Any one of a group stands for the others.
EQUIVALENT = (
    ("min_samples_leaf", "max_depth", "min_samples_split", "max_leaf_nodes"),
    ("l1_ratio", "penalty"),
)

WORTH_TUNING = {
    "Ridge": {"alpha"},
    "RidgeClassifier": {"alpha"},
    "Lasso": {"alpha"},
    "ElasticNet": {"alpha", "l1_ratio"},
    "LogisticRegression": {"C", "penalty", "l1_ratio"},
    "SGDClassifier": _SGD,
    "SGDRegressor": _SGD,
    "HuberRegressor": {"alpha", "epsilon"},
    "QuantileRegressor": {"alpha"},
    "PoissonRegressor": {"alpha"},
    "GammaRegressor": {"alpha"},
    "TweedieRegressor": {"alpha", "power"},
    "DecisionTreeClassifier": _TREE,
    "DecisionTreeRegressor": _TREE,
    "RandomForestClassifier": _FOREST | {"max_samples"},
    "RandomForestRegressor": _FOREST | {"max_samples"},
    "ExtraTreesClassifier": _FOREST,
    "ExtraTreesRegressor": _FOREST,
    "GradientBoostingClassifier": _BOOSTING,
    "GradientBoostingRegressor": _BOOSTING | {"loss"},
    "HistGradientBoostingClassifier": _HIST,
    "HistGradientBoostingRegressor": _HIST | {"loss"},
    "AdaBoostClassifier": {"learning_rate", "estimator"},
    "AdaBoostRegressor": {"learning_rate", "estimator", "loss"},
    "BaggingClassifier": {"max_samples", "max_features"},
    "BaggingRegressor": {"max_samples", "max_features"},
    "IsolationForest": {"max_samples", "contamination", "max_features"},
    "SVC": {"C"} | _KERNEL,
    "SVR": {"C", "epsilon"} | _KERNEL,
    "LinearSVC": {"C", "penalty", "loss"},
    "LinearSVR": {"C", "loss", "epsilon"},
    "NuSVC": {"nu"} | _KERNEL,
    "NuSVR": {"nu", "C", "kernel", "gamma", "degree"},
    "OneClassSVM": {"nu", "kernel", "gamma"},
    "KNeighborsClassifier": {"n_neighbors", "weights", "p", "metric"},
    "KNeighborsRegressor": {"n_neighbors", "weights", "p", "metric"},
    "RadiusNeighborsRegressor": {"radius", "weights", "p"},
    "LocalOutlierFactor": {"n_neighbors", "contamination"},
    "MultinomialNB": {"alpha"},
    "BernoulliNB": {"alpha", "binarize"},
    "ComplementNB": {"alpha"},
    "LinearDiscriminantAnalysis": {"solver", "shrinkage"},
    "QuadraticDiscriminantAnalysis": {"reg_param"},
    "PCA": {"n_components", "whiten"},
    "KernelPCA": {"n_components"} | _KERNEL,
    "SparsePCA": {"n_components", "alpha", "ridge_alpha"},
    "TruncatedSVD": {"n_components"},
    "NMF": {"n_components", "alpha_W", "alpha_H", "l1_ratio"},
    "FactorAnalysis": {"n_components"},
    "LatentDirichletAllocation": {
        "n_components",
        "doc_topic_prior",
        "topic_word_prior",
        "learning_decay",
        "learning_offset",
    },
    "Isomap": {"n_neighbors", "n_components"},
    "LocallyLinearEmbedding": {"n_neighbors", "n_components", "reg", "method"},
    "Nystroem": {"n_components"} | _KERNEL,
    "RBFSampler": {"n_components", "gamma"},
    "SkewedChi2Sampler": {"n_components", "skewedness"},
    "AdditiveChi2Sampler": {"sample_steps"},
    "PolynomialCountSketch": {"n_components", "degree", "gamma", "coef0"},
    "QuantileTransformer": {"n_quantiles"},
    "PowerTransformer": {"method"},
    "KBinsDiscretizer": {"n_bins", "strategy"},
    "PolynomialFeatures": {"degree"},
    "SplineTransformer": {"n_knots", "degree", "knots"},
    "TargetEncoder": {"smooth"},
    "KNNImputer": {"n_neighbors", "weights"},
    "GaussianProcessClassifier": {"kernel"},
    "GaussianProcessRegressor": {"kernel", "alpha"},
    "MLPClassifier": _MLP,
    "MLPRegressor": _MLP,
    "CalibratedClassifierCV": {"method"},
}
