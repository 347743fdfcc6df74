"""Spaces of scikit-learn's linear models."""

from __future__ import annotations

from collections.abc import Callable

from skbayes.presets._facts import Facts, of_scale
from skbayes.presets._suggestions import choices, integer, log, real, suggest
from skbayes.presets._tables.sources import BOTH, PROBST, USUAL, WINNERS


def _per_sample(number: float) -> Callable[[Facts], float]:
    """Divide a number by the number of samples: C = 1 / (lambda n)."""
    return lambda facts: number / facts.n_samples


_L1_RATIO = real(0.0, 1.0, 0.05, 0.37, 0.86, source=PROBST)
_LAMBDA = log(1e-5, 10.0, 1.2e-3, 2.9e-3, 0.036, source=PROBST)
_BALANCED = choices(None, "balanced", source=WINNERS)

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
                of_scale(1e-3),
                of_scale(1.0),
                of_scale(2e-3),
                of_scale(1e-2),
                of_scale(0.05),
                source=PROBST,
            )
        },
        fixed={"max_iter": 20000},
        first=({"alpha": of_scale(0.01)},),
    ),
    suggest(
        "ElasticNet MultiTaskElasticNet",
        quick={
            "alpha": log(
                of_scale(1e-3),
                of_scale(1.0),
                of_scale(1.5e-3),
                of_scale(2.9e-3),
                of_scale(0.036),
                source=PROBST,
            ),
            "l1_ratio": real(0.05, 1.0, 0.1, 0.37, 0.86, source=PROBST),
        },
        fixed={"max_iter": 20000},
        first=({"alpha": of_scale(0.0044), "l1_ratio": 0.4},),
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
            "epsilon": log(of_scale(1e-3), of_scale(1.0), source=WINNERS),
        },
        normal={"loss": choices("squared_epsilon_insensitive", source=USUAL)},
        fixed={"max_iter": 50000, "dual": False, "tol": 1e-3},
    ),
)
