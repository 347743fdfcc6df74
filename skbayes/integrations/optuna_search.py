"""Translate searches of Optuna's ``OptunaSearchCV``."""

from __future__ import annotations

from typing import Any

from skbayes import BayesSearchCV
from skbayes._user_warnings import warn_user
from skbayes.integrations._read_dimension import as_written_here

__all__ = ["from_optuna"]

#: Parameters with the same name and meaning in both.
_SAME = (
    "scoring",
    "n_jobs",
    "refit",
    "cv",
    "verbose",
    "random_state",
    "error_score",
    "return_train_score",
)
#: Number of candidates if only the time is limited: `n_iter` needs a number, and no
#: search reaches this one.
_NO_LIMIT = 1_000_000


def from_optuna(search: Any) -> BayesSearchCV:
    """Translate an ``OptunaSearchCV`` of optuna-integration.

    Parameters
    ----------
    search : OptunaSearchCV
        Search, fitted or not; it is not changed.

    Returns
    -------
    BayesSearchCV
        The same search, not fitted. Complete trials of its study are the
        `prior_results` of the new one, and the best of them is tried again, first.

    Raises
    ------
    TypeError
        If `search` has not the parameters of an ``OptunaSearchCV``.
    ValueError
        If nothing limits the search, or its study minimises or has several
        objectives.

    Warns
    -----
    UserWarning
        If settings have no counterpart, with their names.

    Notes
    -----
    `n_trials` becomes `n_iter`, `timeout` `time_budget`, and `enable_pruning`
    `racing`, which stops candidates between folds rather than epochs. Folds run in
    processes, not in threads.

    Examples
    --------
    ::

        old = OptunaSearchCV(SVC(), {"C": FloatDistribution(1e-2, 1e3, log=True)})
        search = from_optuna(old).fit(X, y)
    """
    needed = ("param_distributions", "n_trials", "timeout", "enable_pruning", *_SAME)
    if any(not hasattr(search, name) for name in needed):
        raise TypeError(
            "The `search` parameter of from_optuna must be an OptunaSearchCV. Got "
            f"{type(search).__name__} instead."
        )
    if search.n_trials is None and search.timeout is None:
        raise ValueError(
            "The `search` given to from_optuna has neither `n_trials` nor `timeout` "
            "and would not end. Set one of them."
        )
    _warn_of_what_is_lost(search)
    settings = {name: getattr(search, name) for name in _SAME}
    known = _complete_trials(search)
    if known:
        best, _ = max(known, key=lambda pair: pair[1])
        settings.update(prior_results=known, initial_params=[best])
    return BayesSearchCV(
        search.estimator,
        {n: as_written_here(v) for n, v in search.param_distributions.items()},
        n_iter=_NO_LIMIT if search.n_trials is None else search.n_trials,
        time_budget=search.timeout,
        racing=bool(search.enable_pruning),
        **settings,
    )


def _complete_trials(search: Any) -> list[tuple[dict[str, Any], float]]:
    """Parameters and values of a study's complete trials, empty without a study."""
    study = getattr(search, "study_", None) or search.study
    if study is None:
        return []
    if [direction.name for direction in study.directions] != ["MAXIMIZE"]:
        raise ValueError(
            "The study of the `search` given to from_optuna must maximise one score. "
            f"Got directions {[d.name for d in study.directions]} instead; scorers of "
            "scikit-learn are greater for better models."
        )
    # A study may hold trials of other programs over other parameters, which are no
    # points of this space.
    names = set(search.param_distributions)
    return [
        (dict(trial.params), float(trial.value))
        for trial in study.trials
        if trial.state.name == "COMPLETE" and set(trial.params) == names
    ]


def _warn_of_what_is_lost(search: Any) -> None:
    """Warn of settings without counterpart, with advice."""
    lost = []
    if search.enable_pruning:
        lost.append("max_iter (fits are not stopped by epoch, but candidates by fold)")
    if search.subsample != 1.0:
        lost.append("subsample (fit the search on fewer samples)")
    if getattr(search, "callbacks", None):
        lost.append(
            "callbacks (write callbacks=[...] of functions that take a SearchProgress)"
        )
    if lost:
        warn_user(f"from_optuna leaves out {', '.join(lost)}.")
