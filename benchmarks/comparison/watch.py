"""What a search has found by when."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from sklearn.model_selection import cross_val_score

from .tasks import Problem, Task


class Watch:
    """The clock of a search, and its best score so far.

    Parameters
    ----------
    limit : float
        Seconds it may take; infinite where evaluations are counted.
    """

    def __init__(self, limit: float = math.inf):
        self.limit = limit
        self.best = -math.inf
        self.trace: list[tuple[float, float]] = []
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self._began

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.seconds >= self.limit

    def saw(self, score: float) -> None:
        """Note a score; only better ones leave a point."""
        if score > self.best:
            self.best = float(score)
            self.trace.append((round(self.seconds, 4), self.best))


class Objective:
    """The mean over the folds of a candidate's scores, for libraries that ask and tell.

    Parameters
    ----------
    task : Task
    problem : Problem
    n_workers : int
        Folds at a time.
    watch : Watch
        Notes every score.
    """

    def __init__(self, task: Task, problem: Problem, n_workers: int, watch: Watch):
        self.task, self.problem, self.n_workers = task, problem, n_workers
        self.watch = watch
        self.n_candidates = 0
        self.best_params: dict[str, Any] | None = None

    def __call__(self, params: dict[str, Any]) -> float:
        """Score one candidate."""
        before = self.watch.best
        score = cv_score(self.task, self.problem, params, self.n_workers)
        self.n_candidates += 1
        self.watch.saw(score)
        if self.watch.best > before:
            self.best_params = dict(params)
        return score


def cv_score(
    task: Task, problem: Problem, params: dict[str, Any], n_workers: int = 1
) -> float:
    """Mean score over the folds of the training part."""
    scores = cross_val_score(
        task.model().set_params(**params),
        problem.train.X,
        problem.train.y,
        cv=problem.folds,
        scoring=task.scoring,
        n_jobs=n_workers,
    )
    return float(np.mean(scores))
