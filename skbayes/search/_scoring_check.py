"""Check `scoring` before the first fit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import sklearn.metrics
from sklearn.metrics import get_scorer, get_scorer_names

from skbayes._compat import scorer_parts
from skbayes._did_you_mean import closest_name, hint
from skbayes._user_warnings import warn_user

#: Names of scorers in other libraries.
_ALIASES = {
    "acc": "accuracy",
    "ap": "average_precision",
    "auc": "roc_auc",
    "auprc": "average_precision",
    "binary_crossentropy": "neg_log_loss",
    "brier": "neg_brier_score",
    "cross_entropy": "neg_log_loss",
    "logloss": "neg_log_loss",
    "mae": "neg_mean_absolute_error",
    "mape": "neg_mean_absolute_percentage_error",
    "mcc": "matthews_corrcoef",
    "mse": "neg_mean_squared_error",
    "pr_auc": "average_precision",
    "rmse": "neg_root_mean_squared_error",
    "rmsle": "neg_root_mean_squared_log_error",
}
#: Names of other metrics, with scikit-learn's function.
_METRIC_ALIASES = {"kappa": "cohen_kappa_score", "f2": "fbeta_score"}
#: Ends of the names of metrics of which less is better.
_LESS_IS_BETTER = ("loss", "error", "deviance", "mse", "mae", "mape", "rmsle", "rmse")
#: Arguments of a function, at most, that a message lists.
_NAMES_SHOWN = 3
#: Names of a metric's first argument; a scorer's first argument is an estimator.
_TRUTHS = {"y_true", "y", "y_test", "true", "labels_true", "actual", "target"}


def check_scoring_of(search: Any, *, has_targets: bool) -> None:
    """Raise if `scoring` is not a scorer.

    Parameters
    ----------
    search : SearchCV
        The search, whose `scoring` is checked entry by entry.
    has_targets : bool
        Whether scorers are called with `y`.

    Raises
    ------
    ValueError
        If it is not the name of a scorer; the message suggests one.
    TypeError
        If it is a metric, a class or a function with too few arguments. Grid and random
        search only warn if scikit-learn, whose results they reproduce, goes on with NaN
        as the score.
    """
    owner = type(search).__name__
    _check_container(search.scoring, owner)
    for scoring in _entries(search.scoring):
        if isinstance(scoring, str):
            _check_name(scoring, owner)
        elif isinstance(scoring, type):
            raise TypeError(
                f"The `scoring` parameter of {owner} must not be a class. Got"
                f" {scoring.__name__} instead; write {scoring.__name__}()."
            )
        elif callable(scoring):
            problem = _problem_of_callable(scoring, has_targets, owner)
            if problem is None:
                continue
            if search._is_adaptive or not _is_own_function(scoring):
                raise TypeError(problem)
            warn_user(problem)


def _is_own_function(scoring: Any) -> bool:
    """Whether a callable is a named function of the user, not of scikit-learn."""
    name = getattr(scoring, "__name__", "<lambda>")
    return name != "<lambda>" and not scoring.__module__.startswith("sklearn.metrics.")


def _entries(scoring: Any) -> Iterator[Any]:
    if isinstance(scoring, Mapping):
        yield from scoring.values()
    elif isinstance(scoring, list | tuple | set):
        yield from scoring
    else:
        yield scoring


def _check_container(scoring: Any, owner: str) -> None:
    """Raise for several scores that are none, have no names, or have them twice."""
    if not isinstance(scoring, Mapping | list | tuple | set):
        return
    names = list(scoring)
    unnamed = [name for name in names if not isinstance(name, str)]
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if not names:
        advice = "write None for the estimator's own score, or ['accuracy', ...]"
    elif unnamed and not isinstance(scoring, Mapping):
        advice = "give scorers names, as in {'mine': scorer}"
    elif unnamed:
        advice = f"write {str(unnamed[0])!r} in place of {unnamed[0]!r}"
    elif twice:
        advice = f"leave the second {twice[0]!r} out"
    else:
        return
    raise ValueError(
        f"The `scoring` parameter of {owner} must be a scorer, a list of unique strings"
        f" or a dict of scorers by their names. Got {scoring!r} instead; {advice}."
    )


def _check_name(name: str, owner: str) -> None:
    names = get_scorer_names()
    if name in names:
        return
    plain = name.lower().replace(" ", "_").replace("-", "_")
    found = _known_scorer(plain, names)
    metric = _metric_named(plain) if found is None else None
    if metric is not None:
        raise ValueError(
            f"The `scoring` parameter of {owner} must name a scorer of scikit-learn. "
            f"Got {name!r} instead, a metric. {_as_scorer(metric, metric.__name__)}"
        )
    found = found or closest_name(plain, names) or closest_name(f"neg_{plain}", names)
    if found is None:
        return  # scikit-learn's own validation lists the names
    why = " Scores are greater-is-better." if found and found.startswith("neg_") else ""
    raise ValueError(
        f"The `scoring` parameter of {owner} must name a scorer of scikit-learn. Got"
        f" {name!r} instead.{hint(found)}{why} Names are: {', '.join(sorted(names))}."
    )


def _known_scorer(plain: str, names: list[str]) -> str | None:
    """The scorer that has this name in other libraries, or without its affixes."""
    stem = plain.removesuffix("_score").removesuffix("_scorer")
    alias = _ALIASES.get(stem.removeprefix("neg_"))
    candidates = (alias, stem, f"neg_{stem}", f"neg_{plain}")
    return next((c for c in candidates if c in names), None)


def _metric_named(plain: str) -> Callable[..., Any] | None:
    """scikit-learn's metric of true and predicted targets with this name, or None."""
    known = _METRIC_ALIASES.get(plain, plain.removeprefix("neg_"))
    for name in (known, f"{known}_score", f"{known}_loss"):
        metric = getattr(sklearn.metrics, name, None)
        if inspect.isfunction(metric):
            first = next(iter(inspect.signature(metric).parameters), None)
            return metric if first in {"y_true", "y1", "labels_true", "X"} else None
    return None


def _problem_of_callable(
    scoring: Callable[..., Any], has_targets: bool, owner: str
) -> str | None:
    """Why a function cannot be called as a scorer; None if it can."""
    if scorer_parts(scoring) is not None:
        return None
    try:
        signature = inspect.signature(scoring)
    except (TypeError, ValueError):  # compiled functions may have no signature
        return None
    names = list(signature.parameters)
    is_theirs = inspect.isfunction(scoring) and scoring.__module__.startswith(
        "sklearn.metrics."
    )
    is_metric = is_theirs or (bool(names) and names[0] in _TRUTHS)
    if _binds(signature, 3 if has_targets else 2) and not is_metric:
        return None
    called = getattr(scoring, "__name__", None) or repr(scoring)
    call = "scorer(estimator, X, y)" if has_targets else "scorer(estimator, X)"
    must = (
        f"The `scoring` parameter of {owner} must be a scorer, which is called as"
        f" {call}. Got {called}, which takes ({', '.join(names[:_NAMES_SHOWN])})"
    )
    if not _binds(signature, 2):
        return f"{must}."
    kind = "a metric of clusters" if names[0] == "X" else "a metric"
    return f"{must}, as {kind} does. {_as_scorer(scoring, called)}"


def _binds(signature: inspect.Signature, n: int) -> bool:
    """Whether a function can be called with n arguments."""
    try:
        signature.bind(*range(n))
    except TypeError:
        return False
    return True


def _as_scorer(metric: Any, called: str) -> str:
    """A sentence that shows how to make a scorer of a metric."""
    if next(iter(inspect.signature(metric).parameters)) == "X":
        made = f"lambda estimator, X, y=None: {called}(X, estimator.predict(X))"
        return f"Write {made}."
    found = (name for known, name in _scorer_names() if known is metric)
    name = next(found, None)
    function = getattr(metric, "func", metric)
    is_loss = getattr(function, "__name__", "").lower().endswith(_LESS_IS_BETTER)
    is_neg = is_loss if name is None else name.startswith("neg_")
    sign = ", greater_is_better=False" if is_neg else ""
    arguments = ", beta=2" if metric is sklearn.metrics.fbeta_score else ""
    if isinstance(metric, partial):
        arguments = "".join(f", {k}={v!r}" for k, v in metric.keywords.items())
        called = getattr(metric.func, "__name__", "")
    shown = called if called.isidentifier() else "your function"
    made = f"make_scorer({shown}{arguments}{sign})"
    return f"Write {made}." if name is None else f"Write scoring={name!r}, or {made}."


@cache
def _scorer_names() -> list[tuple[Any, str]]:
    """scikit-learn's metrics with the names of their scorers, short names first."""
    names = sorted(get_scorer_names(), key=len)
    parts = ((scorer_parts(get_scorer(name)), name) for name in names)
    return [(part[0], name) for part, name in parts if part is not None]
