"""How much faster is a search whose candidates share work, with equal results?

scikit-learn and this package search each case one after the other, in turns, over the
same candidates and folds, with one and two workers. The ratio of each pair of times is
taken, without the refit, and every score is compared. Baseline: scikit-learn, for text
also with the pipeline's own ``memory``. Expected: paths and text at least 3 times as
fast (text with ``memory``: 2 times), a pipeline with nothing to share within 2 %, and a
pipeline on mixed types at least nine tenths of what the share of its head allows: the
head is timed alone, and would be fitted once a fold instead of once a candidate.

One case takes minutes. ``--only`` runs some of the cases, and ``--update`` adds their
results to those in the file of ``--json``.
"""

from __future__ import annotations

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from _report import environment, spread, write
from joblib import cpu_count
from scipy.stats import loguniform
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.model_selection import RandomizedSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, StandardScaler

from skbayes import GridSearchCV, RandomSearchCV

N_SPLITS = 5
SIZES = [25, 50, 75, 100, 125, 150, 175, 200]


@dataclass
class Case:
    """A search, and how much faster it is to be; None: what the head's share allows."""

    estimator: Any
    space: dict[str, Any]
    data: tuple[Any, Any]
    bar: float | None
    n_iter: int | None = None
    memory: bool = False


def tables(n_samples):
    """Rows with 20 columns and two classes."""
    return make_classification(
        n_samples, 20, n_informative=8, flip_y=0.1, random_state=0
    )


def texts(n_samples):
    """Short texts from 8,000 words, whose frequencies tell the class."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{i}" for i in range(8000)])
    labels = rng.integers(0, 2, size=n_samples)
    ranks = np.arange(1, 8001)
    weights = np.array([1 / ranks, 1 / np.roll(ranks, 7)])
    weights /= weights.sum(axis=1, keepdims=True)
    draws = [rng.choice(8000, size=rng.integers(8, 40), p=weights[k]) for k in labels]
    return [" ".join(words[draw]) for draw in draws], labels


def mixed_types(n_samples):
    """Numbers with gaps, and words, as object columns of one table."""
    rng = np.random.default_rng(0)
    numbers, labels = tables(n_samples)
    gaps = rng.random(numbers.shape) < 0.1
    words = np.array([f"w{i}" for i in range(30)])
    table = np.empty((n_samples, 26), dtype=object)
    table[:, :20] = np.where(gaps, np.nan, numbers)
    table[:, 20:] = words[rng.integers(0, 30, size=(n_samples, 6))]
    return table, labels


def mixed_pipeline():
    """Imputed and transformed numbers, encoded words, a linear model."""
    numbers = Pipeline(
        [
            ("impute", SimpleImputer(strategy="median")),
            ("scale", QuantileTransformer(output_distribution="normal")),
        ]
    )
    encode = OneHotEncoder(handle_unknown="ignore")
    columns = ColumnTransformer(
        [("numbers", numbers, slice(0, 20)), ("words", encode, slice(20, 26))]
    )
    numbers.set_params(scale__random_state=0)
    model = LogisticRegression(max_iter=1000)
    return Pipeline([("columns", columns), ("model", model)])


def seconds_of_head(case):
    """Seconds of the head in all folds of one candidate: fitted, and for the test."""
    X, y = case.data
    started = perf_counter()
    for train, test in StratifiedKFold(N_SPLITS).split(X, y):
        head = clone(case.estimator[:-1])
        head.fit_transform(X[train], y[train])
        head.transform(X[test])
    return perf_counter() - started


def cases(scale):
    """All cases, with data of a given size."""
    text = Pipeline([("words", TfidfVectorizer()), ("model", LogisticRegression())])
    tails = {"model__C": loguniform(1e-2, 1e2)}
    scaled = Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())])
    return {
        "hist gradient boosting, max_iter x learning_rate": Case(
            HistGradientBoostingClassifier(random_state=0),
            {"max_iter": SIZES, "learning_rate": [0.02, 0.05, 0.1, 0.2]},
            tables(int(3000 * scale)),
            bar=3.0,
        ),
        "random forest, n_estimators": Case(
            RandomForestClassifier(max_features=0.3, random_state=0),
            {"n_estimators": SIZES},
            tables(int(3000 * scale)),
            bar=3.0,
        ),
        "text, 40 candidates of the model": Case(
            text, tails, texts(int(10_000 * scale)), bar=3.0, n_iter=40
        ),
        "text, against memory=": Case(
            text, tails, texts(int(10_000 * scale)), bar=2.0, n_iter=40, memory=True
        ),
        "mixed types, 20 candidates of the model": Case(
            mixed_pipeline(), tails, mixed_types(int(5000 * scale)), bar=None, n_iter=20
        ),
        "nothing to share": Case(
            scaled,
            {
                "scale__with_mean": [True, False],
                "model__C": loguniform(1e-2, 1e2),
                "scale": [StandardScaler() for _ in range(500)],
            },
            tables(int(3000 * scale)),
            bar=1 / 1.02,
            n_iter=40,
        ),
    }


def search_of(case, ours, n_jobs):
    """The search of one side."""
    settings = {"cv": N_SPLITS, "scoring": "roc_auc", "n_jobs": n_jobs, "refit": False}
    if case.n_iter is None:
        cls = GridSearchCV if ours else TheirGridSearchCV
        return cls(clone(case.estimator), case.space, **settings)
    cls = RandomSearchCV if ours else RandomizedSearchCV
    settings |= {"n_iter": case.n_iter, "random_state": 0}
    return cls(clone(case.estimator), case.space, **settings)


def timed(case, ours, n_jobs):
    """Seconds of one search, and its scores, shape (n_candidates, N_SPLITS)."""
    search = search_of(case, ours, n_jobs)
    with tempfile.TemporaryDirectory() as folder:
        if case.memory and not ours:
            search.estimator.set_params(memory=folder)
        started = perf_counter()
        search.fit(*case.data)
        seconds = perf_counter() - started
    splits = [f"split{k}_test_score" for k in range(N_SPLITS)]
    return seconds, np.column_stack([search.cv_results_[name] for name in splits])


def compare(case, n_jobs, repeats):
    """Ratios of the times, theirs by ours, and whether all scores are equal."""
    times: dict[bool, list[float]] = {False: [], True: []}
    scores = {}
    for repeat in range(repeats):
        for ours in (False, True) if repeat % 2 == 0 else (True, False):
            seconds, scores[ours] = timed(case, ours, n_jobs)
            times[ours].append(seconds)
    ratios = [a / b for a, b in zip(times[False], times[True], strict=True)]
    bar, found = case.bar, {}
    if bar is None:
        heads = [seconds_of_head(case) for _ in range(repeats)]
        n_cores = min(n_jobs, cpu_count())
        theirs, head = np.median(times[False]), np.median(heads) / n_cores
        # Each worker fits the heads that it needs: all of them at worst.
        allowed = theirs / (theirs - (case.n_iter - n_jobs) * head)
        bar, found = 0.9 * allowed, {"seconds_head": heads, "allowed": allowed}
    return found | {
        "n_jobs": n_jobs,
        "seconds_theirs": times[False],
        "seconds_ours": times[True],
        "speed_up": spread(ratios) if repeats > 1 else {"median": ratios[0]},
        "bar": bar,
        "scores_equal": bool(np.array_equal(scores[False], scores[True])),
    }


def update(path, question, results):
    """Write results beside those that a file has."""
    file = Path(path)
    record = {"question": question, "results": {}}
    if file.exists():
        record |= json.loads(file.read_text(encoding="utf-8"))
    record["question"] = question
    record["environment"] = environment()
    record["results"] |= results
    file.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"{len(results)} results written into {path}")


def main():
    """Compare all cases and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", help="file for the results")
    parser.add_argument("--update", action="store_true", help="keep what is in it")
    options = parser.parse_args()
    results = {}
    for name, case in cases(options.scale).items():
        if options.only not in name:
            continue
        for n_jobs in options.jobs:
            found = compare(case, n_jobs, options.repeats)
            results[f"{name}, {n_jobs} workers"] = found
            print(
                f"{name}, n_jobs={n_jobs}: {found['speed_up']['median']:.2f} x "
                f"(bar {found['bar']:.2f}), scores equal: {found['scores_equal']}",
                flush=True,
            )
    if options.update and options.json:
        update(options.json, __doc__, results)
    else:
        write(options.json, __doc__, results)
    return not all(
        r["scores_equal"] and r["speed_up"]["median"] >= r["bar"]
        for r in results.values()
    )


if __name__ == "__main__":
    raise SystemExit(main())
