"""Rules of scikit-learn's predictors: parameters without effect, refused values.

Every row was found by experiment with versions 1.6.1 and 1.9.1; the tests fit it with
the installed version. A rule that holds only for some data is not here, such as one on
the number of samples. Nor is a rule that holds only up to the last bits.
"""

from __future__ import annotations

from skbayes.presets._predicates import (
    is_array,
    is_given,
    is_integer,
    is_positive,
    is_share,
    is_true,
)
from skbayes.presets._records import Table, Versions, idle, refused
from skbayes.presets._tables.rules_sklearn_unsupervised import UNSUPERVISED

_SVM = "SVC NuSVC SVR NuSVR OneClassSVM"
_LINEAR_SVM = "LinearSVC LinearSVR"
_KERNEL = "KernelRidge KernelPCA Nystroem"
_RIDGE = "Ridge RidgeClassifier"
_LASSO = "Lasso ElasticNet MultiTaskLasso MultiTaskElasticNet LassoCV ElasticNetCV"
_SGD = "SGDClassifier SGDRegressor"
_FOREST_CLASSIFIER = "RandomForestClassifier ExtraTreesClassifier"
_FOREST = f"{_FOREST_CLASSIFIER} RandomForestRegressor ExtraTreesRegressor"
_BAGGING = "BaggingClassifier BaggingRegressor"
_GB = "GradientBoostingClassifier GradientBoostingRegressor"
_HGB = "HistGradientBoostingClassifier HistGradientBoostingRegressor"
_KNN = "KNeighborsClassifier KNeighborsRegressor"
_RADIUS = "RadiusNeighborsClassifier RadiusNeighborsRegressor"
_MLP = "MLPClassifier MLPRegressor"
_NB = "MultinomialNB BernoulliNB CategoricalNB ComplementNB"
_LABEL = "LabelPropagation LabelSpreading"
_GP = "GaussianProcessRegressor GaussianProcessClassifier"
_QUIET = [False]
#: Solvers of LogisticRegression that know no L1 penalty.
_SMOOTH = ["lbfgs", "newton-cg", "newton-cholesky", "sag"]
_LOSSES_OF_MARGIN = ["hinge", "log_loss", "modified_huber", "squared_hinge"]
# A clone has no fitted state, so that warm_start changes no fit of a search.
_WARM = (
    "LogisticRegression Lasso ElasticNet MultiTaskLasso MultiTaskElasticNet "
    "HuberRegressor TweedieRegressor PoissonRegressor GammaRegressor SGDClassifier "
    "SGDRegressor IsolationForest GaussianMixture BayesianGaussianMixture "
    f"{_FOREST} {_GB} {_HGB} {_BAGGING} {_MLP}"
)

_SVMS_AND_KERNELS = (
    # k = x'z (linear), (gamma x'z + coef0)^degree, exp(-gamma |x - z|^2),
    # tanh(gamma x'z + coef0): each kernel reads some of the three.
    idle(_SVM, "gamma", {"kernel": ["linear"]}),
    idle(_SVM, "degree", {"kernel": ["linear", "rbf", "sigmoid"]}),
    idle(_SVM, "coef0", {"kernel": ["linear", "rbf"]}),
    idle(_SVM, "cache_size"),
    # The seed serves only the folds of Platt's probabilities.
    idle("SVC NuSVC", "random_state", {"probability": _QUIET}),
    refused("SVC NuSVC", {"break_ties": [True], "decision_function_shape": ["ovo"]}),
    idle(_LINEAR_SVM, "intercept_scaling", {"fit_intercept": _QUIET}),
    # Only the dual coordinate descent shuffles samples.
    idle(_LINEAR_SVM, "random_state", {"dual": _QUIET}),
    idle("LinearSVC", "loss penalty dual", {"multi_class": ["crammer_singer"]}),
    # liblinear has no solver for these combinations of penalty, loss and form.
    refused(
        "LinearSVC",
        {"penalty": ["l1"], "loss": ["hinge"], "multi_class": ["ovr"]},
    ),
    refused(
        "LinearSVC",
        {
            "penalty": ["l2"],
            "loss": ["hinge"],
            "dual": _QUIET,
            "multi_class": ["ovr"],
        },
    ),
    refused("LinearSVC", {"penalty": ["l1"], "dual": [True], "multi_class": ["ovr"]}),
    refused("LinearSVR", {"loss": ["epsilon_insensitive"], "dual": _QUIET}),
    idle(_KERNEL, "gamma", {"kernel": ["linear", "cosine"]}),
    idle(_KERNEL, "degree", {"kernel": ["linear", "rbf", "sigmoid", "cosine"]}),
    idle(_KERNEL, "coef0", {"kernel": ["linear", "rbf", "cosine"]}),
    idle("KernelPCA", "alpha", {"fit_inverse_transform": _QUIET}),
    # The dense eigensolver is exact and needs no start.
    idle(
        "KernelPCA",
        "iterated_power random_state tol max_iter",
        {"eigen_solver": ["dense"]},
    ),
)

_LINEAR = (
    # Only sag, saga and liblinear draw samples.
    idle(
        "LogisticRegression LogisticRegressionCV",
        "random_state",
        {"solver": ["lbfgs", "newton-cg", "newton-cholesky"]},
    ),
    # Only liblinear regularises the intercept, as a feature of this scale.
    idle(
        "LogisticRegression",
        "intercept_scaling",
        {"solver": [*_SMOOTH, "saga"]},
    ),
    idle(
        "LogisticRegression",
        "intercept_scaling",
        {"fit_intercept": _QUIET, "solver": ["liblinear"]},
    ),
    idle("LogisticRegressionCV", "intercept_scaling", {"solver": ["lbfgs"]}),
    # Only the elastic net has a mixture.
    idle(
        "LogisticRegression",
        "l1_ratio",
        {"penalty": ["l2"], "solver": ["saga", "lbfgs", "liblinear"]},
    ),
    idle(
        "LogisticRegression",
        "l1_ratio",
        {"penalty": ["l1"], "solver": ["saga", "liblinear"]},
    ),
    # C is the inverse strength of a penalty.
    idle(
        "LogisticRegression",
        "C",
        {"penalty": [None], "solver": ["lbfgs", "saga", "newton-cholesky"]},
    ),
    # Only liblinear and saga minimise absolute values, and only saga a mixture.
    refused("LogisticRegression", {"solver": _SMOOTH, "penalty": ["l1"]}),
    refused(
        "LogisticRegression",
        {"solver": [*_SMOOTH, "liblinear"], "penalty": ["elasticnet"]},
    ),
    refused("LogisticRegression", {"solver": ["liblinear"], "penalty": [None]}),
    refused("LogisticRegression", {"solver": [*_SMOOTH, "saga"], "dual": [True]}),
    refused(
        "LogisticRegression",
        {"solver": ["liblinear"], "dual": [True], "penalty": ["l1"]},
    ),
    # Since 1.8 l1_ratio selects the penalty and has a number as default.
    refused(
        "LogisticRegression",
        {"penalty": ["elasticnet"], "solver": ["saga"], "l1_ratio": [None]},
        before=(1, 8),
    ),
    refused(
        "LogisticRegression",
        {
            "solver": _SMOOTH,
            "penalty": ["deprecated"],
            "l1_ratio": is_positive,
        },
        leave="l1_ratio",
        since=(1, 8),
    ),
    refused(
        "LogisticRegression",
        {"solver": ["liblinear"], "penalty": ["deprecated"], "l1_ratio": is_share},
        leave="l1_ratio",
        since=(1, 8),
    ),
    # svd and cholesky are direct solvers.
    idle(_RIDGE, "max_iter tol", {"solver": ["svd", "cholesky"]}),
    # Only sag and saga draw samples.
    idle(_RIDGE, "random_state", {"solver": ["svd", "cholesky", "lsqr", "sparse_cg"]}),
    idle(_RIDGE, "random_state", {"solver": ["auto"], "positive": _QUIET}),
    idle(_RIDGE, "random_state", {"solver": ["lbfgs"], "positive": [True]}),
    # lbfgs is the solver for positive coefficients, and for nothing else.
    refused(
        _RIDGE,
        {
            "solver": ["svd", "cholesky", "lsqr", "sparse_cg", "sag", "saga"],
            "positive": [True],
        },
    ),
    refused(_RIDGE, {"solver": ["lbfgs"], "positive": _QUIET}),
    idle("RidgeCV RidgeClassifierCV", "store_cv_results", only_predictions=True),
    idle("RidgeCV", "gcv_mode", {"cv": is_integer}),
    # "cyclic" visits coefficients in order.
    idle(_LASSO, "random_state", {"selection": ["cyclic"]}),
    idle("LassoCV ElasticNetCV", "eps", {"alphas": is_array}),
    # alpha multiplies both penalties.
    idle("ElasticNet", "l1_ratio", {"alpha": [0.0]}),
    idle("Lars LassoLars", "random_state", {"jitter": [None]}),
    idle("BayesianRidge ARDRegression", "compute_score", only_predictions=True),
    idle("OrthogonalMatchingPursuit", "n_nonzero_coefs", {"tol": is_given}),
    # epsilon is a width of the Huber and the insensitive losses.
    idle(
        "SGDClassifier",
        "epsilon",
        {"loss": [*_LOSSES_OF_MARGIN, "perceptron", "squared_error"]},
    ),
    idle("SGDRegressor", "epsilon", {"loss": ["squared_error"]}),
    idle(f"{_SGD} Perceptron", "l1_ratio", {"penalty": ["l2", "l1", None]}),
    idle(
        _SGD,
        "alpha",
        {"penalty": [None], "learning_rate": ["constant", "invscaling", "adaptive"]},
    ),
    idle("Perceptron", "alpha", {"penalty": [None]}),
    # "optimal" computes its step from alpha, and only "invscaling" has a power.
    idle(f"{_SGD} SGDOneClassSVM", "eta0", {"learning_rate": ["optimal"]}),
    # The default of eta0 before scikit-learn 1.8.
    refused(
        f"{_SGD} SGDOneClassSVM",
        {"learning_rate": ["constant", "invscaling", "adaptive"], "eta0": [0.0]},
    ),
    idle(
        f"{_SGD} SGDOneClassSVM",
        "power_t",
        {"learning_rate": ["constant", "optimal", "adaptive"]},
    ),
    idle(_SGD, "random_state", {"early_stopping": _QUIET, "shuffle": _QUIET}),
    idle("Perceptron SGDOneClassSVM", "random_state", {"shuffle": _QUIET}),
    idle(
        f"{_SGD} Perceptron PassiveAggressiveClassifier",
        "validation_fraction",
        {"early_stopping": _QUIET},
    ),
    idle(f"{_SGD} Perceptron", "n_iter_no_change", {"tol": [None]}),
    # n_jobs is listed for the classes whose results were equal with 1 and 2 jobs.
    idle("LassoLarsCV LarsCV LassoCV ElasticNetCV", "n_jobs"),
    idle(_WARM, "warm_start", only_predictions=True),
    idle(
        "LogisticRegression SGDClassifier Perceptron LinearRegression RFECV Nystroem "
        "CalibratedClassifierCV StackingClassifier",
        "n_jobs",
    ),
)

_ENSEMBLES = (
    # Without bootstrap there is no sample to limit, and no out-of-bag sample.
    refused(
        _FOREST, {"bootstrap": _QUIET, "max_samples": is_given}, leave="max_samples"
    ),
    refused(
        f"{_FOREST} {_BAGGING}",
        {"bootstrap": _QUIET, "oob_score": is_true},
        leave="oob_score",
    ),
    refused(_BAGGING, {"warm_start": [True], "oob_score": is_true}, leave="oob_score"),
    # No early stopping, no validation set.
    idle(_GB, "validation_fraction tol", {"n_iter_no_change": [None]}),
    idle(
        "GradientBoostingRegressor",
        "alpha",
        {"loss": ["squared_error", "absolute_error"]},
    ),
    idle(
        _HGB,
        "validation_fraction n_iter_no_change tol scoring",
        {"early_stopping": _QUIET},
    ),
    idle(
        "HistGradientBoostingRegressor",
        "quantile",
        {"loss": ["squared_error", "absolute_error", "poisson", "gamma"]},
    ),
    refused(
        "HistGradientBoostingRegressor", {"loss": ["quantile"], "quantile": [None]}
    ),
)

_NEIGHBOURS_AND_BAYES = (
    # p is Minkowski's exponent.
    idle(_KNN, "p", {"metric": ["euclidean", "manhattan", "chebyshev"]}),
    idle(f"{_RADIUS} LocalOutlierFactor OPTICS Isomap", "p", {"metric": ["euclidean"]}),
    # Brute force builds no tree.
    idle(
        f"{_KNN} LocalOutlierFactor DBSCAN RadiusNeighborsClassifier HDBSCAN",
        "leaf_size",
        {"algorithm": ["brute"]},
    ),
    # The cosine distance is no metric, so trees cannot prune by it.
    refused(_KNN, {"algorithm": ["kd_tree", "ball_tree"], "metric": ["cosine"]}),
    idle(
        "NeighborhoodComponentsAnalysis",
        "random_state",
        {"init": ["pca", "lda", "identity"]},
    ),
    idle(_LABEL, "gamma", {"kernel": ["knn"]}),
    idle(_LABEL, "n_neighbors", {"kernel": ["rbf"]}),
    idle("SelfTrainingClassifier", "k_best", {"criterion": ["threshold"]}),
    idle("SelfTrainingClassifier", "threshold", {"criterion": ["k_best"]}),
    idle(_NB, "fit_prior", {"class_prior": is_given}),
    idle(_GP, "n_restarts_optimizer", {"optimizer": [None]}),
    idle(_GP, "random_state", {"n_restarts_optimizer": [0]}),
    idle("DummyClassifier", "random_state constant", {"strategy": ["most_frequent"]}),
    idle("DummyClassifier", "random_state constant", {"strategy": ["prior"]}),
    idle("DummyRegressor", "quantile constant", {"strategy": ["mean", "median"]}),
    # The svd solver computes no covariance that could be shrunk.
    refused(
        "LinearDiscriminantAnalysis",
        {"solver": ["svd"], "shrinkage": is_given},
        leave="shrinkage",
    ),
    idle(
        "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
        "store_covariance",
        only_predictions=True,
    ),
)

_NETWORKS = (
    # Schedules and momentum belong to sgd, the moments to adam; lbfgs has neither.
    idle(
        _MLP,
        "learning_rate power_t momentum nesterovs_momentum",
        {"solver": ["adam", "lbfgs"]},
    ),
    idle(_MLP, "beta_1 beta_2 epsilon", {"solver": ["sgd", "lbfgs"]}),
    idle(
        _MLP,
        "learning_rate_init batch_size shuffle n_iter_no_change early_stopping "
        "validation_fraction",
        {"solver": ["lbfgs"]},
    ),
    idle(_MLP, "max_fun", {"solver": ["sgd", "adam"]}),
    idle(
        _MLP, "power_t", {"solver": ["sgd"], "learning_rate": ["constant", "adaptive"]}
    ),
    idle(_MLP, "nesterovs_momentum", {"solver": ["sgd"], "momentum": [0.0]}),
    idle(
        _MLP,
        "validation_fraction",
        {"solver": ["sgd", "adam"], "early_stopping": _QUIET},
    ),
)

TABLE = Table(
    package="sklearn",
    versions=Versions(since=(1, 6)),
    tested=("1.6.0", "1.9.1"),
    rows=(
        *_SVMS_AND_KERNELS,
        *_LINEAR,
        *_ENSEMBLES,
        *_NEIGHBOURS_AND_BAYES,
        *_NETWORKS,
        *UNSUPERVISED,
    ),
)
