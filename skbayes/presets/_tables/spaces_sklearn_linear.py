"""Spaces of scikit-learn's linear models, support vector machines and kernels."""

from __future__ import annotations

from collections.abc import Callable

from skbayes.presets._facts import Facts
from skbayes.presets._suggestions import (
    Choices,
    Dict,
    Number,
    choices,
    integer,
    log,
    real,
    suggest,
)
from skbayes.presets._tables.sources import BOTH, PROBST, USUAL, WINNERS


def _per_sample(number: float) -> Callable[[Facts], float]:
    """Divide a number by the number of samples: C = 1 / (lambda n)."""
    return lambda facts: number / facts.n_samples


def _per_feature(number: float) -> Callable[[Facts], float]:
    """Multiply gamma="scale", 1 over the features' total variance, by a number."""
    return lambda facts: number / (facts.n_features * facts.variance)


def _of_scale(number: float) -> Callable[[Facts], float]:
    """Multiply the target's standard deviation by a number."""
    return lambda facts: number * facts.target_scale


def _components(facts: Facts) -> float:
    """Half of the samples, and at most 500 components."""
    return min(facts.n_samples / 2, 500)


def _if_scaled(kernel: str) -> Choices:
    """Search a kernel of products, for which libsvm may take hours on large numbers."""
    return Choices(
        lambda facts: [kernel] if 0.05 < facts.variance < 20.0 else [], WINNERS
    )


# In units of gamma="scale", so that the values carry over to other data. The winners'
# quartiles, .2, 1.4 and 8, also count kernels on which gamma does nothing or something
# else, and are drawn in here to the default, 1, and the best common default, .1.
_GAMMA = log(
    _per_feature(1e-4),
    _per_feature(30.0),
    _per_feature(0.1),
    _per_feature(0.4),
    _per_feature(2.0),
    source=BOTH,
)
_C = log(1e-2, 3e4, 1.0, 20.0, 500.0, source=BOTH)
_COEF0 = real(-0.5, 1.0, source=WINNERS)
_DEGREE = choices(2, 3, source=WINNERS)
_L1_RATIO = real(0.0, 1.0, 0.05, 0.37, 0.86, source=PROBST)
_LAMBDA = log(1e-5, 10.0, 1.2e-3, 2.9e-3, 0.036, source=PROBST)
_BALANCED = choices(None, "balanced", source=WINNERS)
_SVM_FIRST = {"C": 100.0, "kernel": "rbf", "gamma": _per_feature(1.0)}


def _kernels(scale: Callable[[float], Number]) -> tuple[Dict, ...]:
    """Search each kernel over the C for which libsvm ends soon.

    Parameters
    ----------
    scale : callable
        Gives C the unit of the target.
    """
    least = scale(1e-3)
    polynomial: Dict = {
        "kernel": _if_scaled("poly"),
        "C": log(least, scale(100.0), source=USUAL),
        "gamma": log(_per_feature(0.03), _per_feature(1.0), source=USUAL),
        "degree": _DEGREE,
        "coef0": _COEF0,
    }
    linear: Dict = {
        "kernel": _if_scaled("linear"),
        "C": log(least, scale(10.0), source=USUAL),
    }
    return {"kernel": choices("rbf", source=WINNERS)}, polynomial, linear


SPACES = (
    suggest(
        # Two dicts, as each solver has its own penalties.
        "LogisticRegression",
        quick={
            "C": log(
                lambda facts: min(1e-3, 1.0 / facts.n_samples),
                lambda facts: max(1e3, 1e5 / facts.n_samples),
                _per_sample(28.0),
                _per_sample(345.0),
                _per_sample(2000.0),
                source=f"{PROBST}, as 1/(lambda n)",
            )
        },
        wide={"class_weight": _BALANCED},
        branches=(
            {"solver": choices("lbfgs")},
            {
                "solver": choices("saga"),
                "l1_ratio": _L1_RATIO,
                "penalty": choices("elasticnet"),
                "tol": choices(1e-3),
            },
        ),
        # The default of 100 iterations stops many candidates before convergence.
        fixed={"max_iter": 3000},
        first=({"C": _per_sample(345.0)}, {"C": 100.0}),
    ),
    suggest(
        # alpha is a sum over samples, so that its upper end grows with them.
        "Ridge",
        quick={
            "alpha": log(
                1e-4,
                lambda facts: max(1e3, 10.0 * facts.n_samples),
                source=USUAL,
            )
        },
        normal={"fit_intercept": choices(True, False, source=USUAL)},
        first=({"alpha": 10.0},),
    ),
    suggest(
        "RidgeClassifier",
        quick={
            "alpha": log(
                1e-4,
                lambda facts: max(1e3, 10.0 * facts.n_samples),
                source=USUAL,
            )
        },
        wide={"class_weight": _BALANCED},
        first=({"alpha": 10.0},),
    ),
    suggest(
        # alpha has the unit of the target: above its scale all coefficients are zero.
        "Lasso LassoLars MultiTaskLasso",
        quick={
            "alpha": log(
                _of_scale(1e-3),
                _of_scale(1.0),
                _of_scale(2e-3),
                _of_scale(1e-2),
                _of_scale(0.05),
                source=PROBST,
            )
        },
        fixed={"max_iter": 20000},
        first=({"alpha": _of_scale(0.01)},),
    ),
    suggest(
        "ElasticNet MultiTaskElasticNet",
        quick={
            "alpha": log(
                _of_scale(1e-3),
                _of_scale(1.0),
                _of_scale(1.5e-3),
                _of_scale(2.9e-3),
                _of_scale(0.036),
                source=PROBST,
            ),
            "l1_ratio": real(0.05, 1.0, 0.1, 0.37, 0.86, source=PROBST),
        },
        fixed={"max_iter": 20000},
        first=({"alpha": _of_scale(0.0044), "l1_ratio": 0.4},),
    ),
    suggest(
        # Losses with probabilities only, so that every scorer works.
        "SGDClassifier",
        quick={"alpha": log(1e-7, 0.1, 4e-5, 1.6e-4, 1.4e-3, source=WINNERS)},
        normal={
            "loss": choices("log_loss", "modified_huber", source=WINNERS),
            "penalty": choices("l2", "elasticnet", source=USUAL),
            "l1_ratio": _L1_RATIO,
            "learning_rate": choices("optimal", "adaptive", "invscaling", source=USUAL),
            "eta0": log(1e-3, 0.1, source=USUAL),
            "average": choices(True, False, source=WINNERS),
        },
        wide={"class_weight": _BALANCED},
        fixed={"max_iter": 5000},
        first=({"alpha": 1.6e-4, "average": True},),
    ),
    suggest(
        "SGDRegressor",
        quick={
            "alpha": log(1e-7, 0.1, 4e-5, 1.6e-4, 1.4e-3, source=WINNERS),
            "eta0": log(1e-4, 0.03, source=USUAL),
        },
        normal={
            "loss": choices("squared_error", "huber", source=USUAL),
            "penalty": choices("l2", "elasticnet", source=USUAL),
            "l1_ratio": _L1_RATIO,
            "learning_rate": choices("adaptive", "invscaling", source=USUAL),
            "average": choices(True, False, source=WINNERS),
        },
        fixed={"max_iter": 20000},
    ),
    suggest(
        "Perceptron",
        quick={
            "alpha": log(1e-6, 0.1, source=USUAL),
            "penalty": choices(None, "l2", "elasticnet", source=USUAL),
        },
        normal={
            "l1_ratio": _L1_RATIO,
            "eta0": log(1e-3, 10.0, source=USUAL),
        },
    ),
    suggest(
        "HuberRegressor",
        quick={
            "alpha": log(1e-5, 100.0, source=USUAL),
            "epsilon": real(1.05, 3.0, source=USUAL),
        },
        fixed={"max_iter": 10000},
    ),
    suggest(
        "QuantileRegressor",
        quick={"alpha": log(1e-5, 1.0, source=USUAL)},
    ),
    suggest(
        "PoissonRegressor GammaRegressor",
        quick={"alpha": log(1e-4, 100.0, source=USUAL)},
        fixed={"max_iter": 5000},
    ),
    suggest(
        "TweedieRegressor",
        quick={
            "alpha": log(1e-4, 100.0, source=USUAL),
            "power": choices(0.0, 1.0, 1.3, 1.6, 1.9, source=USUAL),
        },
        fixed={"max_iter": 5000},
    ),
    suggest(
        "BayesianRidge ARDRegression",
        quick={
            "alpha_1": log(1e-8, 1e-2, source=WINNERS),
            "lambda_1": log(1e-8, 1e-2, source=WINNERS),
        },
        normal={
            "alpha_2": log(1e-8, 1e-2, source=WINNERS),
            "lambda_2": log(1e-8, 1e-2, source=WINNERS),
        },
        fixed={"max_iter": 1000},
    ),
    suggest(
        "OrthogonalMatchingPursuit",
        quick={
            "n_nonzero_coefs": integer(
                1, lambda facts: max(2, min(facts.n_features, 50)), source=USUAL
            )
        },
    ),
    suggest(
        "TheilSenRegressor",
        quick={"max_subpopulation": integer(500, 10000, log=True, source=USUAL)},
    ),
    suggest(
        # The primal form is faster if samples outnumber features, and refuses hinge.
        "LinearSVC",
        quick={"C": log(1e-3, 1e3, 0.1, 5.0, 100.0, source=BOTH)},
        normal={
            "loss": choices("squared_hinge", source=USUAL),
            "penalty": choices("l2", "l1", source=USUAL),
            "dual": choices(False),
        },
        wide={"class_weight": _BALANCED},
        fixed={"max_iter": 20000, "tol": 1e-3},
        first=({"C": 0.1},),
    ),
    suggest(
        "LinearSVR",
        quick={
            "C": log(1e-3, 1e3, source=USUAL),
            "epsilon": log(_of_scale(1e-3), _of_scale(1.0), source=WINNERS),
        },
        normal={"loss": choices("squared_epsilon_insensitive", source=USUAL)},
        fixed={"max_iter": 50000, "dual": False, "tol": 1e-3},
    ),
    suggest(
        "SVC",
        untuned={"gamma": _per_feature(1.0)},
        quick={"C": _C, "gamma": _GAMMA},
        wide={"class_weight": _BALANCED},
        branches=_kernels(float),
        first=(
            _SVM_FIRST,
            {"C": 682.0, "kernel": "rbf", "gamma": _per_feature(0.1)},
            {"C": 1.0, "kernel": "linear"},
            {
                "C": 10.0,
                "kernel": "poly",
                "gamma": _per_feature(1.0),
                "degree": 2,
                "coef0": 0.5,
            },
        ),
    ),
    suggest(
        "SVR",
        untuned={"gamma": _per_feature(1.0)},
        quick={
            "C": log(
                _of_scale(1e-2),
                _of_scale(1e3),
                _of_scale(5.0),
                _of_scale(50.0),
                _of_scale(500.0),
                source=WINNERS,
            ),
            "gamma": _GAMMA,
            "epsilon": log(
                _of_scale(1e-3),
                _of_scale(1.0),
                _of_scale(1.5e-3),
                _of_scale(6e-3),
                _of_scale(0.05),
                source=WINNERS,
            ),
        },
        branches=_kernels(_of_scale),
        first=(
            _SVM_FIRST | {"C": _of_scale(100.0)},
            {"C": _of_scale(10.0), "epsilon": _of_scale(0.01)},
        ),
    ),
    suggest(
        "NuSVC",
        untuned={"gamma": _per_feature(1.0)},
        quick={"nu": real(0.02, 0.3, source=USUAL), "gamma": _GAMMA},
        branches=_kernels(float),
    ),
    suggest(
        "NuSVR",
        untuned={"gamma": _per_feature(1.0)},
        quick={
            "nu": real(0.05, 0.95, source=USUAL),
            "C": log(_of_scale(1e-2), _of_scale(1e3), source=WINNERS),
            "gamma": _GAMMA,
        },
        branches=_kernels(_of_scale),
    ),
    suggest(
        "OneClassSVM",
        untuned={"gamma": _per_feature(1.0)},
        quick={"nu": real(0.01, 0.5, source=USUAL), "gamma": _GAMMA},
        normal={"kernel": choices("rbf", "sigmoid", "poly", source=USUAL)},
    ),
    suggest(
        "KernelRidge",
        untuned={"gamma": lambda facts: 1.0 / facts.n_features},
        quick={"alpha": log(1e-4, 10.0, source=USUAL), "gamma": _GAMMA},
        normal={"kernel": choices("rbf", "laplacian", source=USUAL)},
        first=({"alpha": 0.1, "kernel": "rbf"},),
    ),
    suggest(
        "KernelPCA",
        untuned={"gamma": lambda facts: 1.0 / facts.n_features},
        quick={
            "n_components": integer(
                2,
                lambda facts: max(min(facts.n_samples / 2, 100), 3),
                log=True,
                source=USUAL,
            ),
            "gamma": _GAMMA,
        },
        normal={
            "kernel": choices("rbf", "poly", "cosine", source=USUAL),
            "degree": _DEGREE,
            "coef0": real(0.0, 1.0, source=USUAL),
        },
    ),
    suggest(
        "Nystroem",
        untuned={"gamma": lambda facts: 1.0 / facts.n_features},
        quick={
            "n_components": integer(
                20, lambda facts: max(_components(facts), 21), log=True, source=USUAL
            ),
            "gamma": _GAMMA,
        },
        normal={
            "kernel": choices("rbf", "poly", "laplacian", source=USUAL),
            "degree": _DEGREE,
            "coef0": real(0.0, 1.0, source=USUAL),
        },
    ),
    suggest(
        "RBFSampler",
        quick={
            "n_components": integer(20, 500, log=True, source=USUAL),
            "gamma": _GAMMA,
        },
    ),
    suggest(
        "SkewedChi2Sampler",
        quick={
            "n_components": integer(20, 500, log=True, source=USUAL),
            "skewedness": log(0.1, 10.0, source=USUAL),
        },
    ),
    suggest(
        "AdditiveChi2Sampler",
        quick={"sample_steps": choices(1, 2, 3, source=USUAL)},
    ),
    suggest(
        "PolynomialCountSketch",
        quick={
            "n_components": integer(20, 500, log=True, source=USUAL),
            "gamma": _GAMMA,
        },
        normal={
            "degree": choices(2, 3, source=USUAL),
            "coef0": choices(0, 1, source=USUAL),
        },
    ),
)
