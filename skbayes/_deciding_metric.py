"""The deciding metric of a search, and what stands for it where none is named.

It is needed before the first fit (to maximise it), while folds end (to judge failures),
and of a fitted search, also of one of scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

_PREFIX = "mean_test_"


def metric_named_by(refit: Any) -> str | None:
    """Read the metric that `refit` names; None if it names none.

    Parameters
    ----------
    refit : bool, str or callable
        The parameter of a search. A callable names a metric by an attribute ``metric``,
        as the rules of `skbayes.selection` do.

    Returns
    -------
    str or None
    """
    named = refit if isinstance(refit, str) else getattr(refit, "metric", None)
    return named if isinstance(named, str) else None


def deciding_metric(refit: Any, names: Sequence[str]) -> str | None:
    """Return the metric by which the winner is chosen.

    Parameters
    ----------
    refit : bool, str or callable
        The parameter of a search.
    names : sequence of str
        The metrics of the search.

    Returns
    -------
    str or None
        The only metric, whatever `refit` is, as in scikit-learn; else the one that
        `refit` names. None if it names none of them: then no metric decides.
    """
    if len(names) == 1:
        return names[0]
    named = metric_named_by(refit)
    return named if named in names else None


def metric_to_maximise(refit: Any, names: Sequence[str]) -> str:
    """Return the metric that a search maximises, and by which a candidate fails.

    The deciding metric; the first one if none decides.
    """
    return deciding_metric(refit, names) or names[0]


def metric_or_first(metric: str | None, names: Iterable[str]) -> str | None:
    """Return the metric if it is one of the names, else the first; None without any."""
    known = list(names)
    return metric if metric in known else next(iter(known), None)


def metrics_in(columns: Iterable[Any]) -> list[str]:
    """Return the metrics of a table such as ``cv_results_``, by its ``mean_test_*``."""
    names = (str(column) for column in columns)
    return [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]


def metric_that_decided(search: Any) -> str | None:
    """Return the metric by which a fitted search has chosen; None if it is unknown.

    Parameters
    ----------
    search : fitted search
        With ``cv_results_``; one of this package's or scikit-learn's.

    Returns
    -------
    str or None
    """
    known = metrics_in(search.cv_results_)
    # Searches of scikit-learn and of older versions do not have it.
    decided = getattr(search, "refit_metric_", None)
    if decided in known:
        return str(decided)
    return deciding_metric(getattr(search, "refit", None), known)
