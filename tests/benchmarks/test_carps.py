"""Does skbayes take the spaces of CARP-S and search its tasks by its rules?"""

from __future__ import annotations

import importlib
import sys
import types
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ConfigSpace = pytest.importorskip("ConfigSpace")


@pytest.fixture
def space():
    """XGBoost's: a booster switches parameters, two of which two boosters share."""
    space = ConfigSpace.ConfigurationSpace(seed=0)
    booster = ConfigSpace.Categorical("booster", ["gblinear", "gbtree", "dart"])
    eta = ConfigSpace.Float("eta", (1e-3, 1.0), log=True)
    drop = ConfigSpace.Float("drop", (0.0, 1.0))
    space.add(booster, eta, drop, ConfigSpace.Integer("depth", (1, 9)))
    space.add(ConfigSpace.Constant("task", "7"))
    space.add(ConfigSpace.InCondition(eta, booster, ["gbtree", "dart"]))
    space.add(ConfigSpace.EqualsCondition(drop, booster, "dart"))
    return space


@pytest.fixture
def carps(monkeypatch):
    """What the adapter uses of CARP-S, as its version 1.1 has it."""

    class Optimizer:
        def __init__(self, task, loggers=None):
            self.task, self.loggers, self.solver = task, loggers or [], None

        def setup_optimizer(self):
            self.solver = self._setup_optimizer()

    class StatusType(IntEnum):
        SUCCESS = 1
        CRASHED = 2

    @dataclass(frozen=True)
    class TrialInfo:
        config: Any
        name: str | None = None

    @dataclass(frozen=True)
    class TrialValue:
        cost: float
        status: StatusType = StatusType.SUCCESS

    trials = types.ModuleType("carps.utils.trials")
    trials.__dict__.update(
        StatusType=StatusType, TrialInfo=TrialInfo, TrialValue=TrialValue
    )
    optimizer = types.ModuleType("carps.optimizers.optimizer")
    optimizer.Optimizer = Optimizer
    for name in ("carps", "carps.utils", "carps.optimizers"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "carps.utils.trials", trials)
    monkeypatch.setitem(sys.modules, "carps.optimizers.optimizer", optimizer)
    return trials


@pytest.fixture
def part(monkeypatch):
    """Modules of the judge, which is no part of the package."""
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.quality.{name}")


@pytest.fixture
def adapter(part, carps, monkeypatch):
    """The adapter, imported anew for the modules above."""
    name = "benchmarks.quality.carps_optimizer"
    monkeypatch.delitem(sys.modules, name, raising=False)
    yield part("carps_optimizer").SkbayesOptimizer
    sys.modules.pop(name, None)


def task_of(space, n_objectives=1, is_multifidelity=False):
    """A task as CARP-S describes it."""
    fidelity = SimpleNamespace(is_multifidelity=is_multifidelity)
    return SimpleNamespace(
        objective_function=SimpleNamespace(configspace=space),
        output_space=SimpleNamespace(n_objectives=n_objectives),
        input_space=SimpleNamespace(fidelity_space=fidelity),
        optimization_resources=SimpleNamespace(n_trials=30),
    )


def test_conditions_become_branches(part, space):
    """A branch for each set of parameters that are active together."""
    found = part("carps_space").branches(space)
    linear, tree, dart = found
    assert set(linear) == {"booster", "depth", "task"}
    assert linear["booster"] == ["gblinear"]
    assert set(tree) == {"booster", "depth", "task", "eta"}
    assert set(dart) == {"booster", "depth", "task", "eta", "drop"}
    assert dart["eta"] is space["eta"]


def test_values_with_the_same_parameters_are_one_branch(part, space):
    """Without the parameter that tells them apart, two boosters are a choice."""
    other = ConfigSpace.ConfigurationSpace()
    booster = ConfigSpace.Categorical("booster", ["gblinear", "gbtree", "dart"])
    eta = ConfigSpace.Float("eta", (1e-3, 1.0))
    other.add(booster, eta, ConfigSpace.InCondition(eta, booster, ["gbtree", "dart"]))
    linear, trees = part("carps_space").branches(other)
    assert linear == {"booster": ["gblinear"]}
    assert trees["booster"] == ["gbtree", "dart"]


def test_branches_are_nested(part):
    """What a parameter that is switched itself switches."""
    space = ConfigSpace.ConfigurationSpace()
    a = ConfigSpace.Categorical("a", [0, 1])
    b = ConfigSpace.Categorical("b", ["x", "y"])
    c = ConfigSpace.Float("c", (0.0, 1.0))
    space.add(a, b, c)
    space.add(ConfigSpace.EqualsCondition(b, a, 1))
    space.add(ConfigSpace.EqualsCondition(c, b, "y"))
    found = part("carps_space").branches(space)
    assert found == [{"a": [0]}, {"a": [1], "b": ["x"]}, {"a": [1], "b": ["y"], "c": c}]


def test_spaces_that_are_not_known_are_refused(part, space):
    """Clauses that forbid points; ranges that switch parameters."""
    branches = part("carps_space").branches
    ranges = ConfigSpace.ConfigurationSpace()
    a, b = ConfigSpace.Float("a", (0.0, 1.0)), ConfigSpace.Float("b", (0.0, 1.0))
    ranges.add(a, b, ConfigSpace.GreaterThanCondition(b, a, 0.5))
    with pytest.raises(
        NotImplementedError, match="'a', which is a range, switches 'b'"
    ):
        branches(ranges)
    space.add(ConfigSpace.ForbiddenEqualsClause(space["depth"], 3))
    with pytest.raises(NotImplementedError, match="has 1 forbidden clauses"):
        branches(space)


def test_optimizer_finds_the_least_cost(adapter, carps, space):
    """Asked and told in turn; trials that crash are skipped."""
    optimizer = adapter(task_of(space), seed=0)
    optimizer.setup_optimizer()
    assert optimizer.get_current_incumbent() is None
    seen = []
    for i in range(30):
        trial = optimizer.ask()
        config = dict(trial.config)
        trial.config.check_valid_configuration()
        seen.append(tuple(config.items()))
        status = carps.StatusType.CRASHED if i == 2 else carps.StatusType.SUCCESS
        cost = (config["depth"] - 7) ** 2 + (config["booster"] != "dart")
        optimizer.tell(trial, carps.TrialValue(float(cost), status))
    assert len(set(seen)) == 30  # though ConfigSpace rounds what was asked
    assert len(optimizer.history) == 29
    best, value = optimizer.get_current_incumbent()
    assert (best.config["booster"], best.config["depth"], value.cost) == (
        "dart",
        7,
        0.0,
    )


def test_tasks_of_other_types_are_refused(adapter, space):
    """Several objectives, or fidelities."""
    with pytest.raises(ValueError, match="has 2 objectives"):
        adapter(task_of(space, n_objectives=2), seed=0)
    with pytest.raises(ValueError, match="has fidelities"):
        adapter(task_of(space, is_multifidelity=True), seed=0)


def test_report_counts_pairs_that_all_have(part):
    """Random search after a quarter is 1, the best of all 0, easy tasks left out."""
    rows = [
        {"optimizer": name, "task": "a", "seed": seed, "best": best, "seconds": 0.1}
        for name, runs in {
            "random": ([4.0, 3.0, 2.0], [4.0, 4.0, 2.0]),
            "skbayes": ([3.0, 2.0, 1.0], [3.0, 2.0, 1.5]),
        }.items()
        for seed, best in enumerate(runs)
    ]
    easy = [row | {"task": "b", "best": [0.0] * 3} for row in rows if not row["seed"]]
    report = part("carps").report
    text = report([*rows, *easy, rows[0] | {"seed": 5}])
    assert "2 pairs of task and seed, 1 tasks; 1 pairs of tasks too easy" in text
    assert "| random | 1.000 | 0.833 | 0.333 | 2.00 | 0.100 |" in text
    assert "| skbayes | 0.667 | 0.333 | 0.083 | 1.00 | 0.100 |" in text
    assert report(easy).startswith("No pairs")
