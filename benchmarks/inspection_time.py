"""How long do importances and effects take, for 200 trials and 10 parameters?

Each on one core, for a search with a model of its own and one whose model is fitted on
the spot, drawing left out. Expected: at most a second each.
"""

from __future__ import annotations

import json
import math
import platform
import sys
import time

import numpy as np
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from skbayes import BayesSearchCV, RandomSearchCV
from skbayes.inspection import EffectDisplay, param_importances

N_TRIALS = 200
N_REPEATS = 5
#: Seconds, for each.
BAR = 1.0
SPACE = {
    **{f"x{j}": (0.0, 1.0, "uniform") for j in range(4)},
    "rate": (1e-4, 1.0, "log-uniform"),
    "penalty": (1e-6, 1e2, "log-uniform"),
    "leaves": (2, 500, "log-uniform"),
    "depth": [1, 2, 4, 8, 16],
    "kind": ["a", "b", "c", "d"],
    "flag": [True, False],
}


class Landscape(BaseEstimator):
    """A smooth score with interactions, at no cost."""

    def __init__(
        self,
        x0=0.5,
        x1=0.5,
        x2=0.5,
        x3=0.5,
        rate=0.1,
        penalty=1.0,
        leaves=31,
        depth=4,
        kind="a",
        flag=True,
    ):
        self.x0 = x0
        self.x1 = x1
        self.x2 = x2
        self.x3 = x3
        self.rate = rate
        self.penalty = penalty
        self.leaves = leaves
        self.depth = depth
        self.kind = kind
        self.flag = flag

    def fit(self, X, y=None):
        """Nothing to learn."""
        return self

    def score(self, X, y=None):
        """Best in the middle of most ranges, a little different on each fold."""
        score = -((math.log10(self.rate) + 1.5) ** 2) - (self.x0 - 0.3) ** 2
        score += math.sin(5.0 * self.x1) * self.x2 + 0.1 * math.log(self.leaves)
        score -= 0.2 * abs(math.log2(self.depth) - 2.0) + 0.3 * "abcd".index(self.kind)
        return score + 0.05 * float(X.mean()) + 0.01 * math.sin(1e4 * self.x3)


def seconds_of(function):
    """Median over repeats, processor and wall time."""
    times = []
    for _ in range(N_REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        function()
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    return np.median(times, axis=0).round(3).tolist()


def effects_only(search):
    """Effects of all parameters, computed but not drawn."""

    class Undrawn(EffectDisplay):
        def plot(self, **settings):
            return self

    return Undrawn.from_search(search, random_state=0)


def main():
    """Measure, print, and say whether the bar is met."""
    X = np.linspace(0.0, 1.0, 50)[:, None]
    settings = {"n_iter": N_TRIALS, "cv": 3, "random_state": 0}
    results = {}
    with threadpool_limits(1):
        for cls in (RandomSearchCV, BayesSearchCV):
            search = cls(Landscape(), SPACE, **settings).fit(X)
            results[cls.__name__] = {
                "importances": seconds_of(lambda: param_importances(search)),  # noqa: B023
                "effects": seconds_of(lambda: effects_only(search)),  # noqa: B023
            }
    machine = {"machine": platform.machine(), "python": platform.python_version()}
    print(json.dumps({"seconds, processor and wall": results, **machine}, indent=2))
    slowest = max(cpu for r in results.values() for cpu, _ in r.values())
    print(f"slowest {slowest:.2f} s of processor time, bar {BAR:.1f} s")
    return int(slowest > BAR)


if __name__ == "__main__":
    sys.exit(main())
