"""Rules of scikit-learn's transformers, clusterers and preprocessing."""

from __future__ import annotations

from skbayes.presets._predicates import (
    exceeds,
    is_array,
    is_callable,
    is_descending,
    is_given,
    is_integer,
    is_not_ward_metric,
    is_share,
)
from skbayes.presets._records import idle, refused

_TEXT = "CountVectorizer TfidfVectorizer"
_DICTIONARY = "MiniBatchDictionaryLearning DictionaryLearning"
_QUIET = [False]

_DECOMPOSITION = (
    # Full decompositions are exact; only randomized solvers draw, only arpack iterates.
    idle("PCA", "random_state", {"svd_solver": ["full", "covariance_eigh"]}),
    idle(
        "PCA",
        "iterated_power n_oversamples power_iteration_normalizer",
        {"svd_solver": ["full", "covariance_eigh", "arpack"]},
    ),
    idle("PCA", "tol", {"svd_solver": ["full", "covariance_eigh", "randomized"]}),
    # The number of components by likelihood or variance needs all singular values.
    refused("PCA", {"svd_solver": ["randomized", "arpack"], "n_components": ["mle"]}),
    refused("PCA", {"svd_solver": ["randomized", "arpack"], "n_components": is_share}),
    idle("TruncatedSVD", "n_iter n_oversamples", {"algorithm": ["arpack"]}),
    idle("TruncatedSVD", "tol", {"algorithm": ["randomized"]}),
    idle("FactorAnalysis", "iterated_power random_state", {"svd_method": ["lapack"]}),
    idle("FastICA", "fun_args", {"fun": ["exp", "cube"]}),
    idle("FastICA", "whiten_solver n_components", {"whiten": _QUIET}),
    idle("FastICA", "random_state", {"w_init": is_given}),
    idle("NMF", "shuffle", {"solver": ["mu"]}),
    # Without penalty its mixture has no effect.
    idle("NMF MiniBatchNMF", "l1_ratio", {"alpha_W": [0.0], "alpha_H": ["same", 0.0]}),
    # Coordinate descent minimises the Frobenius norm only.
    refused(
        "NMF", {"solver": ["cd"], "beta_loss": ["kullback-leibler", "itakura-saito"]}
    ),
    idle(
        "LatentDirichletAllocation",
        "learning_decay learning_offset batch_size total_samples",
        {"learning_method": ["batch"]},
    ),
    idle("LatentDirichletAllocation", "perp_tol", {"evaluate_every": [-1]}),
    idle("PLSCanonical", "max_iter tol", {"algorithm": ["svd"]}),
    idle(
        _DICTIONARY,
        "transform_n_nonzero_coefs",
        {"transform_algorithm": ["lasso_cd", "threshold", "lasso_lars"]},
    ),
    idle(_DICTIONARY, "transform_alpha", {"transform_algorithm": ["lars"]}),
)

_CLUSTERS_AND_MANIFOLDS = (
    # With given centres all starts are equal.
    idle("KMeans", "n_init", {"init": is_array}),
    idle("DBSCAN", "p", {"metric": ["euclidean", "manhattan"]}),
    # Each way to extract clusters reads its own parameters.
    idle(
        "OPTICS",
        "xi predecessor_correction min_cluster_size",
        {"cluster_method": ["dbscan"]},
    ),
    idle("OPTICS", "eps", {"cluster_method": ["xi"]}),
    idle(
        "SpectralClustering SpectralEmbedding",
        "gamma",
        {"affinity": ["nearest_neighbors"]},
    ),
    idle("SpectralClustering SpectralEmbedding", "n_neighbors", {"affinity": ["rbf"]}),
    idle(
        "SpectralClustering", "n_init", {"assign_labels": ["discretize", "cluster_qr"]}
    ),
    idle(
        "SpectralClustering", "degree coef0", {"affinity": ["rbf", "nearest_neighbors"]}
    ),
    idle("MeanShift", "min_bin_freq", {"bin_seeding": _QUIET}),
    idle(
        "AgglomerativeClustering",
        "compute_distances compute_full_tree",
        only_predictions=True,
    ),
    # Ward's linkage is defined by variances, so by Euclidean distances.
    refused(
        "AgglomerativeClustering", {"linkage": ["ward"], "metric": is_not_ward_metric}
    ),
    # Exactly one of both ends the merging.
    refused(
        "AgglomerativeClustering",
        {"n_clusters": is_given, "distance_threshold": is_given},
    ),
    refused(
        "AgglomerativeClustering", {"n_clusters": [None], "distance_threshold": [None]}
    ),
    idle("HDBSCAN", "store_centers", only_predictions=True),
    idle(
        "LocallyLinearEmbedding",
        "hessian_tol",
        {"method": ["standard", "modified", "ltsa"]},
    ),
    idle(
        "LocallyLinearEmbedding",
        "modified_tol",
        {"method": ["standard", "hessian", "ltsa"]},
    ),
    idle(
        "LocallyLinearEmbedding",
        "random_state tol max_iter",
        {"eigen_solver": ["dense"]},
    ),
    idle("Isomap", "tol max_iter", {"eigen_solver": ["dense"]}),
    idle("TSNE", "angle", {"method": ["exact"]}),
)

_PREPROCESSING = (
    idle(
        "KBinsDiscretizer",
        "quantile_method",
        {"strategy": ["uniform", "kmeans"]},
        since=(1, 7),
    ),
    idle(
        "KBinsDiscretizer",
        "random_state",
        {"strategy": ["uniform", "quantile"], "subsample": [None]},
    ),
    # Without scaling no quantile is used.
    idle("RobustScaler", "quantile_range unit_variance", {"with_scaling": _QUIET}),
    # Quantiles are computed from the subsample.
    refused(
        "QuantileTransformer",
        {("n_quantiles", "subsample"): exceeds},
    ),
    idle("SplineTransformer", "n_knots", {"knots": is_array}),
    idle("TargetEncoder", "random_state", {"shuffle": _QUIET}),
    refused(
        "OrdinalEncoder",
        {"handle_unknown": ["error"], "unknown_value": is_given},
        leave="unknown_value",
    ),
    refused(
        "OrdinalEncoder",
        {"handle_unknown": ["use_encoded_value"], "unknown_value": [None]},
    ),
    idle(
        "SimpleImputer",
        "fill_value",
        {"strategy": ["mean", "median", "most_frequent"]},
    ),
    idle(
        "IterativeImputer",
        "fill_value",
        {"initial_strategy": ["mean", "median", "most_frequent"]},
    ),
    idle(
        "IterativeImputer",
        "random_state",
        {
            "imputation_order": ["ascending", "descending", "roman", "arabic"],
            "n_nearest_features": [None],
            "sample_posterior": _QUIET,
        },
    ),
    idle("SequentialFeatureSelector", "tol", {"n_features_to_select": is_integer}),
    # A given vocabulary is not filtered. A given function replaces its step.
    idle(_TEXT, "min_df max_df max_features", {"vocabulary": is_given}),
    idle(_TEXT, "token_pattern stop_words", {"analyzer": ["char", "char_wb"]}),
    idle(_TEXT, "token_pattern", {"tokenizer": is_given}),
    idle(_TEXT, "lowercase strip_accents", {"preprocessor": is_given}),
    idle(_TEXT, "ngram_range stop_words lowercase", {"analyzer": is_callable}),
    # Raised since n-grams from 2 to 1 are empty.
    refused(f"{_TEXT} HashingVectorizer", {"ngram_range": is_descending}),
    idle("TfidfVectorizer TfidfTransformer", "smooth_idf", {"use_idf": _QUIET}),
    idle("TfidfVectorizer", "sublinear_tf", {"binary": [True]}),
    idle("HashingVectorizer", "token_pattern", {"analyzer": ["char"]}),
    idle(
        "GaussianRandomProjection SparseRandomProjection",
        "eps",
        {"n_components": is_integer},
    ),
    idle("VotingClassifier", "flatten_transform", only_predictions=True),
)

UNSUPERVISED = (*_DECOMPOSITION, *_CLUSTERS_AND_MANIFOLDS, *_PREPROCESSING)
