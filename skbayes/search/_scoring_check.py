"""Check `scoring` before the first fit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from sklearn.metrics import get_scorer, get_scorer_names

from skbayes._compat import scorer_parts
from skbayes._did_you_mean import closest_name, hint
from skbayes._user_warnings import warn_user

#: Names of scorers in other libraries.
_ALIASES = {
    "acc": "accuracy",
    "auc": "roc_auc",
    "logloss": "neg_log_loss",
    "mae": "neg_mean_absolute_error",
    "mape": "neg_mean_absolute_percentage_error",
    "mcc": "matthews_corrcoef",
    "mse": "neg_mean_squared_error",
    "rmse": "neg_root_mean_squared_error",
    "rmsle": "neg_root_mean_squared_log_error",
}
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
    found = _meant(name.lower(), names)
    if found is None:
        return  # scikit-learn's own validation lists the names
    why = " Scores are greater-is-better." if found and found.startswith("neg_") else ""
    raise ValueError(
        f"The `scoring` parameter of {owner} must name a scorer of scikit-learn. Got"
        f" {name!r} instead.{hint(found)}{why} Names are: {', '.join(sorted(names))}."
    )


def _meant(name: str, names: list[str]) -> str | None:
    """The scorer with this name in other libraries, or with the most similar name."""
    plain = name.replace(" ", "_").replace("-", "_")
    stem = plain.removesuffix("_score").removesuffix("_scorer")
    candidates = (_ALIASES.get(stem), stem, f"neg_{stem}", f"neg_{plain}")
    known = next((c for c in candidates if c in names), None)
    return known or closest_name(plain, names) or closest_name(f"neg_{plain}", names)


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
    if names[0] == "X":
        made = f"lambda estimator, X, y=None: {called}(X, estimator.predict(X))"
        return f"{must}, as a metric of clusters does. Write {made}."
    return f"{must}, as a metric does. {_as_scorer(scoring, called)}"


def _binds(signature: inspect.Signature, n: int) -> bool:
    """Whether a function can be called with n arguments."""
    try:
        signature.bind(*range(n))
    except TypeError:
        return False
    return True


def _as_scorer(metric: Any, called: str) -> str:
    """A sentence that shows how to make a scorer of a metric."""
    found = (name for known, name in _scorer_names() if known is metric)
    name = next(found, None)
    sign = ", greater_is_better=False" if name and name.startswith("neg_") else ""
    arguments = ""
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
