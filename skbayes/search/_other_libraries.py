"""Counterparts of other libraries' keywords and attributes.

A keyword that no constructor takes raises Python's TypeError. Users of another search
library do not learn from it what to write instead, so the same error here names the
counterpart. Signatures stay as they are: `get_params` and `clone` do not change.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from skbayes._did_you_mean import closest_name, hint

#: Arguments that a search takes by position: estimator and space.
_N_POSITIONAL = 2
#: Parameters with the same meaning under another name: {theirs: ours}.
_RENAMED = {
    "search_spaces": "param_distributions",
    "search_space": "param_distributions",
    "param_space": "param_distributions",
    "params": "param_distributions",
    "space": "param_distributions",
    "pbounds": "param_distributions",
    "param_grid": "param_distributions",
    "param_distributions": "param_grid",
    "n_points": "n_jobs",
    "n_workers": "n_jobs",
    "n_trials": "n_iter",
    "n_calls": "n_iter",
    "n_iters": "n_iter",
    "max_evals": "n_iter",
    "num_samples": "n_iter",
    "total_iterations": "n_iter",
    "timeout": "time_budget",
    "time_limit": "time_budget",
    "max_time": "time_budget",
    "time_budget_s": "time_budget",
    "trial_timeout": "fit_timeout",
    "n_random_starts": "n_initial_points",
    "n_startup_trials": "n_initial_points",
    "init_points": "n_initial_points",
    "points_to_evaluate": "initial_params",
    "storage": "journal",
    "checkpoint": "journal",
    "metric": "scoring",
    "metrics": "scoring",
    "seed": "random_state",
    "folds": "cv",
    "n_splits": "cv",
    "return_estimator": "keep_fold_estimators",
}
#: Example values for our parameters whose values differ from theirs.
_VALUES = {
    "param_distributions": "{...}",
    "param_grid": "{...}",
    "journal": "'search.sqlite'",
    "initial_params": "[{'C': 1.0}]",
    "keep_fold_estimators": "'all'",
}
_SPACE = (
    " Ranges (low, high, 'log-uniform') and dimensions of scikit-optimize, Optuna and"
    " skrub are understood."
)
_ENGINE = "there is one engine, and nothing of it is to be chosen"
_HALVING = "write racing=True: losing candidates get fewer folds"
#: Advice for keywords without a parameter of the same meaning: {theirs: advice}.
_ADVICE = {
    "optimizer_kwargs": "of it, only n_initial_points has a counterpart, the parameter"
    " of BayesSearchCV; " + _ENGINE,
    "base_estimator": _ENGINE,
    "acq_func": _ENGINE,
    "sampler": _ENGINE,
    "algo": _ENGINE,
    "fit_params": "pass its entries to `fit`: search.fit(X, y, **fit_params)",
    "groups": "pass it to `fit`: search.fit(X, y, groups=groups)",
    "sample_weight": "pass it to `fit`: search.fit(X, y, sample_weight=...)",
    "callback": "write callbacks=[...]; each is given a SearchProgress after a"
    " candidate, and one that returns True ends the search",
    "iid": "leave it out: the mean over the folds is never weighted",
    "study": "write prior_results=[(trial.params, trial.value) for trial in"
    " study.trials], and journal='search.sqlite' to resume",
    "enable_pruning": "write racing=True, which stops candidates between folds, for any"
    " estimator",
    "pruner": "write racing=True, which stops candidates between folds",
    "max_iter": "leave it out: fits are not stopped by epoch. A number of candidates"
    " is n_iter",
    "subsample": "leave it out, and fit the search on fewer samples",
    "catch": "leave it out: a fit that fails costs its candidate only",
    "direction": "leave it out: greater scores are better",
    "maximize": "leave it out: greater scores are better",
    "early_stopping": "of the search: write callbacks=[NoImprovement(20)], from"
    " skbayes.callbacks; of boosting in each fold: write early_stopping_set=0.1",
    "patience": "write callbacks=[NoImprovement(20)], from skbayes.callbacks",
    "max_resources": _HALVING,
    "aggressive_elimination": _HALVING,
    "n_candidates": "write n_iter, the number of candidates",
}
#: Functions that translate a whole search, by keywords that only their library has.
_TRANSLATED = {
    "skbayes.integrations.skopt.from_skopt": {
        "search_spaces",
        "n_points",
        "optimizer_kwargs",
        "iid",
    },
    "skbayes.integrations.optuna_search.from_optuna": {
        "n_trials",
        "enable_pruning",
        "study",
    },
}
#: Attributes of other searches, with their counterparts here.
_ATTRIBUTES = {
    "optimizer_results_": "`optimizer_` is the engine with all its results,"
    " `to_frame()` a table of the trials",
    "optimizers_": "`optimizer_` is the engine; there is one for all dicts of a space",
    "total_iterations": "`n_iter` counts the candidates of all dicts together",
    "study_": "write `trials_`, or skbayes.integrations.optuna_storage.export_to_optuna"
    " to make a study of the search",
    "best_trial_": "write `trials_[best_index_]`",
    "best_trial": "write `trials_[best_index_]`",
    "best_value": "write `best_score_`",
    "best_params": "write `best_params_`",
    "best_score": "write `best_score_`",
    "best_estimator": "write `best_estimator_`",
    "cv_results": "write `cv_results_`, or `to_frame()` for a table",
    "trials": "write `trials_`",
    "n_trials_": "write `len(trials_)`",
    "trials_dataframe": "write `to_frame()`",
    "user_attrs_": "a search has none; MLflowRuns of skbayes.callbacks takes tags",
    "n_candidates_": "write `len(trials_)`",
    "n_resources_": "candidates are stopped between folds: see"
    " `cv_results_['n_splits_evaluated']`",
}


def explain_unknown_keywords(init: Callable[..., None]) -> Callable[..., None]:
    """Make a constructor's error for an unknown keyword name the counterpart.

    Parameters
    ----------
    init : callable
        The ``__init__`` of a search; its signature does not change.

    Returns
    -------
    callable
        Constructor that raises Python's `TypeError` with advice in its message.
    """
    own = list(inspect.signature(init).parameters)[1:]

    @wraps(init)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        unknown = [name for name in kwargs if name not in own]
        if unknown:
            raise TypeError(_refusal(type(self).__name__, unknown, own, kwargs))
        if len(args) > _N_POSITIONAL:
            first = " and ".join(own[:_N_POSITIONAL])
            raise TypeError(
                f"{type(self).__name__} takes {first} by position, and got"
                f" {len(args)} arguments. Write the others by name, such as"
                f" {own[_N_POSITIONAL]}=..."
            )
        init(self, *args, **kwargs)

    return checked


def advice_on_attribute(name: str, owner: str) -> str | None:
    """Describe the counterpart of another search's attribute, None without one."""
    where = _ATTRIBUTES.get(name)
    return None if where is None else f"{owner} has no `{name}`: {where}."


def _refusal(
    owner: str, unknown: list[str], own: Iterable[str], given: dict[str, Any]
) -> str:
    """Write the message with advice for each unknown keyword."""
    noun = "an unexpected keyword argument" + (" " if len(unknown) == 1 else "s ")
    noun = noun.removeprefix("an ") if len(unknown) > 1 else noun
    text = f"{owner} got {noun}{', '.join(map(repr, unknown))}."
    advice = [_advice(name, owner, list(own), given[name]) for name in unknown]
    known = [f"`{n}`: {a}." for n, a in zip(unknown, advice, strict=True) if a]
    text += "".join(f"\n{line}" for line in known)
    for name, advised in zip(unknown, advice, strict=True):
        if not advised and (found := hint(closest_name(name, own))):
            text += f"\n`{name}`:{found}"
    if any(_RENAMED.get(name) == "param_distributions" for name in unknown):
        text += f"\n{_SPACE.strip()}"
    for function, theirs in _TRANSLATED.items():
        if theirs & set(unknown):
            text += f"\n{function}(search) translates a whole search."
    return text


def _advice(name: str, owner: str, own: list[str], value: Any) -> str:
    """Write the advice for one keyword, empty for an unknown one."""
    if name in _ADVICE:
        return _ADVICE[name]
    ours = _RENAMED.get(name, name)
    if ours == "param_distributions" and "param_grid" in own:
        ours = "param_grid"
    if ours in own:
        is_plain = isinstance(value, bool | int | float | str)
        shown = _VALUES.get(ours, repr(value) if is_plain else "...")
        return f"write {ours}={shown}"
    if ours in {"n_iter", "random_state"}:
        return f"leave it out: {owner} tries every combination"
    if ours in {"n_initial_points", "initial_params"}:
        return f"leave it out, or write BayesSearchCV({ours}=...)"
    return ""
