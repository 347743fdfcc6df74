"""Peers that know conditional spaces, each with its library's defaults.

Where a library wants categories to be strings or numbers, it is given their positions.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from .evaluation import Recorder
from .spaces import BRANCH, Choice, FlatSpace, Number


def _optuna_suggest(trial: Any, name: str, dimension: Number | Choice) -> Any:
    if isinstance(dimension, Choice):
        return trial.suggest_categorical(name, list(dimension.options))
    suggest = trial.suggest_int if dimension.integer else trial.suggest_float
    return suggest(name, dimension.low, dimension.high, log=dimension.log)


def with_sampler(task: Recorder, n: int, sampler: Any, *, conditional: bool) -> None:
    """A study of Optuna with this sampler."""
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
    with_sampler(task, n, sampler, conditional=True)


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
    for name, where in flat.conditions().items():
        space.add(InCondition(space[name], space[BRANCH], where))
    return space


def smac(task: Recorder, n: int, seed: int) -> None:
    """SMAC's facade for hyperparameters (random forest), on the conditional space."""
    from smac import HyperparameterOptimizationFacade, Scenario

    logging.disable(logging.CRITICAL)

    def target(config: Any, seed: int = 0) -> float:
        return -task.score_flat(task.flat.decoded(dict(config)))

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


def deephyper_cbo(task: Recorder, n: int, seed: int) -> None:
    """DeepHyper's CBO (extra trees), on the conditional space."""
    from ConfigSpace import InCondition
    from deephyper.hpo import CBO, HpProblem

    flat = task.flat
    problem = HpProblem()
    found = {}
    for name, d in flat.dimensions.items():
        if isinstance(d, Choice):
            value: Any = [str(i) for i in range(len(d.options))]
        else:
            kind = int if d.integer else float
            value = (kind(d.low), kind(d.high), "log-uniform" if d.log else "uniform")
        found[name] = problem.add_hyperparameter(value, name)
    for name, where in flat.conditions().items():
        branches = [str(b) for b in where]
        problem.add_condition(InCondition(found[name], found[BRANCH], branches))
    with tempfile.TemporaryDirectory() as folder:
        search = CBO(problem, random_state=seed, log_dir=folder, verbose=0)
        for _ in range(n):
            (config,) = search.ask(1)
            search.tell([(config, task.score_flat(flat.decoded(config)))])


def ax(task: Recorder, n: int, seed: int) -> None:
    """Ax's client, on the conditional space, with the noise of the folds' mean."""
    _ax(task, n, seed, conditional=True)


def ax_flat(task: Recorder, n: int, seed: int) -> None:
    """The same on the flat space."""
    _ax(task, n, seed, conditional=False)


def _ax(task: Recorder, n: int, seed: int, *, conditional: bool) -> None:
    from ax.api.client import Client

    logging.disable(logging.CRITICAL)
    client = Client(random_seed=seed)
    parameters = _ax_parameters(task.flat, conditional=conditional)
    client.configure_experiment(parameters=parameters)
    client.configure_optimization(objective="score")
    for _ in range(n):
        ((index, params),) = client.get_next_trials(max_trials=1).items()
        point = {name.partition("|")[0]: value for name, value in params.items()}
        scores = task.fold_scores(task.flat.params(task.flat.decoded(point)))
        error = float(np.std(scores, ddof=1) / np.sqrt(len(scores)))
        data = {"score": (float(np.mean(scores)), error)}
        client.complete_trial(trial_index=index, raw_data=data)


def _ax_parameters(flat: FlatSpace, *, conditional: bool) -> list[Any]:
    """Its spaces are trees: what some branches share is there once for each of them."""
    from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

    conditions = flat.conditions() if conditional else {}
    dependents: dict[str, list[str]] = {}
    parameters: list[Any] = []
    for name, d in flat.dimensions.items():
        labels = [f"{name}|{b}" for b in conditions.get(name, [])]
        for label in labels:
            dependents.setdefault(label.rpartition("|")[2], []).append(label)
        for label in labels or [name]:
            if isinstance(d, Choice):
                values = [str(i) for i in range(len(d.options))]
                parameter = ChoiceParameterConfig(
                    label, values, parameter_type="str", is_ordered=False
                )
            else:
                parameter = RangeParameterConfig(
                    label,
                    (d.low, d.high),
                    parameter_type="int" if d.integer else "float",
                    scaling="log" if d.log else "linear",
                )
            parameters.append(parameter)
    if dependents:
        branch = next(p for p in parameters if p.name == BRANCH)
        branch.dependent_parameters = dependents
    return parameters


def _hyperopt(task: Recorder, n: int, seed: int, suggest: Callable[..., Any]) -> None:
    from hyperopt import fmin, hp

    logging.disable(logging.CRITICAL)
    flat = task.flat
    nodes = {
        name: _hyperopt_node(name, d)
        for name, d in flat.dimensions.items()
        if name != BRANCH
    }
    branches = [
        {BRANCH: b} | {name: nodes[name] for name in slot.values()}
        for b, slot in enumerate(flat.slots)
    ]
    space = hp.choice(BRANCH, branches) if len(branches) > 1 else branches[0]
    fmin(
        lambda point: -task.score_flat(flat.decoded(point)),
        space,
        algo=suggest,
        max_evals=n,
        rstate=np.random.default_rng(seed),
        show_progressbar=False,
        verbose=False,
    )


def _hyperopt_node(name: str, d: Number | Choice) -> Any:
    from hyperopt import hp

    if isinstance(d, Choice):
        return hp.choice(name, list(range(len(d.options))))
    half = 0.5 if d.integer else 0.0
    low, high = d.low - half, d.high + half
    if d.log:
        low, high = float(np.log(low)), float(np.log(high))
    kind = ("q" if d.integer else "") + ("loguniform" if d.log else "uniform")
    return getattr(hp, kind)(name, low, high, *[1] * d.integer)


def hyperopt_tpe(task: Recorder, n: int, seed: int) -> None:
    """hyperopt's TPE, on the conditional space."""
    from hyperopt import tpe

    _hyperopt(task, n, seed, tpe.suggest)


def hyperopt_atpe(task: Recorder, n: int, seed: int) -> None:
    """hyperopt's adaptive TPE, on the conditional space."""
    from hyperopt import atpe

    _hyperopt(task, n, seed, atpe.suggest)


def flaml_cfo(task: Recorder, n: int, seed: int) -> None:
    """FLAML's CFO (local search), on the conditional space."""
    from flaml import CFO

    _flaml(task, n, seed, CFO)


def flaml_blendsearch(task: Recorder, n: int, seed: int) -> None:
    """FLAML's BlendSearch (local searches and TPE), on the conditional space."""
    from flaml.tune.searcher.blendsearch import BlendSearch

    _flaml(task, n, seed, BlendSearch)


def _flaml(task: Recorder, n: int, seed: int, kind: Callable[..., Any]) -> None:
    """Every evaluation is told to cost the same: evaluations are what is counted."""
    logging.disable(logging.CRITICAL)
    np.random.seed(seed)  # noqa: NPY002 - FLAML draws from the global state, too
    flat = task.flat
    conditions = flat.conditions()
    domains = {name: _flaml_domain(d) for name, d in flat.dimensions.items()}
    space = {name: d for name, d in domains.items() if name not in conditions}
    if BRANCH in space:
        space[BRANCH] = _flaml_branches(flat, domains)
    search = kind(metric="score", mode="max", space=space, seed=seed)
    trial = 0
    while len(task.values) < n:
        trial += 1
        config = search.suggest(str(trial))
        if config is None:  # nothing now, its documentation says: go on
            if trial > 50 * n:
                raise RuntimeError(f"{kind.__name__} suggests nothing more.")
            continue
        point = dict(config)
        if BRANCH in point:
            point |= point.pop(BRANCH)
        score = task.score_flat(flat.decoded(point))
        result = {"score": score, "config": config, "time_total_s": 1.0}
        search.on_trial_complete(str(trial), result)


def _flaml_branches(flat: FlatSpace, domains: dict[str, Any]) -> Any:
    from flaml import tune

    conditions = flat.conditions()
    return tune.choice(
        [
            {BRANCH: b}
            | {name: domains[name] for name in slot.values() if name in conditions}
            for b, slot in enumerate(flat.slots)
        ]
    )


def _flaml_domain(d: Number | Choice) -> Any:
    from flaml import tune

    if isinstance(d, Choice):
        return tune.choice(list(range(len(d.options))))
    if d.integer:
        draw = tune.lograndint if d.log else tune.randint
        return draw(int(d.low), int(d.high) + 1)
    return (tune.loguniform if d.log else tune.uniform)(d.low, d.high)


METHODS = (
    optuna_tpe,
    smac,
    deephyper_cbo,
    ax,
    ax_flat,
    hyperopt_tpe,
    hyperopt_atpe,
    flaml_cfo,
    flaml_blendsearch,
)
