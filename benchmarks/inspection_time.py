"""How long does it take to look at a search?

Importances and effects, for 200 trials and 10 parameters, once for a search with a
model of its own and once for a search whose model is fitted on the spot, without the
drawing; the whole report of 500 trials; the bias-corrected score of 200 candidates at
5,000 samples, for scores of each kind. All on one core, in processor seconds. Expected:
at most one second each, and five for the report, in a file of at most five megabytes.

Usage: ``python benchmarks/inspection_time.py [--json result.json]``
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from _report import spread, write
from sklearn.base import BaseEstimator, ClassifierMixin
from threadpoolctl import threadpool_limits

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.inspection import (
    EffectDisplay,
    bias_corrected_score,
    param_importances,
    search_report,
)

N_TRIALS = 200
N_REPEATS = 5
#: Processor seconds, by what is done.
BARS = {"importances": 1.0, "effects": 1.0, "report": 5.0, "bias corrected": 1.0}
#: Bytes of a report.
LARGEST = 5_000_000
N_REPORTED = 500
N_SAMPLES, N_CANDIDATES = 5000, 200
#: Number of labels of each.
SCORES = {
    "accuracy": 2,
    "neg_log_loss": 2,
    "roc_auc": 2,
    "average_precision": 2,
    "f1_macro": 3,
    "roc_auc_ovr": 3,
    "roc_auc_ovo_weighted": 3,
}
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


class Noisy(ClassifierMixin, BaseEstimator):
    """Sees the labels through noise, of which each candidate has its own."""

    def __init__(self, candidate=0):
        self.candidate = candidate

    def fit(self, X, y):
        """Nothing to learn but which labels there are."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        """Softmax of the label and noise."""
        noise = np.random.default_rng(self.candidate)
        logits = 2.0 * (self.classes_ == X) + noise.standard_normal(
            (len(X), len(self.classes_))
        )
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def predict(self, X):
        """The likeliest label."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def seconds_of(function):
    """Median and quartiles of the processor time over repeats."""
    times = []
    for _ in range(N_REPEATS):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return {name: round(value, 3) for name, value in spread(times).items()}


def effects_only(search):
    """Effects of all parameters, computed but not drawn."""

    class Undrawn(EffectDisplay):
        def plot(self, **settings):
            return self

    return Undrawn.from_search(search, random_state=0)


def of_models(X):
    """Seconds for importances and effects."""
    settings = {"n_iter": N_TRIALS, "cv": 3, "random_state": 0}
    for cls in (RandomSearchCV, BayesSearchCV):
        search = cls(Landscape(), SPACE, **settings).fit(X)
        for name, look in (
            ("importances", param_importances),
            ("effects", effects_only),
        ):
            yield name, cls.__name__, seconds_of(partial(look, search))


def of_reports(X, sizes):
    """Seconds for the report, whose sizes are noted."""
    settings = {"n_iter": N_REPORTED, "cv": 5, "random_state": 0}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        for cls in (RandomSearchCV, BayesSearchCV):
            search = cls(Landscape(), SPACE, **settings).fit(X)
            write_it = partial(search_report, search, path)
            yield "report", cls.__name__, seconds_of(write_it)
            sizes[cls.__name__] = path.stat().st_size


def of_scores():
    """Seconds for the bias-corrected score."""
    grid = {"candidate": list(range(N_CANDIDATES))}
    for scoring, n_labels in SCORES.items():
        y = np.random.default_rng(0).integers(n_labels, size=N_SAMPLES)
        search = GridSearchCV(
            Noisy(), grid, cv=5, scoring=scoring, store_predictions=True
        ).fit(y[:, np.newaxis], y)
        yield (
            "bias corrected",
            scoring,
            seconds_of(partial(bias_corrected_score, search, random_state=0)),
        )


def main():
    """Measure, print, and say whether the bars are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json")
    options = parser.parse_args()
    X = np.linspace(0.0, 1.0, 50)[:, None]
    sizes, results, is_met = {}, {"processor seconds": {}}, True
    with threadpool_limits(1):
        for part in (of_scores(), of_models(X), of_reports(X, sizes)):
            for what, which, seconds in part:
                results["processor seconds"].setdefault(what, {})[which] = seconds
                is_met &= seconds["median"] <= BARS[what]
                print(f"{what}, {which}: {seconds}, bar {BARS[what]}", flush=True)
    results["bytes of the report"] = sizes
    print(f"bytes of the report: {sizes}, bar {LARGEST}")
    write(options.json, __doc__.splitlines()[0], results)
    return int(not is_met or max(sizes.values()) > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
