"""Print the searches in a journal on the command line."""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from skbayes._duration import duration
from skbayes._journal.database import read_snapshot
from skbayes._journal.reader import recorded_searches
from skbayes._journal.recorded_search import RecordedSearch
from skbayes._protocol import Status
from skbayes.exceptions import JournalError


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the searches in the journal that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m skbayes.journal",
        description="Print the searches in a journal, their progress and best trial.",
    )
    parser.add_argument("path", metavar="PATH", help="what was given as journal=")
    path = parser.parse_args(arguments).path
    try:
        searches = read_snapshot(path, recorded_searches)
    except JournalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lines = [_counted(len(searches), "search", "searches")]
    for search in searches:
        lines += ["", *_summary(search)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _summary(search: RecordedSearch) -> Iterator[str]:
    """Lines about one search."""
    yield f"search {search.number}, begun {_moment(search.begun)}"
    for name, text in search.description.items():
        yield f"  {name}: {' '.join(text.split())}"
    if search.like is not None:
        parts = ", ".join(search.differs_in) or "nothing"
        yield f"  differs from search {search.like} in: {parts}"
    yield f"  trials: {_trial_counts(search)}"
    n_folds = sum(len(trial.folds) for trial in search.trials)
    seconds = sum(trial.seconds for trial in search.trials)
    yield (
        f"  folds: {n_folds} of {len(search.trials) * search.n_splits}, "
        f"{duration(seconds)} of fitting and scoring"
    )
    if search.last_written is not None:
        yield f"  last fold: {_moment(search.last_written)}"
    yield from _best(search)


def _trial_counts(search: RecordedSearch) -> str:
    n_trials = len(search.trials)
    done = str(n_trials)
    if search.n_candidates is not None:
        done += f" of {search.n_candidates}"
    counts = Counter(trial.status for trial in search.trials)
    parts = [f"{counts[status]} {status}" for status in Status if counts[status]]
    return f"{done} ({', '.join(parts)})" if parts else done


def _best(search: RecordedSearch) -> Iterator[str]:
    """Lines about the best complete trial, if there is one."""
    metric = search.metric
    complete = [t for t in search.trials if t.status == Status.COMPLETE]
    if metric is None or not complete:
        return
    # NaN compares false with everything, so max() could return it.
    best = max(complete, key=lambda t: _or_lowest(t.scores(metric).mean()))
    yield f"  best mean {metric}: {best.scores(metric).mean():.6g}, trial {best.index}"
    for name, value in best.params.items():
        yield f"    {name}: {value}"


def _or_lowest(score: float) -> float:
    return -math.inf if math.isnan(score) else score


def _moment(seconds: float) -> str:
    """Local date and time of seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
