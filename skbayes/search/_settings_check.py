"""Check settings for common mistakes, and name the correct form.

This runs before scikit-learn's validation, whose message is the same for every mistake
in a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

import numpy as np

from skbayes._short_text import one_line
from skbayes._user_warnings import warn_user
from skbayes._values import native
from skbayes.search._call_check import why_not_called_with_one
from skbayes.search._estimator_check import check_estimator_of, check_space_of
from skbayes.search._scoring_check import check_scoring_of

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600, "d": 86400}
#: Parameters that count something, with their least values.
_WHOLE_NUMBERS = {"n_iter": 1, "n_repeats_finalists": 0, "min_resources": 1}
#: What joblib computes: numbers, n_jobs and operators.
_OF_N_JOBS = re.compile(r"(n_jobs|[\d.]+|[-+*/() ])+")
#: Most characters of a value in a message.
_LONGEST = 80
_DURATION = re.compile(r"\s*([0-9.]+)\s*([a-z]*?)(?:onds?|utes?|s)?\s*")


def checked_first(fit: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `fit` so that it checks the search's settings first."""

    @wraps(fit)
    def checked(self: Any, X: Any, y: Any = None, **params: Any) -> Any:
        check_settings(self, has_targets=y is not None)
        return fit(self, X, y, **params)

    return checked


def check_settings(search: Any, *, has_targets: bool) -> None:
    """Raise for settings in a wrong form; warn about settings without effect.

    Parameters
    ----------
    search : SearchCV
        The search with its parameters.
    has_targets : bool
        Whether `fit` has an argument `y`.

    Raises
    ------
    ValueError, TypeError
        With the correct form.
    """
    # Cheap checks come before `check_scoring_of`, which resolves scorers.
    owner = type(search).__name__
    check_estimator_of(search)
    check_space_of(search)
    for name in _WHOLE_NUMBERS:
        _check_whole_number(getattr(search, name, 1), name, owner)
    _check_random_state(getattr(search, "random_state", None), owner)
    _check_n_jobs(search.n_jobs, owner)
    _check_pre_dispatch(search.pre_dispatch, owner)
    _check_error_score(search.error_score, owner)
    _check_callbacks(search.callbacks, owner)
    for name in ("time_budget", "fit_timeout"):
        _check_seconds(getattr(search, name), name, owner)
    if isinstance(search.cv, type):
        raise TypeError(
            f"The `cv` parameter of {owner} must be a splitter. Got the class"
            f" {search.cv.__name__} instead; write cv={search.cv.__name__}(...)."
        )
    _check_refit(search.refit, owner)
    _check_initial_params(getattr(search, "initial_params", None), owner)
    check_scoring_of(search, has_targets=has_targets)
    _check_initial_points(search, owner)


def _check_whole_number(number: Any, name: str, owner: str) -> None:
    """Raise for a float such as 1e2, and suggest 100; raise for a bool."""
    # 1e2 is how scientists write a hundred, but a float cannot count candidates.
    # Python counts True as 1, but nobody who writes it means one candidate.
    number = native(number)
    if isinstance(number, bool):
        written = "a number"
    elif isinstance(number, float) and number.is_integer() and number >= 1:
        written = f"{int(number)}"
    else:
        return
    least = _WHOLE_NUMBERS[name]
    raise ValueError(
        f"The `{name}` parameter of {owner} must be an integer >= {least}. Got"
        f" {number!r} instead; write {written}."
    )


def _check_random_state(random_state: Any, owner: str) -> None:
    """Raise for a bool, which Python counts as a number."""
    if isinstance(native(random_state), bool):
        raise ValueError(
            f"The `random_state` parameter of {owner} must be an integer >= 0, a"
            f" RandomState or None. Got {random_state!r} instead; write random_state=0"
            " for the same candidates in every run."
        )


def _check_n_jobs(n_jobs: Any, owner: str) -> None:
    """Raise for no worker at all."""
    if isinstance(n_jobs, int) and not isinstance(n_jobs, bool) and n_jobs == 0:
        raise ValueError(
            f"The `n_jobs` parameter of {owner} must be a number of workers >= 1, or a"
            " negative one that counts from all cores. Got 0 instead; write n_jobs=1"
            " for one worker, n_jobs=-1 for all cores."
        )


def _check_pre_dispatch(pre_dispatch: Any, owner: str) -> None:
    """Raise for a text that is no number of `n_jobs`, and for a number below 1."""
    number = native(pre_dispatch)
    is_wrong = isinstance(number, int | float) and number < 1
    if isinstance(pre_dispatch, str) and pre_dispatch != "all":
        is_wrong = _OF_N_JOBS.fullmatch(pre_dispatch) is None
    if is_wrong:
        raise ValueError(
            f"The `pre_dispatch` parameter of {owner} must be 'all', an integer >= 1 or"
            f" a multiple of n_jobs. Got {pre_dispatch!r} instead; write '2*n_jobs'."
        )


def _check_error_score(error_score: Any, owner: str) -> None:
    """Raise for the text "nan", and suggest np.nan."""
    # scikit-learn's message lists 'raise' as the only string, which does not help here.
    if isinstance(error_score, str) and error_score.lower() == "nan":
        raise ValueError(
            f"The `error_score` parameter of {owner} must be 'raise' or a number. Got"
            f" {error_score!r} instead; write np.nan."
        )


def _check_callbacks(callbacks: Any, owner: str) -> None:
    """Raise for a single callback without a list."""
    # Without this check the first iteration over it fails after the first fold.
    if callable(callbacks):
        shown = getattr(callbacks, "__name__", None) or repr(callbacks)
        shown += "(...)" if isinstance(callbacks, type) else ""
        raise TypeError(
            f"The `callbacks` parameter of {owner} must be a list of callables. Got"
            f" {shown} instead; write callbacks=[{shown}]."
        )


def _check_seconds(value: Any, name: str, owner: str) -> None:
    """Raise for a duration that is not a number, and suggest its seconds."""
    # Ray and FLAML take "10min" or a timedelta; a parser of units would be a second way
    # to write one number, so the message only converts.
    seconds: float | None = None
    if isinstance(value, np.timedelta64):
        seconds = float(value / np.timedelta64(1, "s"))
    elif isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, str) and (found := _DURATION.fullmatch(value.lower())):
        number, unit = found.groups()
        seconds = float(number) * _UNITS.get(unit, 1)
    if seconds is not None:
        raise TypeError(
            f"The `{name}` parameter of {owner} must be a number of seconds > 0. Got"
            f" {value!r} instead; write {name}={seconds:g}."
        )


def _check_refit(refit: Any, owner: str) -> None:
    """Refuse what cannot be called as a rule."""
    if isinstance(refit, type):
        raise TypeError(
            f"The `refit` parameter of {owner} must be a bool, the name of a score or a"
            f" rule. Got the class {refit.__name__} instead; write"
            f" refit={refit.__name__}(...)."
        )
    problem = why_not_called_with_one(refit) if callable(refit) else None
    if problem is not None:
        raise TypeError(
            f"A rule given as the `refit` parameter of {owner} must take one argument,"
            f" a table as cv_results_. Got {refit!r} instead, {problem}."
        )


def _check_initial_params(initial_params: Any, owner: str) -> None:
    """Raise for points in another form than a list of dicts."""
    advice = None
    if isinstance(initial_params, Mapping):
        advice = f"write initial_params=[{initial_params!r}]"
    elif hasattr(initial_params, "columns"):
        advice = "of a DataFrame of pandas write frame.to_dict('records')"
    if advice is not None:
        raise TypeError(
            f"The `initial_params` parameter of {owner} must be a list of dicts. Got"
            f" {one_line(initial_params, _LONGEST)} instead; {advice}."
        )


def _check_initial_points(search: Any, owner: str) -> None:
    """Warn if the initial design uses up the budget."""
    n_initial = native(getattr(search, "n_initial_points", None))
    # scikit-learn's validation, which refuses other types, comes later.
    n_iter = native(getattr(search, "n_iter", None))
    if not isinstance(n_initial, int) or not isinstance(n_iter, int):
        return
    # A search of one candidate has nothing to model, and needs no warning.
    if n_iter > 1 and n_initial >= n_iter:
        warn_user(
            f"The `n_initial_points` parameter of {owner} is {n_initial} and `n_iter`"
            f" {n_iter}: every candidate comes from the initial design, and the"
            " model proposes none. Set a smaller n_initial_points, or 'auto'."
        )
