"""Estimators that misbehave on purpose. In a module, so that workers can import them.

The data say which fold is being fitted: sample i has i in its only column, and three
folds without shuffling begin at the samples 0, 10 and 20.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import KFold

N_FOLDS = 3
X = np.arange(30.0).reshape(-1, 1)
y = np.tile([0, 0, 0, 0, 1], 6)
FOLDS = KFold(N_FOLDS)


class Scripted(ClassifierMixin, BaseEstimator):
    """Predicts a constant, after doing what `act` says.

    Parameters
    ----------
    act : str
        "fit", "raise", "memory", "exit", "_exit", "kill", "segfault", "sleep",
        "stubborn" (sleeps on through exceptions), "interrupt", "warn".
    quality : float
        Its score, less a hundredth for each fold.
    log : str or None
        File that gets a line a fit.
    seconds : float
        What a fit takes; a random time up to it if `is_random`.
    only_fold : int or None
        Where it acts; elsewhere it fits. None: everywhere.
    once : str or None
        File that marks that it has acted, and is not to act again.
    is_random : bool
        Whether fits take as long as they like.
    """

    def __init__(
        self,
        act="fit",
        quality=0.0,
        log=None,
        seconds=0.0,
        only_fold=None,
        once=None,
        is_random=False,
    ):
        self.act = act
        self.quality = quality
        self.log = log
        self.seconds = seconds
        self.only_fold = only_fold
        self.once = once
        self.is_random = is_random

    def fit(self, X, y):
        """Do what the parameters demand."""
        self.fold_ = fold_of(X)
        if self.log is not None:
            with Path(self.log).open("a") as file:
                file.write(f"{self.act} {self.quality} {self.fold_}\n")
        if self.only_fold in (None, self.fold_) and self._is_first_time():
            _ACTS[self.act]()
        share = random.SystemRandom().random() if self.is_random else 1.0
        time.sleep(self.seconds * share)
        self.classes_ = np.unique(y)
        return self

    def _is_first_time(self):
        if self.once is None:
            return True
        if Path(self.once).exists():
            return False
        Path(self.once).touch()
        return True

    def predict(self, X):
        """The first class, always."""
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        """The score in the parameters."""
        return score_of(self.quality, self.fold_)


class Mortal(Scripted):
    """Acts as long as there is no file named `once`."""

    def _is_first_time(self):
        return not Path(self.once).exists()


def score_of(quality, fold):
    """What a fold of a quality scores; -1 stands for all data."""
    return quality - 0.01 * fold


def mean_of(quality):
    """What all folds of a quality score on average."""
    return float(np.mean([score_of(quality, k) for k in range(N_FOLDS)]))


def fold_of(X):
    """The fold whose samples a training set lacks, -1 if it lacks none."""
    present = set(np.asarray(X)[:, 0])
    return next((k for k in range(N_FOLDS) if 10 * k not in present), -1)


def not_finite_score(estimator, X, y):
    """Score of an estimator told to be not a number, or infinite."""
    return {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}.get(
        estimator.quality, estimator.quality
    )


def two_scores(estimator, X, y):
    """Two scores, of which the second has another best candidate."""
    score = estimator.score(X, y)
    return {"good": score, "bad": -score}


def failing_score(estimator, X, y):
    """Fails for half of the candidates."""
    if estimator.quality > 0.5:
        raise RuntimeError("told to fail in scoring")
    return estimator.quality


def _raise():
    raise RuntimeError("told to fail")


def _memory():
    raise MemoryError("told to be too large")


def _segfault():
    import ctypes

    ctypes.string_at(0)


def _stubborn():
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            time.sleep(120)
        except Exception:
            continue


def _interrupt():
    raise KeyboardInterrupt


def _interrupt_driver():
    """Ctrl-C in the process that runs the search, which may be this one."""
    is_driver = os.getpid() == int(os.environ["DRIVER"])
    # What other workers have begun may end first.
    time.sleep(0 if is_driver else 2)
    os.kill(int(os.environ["DRIVER"]), signal.SIGINT)
    time.sleep(5 if is_driver else 120)


def _kill_driver():
    os.kill(int(os.environ["DRIVER"]), signal.SIGKILL)


def _threads():
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("not in the main thread")
    if threading.active_count() > 1:
        raise RuntimeError(f"threads: {threading.enumerate()}")


_ACTS = {
    "fit": lambda: None,
    "raise": _raise,
    "memory": _memory,
    "exit": lambda: sys.exit(3),
    "_exit": lambda: os._exit(3),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segfault": _segfault,
    "sleep": lambda: time.sleep(120),
    "stubborn": _stubborn,
    "interrupt": _interrupt,
    "interrupt driver": _interrupt_driver,
    "kill driver": _kill_driver,
    "no threads": _threads,
    "warn": lambda: warnings.warn("told to warn", UserWarning, stacklevel=2),
}


def fits(path):
    """How often each ``"act quality fold"`` was fitted, refits left out."""
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return Counter(line for line in lines if not line.endswith(" -1"))
