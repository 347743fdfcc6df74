"""Put the folds of several runs of one search on one clock.

A journal continues a search over several runs, and `FoldResult.started` counts the
seconds from the begin of the fold's own run. The displays need one axis for all runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from skbayes._protocol import FoldResult, Trial


@dataclass(frozen=True)
class TimedFold:
    """A fold on the clock of the whole search.

    Parameters
    ----------
    trial : Trial
        Candidate of the fold.
    fold : FoldResult
        Result of the fold.
    run : int
        Number of the run, from 0.
    started : float
        Seconds since the first run began, without the time between runs.
    """

    trial: Trial
    fold: FoldResult
    run: int
    started: float

    @property
    def ended(self) -> float:
        """Seconds from the begin of the first run to the end of the fold."""
        return self.started + self.fold.fit_time + self.fold.score_time


def timed_folds(trials: Sequence[Trial]) -> list[TimedFold]:
    """Put all folds of a search on one clock.

    Parameters
    ----------
    trials : sequence of Trial
        Trials of one search. Folds read from a journal have `FoldResult.written`, the
        time of writing.

    Returns
    -------
    list of TimedFold
        All folds, sorted by their start.
    """
    pairs = [(trial, fold) for trial in trials for fold in trial.folds]
    runs = _runs([fold for _, fold in pairs])
    ends = [0.0] * (max(runs, default=0) + 1)
    for (_, fold), run in zip(pairs, runs, strict=True):
        ends[run] = max(ends[run], _end(fold))
    begins = [sum(ends[:run]) for run in range(len(ends))]
    timed = [
        TimedFold(trial, fold, run, begins[run] + fold.started)
        for (trial, fold), run in zip(pairs, runs, strict=True)
    ]
    return sorted(timed, key=lambda one: one.started)


def _runs(folds: Sequence[FoldResult]) -> list[int]:
    """Number the run of each fold; the last number is the run of this search.

    A fold's run began at ``written - end``, or a little later where the fold waited for
    the journal. The runs of a journal do not overlap in time. So a new run begins where
    every later fold's run began after the last fold so far was written.
    """
    runs = [0] * len(folds)
    known = [
        (f.written, f.written - _end(f), i) for i, f in enumerate(folds) if f.written
    ]
    known.sort()
    # The minimum over all later folds: one fold that waited to be written has a late
    # estimate, and alone would split its run in two.
    earliest = list(accumulate((began for _, began, _ in reversed(known)), min))[::-1]
    run, last_written = 0, math.inf
    for (written, _, i), began in zip(known, earliest, strict=True):
        run += began > last_written
        runs[i] = run
        last_written = written
    # `written` is None for folds that this search evaluated itself.
    own = run + 1 if known else 0
    return [own if f.written is None else r for f, r in zip(folds, runs, strict=True)]


def _end(fold: FoldResult) -> float:
    return fold.started + fold.fit_time + fold.score_time
