"""Do hyperparameters depend on the history alone?"""

from dataclasses import replace

import numpy as np
import pytest

from skbayes import Optimizer
from skbayes._gp import Layout, default_hyperparameters, fit_hyperparameters
from skbayes._gp.fit import warpable
from skbayes._gp.likelihood import NegativeLogPosterior
from skbayes._strategies.engine import hyperparameter_schedule
from skbayes._strategies.engine.hyperparameter_schedule import (
    HyperparameterSchedule,
    last_fit,
    previous_fit,
)
from skbayes._strategies.engine.observation import Observation

LAYOUT = Layout(
    np.zeros(2, dtype=int), np.ones((1, 2), dtype=bool), np.zeros(2, dtype=bool)
)


def history(n, seed=0):
    U = np.random.default_rng(seed).random((n, 2))
    return [
        Observation(params={}, key=i, encoded=u, score=-((u - 0.4) ** 2).sum())
        for i, u in enumerate(U)
    ]


@pytest.mark.parametrize(
    ("n", "transform_idx", "expected"),
    [
        (1, 0, 1),
        (1, 1, 1),
        (7, 0, 7),
        (30, 1, 30),
        (33, 0, 32),
        (33, 1, 33),
        (100, 0, 100),
        (100, 1, 99),
        (101, 0, 98),
        (101, 1, 99),
        (104, 0, 102),
        (300, 1, 300),
        (309, 1, 300),
    ],
)
def test_last_fit_gets_rarer(n, transform_idx, expected):
    """Fits come each time up to 30, in turns to 100, every 3rd to 300, then 10th."""
    assert last_fit(n, transform_idx) == expected


@pytest.mark.parametrize("n", [99, 100, 300, 1000])
@pytest.mark.parametrize("transform_idx", [0, 1])
def test_previous_fit_makes_a_short_chain(n, transform_idx):
    """The number falls by two observations up to 100, and beyond by a tenth."""
    chain = [last_fit(n, transform_idx)]
    while (previous := previous_fit(chain[-1], transform_idx)) is not None:
        chain.append(previous)
    assert chain == sorted(set(chain), reverse=True)
    assert len([n for n in chain if n > 100]) < 27
    assert chain[-1] == 4 + transform_idx


@pytest.mark.parametrize("lag", [0, 1, 7])
def test_hyperparameter_schedule_costs_one_fit_an_observation(lag):
    """Whichever transform is asked for first, no link is missing that it needs.

    But the first ones, once more where transforms begin to take turns, and now and
    then a checkpoint beyond 100.
    """
    told, schedule = history(130), HyperparameterSchedule(LAYOUT)
    n_new = []
    for n in range(5, 131):
        before = set(schedule._fitted)
        schedule.hyperparameters(told[:n], (n + lag) % 2)
        n_new.append(len(set(schedule._fitted) - before))
    assert max(n_new[2:26]) <= 1
    assert max(n_new[28:96]) <= 1
    assert max(n_new[96:]) <= 2


def assert_equal(a, b):
    np.testing.assert_array_equal(a.log_lengthscales, b.log_lengthscales)
    np.testing.assert_array_equal(a.log_warp_a, b.log_warp_a)
    assert a.log_noise_variance == b.log_noise_variance


def test_hyperparameter_schedule_does_not_depend_on_questions():
    """Hyperparameters are the same, asked for after each observation or at the end."""
    told = history(24)
    step_by_step, at_once = (
        HyperparameterSchedule(LAYOUT),
        HyperparameterSchedule(LAYOUT),
    )
    for n in range(5, 25):
        last = step_by_step.hyperparameters(told[:n], 0)
    assert_equal(last, at_once.hyperparameters(told, 0))


def test_hyperparameter_schedule_has_a_chain_for_each_transform():
    """Fits of one output transform do not start from those of the other."""
    told = history(20)
    schedule = HyperparameterSchedule(LAYOUT)
    schedule.hyperparameters(told, 1)
    assert_equal(
        schedule.hyperparameters(told, 0),
        HyperparameterSchedule(LAYOUT).hyperparameters(told, 0),
    )


def test_hyperparameter_schedule_has_no_fit_of_equal_scores():
    """Nothing can be learned from equal scores; the chain starts after them."""
    flat = [
        Observation(params={}, key=i, encoded=np.array([i / 9, 0.5]), score=1.0)
        for i in range(9)
    ]
    schedule = HyperparameterSchedule(LAYOUT)
    assert schedule.hyperparameters(flat, 0) is None
    told = [*flat, *history(6)]
    # Keys repeat across the two, so that only new ones count.
    told = [
        Observation(params={}, key=i, encoded=o.encoded, score=o.score)
        for i, o in enumerate(told)
    ]
    assert schedule.hyperparameters(told, 0) is not None


def test_hyperparameter_schedule_fits_prior_results_at_once():
    """A thousand results of an earlier search need no chain of fits."""
    told = [replace(o, is_prior=True) for o in history(90)] + history(4, seed=1)
    told = [replace(o, key=i) for i, o in enumerate(told)]
    schedule = HyperparameterSchedule(LAYOUT)
    schedule.hyperparameters(told[:90], 0)
    assert list(schedule._fitted) == [(0, 90)]
    schedule.hyperparameters(told, 0)
    assert_equal(
        schedule.hyperparameters(told, 0),
        HyperparameterSchedule(LAYOUT).hyperparameters(told, 0),
    )


def test_hyperparameter_schedule_forgets_fits_that_none_starts_from():
    """Each fit holds a matrix; a long search must not keep one a trial."""
    told, schedule = history(130), HyperparameterSchedule(LAYOUT)
    for n in range(5, 131):
        schedule.hyperparameters(told[:n], n % 2)
        assert len(schedule._fitted) <= 26
    assert_equal(
        schedule.hyperparameters(told, 0),
        HyperparameterSchedule(LAYOUT).hyperparameters(told, 0),
    )


def gained(layout, U, y, noise, **settings):
    """A fit, and by how much its value is above that of where it began."""
    fitted = fit_hyperparameters(layout, U, y, noise, **settings)
    objective = NegativeLogPosterior(layout, U, y, noise, warpable(layout, U))
    start = settings["start"]
    begun = default_hyperparameters(layout) if start is None else start.hyperparameters
    pack = objective.parameters.pack
    values = [objective(pack(h))[0] for h in (fitted.hyperparameters, begun)]
    return fitted, values[0] - values[1]


@pytest.mark.parametrize("kind", ["spike", "step", "ties"])
def test_hyperparameter_schedule_never_ends_worse_than_it_began(kind, monkeypatch):
    """Scores are flat with one peak, two values, or few, where fits have gone wrong."""
    gains = []

    def watched(*args, **settings):
        fitted, gain = gained(*args, **settings)
        gains.append(gain)
        return fitted

    monkeypatch.setattr(hyperparameter_schedule, "fit_hyperparameters", watched)
    unit = (0.0, 1.0, "uniform")
    optimizer = Optimizer({"a": unit, "b": unit}, random_state=0, n_iter=35)
    for _ in range(35):
        point = optimizer.ask()
        square = sum((value - 0.6) ** 2 for value in point.values())
        scores = {
            "spike": np.exp(-50.0 * square),
            "step": float(square < 0.04),
            "ties": -np.round(5.0 * square),
        }
        optimizer.tell(point, float(scores[kind]))
    assert len(gains) > 20
    assert max(gains) <= 0.0
