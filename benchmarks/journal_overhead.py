"""What does `journal=` cost a fold?

First the journal alone: the calls that a search makes for one trial (find, five folds
claimed and written, finish) over a long search, so that growth would show. Then four
processes write to one file at once, without a pause, which no search does. Last the
whole: the same grid search with 100 ms fits with and without a journal, in turns. Its
ratios are within the noise of the machine, so the share is also computed from the first
part. Baseline: no journal. Expected: at most 2 ms a fold, at most 1 % of the time of
100 ms fits, and no growth. The script also prints the milliseconds that a search takes
once to read its data, its estimator and the user's own code.

`--folder` is the folder of the journal; its disk matters.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import numpy as np
from _busy import Busy
from _report import spread, write
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skbayes import GridSearchCV
from skbayes._journal.content.content_digest import ContentHasher
from skbayes._journal.identity import Evaluated, SearchIdentity, identify
from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status

N_SPLITS = 5
BAR_MS = 2.0
BAR_SHARE = 0.01
FIT_SECONDS = 0.1
STEPS = [StandardScaler(), PCA(2)]


def identity_of(name):
    """What a made-up search of five folds is known by."""
    return SearchIdentity(
        parts={"data": {"X": name}},
        splits=tuple(f"split {k}" for k in range(N_SPLITS)),
        sequence={"search": "GridSearchCV", "space": "", "seed": ""},
    )


def reading(repeats):
    """Milliseconds that a search takes to know what it is, once, by what it holds."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(5000, 40)), rng.integers(0, 2, size=5000)
    splits = list(KFold(N_SPLITS).split(*data))
    estimators = {
        "SVC": SVC(),
        "pipeline": make_pipeline(StandardScaler(), PCA(), SVC()),
        "own code": make_pipeline(FunctionTransformer(spread), Busy(0.0)),
        "fitted forest": FrozenEstimator(RandomForestClassifier(100).fit(*data)),
    }
    found = {}
    for name, estimator in estimators.items():
        evaluated = Evaluated(estimator, "roc_auc", *data, splits, {}, {})
        times = []
        for _ in range(repeats):
            started = perf_counter()
            identify(evaluated, {"space": {"C": [1, 2]}}, ContentHasher())
            times.append(1000 * (perf_counter() - started))
        found[name] = spread(times)
    return found


def seconds_a_fold(path, n_trials, name="alone"):
    """Seconds that each trial of a search spends in the journal, a fold."""
    times = []
    with Journal.open(path) as journal:
        search = journal.search(
            identity_of(name),
            description={"estimator": "SVC()"},
            metrics=["score"],
            codec=ParamsCodec(
                {"shape": [(1,), (2, 2)], "step": STEPS}, {"C": 1.0, "step": SVC()}
            ),
            n_candidates=n_trials,
        )
        for i in range(n_trials):
            params = {"C": i / 7, "gamma": 1 / (i + 1), "shape": (2, 2), "kind": "rbf"}
            params["step"] = STEPS[i % 2]
            started = perf_counter()
            search.find(params)
            for k in range(N_SPLITS):
                search.claim(i, params, [params], k)
                fold = FoldResult(
                    k, {"score": 0.5}, None, 0.1, 0.01, 100, None, 1.0, "1"
                )
                search.write(i, params, fold)
            search.finish(i, params, Status.COMPLETE)
            times.append((perf_counter() - started) / N_SPLITS)
    return times


def alone(folder, n_trials):
    """Milliseconds a fold of one writing process: all, first and last tenth, worst."""
    ms = 1000 * np.array(seconds_a_fold(Path(folder) / "alone.sqlite", n_trials))
    tenth = n_trials // 10
    return {
        "n_folds": n_trials * N_SPLITS,
        "ms_a_fold": spread(list(ms)),
        "mean": float(ms.mean()),
        "mean_of_first_tenth": float(ms[:tenth].mean()),
        "mean_of_last_tenth": float(ms[-tenth:].mean()),
        "worst_trial": float(ms.max()),
        "share_of_100_ms_fits": float(ms.mean() / 1000 / FIT_SECONDS),
    }


def together(folder, n_trials, n_processes=4):
    """Milliseconds a fold of several processes that write to one file at once."""
    path = Path(folder) / "together.sqlite"
    with ProcessPoolExecutor(n_processes, get_context("spawn")) as pool:
        list(pool.map(os.cpu_count, ()))  # started before the clock is
        names = [f"search {i}" for i in range(n_processes)]
        runs = pool.map(
            seconds_a_fold, [path] * n_processes, [n_trials] * n_processes, names
        )
        ms = 1000 * np.concatenate(list(runs))
    return {
        "n_processes": n_processes,
        "mean": float(ms.mean()),
        "worst_trial": float(ms.max()),
    }


def whole(folder, n_candidates, repeats):
    """Wall time with a journal over wall time without, pair by pair."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(500, 10)), rng.integers(0, 2, size=500)

    def wall_time(journal):
        grid = {"value": list(range(n_candidates))}
        search = GridSearchCV(
            Busy(FIT_SECONDS), grid, cv=N_SPLITS, refit=False, journal=journal
        )
        started = perf_counter()
        search.fit(*data)
        return perf_counter() - started

    ratios = []
    for repeat in range(repeats):
        journals = [None, Path(folder) / f"whole{repeat}.sqlite"]
        # Who goes first alternates: the second finds warmer caches.
        order = journals if repeat % 2 == 0 else journals[::-1]
        times = {journal is None: wall_time(journal) for journal in order}
        ratios.append(times[False] / times[True])
    return {"n_candidates": n_candidates, "ratio": spread(ratios)}


def main():
    """Measure, print, and say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", help="where to write; default: a temporary one")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--json", metavar="PATH")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        results = {
            "alone": alone(folder, arguments.trials),
            "together": together(folder, max(10, arguments.trials // 20)),
            "whole": whole(folder, 6, arguments.repeats),
            "reading": reading(arguments.repeats),
        }
    one = results["alone"]
    print(
        f"one process, {one['n_folds']} folds: {one['mean']:.3f} ms a fold on average "
        f"({one['mean_of_first_tenth']:.3f} at the beginning, "
        f"{one['mean_of_last_tenth']:.3f} at the end), bar {BAR_MS:g}; "
        f"{one['share_of_100_ms_fits']:.2%} of 100 ms fits, bar {BAR_SHARE:.0%}"
    )
    print(f"four processes at once: {results['together']['mean']:.3f} ms a fold")
    print(f"grid search with / without: {results['whole']['ratio']['median']:.4f}")
    for name, times in results["reading"].items():
        print(f"read once a search, {name}: {times['median']:.1f} ms")
    write(arguments.json, __doc__.splitlines()[0], results)
    is_held = one["mean"] <= BAR_MS and one["share_of_100_ms_fits"] <= BAR_SHARE
    return 0 if is_held else 1


if __name__ == "__main__":
    sys.exit(main())
