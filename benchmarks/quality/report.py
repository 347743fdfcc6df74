"""Who finds better points? Tables of the runs, with intervals.

    python -m benchmarks.quality.report --methods skbayes optuna_gp random
    python -m benchmarks.quality.report --write results/quality

Suites of tasks are reported apart. Regret is (best known - best so far) / (best known -
median random point): 0 is the best of any run and of the random pool, 1 a random
configuration. Only pairs of task and seed that every compared method has are counted.
Differences are paired; their 95 % intervals are given once over seeds within the given
tasks (is it better on these tasks?) and once over tasks and seeds (is it better on
tasks of this kind?). Runs that shared their initial design with those of other tasks,
as those without ``own_seed`` did, are one cluster a seed.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .intervals import (
    interval_on_these_tasks,
    interval_on_this_kind,
    nemenyi_distance,
)
from .machine import describe
from .tasks import SUITES, TASKS

HERE = Path(__file__).parent
MARKS = (20, 50, 100)
HELD_OUT = {task.name for task in TASKS if task.held_out}


def read_runs(paths: list[Path]) -> list[dict]:
    """Runs of all files, the later one of equal ones; summaries are runs too."""
    rows: dict[tuple, dict] = {}
    for path in paths:
        text = path.read_text()
        if path.suffix == ".json":
            found = json.loads(text)["runs"]
        else:
            found = [summarised(json.loads(line)) for line in text.splitlines()]
        for row in found:
            rows[row["method"], row["task"], row["seed"]] = row
    return list(rows.values())


def summarised(row: dict) -> dict:
    """A run as its best scores at the marks and its seconds a suggestion."""
    best = np.maximum.accumulate(row["values"])
    n = len(best)
    keys = ("method", "task", "seed", "own_seed")
    return {
        **{key: row[key] for key in keys if key in row},
        "best": {str(k): float(best[k - 1]) for k in MARKS if k <= n},
        "seconds": round(row["overhead"][-1] / n, 5),
    }


def references(runs: list[dict]) -> dict[str, dict[str, float]]:
    """Best known score and the median random one, of each task."""
    text = json.loads((HERE / "reference.json").read_text())
    known = {name: row for name, row in text.items() if "median" in row}
    for run in runs:
        if run["task"] not in known:
            raise ValueError(
                f"reference.json has no task {run['task']!r}; "
                "`python -m benchmarks.quality.run pool` with its suite puts it there."
            )
        reference = known[run["task"]]
        reference["best"] = max(reference["best"], *run["best"].values())
    return known


class Comparison:
    """Regrets of the methods on the pairs of task and seed that all of them have.

    Attributes
    ----------
    methods : list of str
    pairs : list of (task, seed)
    marks : tuple of int
    regret : array of shape (n_methods, n_pairs, n_marks)
    seconds : array of shape (n_methods, n_pairs)
    tasks, designs : array of str of shape (n_pairs,)
        The task of each pair; what its initial design is drawn by: a seed, where other
        tasks have the same one.
    """

    def __init__(self, runs: list[dict], methods: list[str], known: dict) -> None:
        by_pair: dict[tuple, dict] = defaultdict(dict)
        for run in runs:
            if run["method"] in methods:
                by_pair[run["task"], run["seed"]][run["method"]] = run
        self.methods = methods
        self.pairs = sorted(k for k, v in by_pair.items() if len(v) == len(methods))
        table = [[by_pair[pair][m] for pair in self.pairs] for m in methods]
        self.marks = tuple(
            k for k in MARKS if all(str(k) in r["best"] for row in table for r in row)
        )
        self.regret = np.array(
            [[self._regrets(r, known) for r in row] for row in table]
        )
        self.seconds = np.array([[r["seconds"] for r in row] for row in table])
        self.tasks = np.array([task for task, _ in self.pairs])
        self.designs = np.array([_design(p, by_pair[p].values()) for p in self.pairs])

    def _regrets(self, run: dict, known: dict) -> list[float]:
        best, median = (known[run["task"]][k] for k in ("best", "median"))
        return [(best - run["best"][str(k)]) / (best - median) for k in self.marks]

    def ranks(self) -> np.ndarray:
        """Rank of each method in each pair, ties shared; shape as `regret`."""
        less = (self.regret[:, None] > self.regret[None] + 1e-9).sum(axis=1)
        equal = (np.abs(self.regret[:, None] - self.regret[None]) <= 1e-9).sum(axis=1)
        return 1 + less + (equal - 1) / 2

    def mean(self, values: np.ndarray, axis: int = 1) -> np.ndarray:
        """Mean over tasks of the mean over seeds; `axis` is that of the pairs."""
        _, index, n_seeds = np.unique(
            self.tasks, return_inverse=True, return_counts=True
        )
        return np.average(values, axis=axis, weights=1 / n_seeds[index])

    def subset(self, keep: np.ndarray) -> Comparison:
        """The same on some of the pairs."""
        part = object.__new__(Comparison)
        part.methods, part.marks = self.methods, self.marks
        part.pairs = [p for p, k in zip(self.pairs, keep, strict=True) if k]
        part.regret, part.seconds = self.regret[:, keep], self.seconds[:, keep]
        part.tasks, part.designs = self.tasks[keep], self.designs[keep]
        return part


def _design(pair: tuple[str, int], rows: Iterable[dict]) -> str:
    task, seed = pair
    return f"{task}/{seed}" if all("own_seed" in row for row in rows) else f"{seed}"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def overall(comparison: Comparison) -> list[str]:
    """Mean regret, mean rank and overhead of each method."""
    marks = comparison.marks
    ranks = comparison.mean(comparison.ranks())
    regret = comparison.mean(comparison.regret)
    header = ["method", *(f"regret@{k}" for k in marks), *(f"rank@{k}" for k in marks)]
    rows = []
    for i in np.argsort(regret[:, -1]):
        numbers = [f"{x:.4f}" for x in regret[i]] + [f"{x:.2f}" for x in ranks[i]]
        median = np.median(comparison.seconds[i])
        seconds = "" if np.isnan(median) else f"{median:.4f}"
        rows.append([comparison.methods[i], *numbers, seconds])
    n_tasks = len(set(comparison.tasks))
    distance = nemenyi_distance(len(comparison.methods), n_tasks)
    return [
        f"{len(comparison.pairs)} pairs of task and seed, {n_tasks} tasks. Mean ranks "
        f"per task differ significantly (Nemenyi, 5 %) from {distance:.2f} on.",
        "",
        *_table([*header, "CPU s/suggestion"], rows),
    ]


def differences(comparison: Comparison, ours: str) -> list[str]:
    """Regret of `ours` minus that of each other method, with two intervals."""
    i = comparison.methods.index(ours)
    rows = []
    for j, other in enumerate(comparison.methods):
        if j == i:
            continue
        for m, mark in enumerate(comparison.marks):
            d = comparison.regret[i, :, m] - comparison.regret[j, :, m]
            pairs = (d, comparison.tasks, comparison.designs)
            within = interval_on_these_tasks(*pairs)
            across = interval_on_this_kind(*pairs)
            wins = f"{(d < -1e-9).sum()}/{(np.abs(d) <= 1e-9).sum()}/{(d > 1e-9).sum()}"
            texts = [_interval(*within), _interval(*across)]
            mean = f"{comparison.mean(d, axis=0):+.4f}"
            rows.append([other, str(mark), mean, *texts, wins])
    header = ["against", "after", "difference", "these tasks", "this kind", "w/t/l"]
    return _table([f"{ours} {header[0]}", *header[1:]], rows)


def _interval(low: float, high: float) -> str:
    return "too few" if np.isnan(low) else f"[{low:+.4f}, {high:+.4f}]"


def by_task(comparison: Comparison, mark: int) -> list[str]:
    """Mean regret of each method on each task after `mark` evaluations."""
    m = comparison.marks.index(mark)
    rows = []
    for task in dict.fromkeys(comparison.tasks):
        keep = comparison.tasks == task
        means = comparison.regret[:, keep, m].mean(axis=1)
        name = f"{task} (held out)" if task in HELD_OUT else str(task)
        best = means.min()
        rows.append(
            [name, *(f"**{x:.4f}**" if x == best else f"{x:.4f}" for x in means)]
        )
    return _table([f"regret@{mark}", *comparison.methods], rows)


def report(runs: list[dict], methods: list[str], ours: str | None) -> str:
    """The whole text, in Markdown; each suite for itself, by the methods it has."""
    known = references(runs)
    found = []
    for suite, tasks in SUITES.items():
        names = {task.name for task in tasks}
        part = [run for run in runs if run["task"] in names]
        present = {run["method"] for run in part}
        compared = [method for method in methods if method in present]
        if compared:
            found.append((suite, Comparison(part, compared, known)))
    several = len(found) > 1
    parts = [
        _suite(f"Suite {suite}: all" if several else "All", comparison, ours)
        for suite, comparison in found
    ]
    return "\n".join(parts)


def _suite(title: str, comparison: Comparison, ours: str | None) -> str:
    lines = [f"## {title} tasks", "", *overall(comparison), ""]
    if ours in comparison.methods:
        lines += [*differences(comparison, ours), ""]
    held = np.isin(comparison.tasks, list(HELD_OUT))
    if held.any():
        lines += ["## Held-out tasks", "", *overall(comparison.subset(held)), ""]
        if ours in comparison.methods:
            lines += [*differences(comparison.subset(held), ours), ""]
    lines += ["## By task", ""]
    for mark in comparison.marks:
        lines += [*by_task(comparison, mark), ""]
    return "\n".join(lines)


def _write(stem: Path, text: str, runs: list[dict], methods: list[str]) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".md").write_text(text + "\n")
    kept = [run for run in runs if run["method"] in methods]
    head = json.dumps({"machine": describe(), "marks": MARKS}, indent=1)
    lines = ",\n".join(json.dumps(run) for run in kept)
    stem.with_suffix(".json").write_text(f'{head[:-2]},\n "runs": [\n{lines}\n]\n}}\n')


def main() -> None:
    """Print the report, and write it where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", nargs="*", type=Path)
    parser.add_argument("--methods", nargs="*", help="default: all in the files")
    parser.add_argument("--ours", default="skbayes", help="whose differences to show")
    parser.add_argument("--write", type=Path, help="write STEM.md and STEM.json")
    arguments = parser.parse_args()
    runs = read_runs(arguments.files or [HERE / "runs" / "runs.jsonl"])
    methods = arguments.methods or sorted({run["method"] for run in runs})
    text = report(runs, methods, arguments.ours)
    print(text)  # noqa: T201
    if arguments.write:
        _write(arguments.write, text, runs, methods)


if __name__ == "__main__":
    main()
