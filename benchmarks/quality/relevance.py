"""How much do parameters matter that are searched on this or that kind of axis?

    python -m benchmarks.quality.relevance --write

Fits the engine's Gaussian process to random draws of each task, with a nearly flat
prior of the lengthscales, and prints how they differ between kinds of parameters.
``_gp/hyperparameters.py`` adds half of the difference to the log lengthscales. A
negative number means that parameters of the kind matter more than the usual. Held-out
tasks are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import warnings
from collections import defaultdict
from pathlib import Path
from unittest import mock

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402 - threads are pinned before it is loaded

from skbayes import Optimizer  # noqa: E402
from skbayes._gp import (  # noqa: E402
    fit_hyperparameters,
    hyperparameters,
    layout_of,
)
from skbayes._strategies.engine.model_data import TRANSFORMS, model_data  # noqa: E402
from skbayes._strategies.engine.training_data import TrainingData  # noqa: E402
from skbayes.space._space import Space  # noqa: E402

from .evaluation import CachedTask, Recorder  # noqa: E402
from .machine import describe  # noqa: E402
from .methods import random_points, skbayes_space  # noqa: E402
from .tasks import SUITES  # noqa: E402

HERE = Path(__file__).parent
#: Standard deviation of the prior of the log lengthscales: wide.
_WIDE = 2.0
#: Fits whose signal has collapsed have learned nothing.
_LEAST_SIGNAL = -2.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=60, help="random points of a task")
    parser.add_argument("--cache", type=Path, default=HERE / "cache")
    parser.add_argument("--write", action="store_true", help="results/relevance.json")
    return parser.parse_args()


def kind_of(space: Space, column: int) -> str:
    """Kind of a column, as beliefs know it."""
    if column == 0 and space.n_branches > 1:
        return "branch"
    if space.n_levels[column]:
        return "categorical"
    return "logarithmic" if space.is_logarithmic[column] else "linear"


def shifts_of(cached: CachedTask, n: int) -> dict[str, list[float]]:
    """Log lengthscales of a task's columns, less the usual, by kind."""
    recorder = Recorder(cached)
    space = Optimizer(skbayes_space(recorder), random_state=0).space
    points = [recorder.flat.params(p) for p in random_points(recorder.flat, n, 0)]
    scores = np.array([np.mean(cached.fold_scores(point)) for point in points])
    data = TrainingData(
        U=space.encode(points),
        scores=scores,
        extra_noise=np.zeros(n),
        is_complete=np.ones(n, dtype=bool),
        seconds_per_fold=np.full(n, np.nan),
    )
    layout = layout_of(space)
    usual = hyperparameters.usual_log_lengthscale(layout.n_columns)
    found: dict[str, list[float]] = defaultdict(list)
    for transform_idx in range(len(TRANSFORMS)):
        model = model_data(layout, data, transform_idx)
        fitted = fit_hyperparameters(
            layout, model.U, model.targets, model.extra_noise
        ).hyperparameters
        if fitted.log_signal_variance < _LEAST_SIGNAL:
            continue
        for column in range(layout.n_columns):
            shift = float(fitted.log_lengthscales[column] - usual)
            found[kind_of(space, column)].append(shift)
    return found


def main() -> None:
    """Print a line for each kind."""
    warnings.simplefilter("ignore")
    arguments = _arguments()
    tasks = [task for task in SUITES["standard"] if not task.held_out]
    shifts: dict[str, list[float]] = defaultdict(list)
    with (
        mock.patch.object(hyperparameters, "_LENGTHSCALE_SD", _WIDE),
        mock.patch.object(
            hyperparameters, "relevance_shifts", lambda layout: 0.0 * layout.n_levels
        ),
    ):
        for task in tasks:
            cached = CachedTask(task, arguments.cache)
            for kind, values in shifts_of(cached, arguments.draws).items():
                shifts[kind] += values
    rows = {
        kind: {
            "mean": round(statistics.fmean(values), 2),
            "median": round(statistics.median(values), 2),
            "sd": round(statistics.stdev(values), 2),
            "fits": len(values),
        }
        for kind, values in sorted(shifts.items())
    }
    for kind, row in rows.items():
        print(f"{kind:12s} {row}")  # noqa: T201
    if arguments.write:
        report = {"machine": describe(), "draws": arguments.draws, "shifts": rows}
        path = HERE / "results" / "relevance.json"
        path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
