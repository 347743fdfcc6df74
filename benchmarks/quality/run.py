"""Run one method over the tasks, one JSON line a run.

    python -m benchmarks.quality.run random --seeds 5
    python -m benchmarks.quality.run skbayes --seeds 5 --label my-change
    python -m benchmarks.quality.run ax --suite wide --n 50 --seeds 3
    python -m benchmarks.quality.run pool          # reference.json, from random draws

Runs that the file already holds are skipped, so it can be stopped and continued. A
method gets a seed that is made of the run's seed and the name of the task: with the
same seed, tasks with equally many parameters would share their initial designs and
would not be independent evidence.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
import zlib
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402 - threads are pinned before it is loaded

from .evaluation import CachedTask, Recorder  # noqa: E402
from .machine import describe  # noqa: E402
from .methods import METHODS, random_points  # noqa: E402
from .task import Task  # noqa: E402
from .tasks import SUITES  # noqa: E402

HERE = Path(__file__).parent
REFERENCE = HERE / "reference.json"
RUN_LENGTH = 100


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("method", choices=[*METHODS, "pool"])
    parser.add_argument("--label", help="file the runs under this name")
    parser.add_argument("--n", type=int, default=RUN_LENGTH, help="evaluations a run")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--suite", choices=list(SUITES), default="standard")
    parser.add_argument("--tasks", nargs="*", help="only these of the suite")
    parser.add_argument("--pool-size", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=HERE / "runs" / "runs.jsonl")
    parser.add_argument("--cache", type=Path, default=HERE / "cache")
    return parser.parse_args()


def _already(path: Path) -> set[tuple[str, str, int, int]]:
    if not path.exists():
        return set()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {(r["method"], r["task"], r["seed"], r["n"]) for r in rows}


def own_seed(task: str, seed: int) -> int:
    """The seed that a method gets for a task's run; the same on every machine."""
    return zlib.crc32(f"{task}/{seed}".encode()) & 0x7FFFFFFF


def _run(label: str, method: str, cached: CachedTask, n: int, seed: int) -> dict:
    recorder = Recorder(cached)
    own = own_seed(cached.task.name, seed)
    METHODS[method](recorder, n, own)
    return {
        "method": label,
        "task": cached.task.name,
        "seed": seed,
        "own_seed": own,
        "n": n,
        "values": [float(f"{v:.7g}") for v in recorder.values[:n]],
        "overhead": [round(t, 4) for t in recorder.overhead[:n]],
    }


def run_method(arguments: argparse.Namespace, tasks: list[CachedTask]) -> None:
    """Every task and seed that is missing; what breaks is told and skipped."""
    label = arguments.label or arguments.method
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    first = arguments.first_seed
    for seed in range(first, first + arguments.seeds):
        for cached in tasks:
            key = (label, cached.task.name, seed, arguments.n)
            if key in _already(arguments.out):
                continue
            start = time.perf_counter()
            try:
                row = _run(label, arguments.method, cached, arguments.n, seed)
            except ImportError as error:
                sys.exit(
                    f"{arguments.method}: {error}. README.md says what to install."
                )
            except Exception as error:  # a method that breaks is a result too
                print(*key, "FAILED", type(error).__name__, str(error)[:300])  # noqa: T201
                continue
            with arguments.out.open("a") as lines:
                lines.write(json.dumps(row) + "\n")
            seconds = time.perf_counter() - start
            print(*key, f"{max(row['values']):.5g} {seconds:.1f}s", flush=True)  # noqa: T201


def _pool(cached: CachedTask, size: int, n: int) -> dict[str, float]:
    flat = cached.task.flat
    seeds = [own_seed(cached.task.name, seed) for seed in range(max(1, size // n))]
    points = [point for seed in seeds for point in random_points(flat, n, seed)]
    scores = [float(np.mean(cached.fold_scores(flat.params(p)))) for p in points]
    quantiles = np.quantile(scores, [0.5, 0.9, 0.99])
    names = ("median", "q90", "q99")
    return {
        "best": float(max(max(scores), cached.best_known())),
        "size": len(scores),
        **{name: float(q) for name, q in zip(names, quantiles, strict=True)},
    }


def run_pool(arguments: argparse.Namespace, tasks: list[CachedTask]) -> None:
    """What scores are normalised by: the best ever met, the median of many draws.

    The draws are those of runs of random search of `n` points, mostly cached.
    """
    known = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    for cached in tasks:
        known[cached.task.name] = _pool(cached, arguments.pool_size, arguments.n)
        print(cached.task.name, known[cached.task.name], flush=True)  # noqa: T201
        known[f"machine of {arguments.suite}"] = describe()
        REFERENCE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def chosen(suite: str, names: list[str] | None) -> list[Task]:
    """The tasks of a suite that can be run here; those left out are told."""
    unknown = set(names or []) - {task.name for task in SUITES[suite]}
    if unknown:
        sys.exit(f"The suite {suite!r} has no tasks {sorted(unknown)}.")
    tasks = [task for task in SUITES[suite] if not names or task.name in names]
    for task in tasks:
        if task.missing:
            missing = ", ".join(task.missing)
            print(f"{task.name} is left out: {missing} cannot be imported.")  # noqa: T201
    return [task for task in tasks if not task.missing]


def main() -> None:
    """Run what the command line says."""
    warnings.simplefilter("ignore")
    arguments = _arguments()
    tasks = [
        CachedTask(task, arguments.cache)
        for task in chosen(arguments.suite, arguments.tasks)
    ]
    (run_pool if arguments.method == "pool" else run_method)(arguments, tasks)


if __name__ == "__main__":
    main()
