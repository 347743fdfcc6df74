"""Does the comparison of libraries plan, resume and count as it says?"""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SHORT = "diabetes: scaled SVR"


@pytest.fixture
def part(monkeypatch):
    """Modules of the comparison, which is no part of the package."""
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.comparison.{name}")


def row_of(runs, task, method, seed=0, **row):
    """A row of the results; two workers, 30 candidates."""
    is_search = method != runs.UNTUNED
    key = {
        "task": task,
        "method": method,
        "workers": 2 if is_search else 1,
        "mode": "evaluations",
        "limit": 30 if is_search else 1,
        "seed": seed,
    }
    return (
        key | {"error": None, "seconds": 4.0, "trace": [], "date": "2026-01-01"} | row
    )


@pytest.fixture
def rows(part):
    """Two tasks; ours finds the best, another half of its gain, a third one fails."""
    runs = part("runs")
    found = [{"machine": {"cores": "2", "processor": "p", "python": "3", "flaml": "2"}}]
    for task, unit in (("a", 1.0), ("b", 10.0)):

        def scores(gain, unit=unit):
            return {"cv_score": unit * gain, "test_score": unit * gain / 2}

        trace = [[1.0, unit * 0.6], [3.0, unit]]
        found += [
            row_of(runs, task, runs.UNTUNED, **scores(0.0)),
            row_of(runs, task, "skbayes", **scores(1.0), trace=trace),
            row_of(runs, task, "skopt", **scores(0.5)),
            row_of(runs, task, "ax", error="no"),
        ]
    return found


def test_plan_has_each_run_once(part):
    """Seeds come one after the other; searches without a time limit are left out."""
    runs = part("runs")
    plan = list(
        runs.planned(
            tasks=["a", "b"],
            methods=["skbayes", "grid"],
            workers=[1, 2],
            limits={"evaluations": 30, "seconds": 10},
            seeds=2,
        )
    )
    assert len(plan) == len(set(plan)) == 2 * 2 * (1 + 2 * (2 + 1))
    assert [key.seed for key in plan] == sorted(key.seed for key in plan)
    assert not any(k.method == "grid" and k.mode == "seconds" for k in plan)


def test_rows_that_were_cut_short_are_left_out(part, tmp_path):
    """A file whose last line was not finished is read up to there."""
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"task": "a"}) + '\n{"task": "b", "me', encoding="utf-8")
    assert part("runs").read_rows(path) == [{"task": "a"}]
    assert part("runs").read_rows(tmp_path / "none.jsonl") == []


def test_gains_are_shares_of_the_best_known(part, rows):
    """Equal on all scales; what failed has gained nothing."""
    table = part("table")
    runs = table.latest(rows)
    gains = table.Gains(runs)
    assert gains.pairs() == {("a", 0), ("b", 0)}
    by_method = {
        key.method: gains.of(key, row, "cv_score") for key, row in runs.items()
    }
    assert by_method == {"untuned": 0.0, "skbayes": 1.0, "skopt": 0.5, "ax": 0.0}
    held_out = {key.method: gains.of(key, r, "test_score") for key, r in runs.items()}
    assert held_out["skbayes"] == 0.5


def test_share_of_time(part, rows):
    """From the first score that is as good; never, where there is none."""
    table = part("table")
    ours, theirs = rows[2], rows[3]
    assert table.share_of_time(ours, theirs) == 0.25
    assert math.isinf(table.share_of_time(ours, theirs | {"cv_score": 2.0}))
    assert table.share_of_time(ours, theirs | {"error": "no"}) == 0.0


def test_share_of_their_time(part, rows):
    """Both times count up to our final score; never counts as infinitely long."""
    table = part("table")
    ours, theirs = rows[2], rows[3]
    assert table.share_of_their_time(ours, theirs) == 0.0
    late = theirs | {"trace": [[2.0, 0.9], [12.0, 1.0]]}
    assert table.share_of_their_time(ours, late) == 0.25
    assert table.share_of_their_time(ours, theirs | {"error": "no"}) == 0.0
    assert math.isinf(table.share_of_their_time(ours | {"error": "no"}, late))


def test_interval_covers_tasks(part):
    """It is a point where all are equal, and as wide as tasks differ."""
    interval = part("table").interval
    same = {(task, seed): 1.0 for task in "abc" for seed in range(2)}
    assert interval(same, np.mean) == (1.0, 1.0)
    low, high = interval(same | {("c", 0): 4.0, ("c", 1): 4.0}, np.mean)
    assert low == 1.0
    assert 2.0 < high <= 4.0


def test_page_is_written_between_its_marks(part, rows, tmp_path):
    """What stands around them stays, and a second time changes nothing."""
    table = part("table")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", "utf-8")
    table.write_page(rows, page)
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| skbayes | 1.00 (1.00 to 1.00) |  | 0.50 (0.50 to 0.50) | 4.0 |" in text
    ahead = "+0.50 (+0.50 to +0.50)"
    assert f"| scikit-optimize | 0.50 (0.50 to 0.50) | {ahead} |" in text
    assert "| 25% (25% to 25%) |" in text
    assert "or not run: skbayes, `racing=True`, Optuna, TPE" in text
    table.write_page(rows, page)
    assert page.read_text("utf-8") == text
    page.write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="has no lines"):
        table.write_page(rows, page)


def test_halving_costs_what_full_candidates_cost(part):
    """Every round has a third of the candidates and three times the samples."""
    start = part("methods").halving_start
    n, smallest = start(30, 2700, 2)
    assert (n, smallest) == (202, 100)
    cost = sum((n // 3**k) * smallest * 3**k for k in range(4)) / 2700
    assert cost == pytest.approx(30, rel=0.03)
    assert start(30, 120, 3) == (45, 40)  # no fewer than two a class and fold
    assert start(30, 40, 3) == (30, 40)


def test_grid_spends_no_more(part):
    """Two parameters, evenly spaced on their scales."""
    methods, tasks = part("methods"), part("tasks")
    for task in tasks.TASKS.values():
        grid = methods.grid_of(task.space, 30)
        assert list(grid) == list(task.space)[:2]
        assert 10 < math.prod(map(len, grid.values())) <= 30
    grid = methods.grid_of(tasks.TASKS[SHORT].space, 30)
    assert np.diff(np.log(grid["svr__C"])) == pytest.approx(np.log(1e5) / 5)


@pytest.mark.parametrize(
    "method", ["untuned", "skbayes_racing", "random", "optuna_tpe"]
)
def test_runs_give_rows(part, method):
    """A short search of some kinds: its scores, its seconds and its way there."""
    runs = part("runs")
    if method != "untuned" and not runs.is_installed(method):
        pytest.skip("is not installed")
    row = runs.run_here(runs.Key(SHORT, method, 1, "evaluations", 6, 0))
    json.dumps(row)
    assert row["error"] is None
    assert row["n_candidates"] == (0 if method == "untuned" else 6)
    if method != "untuned":
        (*_, (seconds, score)) = row["trace"]
        assert score == pytest.approx(row["cv_score"])
        assert seconds <= row["seconds"]
