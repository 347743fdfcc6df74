"""Is the best new point proposed, in time, and within the branch that is held?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from skbayes._gp import fit_cost, layout_of
from skbayes._strategies.engine import proposal
from skbayes._strategies.engine.improvement_margin import improvement_margin
from skbayes._strategies.engine.proposal import (
    FoldCost,
    TimeLeft,
    check_time_left,
    propose,
)
from skbayes._strategies.engine.surrogate import fit_surrogate
from skbayes._strategies.engine.training_data import training_data
from skbayes.space._parsing import parse_space
from tests._strategies.engine.points import told

SPACE = parse_space({"n": list(range(1, 13)), "k": ["a", "b"]})
GRID = list(SPACE.grid())
N, K = ([c.name for c in SPACE.columns].index(name) for name in ("n", "k"))


def score(params):
    """Best at 6."""
    return -((params["n"] - 6) ** 2) + 0.5 * (params["k"] == "b")


def surrogate_of(points, f=score):
    """A model of the scores of some points."""
    return fit_surrogate(SPACE, training_data([told(SPACE, p, f(p)) for p in points]))


SOME = [p for p in GRID if p["n"] % 3 == 1]


def proposed(points, *, exclude=None, **facts):
    """All proposals after some points, as dicts."""
    told_points = SPACE.encode(points)
    found = propose(
        facts.pop("surrogate", None) or surrogate_of(points),
        pending=np.empty((0, 2)),
        exclude=told_points if exclude is None else exclude,
        share_left=0.0,
        rng=np.random.default_rng(0),
        **facts,
    )
    return SPACE.decode(found.U)


@pytest.mark.parametrize(
    "wrong",
    [
        (-1.0, 0.5),
        (math.nan, 0.5),
        (1.0, math.nan),
        (1.0, 1.1),
        (1.0, -0.1),
        (1.0, 0.5, 0),
    ],
)
def test_time_left_refuses_values_that_would_switch_off_the_model(wrong):
    """NaN is among the refused values."""
    with pytest.raises(ValueError, match="TimeLeft needs `seconds` >= 0"):
        TimeLeft(*wrong)


@pytest.mark.parametrize("right", [(0.0, 0.0), (math.inf, 1.0), (1.0, 0.5, 9)])
def test_time_left_takes_the_ends_of_its_ranges(right):
    """The ends are no time at all and time without end."""
    check_time_left(TimeLeft(*right))
    check_time_left(None)


def test_check_time_left_refuses_other_types():
    """The message says what to write."""
    with pytest.raises(TypeError, match=r"must be a TimeLeft or None. Got 3.0"):
        check_time_left(3.0)


def test_propose_finds_the_best_new_point_and_no_other():
    """The point is the one beside the best; what is excluded is not proposed again."""
    found = proposed(SOME)
    assert found[0]["n"] in (5, 6)
    assert not any(point in SOME for point in found)
    rest = [p for p in GRID if p["n"] != 12]
    assert proposed(SOME, exclude=SPACE.encode(rest))[0]["n"] == 12
    assert proposed(SOME, exclude=SPACE.encode(GRID)) == []


def test_propose_searches_all_if_the_level_that_is_held_has_no_points_left():
    """The search stays within the level while it has points."""
    within = proposed(SOME, fixed=(K, 0))
    assert {point["k"] for point in within} == {"a"}
    of_a = [p for p in GRID if p["k"] == "a"]
    exclude = SPACE.encode([*of_a, *SOME])
    elsewhere = proposed(SOME, exclude=exclude, fixed=(K, 0))
    assert {point["k"] for point in elsewhere} == {"b"}


def cost(seconds, n_workers=1, fraction=0.0):
    """A model in which a fold takes 2^n seconds, with two folds a candidate."""
    U = SPACE.encode(GRID)
    model = fit_cost(layout_of(SPACE), U, np.array([2.0 ** p["n"] for p in GRID]))
    return FoldCost(model, 2, TimeLeft(seconds, fraction, n_workers))


@pytest.mark.parametrize(("n_workers", "peak"), [(1, 3), (2, 4)])
def test_propose_prefers_what_ends_in_time(n_workers, peak):
    """Two folds of 2^n seconds fit into 20 seconds up to n = 3, or 4 on two workers."""

    def two_peaks(p):
        return -min((p["n"] - peak) ** 2, (p["n"] - 10) ** 2 - 0.5)

    points = [p for p in GRID if p["n"] not in (peak, 10)]
    surrogate = surrogate_of(points, two_peaks)
    free, bound = (
        proposed(points, surrogate=surrogate, cost=some)[0]["n"]
        for some in (None, cost(20.0, n_workers))
    )
    assert free == 10
    assert bound == peak


def test_propose_keeps_away_from_where_fits_failed():
    """The scores beside the failures rise towards them."""
    trials = [told(SPACE, p, np.nan if p["n"] >= 10 else float(p["n"])) for p in SOME]
    surrogate = fit_surrogate(SPACE, training_data(trials))
    assert surrogate.data.is_failed.sum() == 2
    assert proposed(SOME, surrogate=surrogate)[0]["n"] < 10
    rising = surrogate_of(SOME, lambda p: float(p["n"]))
    assert proposed(SOME, surrogate=rising)[0]["n"] == 12


@pytest.mark.parametrize(
    ("n_failed", "is_modelled"), [(0, False), (1, False), (2, True)]
)
def test_propose_models_failures_from_a_share_of_trials_on(
    monkeypatch, n_failed, is_modelled
):
    """One of 24 is chance; where more fail, exploring costs more."""
    asked = []
    build = proposal.build_acquisition

    def noting(gp, **settings):
        asked.append(settings)
        return build(gp, **settings)

    monkeypatch.setattr(proposal, "build_acquisition", noting)
    values = [np.nan] * n_failed + [score(p) for p in GRID[n_failed:]]
    trials = [told(SPACE, p, v) for p, v in zip(GRID, values, strict=True)]
    surrogate = fit_surrogate(SPACE, training_data(trials))
    propose(
        surrogate,
        pending=np.empty((0, 2)),
        exclude=np.empty((0, 2)),
        share_left=0.5,
        rng=np.random.default_rng(0),
    )
    ((settings),) = asked
    assert (settings["is_feasible"] is not None) is is_modelled
    if is_modelled:
        assert settings["is_feasible"].tolist() == [False] * 2 + [True] * 22
    share = 0.5 * (1 - n_failed / 24)
    targets = surrogate.data.targets[n_failed:]
    assert settings["margin"] == pytest.approx(improvement_margin(targets, share))
    assert (settings["pending"], settings["cost"]) == (None, None)
    assert settings["cost_weight"] == 0.0
