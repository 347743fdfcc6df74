"""The methods: each searches `n` evaluations of a task with its library's defaults.

No method gets a configuration to begin with. The peers are in ``peers_*.py``, which
import libraries where they are used: none but scikit-learn and skbayes need be
installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import peers_conditional, peers_flat
from .evaluation import Recorder
from .spaces import Choice, Dimension, Fixed, FlatSpace, Number


def random(task: Recorder, n: int, seed: int) -> None:
    """Independent draws."""
    for point in random_points(task.flat, n, seed):
        task.score_flat(point)


def random_points(flat: FlatSpace, n: int, seed: int) -> list[dict[str, Any]]:
    """The points that random search tries."""
    rng = np.random.default_rng([seed, 1])
    return [flat.sample(rng) for _ in range(n)]


def _skbayes_dimension(dimension: Dimension, value: Callable[[Any], Any]) -> Any:
    from skbayes.space import Categorical, Integer, Real

    if isinstance(dimension, Fixed):
        return [value(dimension.value)]
    if isinstance(dimension, Choice):
        return Categorical([value(option) for option in dimension.options])
    prior = "log-uniform" if dimension.log else "uniform"
    kind = Integer if dimension.integer else Real
    return kind(dimension.low, dimension.high, prior=prior)


def _same(value: Any) -> Any:
    return value


def skbayes_space(
    task: Recorder, value: Callable[[Any], Any] = _same
) -> list[dict[str, Any]]:
    """The conditional space as skbayes takes it."""
    objects: dict[Any, Any] = {}

    def once(option: Any) -> Any:  # branches share a dimension if its objects are one
        if not isinstance(option, str):
            return option
        return objects.setdefault(option, value(option))

    return [
        {name: _skbayes_dimension(d, once) for name, d in branch.items()}
        for branch in task.space
    ]


def skbayes(task: Recorder, n: int, seed: int) -> None:
    """Ask and tell, on the conditional space."""
    from skbayes import Optimizer

    optimizer = Optimizer(skbayes_space(task), n_iter=n, random_state=seed)
    for _ in range(n):
        params = optimizer.ask()
        scores = task.fold_scores(params)
        optimizer.tell(params, float(np.mean(scores)), fold_scores=scores)


def _without_defaults(task: Recorder) -> Any:
    """The estimator, its own values outside the space: they would be tried first."""
    estimator = task.cached.task.build()
    own = estimator.get_params()
    outside = {
        name: d.high * 2 + 1
        for branch in task.space
        for name, d in branch.items()
        if isinstance(d, Number) and name in own
    }
    return estimator.set_params(**outside)


def skbayes_search(task: Recorder, n: int, seed: int) -> None:
    """BayesSearchCV as a user runs it; its own time is not told from that of fits."""
    from skbayes import BayesSearchCV

    problem = task.cached.task
    space = skbayes_space(task, problem.real_value)
    X, y = problem.data()
    search = BayesSearchCV(
        _without_defaults(task),
        space,
        n_iter=n,
        scoring=problem.scoring,
        cv=problem.folds(),
        refit=False,
        random_state=seed,
    )
    search.fit(X, y)
    task.values = [float(v) for v in search.cv_results_["mean_test_score"]]
    task.overhead = [float("nan")] * n


METHODS = {
    method.__name__: method
    for method in (
        random,
        skbayes,
        skbayes_search,
        *peers_conditional.METHODS,
        *peers_flat.METHODS,
    )
}
