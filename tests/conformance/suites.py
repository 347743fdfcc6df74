"""Which of scikit-learn's test modules are run, and which of their tests are not."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal


@dataclass(frozen=True)
class Suite:
    """One test module of scikit-learn.

    Parameters
    ----------
    module : str
        Its name below ``sklearn``.
    select : {"all", "named", "using"}
        Every test; those whose id names a search; or those whose source uses one.
    also : tuple of str
        Tests that are run besides.
    """

    module: str
    select: Literal["all", "named", "using"] = "using"
    also: tuple[str, ...] = ()


SUITES = (
    Suite("model_selection.tests.test_search", "all"),
    Suite("model_selection.tests.test_split"),
    Suite("model_selection.tests.test_validation"),
    Suite("tests.test_base"),
    Suite("tests.test_common", "named"),
    Suite("tests.test_docstring_parameters", "named", ("test_docstring_parameters",)),
    Suite("tests.test_docstrings", "named"),
    Suite("tests.test_metaestimators"),
    Suite("tests.test_metaestimators_metadata_routing", "named"),
    Suite("tests.test_multiclass"),
    Suite("tests.test_multioutput"),
    Suite("decomposition.tests.test_kernel_pca"),
    Suite("ensemble.tests.test_bagging"),
    Suite("ensemble.tests.test_forest"),
    Suite("ensemble.tests.test_voting"),
    Suite("ensemble.tests.test_weight_boosting"),
    Suite("experimental.tests.test_enable_successive_halving"),
    Suite("feature_extraction.tests.test_text"),
    Suite("impute.tests.test_impute"),
    Suite("linear_model.tests.test_coordinate_descent"),
    Suite("linear_model.tests.test_logistic"),
    Suite("linear_model.tests.test_ridge"),
    Suite("linear_model.tests.test_sgd"),
    Suite("metrics.tests.test_regression"),
    Suite("metrics.tests.test_score_objects"),
    Suite("neighbors.tests.test_kde"),
    Suite("utils.tests.test_estimator_html_repr"),
    Suite("utils._repr_html.tests.test_estimator"),
    Suite("utils.tests.test_parallel"),
    Suite("utils.tests.test_pprint"),
)


@dataclass(frozen=True)
class Exclusion:
    """One test of scikit-learn that is expected to fail.

    Parameters
    ----------
    test : str
        The end of its id.
    reason : str
        Why it is no fault.
    always : bool
        Whether it fails without exception; then passing is an error.
    """

    test: str
    reason: str
    always: bool = True


_ATTRIBUTES = Exclusion(
    "test_search.py::test_custom_run_search",
    "compares the fitted attributes one by one with those of a class of"
    " scikit-learn's; ours has `trials_` besides",
)

#: What is left out, by cast.
EXCLUSIONS: dict[str, tuple[Exclusion, ...]] = {
    "ours": (
        _ATTRIBUTES,
        Exclusion(
            "test_split.py::test_nested_cv",
            "StratifiedGroupKFold of scikit-learn 1.6 gives a fold without any test"
            " sample there, which is refused",
            always=False,
        ),
    ),
    "bayes": (
        _ATTRIBUTES,
        Exclusion(
            "test_search.py::test_search_with_2d_array",
            "expects the very points that scikit-learn's sampler draws from seed 0",
        ),
        Exclusion(
            "test_search.py::test_random_search_cv_results",
            "expects columns of numbers; the untuned estimator has gamma='scale'",
        ),
        Exclusion(
            "test_search.py::test_search_cv_timing",
            "expects the first candidate to fail; the untuned estimator does not",
        ),
        Exclusion(
            "test_search.py::test_search_cv_using_minimal_compatible_estimator",
            "expects every name in the first candidate; the untuned estimator does not"
            " list them all",
            always=False,
        ),
        Exclusion(
            "test_sgd.py::test_multi_core_gridsearch_and_early_stopping",
            "expects the score of one of the five points that seed 0 happens to draw",
            always=False,
        ),
    ),
    "broken": (),
    "theirs": (),
}


def available() -> list[Suite]:
    """The suites this scikit-learn has; modules move between versions."""
    return [s for s in SUITES if _exists(f"sklearn.{s.module}")]


def suite_of(nodeid: str) -> Suite | None:
    """The suite a test belongs to."""
    path = nodeid.partition("::")[0].removesuffix(".py").replace("/", ".")
    return next((s for s in SUITES if path.endswith(s.module)), None)


def exclusion(nodeid: str, cast: str) -> Exclusion | None:
    """Why a test is left out, None if it is not."""
    without_parameters = nodeid.partition("[")[0]
    return next(
        (e for e in EXCLUSIONS[cast] if without_parameters.endswith(e.test)), None
    )


def _exists(module: str) -> bool:
    """Whether `module` can be found."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
