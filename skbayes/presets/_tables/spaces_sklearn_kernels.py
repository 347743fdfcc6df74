"""Spaces of scikit-learn's support vector machines and kernel methods."""

from __future__ import annotations

from collections.abc import Callable

from skbayes.presets._facts import Facts, of_scale
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
from skbayes.presets._tables.sources import BOTH, USUAL, WINNERS


def _per_feature(number: float) -> Callable[[Facts], float]:
    """Multiply gamma="scale", 1 over the features' total variance, by a number."""
    return lambda facts: number / (facts.n_features * facts.variance)


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
# Below 0 the polynomial is no kernel: it is not positive semi-definite. The winners lie
# within .5 of 0 on both sides, sigmoids included.
_COEF0 = real(0.0, 1.0, source=WINNERS)
_DEGREE = choices(2, 3, source=WINNERS)
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
                of_scale(1e-2),
                of_scale(1e3),
                of_scale(5.0),
                of_scale(50.0),
                of_scale(500.0),
                source=WINNERS,
            ),
            "gamma": _GAMMA,
            "epsilon": log(
                of_scale(1e-3),
                of_scale(1.0),
                of_scale(1.5e-3),
                of_scale(6e-3),
                of_scale(0.05),
                source=WINNERS,
            ),
        },
        branches=_kernels(of_scale),
        first=(
            _SVM_FIRST | {"C": of_scale(100.0)},
            {"C": of_scale(10.0), "epsilon": of_scale(0.01)},
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
            "C": log(of_scale(1e-2), of_scale(1e3), source=WINNERS),
            "gamma": _GAMMA,
        },
        branches=_kernels(of_scale),
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
