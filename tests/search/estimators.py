"""Estimators that misbehave on purpose, in a module that workers can import."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Scripted(ClassifierMixin, BaseEstimator):
    """Predicts a constant, after doing what `act` says.

    Parameters
    ----------
    act : str
        "fit", "raise", "memory", "exit", "_exit", "kill", "segfault", "sleep",
        "stubborn" (sleeps on through exceptions), "interrupt".
    quality : float
        Share of samples of the first class predicted right.
    log : str or None
        File that gets a line a fit.
    seconds : float
        What a fit takes.
    """

    def __init__(self, act="fit", quality=0.0, log=None, seconds=0.0):
        self.act = act
        self.quality = quality
        self.log = log
        self.seconds = seconds

    def fit(self, X, y):
        """Do as told."""
        if self.log is not None:
            with Path(self.log).open("a") as file:
                file.write(f"{self.act} {self.quality} {np.sum(X):.6f}\n")
        if self.act != "fit":
            _ACTS[self.act]()
        time.sleep(self.seconds)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class for the first part of the samples, then the second."""
        n_first = round(self.quality * len(X))
        return np.where(np.arange(len(X)) < n_first, self.classes_[0], self.classes_[1])


def _raise():
    raise RuntimeError("told to fail")


def _memory():
    raise MemoryError("told to be too large")


def _segfault():
    import ctypes

    ctypes.string_at(0)


def _stubborn():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            time.sleep(60)
        except Exception:
            continue


def _interrupt():
    raise KeyboardInterrupt


_ACTS = {
    "raise": _raise,
    "memory": _memory,
    "exit": lambda: sys.exit(3),
    "_exit": lambda: os._exit(3),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segfault": _segfault,
    "sleep": lambda: time.sleep(60),
    "stubborn": _stubborn,
    "interrupt": _interrupt,
}


def n_lines(path):
    """Fits that a log tells of."""
    return len(Path(path).read_text().splitlines()) if Path(path).exists() else 0
