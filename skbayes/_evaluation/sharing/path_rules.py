"""Estimators whose larger fits contain the smaller ones, and how to cut these out.

Each rule was checked by fitting both sizes and comparing every output bit by bit; the
test of this file does so again on every supported version. A rule holds for the exact
class only, because a subclass may override any step.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

from skbayes._compat import (
    BAGGING_SEEDS,
    HIST_MEMBERS,
    HIST_SUM,
    ISOLATION_MEMBERS,
)
from skbayes._evaluation.sharing.totals import HIST_TOTAL, Total

State = Mapping[str, Any]

#: Arguments of ``fit`` that pass held-out samples: a fit may stop early by them.
HELD_OUT_ARGUMENTS = frozenset({"eval_set", "eval_X", "X_val", "validation_data"})
#: Samples above which hist gradient boosting stops early by itself.
_N_STOPPED = 10_000
#: Samples above which it computes its bins on a random subset.
_N_BINNED = 200_000


def _is_seeded(estimator: Any) -> bool:
    seed = estimator.random_state
    return isinstance(seed, int) and not isinstance(seed, bool)


def _grows_alike(estimator: Any, n_samples: int) -> bool:
    """Whether each member depends on the seed and on the members before it alone."""
    return (
        _is_seeded(estimator)
        and not estimator.warm_start
        and not getattr(estimator, "oob_score", False)
    )


def _is_exact_hist(estimator: Any, n_samples: int) -> bool:
    """Whether the boosting is seeded, or draws neither features nor samples."""
    if estimator.warm_start:
        return False
    if _is_seeded(estimator):
        return True
    return (
        not _stops_early(estimator, n_samples)
        and estimator.max_features == 1.0
        and n_samples <= _N_BINNED
    )


def _stops_early(estimator: Any, n_samples: int) -> bool:
    """Whether hist gradient boosting holds samples out and stops by their score."""
    return estimator.early_stopping is True or (
        estimator.early_stopping == "auto" and n_samples > _N_STOPPED
    )


def _grows_on(estimator: Any, n_samples: int) -> bool:
    """Whether a warm start adds members as one long fit does: none is held out."""
    return estimator.n_iter_no_change is None


def _grows_on_hist(estimator: Any, n_samples: int) -> bool:
    return not _stops_early(estimator, n_samples)


def _is_exact_adaboost(estimator: Any, n_samples: int) -> bool:
    return _is_seeded(estimator)


def _is_exact_isolation(estimator: Any, n_samples: int) -> bool:
    """Whether a cut forest equals a smaller one: a share of outliers needs all."""
    return estimator.contamination == "auto" and _grows_alike(estimator, n_samples)


def _always(estimator: Any, n_samples: int) -> bool:
    return True


def _cut_lists(*names: str) -> Callable[[State, int], dict[str, Any]]:
    """Make a function that cuts the attributes in `names` to their first members."""

    def cut(state: State, size: int) -> dict[str, Any]:
        return dict(state) | {n: state[n][:size] for n in names if n in state}

    return cut


def _cut_boosting(state: State, size: int) -> dict[str, Any]:
    cut = _cut_lists("estimators_", "train_score_", "oob_improvement_", "oob_scores_")(
        state, size
    )
    cut["n_estimators_"] = len(cut["estimators_"])
    if len(cut.get("oob_scores_", ())):
        cut["oob_score_"] = cut["oob_scores_"][-1]
    return cut


def _cut_hist(state: State, size: int) -> dict[str, Any]:
    cut = _cut_lists(HIST_MEMBERS)(state, size)
    # Scores, if any, begin with the one before the first iteration.
    cut |= _cut_lists("train_score_", "validation_score_")(cut, size + 1)
    # With a scorer by name this is a method bound to the larger model.
    cut.pop(HIST_SUM, None)
    return cut


def _cut_neighbours(state: State, size: int) -> dict[str, Any]:
    # The index contains all samples; the number of neighbours is used in predict only.
    return dict(state)


def _has_fixed_seed(estimator: Any) -> bool:
    """Whether a boosting library uses its default seed or an int.

    The seed is not read by ``get_params``, which in XGBoost draws from a generator.
    """
    seed = getattr(estimator, "random_state", None)
    return seed is None or isinstance(seed, int)


def _has_none_of(params: Mapping[str, Any], *names: str) -> bool:
    return not any(params.get(name) for name in names)


def _is_exact_xgboost(estimator: Any, n_samples: int) -> bool:
    """Trees that are added and never changed: dart weighs old ones anew."""
    if not _has_fixed_seed(estimator):
        return False
    params = estimator.get_params(deep=False)
    return (
        params.get("booster") in {None, "gbtree"}
        and params.get("device") in {None, "cpu"}
        and _has_none_of(params, "early_stopping_rounds", "callbacks", "process_type")
    )


def _is_exact_lightgbm(estimator: Any, n_samples: int) -> bool:
    params = estimator.get_params(deep=False)
    kinds = {params.get(name) for name in ("boosting_type", "boosting", "boost")}
    patience = ("early_stopping_round", "early_stopping_rounds", "early_stopping")
    return (
        kinds <= {None, "gbdt", "goss", "rf"}
        and _has_fixed_seed(estimator)
        and _has_none_of(params, *patience, "n_iter_no_change")
    )


def _is_exact_catboost(estimator: Any, n_samples: int) -> bool:
    """Needs a set learning rate: the default one depends on the number of trees."""
    params = estimator.get_params()
    has_rate = any(params.get(n) is not None for n in ("learning_rate", "eta"))
    changing = ("model_shrink_rate", "langevin", "posterior_sampling", "callback")
    stopping = ("early_stopping_rounds", "od_wait", "od_pval", "use_best_model")
    return (
        has_rate
        and params.get("task_type") in {None, "CPU"}
        and _has_none_of(params, *changing, *stopping, "save_snapshot")
    )


def _cut_xgboost(state: State, size: int) -> dict[str, Any]:
    booster = state["_Booster"]
    cut = dict(state) | {"_Booster": booster[: min(size, booster.num_boosted_rounds())]}
    if state.get("n_classes_", 0) > 2:
        # A parameter that the fit has set, as it does where there are several classes.
        learner = json.loads(booster.save_config())["learner"]
        cut["objective"] = learner["objective"]["name"]
    return cut


def _cut_lightgbm(state: State, size: int) -> dict[str, Any]:
    """Through the text of a model, which has every digit of its numbers."""
    booster = state["_Booster"]
    text = booster.model_to_string(num_iteration=size)
    # Parameters of `set_params` are kept there too, also the size.
    others = {k: v for k, v in state.items() if k != "_other_params"}
    return others | {"_Booster": type(booster)(model_str=text)}


def _cut_catboost(state: State, size: int) -> dict[str, Any]:
    """Cut a copy: shrinking changes the model."""
    whole = sys.modules["catboost"].CatBoost()
    whole.__dict__.update(state)
    small = whole.copy()
    if size < small.tree_count_:
        small.shrink(ntree_end=size)
        importances = small.get_feature_importance(type="PredictionValuesChange")
        small.__dict__["_prediction_values_change"] = importances.tolist()
    # CatBoost keeps parameters in this attribute; for others it is fitted state.
    own = {"_init_params", "_canonized_params"}
    return {k: v for k, v in {**state, **vars(small)}.items() if k not in own}


def _is_larger(fitted: float, size: int, X: Any) -> bool:
    return fitted >= size


def _is_same_index(fitted: float, size: int, X: Any) -> bool:
    """Whether ``algorithm="auto"`` chooses the same kind of index for both sizes."""
    half = len_of(X) // 2
    return (fitted < half) == (size < half)


def len_of(X: Any) -> int:
    """Number of samples of an array-like or a sparse matrix."""
    return X.shape[0] if hasattr(X, "shape") else len(X)


def is_size(value: Any) -> bool:
    """Whether a value is a size of a path; a fit refuses others, which no cut does."""
    is_integer = isinstance(value, Integral) and not isinstance(value, bool)
    return is_integer and int(value) >= 1


@dataclass(frozen=True)
class PathRule:
    """How to cut the model of a smaller value out of a larger one.

    Parameters
    ----------
    parameter : str
        The parameter whose larger fits contain the smaller ones.
    is_exact : callable
        Takes an estimator with its parameters and a number of samples; returns whether
        its larger fits contain the smaller ones.
    cut : callable
        Makes the fitted attributes of the smaller model from those of the larger one.
    holds : callable
        Whether the model of one size, fitted on X, contains that of another.
    members : str or None
        Attribute whose length is the size at which a fit has ended by itself, if it
        has; its model is then the model of all larger sizes.
    continues : callable or None
        Whether ``warm_start`` continues as a longer fit would, for an estimator with
        its parameters and a number of samples.
    total : Total or None
        Rule that adds to the predictions of a smaller model; None if there is none.
    has_best : bool
        Whether too large a value does harm, as in boosting, so that there is a best
        one to search. The mean of members drawn alike only gets better with more
        members: the best of its sizes would be chosen for its luck.
    aliases : tuple of str
        Other names of the parameter.
    """

    parameter: str
    is_exact: Callable[[Any, int], bool]
    cut: Callable[[State, int], dict[str, Any]]
    holds: Callable[[float, int, Any], bool] = _is_larger
    members: str | None = None
    continues: Callable[[Any, int], bool] | None = None
    total: Total | None = None
    has_best: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the parameter."""
        return (self.parameter, *self.aliases)

    def as_searched(self, is_searched: Callable[[str], bool]) -> PathRule | None:
        """The rule for the searched name; None unless exactly one name is searched."""
        found = [name for name in self.names if is_searched(name)]
        return replace(self, parameter=found[0]) if len(found) == 1 else None

    def end_of(self, state: State, size: int) -> float:
        """Largest size with this model: no end if the fit stopped before `size`."""
        if self.members is None or len(state.get(self.members, ())) >= size:
            return size
        return math.inf


_FOREST = PathRule("n_estimators", _grows_alike, _cut_lists("estimators_"))
_BOOSTING = PathRule(
    "n_estimators",
    _grows_alike,
    _cut_boosting,
    members="estimators_",
    continues=_grows_on,
    has_best=True,
)
_HIST = PathRule(
    "max_iter",
    _is_exact_hist,
    _cut_hist,
    members=HIST_MEMBERS,
    continues=_grows_on_hist,
    total=HIST_TOTAL,
    has_best=True,
)
_ADABOOST = PathRule(
    "n_estimators",
    _is_exact_adaboost,
    _cut_lists("estimators_", "estimator_weights_", "estimator_errors_"),
    members="estimators_",
    has_best=True,
)
_BAGGING = PathRule(
    "n_estimators",
    _grows_alike,
    _cut_lists("estimators_", "estimators_features_", BAGGING_SEEDS),
)
_ISOLATION = PathRule(
    "n_estimators",
    _is_exact_isolation,
    _cut_lists(
        "estimators_", "estimators_features_", BAGGING_SEEDS, *ISOLATION_MEMBERS
    ),
)
_NEIGHBOURS = PathRule("n_neighbors", _always, _cut_neighbours, holds=_is_same_index)
_XGBOOST = PathRule("n_estimators", _is_exact_xgboost, _cut_xgboost, has_best=True)
_LIGHTGBM = PathRule("n_estimators", _is_exact_lightgbm, _cut_lightgbm, has_best=True)
_CATBOOST = PathRule(
    "iterations",
    _is_exact_catboost,
    _cut_catboost,
    has_best=True,
    aliases=("n_estimators", "num_boost_round", "num_trees"),
)

#: By the package and the name of the class, so that no library is imported.
RULES: Mapping[str, PathRule] = {
    f"{package}.{name}": rule
    for rule, package, names in (
        (
            _FOREST,
            "sklearn",
            "RandomForestClassifier RandomForestRegressor "
            "ExtraTreesClassifier ExtraTreesRegressor",
        ),
        (
            _BOOSTING,
            "sklearn",
            "GradientBoostingClassifier GradientBoostingRegressor",
        ),
        (
            _HIST,
            "sklearn",
            "HistGradientBoostingClassifier HistGradientBoostingRegressor",
        ),
        (
            _ADABOOST,
            "sklearn",
            "AdaBoostClassifier AdaBoostRegressor",
        ),
        (_BAGGING, "sklearn", "BaggingClassifier BaggingRegressor"),
        (_ISOLATION, "sklearn", "IsolationForest"),
        (_NEIGHBOURS, "sklearn", "KNeighborsClassifier KNeighborsRegressor"),
        (_XGBOOST, "xgboost", "XGBClassifier XGBRegressor"),
        (_LIGHTGBM, "lightgbm", "LGBMClassifier LGBMRegressor"),
        (_CATBOOST, "catboost", "CatBoostClassifier CatBoostRegressor"),
    )
    for name in names.split()
}


def rule_of(estimator: Any) -> PathRule | None:
    """The rule for an estimator's exact class; None without one."""
    kind = type(estimator)
    package = kind.__module__.partition(".")[0]
    return RULES.get(f"{package}.{kind.__qualname__}")


#: Values with which a rule holds least, of the parameters that it may depend on.
LEAST_EXACT: Mapping[str, Any] = {
    "booster": "dart",
    "boosting": "dart",
    "boosting_type": "dart",
    "contamination": 0.1,
    "device": "cuda",
    "early_stopping": True,
    "early_stopping_round": 1,
    "early_stopping_rounds": 1,
    "langevin": True,
    "model_shrink_rate": 0.1,
    "od_wait": 1,
    "task_type": "GPU",
    "use_best_model": True,
    "max_features": 0.5,
    "oob_score": True,
    "random_state": None,
    "warm_start": True,
}

#: Names of the parameters that have rules, whatever the class.
PATH_PARAMETERS = frozenset(name for rule in RULES.values() for name in rule.names)
