"""Translate searches of scikit-optimize."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from skbayes import BayesSearchCV
from skbayes._user_warnings import warn_user
from skbayes._values import native, one_or_several
from skbayes.integrations._read_dimension import as_written_here

__all__ = ["from_skopt"]

#: Parameters with the same name and meaning in both.
_SAME = (
    "scoring",
    "n_jobs",
    "refit",
    "cv",
    "verbose",
    "pre_dispatch",
    "random_state",
    "error_score",
    "return_train_score",
)


def from_skopt(search: Any) -> BayesSearchCV:
    """Translate a ``BayesSearchCV`` of scikit-optimize.

    Parameters
    ----------
    search : search of scikit-optimize
        Its ``BayesSearchCV``, fitted or not; it is not changed.

    Returns
    -------
    BayesSearchCV
        The same search, not fitted. If `search` is fitted, its results are the
        `prior_results` of the new one, and its best candidate is tried again, first.

    Raises
    ------
    ImportError
        If scikit-optimize is not installed.
    TypeError
        If `search` is not a search of scikit-optimize.

    Warns
    -----
    UserWarning
        If settings have no counterpart, with their names.

    Notes
    -----
    Two numbers in a tuple or a list are a range, as in scikit-optimize.
    Several dicts become one conditional space with all their candidates together.
    `n_points` is left out, because each free worker gets a new proposal.
    scikit-optimize passes callbacks to ``fit``; pass them to `callbacks` here.

    Examples
    --------
    ::

        old = skopt.BayesSearchCV(SVC(), {"C": (1e-2, 1e3, "log-uniform")}, n_iter=30)
        search = from_skopt(old).fit(X, y)
    """
    try:
        from skopt import BayesSearchCV as SkoptSearchCV
    except ImportError as error:
        raise ImportError(
            "from_skopt reads searches of scikit-optimize, which is not installed. "
            "Install scikit-optimize."
        ) from error
    if not isinstance(search, SkoptSearchCV):
        raise TypeError(
            "The `search` parameter of from_skopt must be a BayesSearchCV of "
            f"scikit-optimize. Got {type(search).__name__} instead."
        )
    _warn_of_what_is_lost(search)
    spaces = list(_spaces_of(search))
    dicts = [_written(space) for space, _ in spaces]
    settings = {name: getattr(search, name) for name in _SAME}
    n_initial_points = (search.optimizer_kwargs or {}).get("n_initial_points")
    if n_initial_points is not None:
        settings["n_initial_points"] = n_initial_points
    if hasattr(search, "cv_results_"):
        settings["prior_results"] = search.cv_results_
    if hasattr(search, "best_params_"):
        best = {name: native(value) for name, value in search.best_params_.items()}
        settings["initial_params"] = [best]
    return BayesSearchCV(
        search.estimator,
        dicts[0] if len(dicts) == 1 else dicts,
        n_iter=sum(n_iter for _, n_iter in spaces),
        **settings,
    )


def _spaces_of(search: Any) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield each dict of the space with its number of candidates."""
    for entry in one_or_several(search.search_spaces):
        space, n_iter = entry if isinstance(entry, tuple) else (entry, search.n_iter)
        if n_iter > 0:
            yield space, n_iter


def _written(space: Mapping[str, Any]) -> dict[str, Any]:
    """Convert one dict of a space, read as scikit-optimize reads it."""
    from skopt.space import check_dimension

    return {name: as_written_here(check_dimension(v)) for name, v in space.items()}


def _warn_of_what_is_lost(search: Any) -> None:
    """Warn of settings without counterpart."""
    engine = set(search.optimizer_kwargs or {}) - {"n_initial_points", "random_state"}
    lost = [f"optimizer_kwargs[{name!r}]" for name in sorted(engine)]
    advice = "there is one engine, and nothing of it is to be chosen"
    if search.fit_params:
        lost.append("fit_params")
        advice += "; arguments of the estimator's fit go to `fit`"
    if lost:
        warn_user(f"from_skopt leaves out {', '.join(lost)}: {advice}.")
