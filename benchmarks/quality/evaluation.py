"""Scores of configurations: cross-validated once, then read from a file.

The file holds exact configurations only; nothing is interpolated. Every task has
fixed folds and fixed seeds, so a configuration met again has the same scores.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from .task import Task


def _versions(task: Task) -> str:
    """What scores depend on: scikit-learn and what else the task needs."""
    others = [f"{name}-{import_module(name).__version__}" for name in task.needs]
    return "-".join([sklearn.__version__, *others])


class CachedTask:
    """A task whose evaluations are remembered in a JSON-lines file.

    Parameters
    ----------
    task : Task
    folder : Path or None
        Where the file lies; None remembers nothing.
    """

    def __init__(self, task: Task, folder: Path | None) -> None:
        self.task = task
        self._evaluate = task.evaluator()
        self._known: dict[str, list[float]] = {}
        self._file = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = folder / f"{task.name}-{_versions(task)}.jsonl"
            self._load()

    def _load(self) -> None:
        if not self._file.exists():
            return
        for line in self._file.read_text().splitlines():
            key, scores = json.loads(line)
            self._known[key] = scores

    def best_known(self) -> float:
        """Best mean score that any run has met, -inf where nothing is remembered."""
        return max(map(np.mean, self._known.values()), default=-np.inf)

    def fold_scores(self, params: Mapping[str, Any]) -> list[float]:
        """Scores of the five folds."""
        key = json.dumps(params, sort_keys=True)
        if key not in self._known:
            scores = self._evaluate(params)
            self._known[key] = scores
            if self._file is not None:
                with self._file.open("a") as lines:
                    lines.write(json.dumps([key, scores]) + "\n")
        return self._known[key]


class Recorder:
    """The black box a method is given: scores, and the time the method itself took.

    Attributes
    ----------
    values : list of float
        Mean score of every evaluation.
    overhead : list of float
        CPU seconds the method had spent outside evaluations before each of them
        (threads are pinned to one, so that a busy machine does not count).
    """

    def __init__(self, cached: CachedTask) -> None:
        self.cached = cached
        self.space = cached.task.space
        self.flat = cached.task.flat
        self.values: list[float] = []
        self.overhead: list[float] = []
        self._inside = 0.0
        self._start = time.process_time()

    def fold_scores(self, params: Mapping[str, Any]) -> list[float]:
        """Evaluate a configuration."""
        entered = time.process_time()
        self.overhead.append(entered - self._start - self._inside)
        scores = self.cached.fold_scores(params)
        self.values.append(float(np.mean(scores)))
        self._inside += time.process_time() - entered
        return scores

    def score_flat(self, flat: Mapping[str, Any]) -> float:
        """Mean score of a flat point."""
        self.fold_scores(self.flat.params(flat))
        return self.values[-1]
