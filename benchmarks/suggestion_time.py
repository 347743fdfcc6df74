"""How long does the engine think about one suggestion, and what memory does it take?

    python benchmarks/suggestion_time.py --json benchmarks/results/suggestion_time.json

A cycle is `ask` and `tell` of an `Optimizer` that already knows 50, 100, 300 or 1,000
trials, on one thread, in a space of 6 numeric and one of 14 mixed dimensions. The first
cycles are not counted; the median and the spread are those of the others. The baseline
is Optuna's GPSampler at 50 trials in the same process, where it is installed. Expected:
at most 15, 25, 80 and 300 ms with 6 dimensions, twice that with 14, a twentieth of
Optuna's time, and less than 100 MB.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np  # noqa: E402 - threads are pinned before it is loaded

from benchmarks.quality.machine import describe  # noqa: E402

LETTERS = ("a", "b", "c", "d")
N_WARM_UP = 3
Objective = Callable[[dict[str, Any]], float]


def ranges(n_dimensions: int) -> dict[str, tuple]:
    """Half of the numeric ones logarithmic, a third integers; 14: four are choices."""
    n_numeric = 6 if n_dimensions == 6 else 10
    space: dict[str, tuple] = {}
    for i in range(n_numeric):
        prior = "log-uniform" if i % 2 else "uniform"
        space[f"x{i}"] = (1, 500, prior) if i % 3 == 2 else (1e-3, 1.0, prior)
    for i in range(n_dimensions - n_numeric):
        space[f"c{i}"] = LETTERS
    return space


def objective(space: dict[str, tuple], seed: int) -> Objective:
    """A bowl with ripples, some noise, an offset for each choice."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0.2, 0.8, len(space))
    offsets = rng.normal(size=(len(space), len(LETTERS)))

    def score(params: dict[str, Any]) -> float:
        total = 0.0
        for i, (name, spec) in enumerate(space.items()):
            if spec is LETTERS:
                total += 0.2 * offsets[i, LETTERS.index(params[name])]
                continue
            low, high, prior = spec
            value = params[name]
            if prior == "log-uniform":
                low, high, value = math.log(low), math.log(high), math.log(value)
            d = (value - low) / (high - low) - centre[i]
            total -= d * d + 0.05 * math.cos(12 * d)
        return total + 0.01 * rng.normal()

    return score


def skbayes_cycles(n_dimensions: int, n_trials: int, seed: int) -> Iterator[None]:
    """Cycles of the Optimizer after `n_trials`: half of them random, half its own."""
    from skbayes import Optimizer

    space = ranges(n_dimensions)
    score = objective(space, seed)
    spec = {k: list(v) if v is LETTERS else v for k, v in space.items()}
    optimizer = Optimizer(spec, random_state=seed)
    rng = np.random.default_rng(seed)
    n_random = max(n_trials - 40, 10)
    for params in optimizer.space.decode(optimizer.space.sample(n_random, rng)):
        optimizer.tell(params, score(params))
    while optimizer.n_told < n_trials:
        params = optimizer.ask()
        optimizer.tell(params, score(params))
    while True:
        params = optimizer.ask()
        optimizer.tell(params, score(params))
        yield


def optuna_cycles(n_dimensions: int, n_trials: int, seed: int) -> Iterator[None]:
    """The same with Optuna's GPSampler."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = ranges(n_dimensions)
    score = objective(space, seed)
    sampler = optuna.samplers.GPSampler(seed=seed, n_startup_trials=n_trials - 40)
    study = optuna.create_study(direction="maximize", sampler=sampler)

    def suggest(trial: Any, name: str) -> Any:
        if space[name] is LETTERS:
            return trial.suggest_categorical(name, LETTERS)
        low, high, prior = space[name]
        kind = trial.suggest_int if isinstance(low, int) else trial.suggest_float
        return kind(name, low, high, log=prior == "log-uniform")

    while True:
        trial = study.ask()
        study.tell(trial, score({name: suggest(trial, name) for name in space}))
        if trial.number + 1 >= n_trials:
            yield


def timed(cycles: Iterator[None], n_cycles: int) -> dict[str, float]:
    """Milliseconds of a cycle: wall clock median, 10 and 90 %, CPU median."""
    for _ in range(N_WARM_UP):
        next(cycles)
    wall, cpu = [], []
    for _ in range(n_cycles):
        start, start_cpu = time.perf_counter(), time.process_time()
        next(cycles)
        wall.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - start_cpu))
    low, median, high = np.quantile(wall, [0.1, 0.5, 0.9])
    numbers = {"median": median, "p10": low, "p90": high, "cpu": np.median(cpu)}
    return {name: round(float(value), 2) for name, value in numbers.items()}


def peak_memory(n_dimensions: int, n_trials: int) -> float:
    """Megabytes that the process grows by, from the imports on, in a fresh one."""
    command = [sys.executable, __file__, "--memory", str(n_dimensions), str(n_trials)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _print_own_growth(n_dimensions: int, n_trials: int) -> None:
    cycles = skbayes_cycles(n_dimensions, 20, 0)
    next(cycles)  # what any first suggestion loads is not memory of the trials
    before = _peak_megabytes()
    cycles = skbayes_cycles(n_dimensions, n_trials, 0)
    for _ in range(5):
        next(cycles)
    print(_peak_megabytes() - before)  # noqa: T201 - read by the parent process


def _peak_megabytes() -> float:
    # Not `resource.getrusage`: its peak is handed down from the parent process.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(x.split()[1]) / 1024 for x in lines if x.startswith("VmHWM"))


def measure(n_cycles: int, seed: int) -> list[dict[str, Any]]:
    """All rows of the table."""
    rows = []
    for n_dimensions in (6, 14):
        for n_trials in (50, 100, 300, 1000):
            cycles = skbayes_cycles(n_dimensions, n_trials, seed)
            row = {"method": "skbayes", "dimensions": n_dimensions, "trials": n_trials}
            rows.append(row | timed(cycles, n_cycles))
            print(rows[-1], flush=True)  # noqa: T201
        try:
            cycles = optuna_cycles(n_dimensions, 50, seed)
            row = {"method": "optuna_gp", "dimensions": n_dimensions, "trials": 50}
            row |= timed(cycles, n_cycles)
        except ImportError:
            continue
        at_50 = next(r for r in rows[-4:] if r["trials"] == 50)
        row["times_skbayes"] = round(row["cpu"] / at_50["cpu"], 1)
        rows.append(row)
        print(row, flush=True)  # noqa: T201
    return rows


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--memory", nargs=2, type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        _print_own_growth(*arguments.memory)
        return
    rows = measure(arguments.cycles, arguments.seed)
    memory = {str(d): round(peak_memory(d, 1000), 1) for d in (6, 14)}
    print("MB at 1,000 trials:", memory)  # noqa: T201
    if arguments.json:
        result = {"machine": describe(), "milliseconds": rows, "megabytes": memory}
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
