"""Which library finds a better model, and how soon?

    python -m benchmarks.comparison                  # every run; takes hours
    python -m benchmarks.comparison --for 250        # as many as fit in 250 seconds
    python -m benchmarks.comparison --table          # write docs/comparison.md's table

Whole searches, as a user runs them: equal evaluations and equal seconds, with one and
two workers, each run in a process of its own. Every run is a line of the file of
results, and the runs in it are not repeated, so a stopped comparison continues where it
was. Libraries that are not installed are left out, and the table mentions it; ``pip
install ".[bench]"`` brings them. The baseline is random search. Expected: better
cross-validated scores than every other library's on average, in a fifth of
scikit-optimize's time.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import sys
import time
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import skbayes  # noqa: E402 - threads are pinned before numpy is loaded

from ..quality.machine import describe  # noqa: E402
from .methods import METHODS  # noqa: E402
from .runs import (  # noqa: E402
    MARK,
    ROOT,
    Key,
    is_installed,
    key_of,
    planned,
    read_rows,
    run_here,
    run_in_process,
)
from .table import write_page  # noqa: E402
from .tasks import TASKS  # noqa: E402


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    results = ROOT / "benchmarks" / "results" / "comparison.jsonl"
    parser.add_argument("--results", type=Path, default=results)
    parser.add_argument("--tasks", nargs="*", default=list(TASKS), choices=list(TASKS))
    parser.add_argument(
        "--methods", nargs="*", default=list(METHODS), choices=list(METHODS)
    )
    parser.add_argument("--workers", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--n-iter", type=int, default=30, help="0: no such runs")
    parser.add_argument("--seconds", type=float, default=15.0, help="0: no such runs")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--for", dest="time", type=float, default=float("inf"), metavar="SECONDS"
    )
    parser.add_argument("--retry", action="store_true", help="runs with errors, too")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "comparison.md")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _note_machine(path: Path, rows: list[dict]) -> None:
    """Write where and with what is measured, unless the last such row says the same."""
    packages = tuple(dict.fromkeys(m.package for m in METHODS.values()))
    machine = describe((*packages, "scikit-learn", "numpy", "scipy", "joblib", "torch"))
    machine["skbayes"] = skbayes.__version__  # also where it is not installed
    known = [row["machine"] for row in rows if "machine" in row]
    if not known or known[-1] != machine:
        _append(path, {"machine": machine})


def _append(path: Path, row: dict) -> None:
    path.touch()
    was_cut = not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * was_cut + json.dumps(row) + "\n")


def _compile() -> None:
    """Compile skbayes to bytecode, as pip does with what it installs."""
    # Otherwise each new process compiles it anew where no bytecode is written.
    for folder in skbayes.__path__:
        compileall.compile_dir(folder, quiet=1)


def _measure(arguments: argparse.Namespace) -> None:
    _compile()
    began, longest = time.monotonic(), 0.0
    rows = read_rows(arguments.results)
    methods = [method for method in arguments.methods if is_installed(method)]
    for method in sorted(set(arguments.methods) - set(methods)):
        package = METHODS[method].package
        print(f"{METHODS[method].title} is left out: {package} is not installed")
    limits = {"evaluations": arguments.n_iter, "seconds": arguments.seconds}
    plan = planned(
        tasks=arguments.tasks,
        methods=methods,
        workers=arguments.workers,
        limits={mode: limit for mode, limit in limits.items() if limit},
        seeds=arguments.seeds,
    )
    done = {
        key_of(row)
        for row in rows
        if "task" in row and not (arguments.retry and row["error"])
    }
    todo = [key for key in plan if key not in done]
    print(f"{len(todo)} runs to do")
    _note_machine(arguments.results, rows)
    for n, key in enumerate(todo):
        start = time.monotonic()
        if start - began + longest > arguments.time:
            print(f"{len(todo) - n} runs are left; the same command goes on with them")
            return
        row = run_in_process(key)
        longest = max(longest, time.monotonic() - start)
        _append(arguments.results, row)
        told = row["error"] or f"{row['cv_score']:.4f} in {row['seconds']:.1f} s"
        what = f"{key.mode} {key.limit:g}, {key.workers} workers, seed {key.seed}"
        print(f"{key.task} | {key.method} | {what}: {told}", flush=True)


def main() -> None:
    """Measure, or write the table."""
    arguments = _arguments()
    if arguments.one:
        print(MARK + json.dumps(run_here(Key(**json.loads(arguments.one)))))
    elif arguments.table:
        write_page(read_rows(arguments.results), arguments.page)
    else:
        _measure(arguments)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
