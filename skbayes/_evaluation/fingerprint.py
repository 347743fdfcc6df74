"""When a search is the same search, so that its journal may be continued."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sklearn import get_config

from skbayes._evaluation.content_digest import content_digest

#: Raised whenever the reading of objects changes: old entries are then not found.
_FORMAT = b"skbayes fingerprint 1\n"


def fingerprint(
    *,
    estimator: Any,
    space: Any,
    splits: Sequence[tuple[Any, Any]],
    scoring: Any,
    X: Any,
    y: Any = None,
    fit_params: Mapping[str, Any] | None = None,
    random_state: Any = None,
    options: Mapping[str, Any] | None = None,
) -> str:
    """Sixty-four hex digits that the same search shares in every process.

    Parameters
    ----------
    estimator : estimator
        What is searched over. ``n_jobs``, ``verbose``, ``pre_dispatch`` and
        ``memory`` of it and of everything inside do not count: they never change a
        score.
    space : dict or list of dict
        The search space as given. The order of names does not count, the order of
        choices does: journals store their positions.
    splits : sequence of (train, test)
        Indices of every split, so that any shuffling of theirs counts.
    scoring : str, callable, list, dict or None
        As given.
    X, y : data
        Every value counts; feature names and the index of a data frame do, too.
    fit_params : mapping or None
        ``sample_weight``, ``groups`` and whatever else reaches fits and scores.
    random_state : int, RandomState, Generator or None
        Seed of the search, see Notes.
    options : mapping or None
        Settings that change what is recorded of a fold, such as
        ``return_train_score``.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If one of them holds something that cannot be compared, such as a lock.

    Notes
    -----
    The seed counts, although the score of a candidate does not depend on it: two
    searches that differ in their seeds are two samples, and the second must not end
    at once as a copy of the first. ``None`` is a seed like any other here, so that
    an unseeded search is continued by the next one. ``n_iter`` does not count, so
    that asking for more continues. The versions of Python and of the packages do
    not count either, except that a function's code may change with Python's.

    Cost: about one second per gigabyte of data.
    """
    parts = {
        "estimator": estimator,
        "requests": _metadata_requests(estimator),
        "space": space,
        "splits": list(splits),
        "scoring": scoring,
        "X": X,
        "y": y,
        "fit_params": dict(fit_params or {}),
        "random_state": random_state,
        "options": dict(options or {}),
    }
    return hashlib.sha256(_FORMAT + content_digest(parts)).hexdigest()


def _metadata_requests(estimator: Any) -> str:
    """Which metadata each part of the estimator asks for, where that matters."""
    if not get_config()["enable_metadata_routing"]:
        return ""
    if not hasattr(estimator, "get_metadata_routing"):
        return ""
    return repr(estimator.get_metadata_routing())
