"""The methods: each searches `n` evaluations of a task with its library's defaults.

No method is told a configuration to begin with. Libraries are imported where they
are used: none but scikit-learn and skbayes need be installed.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from .evaluation import Recorder
from .spaces import BRANCH, Choice, Dimension, Fixed, FlatSpace, Number


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


def skopt(task: Recorder, n: int, seed: int) -> None:
    """The Gaussian process of scikit-optimize, flat."""
    from skopt import Optimizer
    from skopt.space import Categorical, Integer, Real

    dimensions = []
    for name, d in task.flat.dimensions.items():
        if isinstance(d, Choice):
            dimensions.append(Categorical(list(d.options), name=name))
        else:
            prior = "log-uniform" if d.log else "uniform"
            kind = Integer if d.integer else Real
            dimensions.append(kind(d.low, d.high, prior=prior, name=name))
    optimizer = Optimizer(dimensions, random_state=seed)
    names = list(task.flat.dimensions)
    for _ in range(n):
        point = optimizer.ask()
        values = {k: _plain(v) for k, v in zip(names, point, strict=True)}
        optimizer.tell(point, -task.score_flat(values))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _optuna_suggest(trial: Any, name: str, dimension: Number | Choice) -> Any:
    if isinstance(dimension, Choice):
        return trial.suggest_categorical(name, list(dimension.options))
    suggest = trial.suggest_int if dimension.integer else trial.suggest_float
    return suggest(name, dimension.low, dimension.high, log=dimension.log)


def _optuna(task: Recorder, n: int, sampler: Any, *, conditional: bool) -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    flat = task.flat

    def objective(trial: Any) -> float:
        names = list(flat.dimensions)
        point = {}
        if conditional and BRANCH in flat.dimensions:
            point[BRANCH] = _optuna_suggest(trial, BRANCH, flat.dimensions[BRANCH])
            names = list(flat.slots[point[BRANCH]].values())
        for name in names:
            point[name] = _optuna_suggest(trial, name, flat.dimensions[name])
        return task.score_flat(point)

    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=n)


def optuna_tpe(task: Recorder, n: int, seed: int) -> None:
    """Optuna's multivariate TPE, on the conditional space (``group=True``)."""
    import optuna

    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True)
    _optuna(task, n, sampler, conditional=True)


def optuna_gp(task: Recorder, n: int, seed: int) -> None:
    """Optuna's Gaussian process, flat (it cannot model conditional parameters)."""
    import optuna

    sampler = optuna.samplers.GPSampler(seed=seed)
    _optuna(task, n, sampler, conditional=False)


def _config_space(task: Recorder, seed: int) -> Any:
    from ConfigSpace import (
        Categorical,
        ConfigurationSpace,
        Float,
        InCondition,
        Integer,
    )

    space = ConfigurationSpace(seed=seed)
    flat = task.flat
    for name, d in flat.dimensions.items():
        if isinstance(d, Choice):
            space.add(Categorical(name, list(range(len(d.options)))))
        else:
            kind = Integer if d.integer else Float
            space.add(kind(name, (d.low, d.high), log=d.log))
    for name in flat.dimensions:
        where = [b for b, slot in enumerate(flat.slots) if name in slot.values()]
        if name != BRANCH and len(where) < len(flat.slots):
            space.add(InCondition(space[name], space[BRANCH], where))
    return space


def smac(task: Recorder, n: int, seed: int) -> None:
    """SMAC's facade for hyperparameters (random forest), on the conditional space."""
    from smac import HyperparameterOptimizationFacade, Scenario

    logging.disable(logging.CRITICAL)
    dimensions = task.flat.dimensions

    def target(config: Any, seed: int = 0) -> float:
        point = {}
        for name, value in dict(config).items():
            d = dimensions[name]
            value = _plain(value)
            point[name] = d.options[value] if isinstance(d, Choice) else value
        return -task.score_flat(point)

    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(
            _config_space(task, seed),
            deterministic=True,
            n_trials=n,
            seed=seed,
            output_directory=folder,
        )
        HyperparameterOptimizationFacade(
            scenario, target, logging_level=False, overwrite=True
        ).optimize()


def hebo(task: Recorder, n: int, seed: int) -> None:
    """HEBO, flat."""
    import torch
    from hebo.design_space.design_space import DesignSpace
    from hebo.optimizers.hebo import HEBO

    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - HEBO draws from the global state
    rows = []
    dimensions = task.flat.dimensions
    for name, d in dimensions.items():
        if isinstance(d, Choice):
            row = {"type": "cat", "categories": list(range(len(d.options)))}
        else:
            kind = ("pow" if d.log else "num", "pow_int" if d.log else "int")
            row = {"type": kind[d.integer], "lb": d.low, "ub": d.high}
        rows.append({"name": name} | row)
    optimizer = HEBO(DesignSpace().parse(rows), scramble_seed=seed)
    for _ in range(n):
        suggestion = optimizer.suggest(n_suggestions=1)
        point = {}
        for name, value in suggestion.iloc[0].to_dict().items():
            d = dimensions[name]
            if isinstance(d, Choice):
                point[name] = d.options[int(value)]
            else:
                point[name] = int(value) if d.integer else float(value)
        optimizer.observe(suggestion, np.array([[-task.score_flat(point)]]))


METHODS = {
    method.__name__: method
    for method in (
        random,
        skbayes,
        skbayes_search,
        skopt,
        optuna_tpe,
        optuna_gp,
        smac,
        hebo,
    )
}
