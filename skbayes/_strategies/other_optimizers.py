"""Counterparts of the keywords that optimizers of other libraries have."""

from __future__ import annotations

from typing import Any

from skbayes.space._other_keywords import AnyClass, with_advice

_SPACE = (
    "write space={'x': (-2.0, 2.0, 'uniform'), ...}, a dict with a name for each"
    " parameter; `ask` returns such a dict"
)
_ENGINE = "leave it out: there is one engine, and nothing of it is to be chosen"
_GREATER = "leave it out: greater scores are better, so tell the negative of a loss"
_LOOP = "leave it out: evaluate what `ask` returns, and `tell` the score"
_REFUSED_POINTS = (
    "leave it out: tell NaN as the score of a point that cannot be evaluated, and the"
    " engine learns to avoid such points"
)
#: Advice for each keyword of scikit-optimize, bayesian-optimization, Optuna or Ax.
_ADVICE = {
    **dict.fromkeys(("dimensions", "pbounds", "search_space", "search_spaces"), _SPACE),
    **dict.fromkeys(("param_distributions", "param_space", "parameters"), _SPACE),
    **dict.fromkeys(("base_estimator", "acq_func", "acq_optimizer"), _ENGINE),
    **dict.fromkeys(("acq_func_kwargs", "acq_optimizer_kwargs"), _ENGINE),
    **dict.fromkeys(("acquisition_function", "initial_point_generator"), _ENGINE),
    **dict.fromkeys(("sampler", "surrogate_model", "algo"), _ENGINE),
    **dict.fromkeys(("direction", "maximize", "minimize"), _GREATER),
    **dict.fromkeys(("f", "func", "fn", "objective"), _LOOP),
    **dict.fromkeys(("constraint", "space_constraint"), _REFUSED_POINTS),
    "n_jobs": "leave it out: `ask(4)` gives four points to evaluate at the same time",
    "verbose": "leave it out: an optimizer prints nothing",
    "storage": "leave it out: pickle the optimizer between two runs",
}
#: Parameters with the same meaning under another name: {theirs: ours}.
_RENAMED = {
    "n_random_starts": "n_initial_points",
    "n_startup_trials": "n_initial_points",
    "init_points": "n_initial_points",
    "num_initialization_trials": "n_initial_points",
    "n_calls": "n_iter",
    "n_trials": "n_iter",
    "max_evals": "n_iter",
    "seed": "random_state",
}


def explain_other_optimizers(cls: AnyClass) -> AnyClass:
    """Make the optimizer's error for an unknown keyword name the counterpart.

    Parameters
    ----------
    cls : type
        The optimizer; its signature does not change.

    Returns
    -------
    type
        The same class, whose constructor raises `TypeError` with advice.
    """
    return with_advice(cls, _advice)


def _advice(name: str, value: Any, owner: str) -> str:
    """Say what to write instead of a keyword, empty for an unknown one."""
    if name in _RENAMED:
        return f"write {_RENAMED[name]}={value!r}"
    return _ADVICE.get(name, "")
