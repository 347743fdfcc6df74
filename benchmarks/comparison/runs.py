"""The list of all runs, and one run in a process of its own."""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sklearn.metrics import get_scorer

from .methods import METHODS, Run
from .tasks import TASKS, Problem, Task, problem_of
from .watch import Watch, cv_score

ROOT = Path(__file__).parents[2]
#: The estimator with its own parameters; no search.
UNTUNED = "untuned"
#: Seconds after which a run is given up.
TIMEOUT = 280
#: What the line of a run's process begins with that holds its result.
MARK = "result: "


@dataclass(frozen=True)
class Key:
    """What makes a run.

    Parameters
    ----------
    task, method : str
    workers : int
    mode : {"evaluations", "seconds"}
        What is equal for all.
    limit : float
        How many evaluations or seconds.
    seed : int
    """

    task: str
    method: str
    workers: int
    mode: str
    limit: float
    seed: int


def planned(
    *,
    tasks: Iterable[str],
    methods: Iterable[str],
    workers: Iterable[int],
    limits: dict[str, float],
    seeds: int,
) -> Iterator[Key]:
    """All runs, a seed after the other, so that a part of them compares fairly."""
    tasks, methods, workers = list(tasks), list(methods), list(workers)
    for seed in range(seeds):
        for task in tasks:
            yield Key(task, UNTUNED, 1, "evaluations", 1, seed)
            for n_workers in workers:
                for mode, limit in limits.items():
                    for method in methods:
                        if mode == "evaluations" or METHODS[method].has_time_limit:
                            yield Key(task, method, n_workers, mode, limit, seed)


def is_installed(method: str) -> bool:
    """Whether the library of a method can be found."""
    return (
        importlib.util.find_spec(METHODS[method].module.partition(".")[0]) is not None
    )


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines; a line that was cut short is left out."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows


def key_of(row: dict[str, Any]) -> Key:
    """The run of a row."""
    return Key(**{name: row[name] for name in Key.__dataclass_fields__})


def run_in_process(key: Key) -> dict[str, Any]:
    """Run in a new process, so that nothing is left of the run before.

    Returns
    -------
    dict
        The row; with ``error`` in place of scores if the run did not end well.
    """
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.comparison", "--one"]
    try:
        done = subprocess.run(
            [*command, json.dumps(asdict(key))],
            cwd=ROOT,
            env={**os.environ, **threads, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {**asdict(key), "error": f"not done after {TIMEOUT} s"}
    found = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not found:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        return {**asdict(key), "error": last[0][:300]}
    return {**asdict(key), **json.loads(found[-1].removeprefix(MARK))}


def run_here(key: Key) -> dict[str, Any]:
    """Run in this process: search, then score the winner on what was held out."""
    warnings.simplefilter("ignore")
    task = TASKS[key.task]
    problem = problem_of(task, key.seed)
    if key.method == UNTUNED:
        params, n_candidates, watch, seconds = {}, 0, Watch(), 0.0
    else:
        method = METHODS[key.method]
        importlib.import_module(method.module)
        is_counted = key.mode == "evaluations"
        n_iter = int(key.limit) if is_counted else None
        watch = Watch(math.inf if is_counted else key.limit)
        run = Run(task, problem, key.workers, n_iter, key.seed, watch)
        params, n_candidates = method.run(run)
        seconds = watch.seconds
    return {
        "cv_score": cv_score(task, problem, params),
        "test_score": _test_score(task, problem, params),
        "seconds": round(seconds, 4),
        "n_candidates": n_candidates,
        "trace": watch.trace,
        "params": {name: _plain(value) for name, value in params.items()},
        "date": time.strftime("%Y-%m-%d"),
        "error": None,
    }


def _test_score(task: Task, problem: Problem, params: dict[str, Any]) -> float:
    model = task.model().set_params(**params)
    model.fit(problem.train.X, problem.train.y)
    scorer = get_scorer(task.scoring)
    return float(scorer(model, problem.test.X, problem.test.y))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
