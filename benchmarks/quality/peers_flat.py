"""Peers without conditional spaces: all parameters are in one list.

Those of branches that are not chosen are ignored.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from .evaluation import Recorder
from .peers_conditional import with_sampler
from .spaces import Choice


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
        values = dict(zip(names, map(_plain, point), strict=True))
        optimizer.tell(point, -task.score_flat(values))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def optuna_gp(task: Recorder, n: int, seed: int) -> None:
    """Optuna's Gaussian process, flat (it cannot model conditional parameters)."""
    import optuna

    sampler = optuna.samplers.GPSampler(seed=seed)
    with_sampler(task, n, sampler, conditional=False)


def hebo(task: Recorder, n: int, seed: int) -> None:
    """HEBO, flat."""
    import torch
    from hebo.design_space.design_space import DesignSpace
    from hebo.optimizers.hebo import HEBO

    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - HEBO draws from the global state
    rows = []
    for name, d in task.flat.dimensions.items():
        if isinstance(d, Choice):
            row = {"type": "cat", "categories": list(range(len(d.options)))}
        else:
            kind = ("pow" if d.log else "num", "pow_int" if d.log else "int")
            row = {"type": kind[d.integer], "lb": d.low, "ub": d.high}
        rows.append({"name": name} | row)
    optimizer = HEBO(DesignSpace().parse(rows), scramble_seed=seed)
    for _ in range(n):
        suggestion = optimizer.suggest(n_suggestions=1)
        point = task.flat.decoded(suggestion.iloc[0].to_dict())
        optimizer.observe(suggestion, np.array([[-task.score_flat(point)]]))


def synetune_cqr(task: Recorder, n: int, seed: int) -> None:
    """Syne Tune's conformal quantile regression (boosted trees), flat."""
    from syne_tune import config_space
    from syne_tune.optimizer.baselines import CQR
    from syne_tune.optimizer.schedulers.ask_tell_scheduler import AskTellScheduler

    logging.disable(logging.CRITICAL)
    space = {}
    for name, d in task.flat.dimensions.items():
        if isinstance(d, Choice):
            space[name] = config_space.choice([str(i) for i in range(len(d.options))])
        elif d.integer:
            draw = config_space.lograndint if d.log else config_space.randint
            space[name] = draw(int(d.low), int(d.high))
        else:
            draw = config_space.loguniform if d.log else config_space.uniform
            space[name] = draw(d.low, d.high)
    base = CQR(space, metric="loss", do_minimize=True, random_seed=seed)
    scheduler = AskTellScheduler(base)
    for _ in range(n):
        trial = scheduler.ask()
        score = task.score_flat(task.flat.decoded(trial.config))
        scheduler.tell(trial, {"loss": -score})


METHODS = (skopt, optuna_gp, hebo, synetune_cqr)
