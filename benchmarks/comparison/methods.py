"""The searches that are compared; each is called as its documentation shows.

Every search gets the same ranges, folds and number of workers. Classes like
`GridSearchCV` are called as such; Optuna, Ax and FLAML are asked for candidates, and
`cross_val_score` runs the folds on the workers.
"""

from __future__ import annotations

import logging
import random as python_random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import loguniform, randint, uniform
from sklearn.model_selection import ParameterSampler

from ..quality.spaces import Choice, Number
from .tasks import N_SPLITS, Problem, Task
from .watch import Objective, Watch

#: So many candidates where the time is what ends the search.
NO_LIMIT = 10_000


@dataclass(frozen=True)
class Run:
    """What a method is given.

    Parameters
    ----------
    task : Task
    problem : Problem
    n_workers : int
    n_iter : int or None
        Candidates; None where `watch` says when it is over.
    seed : int
    watch : Watch
    """

    task: Task
    problem: Problem
    n_workers: int
    n_iter: int | None
    seed: int
    watch: Watch

    @property
    def data(self) -> tuple[Any, Any]:
        """What `fit` takes."""
        return self.problem.train.X, self.problem.train.y

    @property
    def shared(self) -> dict[str, Any]:
        """Settings that all searches in the manner of scikit-learn have."""
        return {
            "scoring": self.task.scoring,
            "cv": self.problem.folds,
            "n_jobs": self.n_workers,
            "refit": False,
        }

    def objective(self) -> Objective:
        """For libraries that ask and tell."""
        return Objective(self.task, self.problem, self.n_workers, self.watch)

    def goes_on(self, n_done: int) -> bool:
        """Whether another candidate is due."""
        return not self.watch.is_over if self.n_iter is None else n_done < self.n_iter


#: Best parameters, and how many candidates there were.
Found = tuple[dict[str, Any], int]


def _of_search(search: Any, run: Run, metric: str = "score") -> Found:
    """The best of a search in the manner of scikit-learn."""
    results = search.cv_results_
    best = int(np.nanargmax(np.asarray(results[f"mean_test_{metric}"], dtype=float)))
    run.watch.saw(float(results[f"mean_test_{metric}"][best]))
    return dict(results["params"][best]), len(results["params"])


def _ask_and_tell(
    run: Run, ask: Callable[[], Any], tell: Callable[[Any, float], None]
) -> Found:
    """Ask for parameters, with whatever `tell` needs, until it is over."""
    objective = run.objective()
    while run.goes_on(objective.n_candidates):
        token, params = ask()
        tell(token, objective(params))
    return objective.best_params, objective.n_candidates


def _skbayes(run: Run, **settings: Any) -> Found:
    from skbayes import BayesSearchCV

    def watch(progress: Any) -> None:
        run.watch.saw(progress.best_score)

    search = BayesSearchCV(
        run.task.model(),
        {name: written(d) for name, d in run.task.space.items()},
        n_iter=run.n_iter or NO_LIMIT,
        time_budget=None if run.n_iter else run.watch.limit,
        random_state=run.seed,
        callbacks=[watch],
        **settings,
        **run.shared,
    ).fit(*run.data)
    return search.best_params_, len(search.trials_)


def written(dimension: Number | Choice) -> Any:
    """A dimension as users of skbayes type it."""
    if isinstance(dimension, Choice):
        return list(dimension.options)
    kind = int if dimension.integer else float
    prior = "log-uniform" if dimension.log else "uniform"
    return kind(dimension.low), kind(dimension.high), prior


def skbayes(run: Run) -> Found:
    """BayesSearchCV as it is."""
    return _skbayes(run)


def skbayes_racing(run: Run) -> Found:
    """BayesSearchCV(racing=True)."""
    return _skbayes(run, racing=True)


def grid(run: Run) -> Found:
    """scikit-learn's GridSearchCV over the two parameters that matter most."""
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV(
        run.task.model(), grid_of(run.task.space, run.n_iter), **run.shared
    )
    return _of_search(search.fit(*run.data), run)


def grid_of(space: dict[str, Number | Choice], n: int) -> dict[str, list[Any]]:
    """At most n points of the first two parameters, evenly spaced on their scales."""
    (first, a), (second, b) = list(space.items())[:2]
    n_second = len(b.options) if isinstance(b, Choice) else max(int(np.sqrt(n)), 1)
    return {first: _levels(a, n // n_second), second: _levels(b, n_second)}


def _levels(dimension: Number | Choice, n: int) -> list[Any]:
    if isinstance(dimension, Choice):
        return list(dimension.options)
    levels = [dimension.at(u) for u in np.linspace(0, 1, n)]
    return list(dict.fromkeys(levels))


def random(run: Run) -> Found:
    """scikit-learn's RandomizedSearchCV; where time is equal, its draws one by one."""
    from sklearn.model_selection import RandomizedSearchCV

    space = {name: _distribution(d) for name, d in run.task.space.items()}
    if run.n_iter is not None:
        search = RandomizedSearchCV(
            run.task.model(),
            space,
            n_iter=run.n_iter,
            random_state=run.seed,
            **run.shared,
        )
        return _of_search(search.fit(*run.data), run)
    draws = iter(ParameterSampler(space, NO_LIMIT, random_state=run.seed))
    return _ask_and_tell(run, lambda: (None, next(draws)), lambda token, score: None)


def _distribution(dimension: Number | Choice) -> Any:
    if isinstance(dimension, Choice):
        return list(dimension.options)
    low, high = dimension.low, dimension.high
    if dimension.integer and not dimension.log:
        return randint(low, high + 1)
    if dimension.integer:  # scipy has no such distribution: its levels, by weight
        return [dimension.at(u) for u in np.linspace(0, 1, 200)]
    return loguniform(low, high) if dimension.log else uniform(low, high - low)


def halving(run: Run) -> Found:
    """scikit-learn's HalvingRandomSearchCV, for what as many full candidates cost."""
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingRandomSearchCV

    X, y = run.data
    n_classes = len(np.unique(y)) if run.task.is_classifier else 1
    n_candidates, min_resources = halving_start(run.n_iter, len(X), n_classes)
    settings = run.shared
    # Its subsamples are drawn from the indices of the folds, which it must make anew.
    settings["cv"] = N_SPLITS if run.problem.train.groups is None else settings["cv"]
    search = HalvingRandomSearchCV(
        run.task.model(),
        {name: _distribution(d) for name, d in run.task.space.items()},
        n_candidates=n_candidates,
        min_resources=min_resources,
        factor=3,
        random_state=run.seed,
        **settings,
    ).fit(X, y)
    last = search.cv_results_["iter"] == search.n_iterations_ - 1
    scores = np.where(last, search.cv_results_["mean_test_score"], -np.inf)
    best = int(np.nanargmax(scores))
    run.watch.saw(float(scores[best]))
    return dict(search.cv_results_["params"][best]), int(search.n_candidates_[0])


def halving_start(n_full: int, n_samples: int, n_classes: int) -> tuple[int, int]:
    """Candidates and samples of the first round that cost n_full full evaluations.

    Each round has a third of the candidates and three times the samples, so that it
    costs as much as the one before.

    Parameters
    ----------
    n_full : int
        Evaluations on all samples that all rounds together may cost.
    n_samples : int
        All there are.
    n_classes : int
        1 for regression. Twice the folds times the classes is the smallest round.

    Returns
    -------
    tuple of int
        Candidates and samples of the first round.
    """
    smallest = max(2 * N_SPLITS * n_classes, 2 * N_SPLITS)
    n_rounds = 1
    while n_rounds < 4 and n_samples / 3**n_rounds >= smallest:
        n_rounds += 1
    start = n_samples // 3 ** (n_rounds - 1)
    return max(int(n_full / n_rounds * 3 ** (n_rounds - 1)), 1), start


def skopt(run: Run) -> Found:
    """scikit-optimize's BayesSearchCV, one proposal a worker."""
    from skopt import BayesSearchCV
    from skopt.space import Categorical, Integer, Real

    space = {}
    for name, d in run.task.space.items():
        if isinstance(d, Choice):
            space[name] = Categorical(list(d.options))
        else:
            kind = Integer if d.integer else Real
            space[name] = kind(d.low, d.high, "log-uniform" if d.log else "uniform")

    def callback(result: Any) -> bool:
        run.watch.saw(-float(np.min(result.func_vals)))
        return run.watch.is_over

    search = BayesSearchCV(
        run.task.model(),
        space,
        n_iter=run.n_iter or NO_LIMIT,
        n_points=run.n_workers,
        random_state=run.seed,
        **run.shared,
    ).fit(*run.data, callback=callback)
    return _of_search(search, run)


def _optuna(run: Run, sampler: Any) -> Found:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize", sampler=sampler)

    def ask() -> tuple[Any, dict[str, Any]]:
        trial = study.ask()
        return trial, {n: _suggest(trial, n, d) for n, d in run.task.space.items()}

    return _ask_and_tell(run, ask, study.tell)


def _suggest(trial: Any, name: str, dimension: Number | Choice) -> Any:
    if isinstance(dimension, Choice):
        return trial.suggest_categorical(name, list(dimension.options))
    suggest = trial.suggest_int if dimension.integer else trial.suggest_float
    return suggest(name, dimension.low, dimension.high, log=dimension.log)


def optuna_tpe(run: Run) -> Found:
    """Optuna's default sampler."""
    import optuna

    return _optuna(run, optuna.samplers.TPESampler(seed=run.seed))


def optuna_gp(run: Run) -> Found:
    """Optuna's Gaussian process."""
    import optuna

    return _optuna(run, optuna.samplers.GPSampler(seed=run.seed))


def genetic(run: Run) -> Found:
    """sklearn-genetic-opt's GASearchCV: three generations, or until the time is up."""
    from sklearn_genetic import GASearchCV
    from sklearn_genetic.callbacks.base import BaseCallback
    from sklearn_genetic.space import Categorical, Continuous, Integer

    np.random.seed(run.seed)  # noqa: NPY002 - it draws from the global states
    python_random.seed(run.seed)
    space: dict[str, Any] = {}
    for name, d in run.task.space.items():
        if isinstance(d, Choice):
            space[name] = Categorical(list(d.options))
        elif d.integer:
            space[name] = Integer(int(d.low), int(d.high))
        else:
            space[name] = Continuous(
                d.low, d.high, distribution="log-uniform" if d.log else "uniform"
            )

    class Watching(BaseCallback):
        def on_step(
            self, record: Any = None, logbook: Any = None, estimator: Any = None
        ):
            run.watch.saw(float(record["fitness_max"]))
            return run.watch.is_over

    population = max((run.n_iter or 30) // 5, 4)
    search = GASearchCV(
        run.task.model(),
        param_grid=space,
        population_size=population,
        generations=2 if run.n_iter else NO_LIMIT,
        verbose=False,
        **(run.shared | {"refit": True}),  # it needs it
    ).fit(*run.data, callbacks=[Watching()])
    return _of_search(search, run)


def flaml_cfo(run: Run) -> Found:
    """FLAML's CFO, without a hint of what is cheap."""
    from flaml import CFO, tune

    logging.disable(logging.WARNING)
    options = {n: d.options for n, d in run.task.space.items() if isinstance(d, Choice)}
    space: dict[str, Any] = {
        n: tune.choice([*range(len(o))]) for n, o in options.items()
    }
    for name, d in run.task.space.items():
        if isinstance(d, Number):
            if d.integer:  # the upper end is excluded
                kind = tune.lograndint if d.log else tune.randint
                space[name] = kind(int(d.low), int(d.high) + 1)
            else:
                space[name] = (tune.loguniform if d.log else tune.uniform)(
                    d.low, d.high
                )
    searcher = CFO(metric="score", mode="max", space=space, seed=run.seed)
    n_asked = 0

    def ask() -> tuple[Any, dict[str, Any]]:
        nonlocal n_asked
        config = None
        while config is None:  # nothing new at this step size: it goes on
            n_asked += 1
            config = searcher.suggest(str(n_asked))
        began = run.watch.seconds
        params = {n: options[n][v] if n in options else v for n, v in config.items()}
        return (str(n_asked), config, began), params

    def tell(token: Any, score: float) -> None:
        number, config, began = token
        result = {"score": score, "config": config}
        result["time_total_s"] = run.watch.seconds - began
        searcher.on_trial_complete(number, result)

    return _ask_and_tell(run, ask, tell)


def ax(run: Run) -> Found:
    """Ax's default."""
    from ax.api.client import Client
    from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

    logging.disable(logging.WARNING)
    options = {n: d.options for n, d in run.task.space.items() if isinstance(d, Choice)}
    names = {name: f"p{i}" for i, name in enumerate(run.task.space)}
    parameters: list[Any] = []
    for name, d in run.task.space.items():
        if isinstance(d, Choice):
            parameters.append(
                ChoiceParameterConfig(
                    name=names[name],
                    values=[str(i) for i in range(len(d.options))],
                    parameter_type="str",
                    is_ordered=False,
                )
            )
        else:
            parameters.append(
                RangeParameterConfig(
                    name=names[name],
                    bounds=(d.low, d.high),
                    parameter_type="int" if d.integer else "float",
                    scaling="log" if d.log else "linear",
                )
            )
    client = Client(random_seed=run.seed)
    client.configure_experiment(parameters=parameters)
    client.configure_optimization(objective="score")

    def ask() -> tuple[Any, dict[str, Any]]:
        ((index, point),) = client.get_next_trials(max_trials=1).items()
        params = {name: point[short] for name, short in names.items()}
        for name, values in options.items():
            params[name] = values[int(params[name])]
        return index, params

    def tell(index: Any, score: float) -> None:
        client.complete_trial(trial_index=index, raw_data={"score": score})

    return _ask_and_tell(run, ask, tell)


@dataclass(frozen=True)
class Method:
    """A search, what it is called on the page, and what it needs.

    Parameters
    ----------
    run : callable
    title : str
    package : str
        To be installed, for its version too.
    module : str
        To be imported before the clock starts.
    has_time_limit : bool
        Whether it can be told to end in time.
    """

    run: Callable[[Run], Found]
    title: str
    package: str
    module: str
    has_time_limit: bool = True


METHODS = {
    "skbayes": Method(skbayes, "skbayes", "skbayes", "skbayes"),
    "skbayes_racing": Method(
        skbayes_racing, "skbayes, `racing=True`", "skbayes", "skbayes"
    ),
    "skopt": Method(skopt, "scikit-optimize", "scikit-optimize", "skopt"),
    "optuna_tpe": Method(optuna_tpe, "Optuna, TPE", "optuna", "optuna"),
    "optuna_gp": Method(optuna_gp, "Optuna, GP", "optuna", "optuna"),
    "ax": Method(ax, "Ax", "ax-platform", "ax.api.client"),
    "flaml_cfo": Method(flaml_cfo, "FLAML, CFO", "flaml", "flaml"),
    "genetic": Method(
        genetic, "sklearn-genetic-opt", "sklearn-genetic-opt", "sklearn_genetic"
    ),
    "random": Method(random, "random search", "scikit-learn", "sklearn"),
    "halving": Method(
        halving, "halving random search", "scikit-learn", "sklearn", False
    ),
    "grid": Method(grid, "grid search", "scikit-learn", "sklearn", False),
}
