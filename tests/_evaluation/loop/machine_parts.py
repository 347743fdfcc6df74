"""Collaborators of the loop that fail, stop and resume at any step."""

from __future__ import annotations

import math
import zlib

import numpy as np

from skbayes._protocol import FoldResult, Status
from tests._evaluation.loop.simulation import CountingStrategy, Memory


def score_of(params, fold):
    """A score, the same whenever asked for; candidates are hard to tell apart."""
    rng = np.random.default_rng([params["x"], fold])
    return float(0.1 * np.cos(params["x"]) + 0.1 * rng.normal() + 0.3 * (fold % 3))


def result_of(fold, value):
    """The result of a fold with a score, which NaN and -inf make a failure."""
    return FoldResult(
        fold,
        {"score": value},
        error=None if math.isfinite(value) else "failed",
        is_fatal=value == -math.inf,
    )


class Listed(CountingStrategy):
    """Proposes what it would anyway, some of it twice."""

    is_adaptive = False

    def ask(self, n, pending=()):
        """Every third candidate is the one before again."""
        return [{"x": p["x"] - (p["x"] % 3 == 2)} for p in super().ask(n, pending)]


class Adaptive(CountingStrategy):
    """Proposes something else for all that it knows, as a model would."""

    is_adaptive = True

    def ask(self, n, pending=()):
        """A number that depends on every score told, and on what is pending."""
        if len(self.told) + len(pending) >= self.n_candidates:
            return []
        known = [(t.params["x"], str(t.status), known_of(t)) for t in self.told]
        text = repr((known, [t.params["x"] for t in pending]))
        return [{"x": zlib.crc32(text.encode())}]


def known_of(trial):
    """Scores of a trial, none if it failed: what was run of it is then chance."""
    return [] if trial.status is Status.FAILED else trial.scores().round(9).tolist()


class NumberedMemory(Memory):
    """A store that also knows the candidates in the order they were begun."""

    def __init__(self):
        super().__init__()
        self.numbers = {}

    def write(self, trial, params, result):
        """Keep a fold, and the number its candidate had first."""
        self.numbers.setdefault(params["x"], trial)
        super().write(trial, params, result)

    def finish(self, trial, params, status):
        """Keep an end."""
        self.numbers.setdefault(params["x"], trial)
        super().finish(trial, params, status)

    def begun(self):
        """Candidates by their numbers, of equal ones the earlier first."""
        return [{"x": x} for x in sorted(self.numbers, key=self.numbers.get)]

    def has_gaps(self):
        """Whether some candidate left nothing, though a later one did."""
        return sorted(self.numbers.values()) != list(range(len(self.numbers)))


class Watcher:
    """An observer that has seen enough after some trials, or breaks when told to."""

    def __init__(self, executor, n_trials):
        self.executor = executor
        self.n_trials = n_trials
        self.error = None
        #: Tasks handed over until it ended the search.
        self.n_at_end = None
        self.trials = []

    def on_fold(self, trial, params, result):
        """Break, if it is to."""
        self._break()

    def on_trial(self, progress):
        """Break or stop, if it is to."""
        self.trials.append(progress.trial)
        self._break()
        is_enough = len(self.trials) >= self.n_trials
        if is_enough:
            self._note_end()
        return is_enough

    def _break(self):
        if self.error is not None:
            self._note_end()
            raise self.error

    def _note_end(self):
        if self.n_at_end is None:
            self.n_at_end = len(self.executor.submitted)
