"""The page's tables, out of the rows of runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from .methods import METHODS
from .runs import UNTUNED, Key, key_of

BEGIN = "<!-- written by python -m benchmarks.comparison --table -->"
END = "<!-- end of what is written -->"
N_RESAMPLES = 2000
OURS = ("skbayes", "skbayes_racing")
#: By task and seed.
Values = dict[tuple[str, int], float]


def latest(rows: Iterable[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The last row of each run; a run that was repeated counts as it went then."""
    return {key_of(row): row for row in rows if "task" in row}


class Gains:
    """Scores in units that are the same for all tasks.

    0 is the untuned pipeline, 1 the best cross-validated score that any of the runs
    has found on the same task and seed. No run counts for more than 1 or less than -1,
    so that a task on which tuning gains little does not outweigh the others.

    Parameters
    ----------
    runs : dict of Key to row
    """

    def __init__(self, runs: dict[Key, dict[str, Any]]):
        self._untuned: dict[tuple[str, int], dict[str, Any]] = {}
        self._best: Values = {}
        for key, row in runs.items():
            if row["error"]:
                continue
            pair = key.task, key.seed
            if key.method == UNTUNED:
                self._untuned[pair] = row
            best = self._best.get(pair, -math.inf)
            self._best[pair] = max(best, row["cv_score"])

    def pairs(self) -> set[tuple[str, int]]:
        """Tasks and seeds on which tuning gains anything at all."""
        return {
            pair
            for pair, row in self._untuned.items()
            if self._best[pair] > row["cv_score"]
        }

    def of(self, key: Key, row: dict[str, Any], name: str) -> float:
        """Gain of a run, 0 if it failed.

        Parameters
        ----------
        key : Key
        row : dict
        name : {"cv_score", "test_score"}
            Both in units of the cross-validated gain.

        Returns
        -------
        float
        """
        if row["error"]:
            return 0.0
        pair = key.task, key.seed
        untuned = self._untuned[pair]
        unit = self._best[pair] - untuned["cv_score"]
        return float(np.clip((row[name] - untuned[name]) / unit, -1.0, 1.0))


def share_of_time(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """The share of their seconds after which we had their final score; inf if never."""
    if theirs["error"]:
        return 0.0
    if ours["error"]:
        return math.inf
    return _seconds_to(ours, theirs["cv_score"]) / theirs["seconds"]


def share_of_their_time(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """Our seconds to our own final score over theirs to it; 0 if they never had it."""
    if ours["error"]:
        return math.inf
    if theirs["error"]:
        return 0.0
    own = ours["cv_score"]
    return _seconds_to(ours, own) / _seconds_to(theirs, own)


def _seconds_to(run: dict[str, Any], score: float) -> float:
    """Seconds after which a run had a score; inf if never."""
    # Scores are means of the same folds, but not always added up in the same order.
    wanted = score - 1e-9 * abs(score)
    return next(
        (seconds for seconds, found in run["trace"] if found >= wanted), math.inf
    )


def interval(
    values: Values, statistic: Callable[[np.ndarray], float]
) -> tuple[float, float]:
    """95 % bootstrap interval over tasks, and seeds within tasks.

    Parameters
    ----------
    values : dict of (task, seed) to float
    statistic : callable
        Of an array of all values: a mean, a median.

    Returns
    -------
    tuple of float
        Low and high.
    """
    rng = np.random.default_rng(0)
    by_task: dict[str, list[float]] = {}
    for (task, _), value in sorted(values.items()):
        by_task.setdefault(task, []).append(value)
    groups = [np.array(group) for group in by_task.values()]
    statistics = []
    for _ in range(N_RESAMPLES):
        picked = (groups[i] for i in rng.integers(len(groups), size=len(groups)))
        drawn = [group[rng.integers(len(group), size=len(group))] for group in picked]
        statistics.append(statistic(np.concatenate(drawn)))
    low, high = np.quantile(statistics, [0.025, 0.975], method="nearest")
    return float(low), float(high)


def _block(
    runs: dict[Key, dict[str, Any]], mode: str, limit: float, workers: int
) -> list[str]:
    """One table: what is equal for all, and a number of workers."""
    gains = Gains(runs)
    chosen = {
        key: row
        for key, row in runs.items()
        if (key.mode, key.limit, key.workers) == (mode, limit, workers)
    }
    methods = [m for m in METHODS if any(k.method == m for k in chosen)]
    by_method = {
        m: {(k.task, k.seed): (k, r) for k, r in chosen.items() if k.method == m}
        for m in methods
    }
    pairs = sorted(gains.pairs().intersection(*map(set, by_method.values())))
    if not methods or not pairs:
        return []
    unit = "candidates" if mode == "evaluations" else "seconds"
    n_tasks = len({task for task, _ in pairs})
    head = ["search", "gain in CV", "skbayes ahead in CV", "gain held out", "median s"]
    head += [
        "skbayes had its score after this share of its time",
        "skbayes had its own score in this share of the time that the other took to it",
    ]
    lines = [
        f"**{limit:g} {unit}, {workers} worker{'s' if workers > 1 else ''}** "
        f"(tasks: {n_tasks}, runs of each search: {len(pairs)})",
        "",
        "| " + " | ".join(head) + " |",
        "| --- " * len(head) + "|",
    ]
    own = by_method.get("skbayes", {})
    first = {pair: gains.of(*own[pair], "cv_score") for pair in pairs if own}
    for method in methods:
        of_method = {pair: by_method[method][pair] for pair in pairs}
        ours = {pair: own[pair][1] for pair in pairs if own}
        lines.append(_line(method, of_method, gains, ours, first))
    return [*lines, ""]


def _line(
    method: str,
    of_method: dict[tuple[str, int], tuple[Key, dict[str, Any]]],
    gains: Gains,
    ours: dict[tuple[str, int], dict[str, Any]],
    first: Values,
) -> str:
    """One row of a table; `first` are the gains of skbayes, to be compared in pairs."""
    cells = [METHODS[method].title]
    for name in ("cv_score", "test_score"):
        values = {pair: gains.of(*run, name) for pair, run in of_method.items()}
        cells.append(_mean(values, ".2f"))
        if name == "cv_score":
            is_compared = first and method != "skbayes"
            ahead = {pair: gain - values[pair] for pair, gain in first.items()}
            cells.append(_mean(ahead, "+.2f") if is_compared else "")
    rows = {pair: row for pair, (_, row) in of_method.items()}
    seconds = [row["seconds"] for row in rows.values() if not row["error"]]
    n_failed = len(rows) - len(seconds)
    failed = f"; {n_failed} failed" if n_failed else ""
    cells.append(f"{np.median(seconds):.1f}{failed}" if seconds else "all failed")
    cells += ["", ""] if method in OURS or not ours else _shares(ours, rows)
    return "| " + " | ".join(cells) + " |"


def _shares(
    ours: dict[tuple[str, int], dict[str, Any]],
    rows: dict[tuple[str, int], dict[str, Any]],
) -> list[str]:
    """The cells on shares of time, either way."""
    cells = []
    for share_of, extreme, whose in (
        (share_of_time, math.inf, "never"),
        (share_of_their_time, 0.0, "the other never"),
    ):
        shares = {pair: share_of(ours[pair], row) for pair, row in rows.items()}
        low, high = interval(shares, _lower_median)
        middle = _lower_median(np.array(list(shares.values())))
        often = np.mean([share == extreme for share in shares.values()])
        text = f"{_percent(middle)} ({_percent(low)} to {_percent(high)})"
        some = f"; {whose} in {often:.0%} of the runs" if often else ""
        cells.append(whose if often == 1 else text + some)
    return cells


def _mean(values: Values, form: str) -> str:
    """A mean with its interval."""
    low, high = interval(values, np.mean)
    mean = np.mean(list(values.values()))
    return f"{mean:{form}} ({low:{form}} to {high:{form}})"


def _lower_median(values: np.ndarray) -> float:
    """A median that is one of the values, so that infinite ones do not become NaN."""
    return float(np.quantile(values, 0.5, method="higher"))


def _percent(share: float) -> str:
    return "never" if math.isinf(share) else f"{share:.0%}"


def page_text(rows: list[dict[str, Any]]) -> str:
    """All that `write_page` writes."""
    runs = latest(rows)
    machine = [row["machine"] for row in rows if "machine" in row][-1]
    dates = sorted(row["date"] for row in runs.values() if not row["error"])
    present = {key.method for key in runs}
    left_out = [m.title for name, m in METHODS.items() if name not in present]
    packages = dict.fromkeys(m.package for m in METHODS.values())
    versions = ", ".join(f"{p} {machine[p]}" for p in packages if p in machine)
    lines = []
    searches = [key for key in runs if key.method != UNTUNED]
    for block in sorted({(key.mode, key.limit, key.workers) for key in searches}):
        lines += _block(runs, *block)
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    lines.append(
        f"Measured {when} on {machine['cores']} cores of {machine['processor']}, "
        f"Python {machine['python']}, {versions}."
    )
    if left_out:
        lines.append(f"Not installed there, or not run: {', '.join(left_out)}.")
    return "\n".join(lines)


def write_page(rows: list[dict[str, Any]], page: Path) -> None:
    """Replace what stands between the marks of a page.

    Raises
    ------
    ValueError
        If the page has no marks, or there are no runs.
    """
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page} has no lines {BEGIN!r} and {END!r}.")
    if not latest(rows):
        raise ValueError("There are no runs yet. Measure first, without --table.")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    written = f"{before}{BEGIN}\n\n{page_text(rows)}\n\n{END}{after}"
    page.write_text(written, encoding="utf-8")
