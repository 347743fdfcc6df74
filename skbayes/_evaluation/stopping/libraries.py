"""Early stopping by library: arguments of ``fit``, settings, and rounds kept.

Libraries are recognised by class names, so none is imported here.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: Rounds without improvement before boosting stops, unless the estimator sets them.
PATIENCE = 20

Arguments = dict[str, Any]


@dataclass(frozen=True)
class HeldOutSamples:
    """The stopping set, as the last step of a pipeline gets it.

    Parameters
    ----------
    X, y : array-like
        Samples and targets.
    weights : array-like or None
        Weights of the samples, if the training samples have weights.
    """

    X: Any
    y: Any
    weights: Any = None


@dataclass(frozen=True)
class Library:
    """How estimators of one library stop early.

    Parameters
    ----------
    arguments : callable
        Returns the further arguments of ``fit``, given the estimator, the stopping set
        and the arguments of the user.
    n_rounds : callable
        Returns the number of rounds that a fitted estimator predicts with.
    settings : callable
        Returns the parameters that the estimator needs during the fit.
    """

    arguments: Callable[[Any, HeldOutSamples, Mapping[str, Any]], Arguments]
    n_rounds: Callable[[Any], int]
    settings: Callable[[Any], Arguments] = lambda estimator: {}


def library_of(estimator: Any) -> Library | None:
    """The library of an estimator that can stop early; None for others."""
    for kind in type(estimator).__mro__:
        package = kind.__module__.partition(".")[0]
        name = f"{package}.{kind.__qualname__}"
        if name in _LIBRARIES:
            library = _LIBRARIES[name]
            if library is _HIST and not takes_samples(estimator):
                return None
            return library
    return None


def takes_samples(estimator: Any) -> bool:
    """Whether hist gradient boosting accepts a stopping set; newer versions do."""
    return "X_val" in inspect.signature(type(estimator).fit).parameters


# ---------------------------------------------------------------- scikit-learn


def _hist_arguments(
    estimator: Any, samples: HeldOutSamples, given: Mapping[str, Any]
) -> Arguments:
    found = {"X_val": samples.X, "y_val": samples.y}
    if samples.weights is not None:
        found["sample_weight_val"] = samples.weights
    return found


def _n_hist_rounds(estimator: Any) -> int:
    return int(estimator.n_iter_)


# ---------------------------------------------------------------- XGBoost


def _xgboost_arguments(
    estimator: Any, samples: HeldOutSamples, given: Mapping[str, Any]
) -> Arguments:
    found: Arguments = {"eval_set": [(samples.X, samples.y)]}
    if "verbose" not in given:
        found["verbose"] = False  # else each round prints a line
    if samples.weights is not None:
        found["sample_weight_eval_set"] = [samples.weights]
    return found


def _xgboost_settings(estimator: Any) -> Arguments:
    callbacks = getattr(estimator, "callbacks", None) or ()
    stops = any(type(one).__name__ == "EarlyStopping" for one in callbacks)
    if stops or estimator.early_stopping_rounds is not None:
        return {}
    return {"early_stopping_rounds": PATIENCE}


def _n_xgboost_rounds(estimator: Any) -> int:
    return int(estimator.best_iteration) + 1


# ---------------------------------------------------------------- LightGBM

_LIGHTGBM_PATIENCE = (
    "early_stopping_round",
    "early_stopping_rounds",
    "early_stopping",
    "n_iter_no_change",
)


def _lightgbm_arguments(
    estimator: Any, samples: HeldOutSamples, given: Mapping[str, Any]
) -> Arguments:
    found: Arguments = {"eval_set": [(samples.X, samples.y)]}
    if "eval_X" in inspect.signature(type(estimator).fit).parameters:
        found = {"eval_X": (samples.X,), "eval_y": (samples.y,)}
    if samples.weights is not None:
        found["eval_sample_weight"] = [samples.weights]
    callbacks = list(given.get("callbacks") or ())
    params = estimator.get_params(deep=False)
    stops = any(type(one).__name__.startswith("_EarlyStopping") for one in callbacks)
    if not stops and not any(params.get(name) for name in _LIGHTGBM_PATIENCE):
        # The user has imported the module: the estimator is one of its classes.
        early_stopping = sys.modules["lightgbm"].early_stopping
        callbacks.append(early_stopping(PATIENCE, verbose=False))
    return {**found, "callbacks": callbacks}


def _n_lightgbm_rounds(estimator: Any) -> int:
    return int(estimator.best_iteration_ or estimator.n_estimators_)


# ---------------------------------------------------------------- CatBoost

_CATBOOST_PATIENCE = ("early_stopping_rounds", "od_wait", "od_pval")


def _catboost_arguments(
    estimator: Any, samples: HeldOutSamples, given: Mapping[str, Any]
) -> Arguments:
    params = estimator.get_params()
    held_out: Any = (samples.X, samples.y)
    if samples.weights is not None:
        kinds = ("cat_features", "text_features", "embedding_features")
        named = {k: given.get(k) or params.get(k) for k in kinds}
        held_out = sys.modules["catboost"].Pool(
            samples.X, samples.y, weight=samples.weights, **named
        )
    found: Arguments = {"eval_set": held_out}
    if not any(params.get(n) or given.get(n) for n in _CATBOOST_PATIENCE):
        found["early_stopping_rounds"] = PATIENCE
    return found


def _n_catboost_rounds(estimator: Any) -> int:
    return int(estimator.tree_count_)


_HIST = Library(_hist_arguments, _n_hist_rounds, lambda _: {"early_stopping": True})
_XGBOOST = Library(_xgboost_arguments, _n_xgboost_rounds, _xgboost_settings)
_LIGHTGBM = Library(_lightgbm_arguments, _n_lightgbm_rounds)
_CATBOOST = Library(_catboost_arguments, _n_catboost_rounds)

_LIBRARIES: Mapping[str, Library | None] = {
    "sklearn.HistGradientBoostingClassifier": _HIST,
    "sklearn.HistGradientBoostingRegressor": _HIST,
    # Forests have no rounds to stop after.
    "xgboost.XGBRFClassifier": None,
    "xgboost.XGBRFRegressor": None,
    "xgboost.XGBClassifier": _XGBOOST,
    "xgboost.XGBRegressor": _XGBOOST,
    "lightgbm.LGBMClassifier": _LIGHTGBM,
    "lightgbm.LGBMRegressor": _LIGHTGBM,
    "catboost.CatBoostClassifier": _CATBOOST,
    "catboost.CatBoostRegressor": _CATBOOST,
}
