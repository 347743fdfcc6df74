"""Does the maximiser find the best point there is, and only points of the space?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._acquisition import Effort, build_acquisition, maximize
from skbayes._acquisition.enumeration import all_points
from skbayes.space import Categorical, Integer, Real
from skbayes.space._parsing import parse_space
from tests._acquisition.conftest import FINITE, SPACES, posterior


def _maximize(gp, space, seed=0, **kwargs):
    """Candidates with the best trials as parents."""
    best = np.argsort(-gp.mean_at_trials)[:5]
    return maximize(
        build_acquisition(gp),
        space,
        parents=gp.U[best],
        rng=np.random.default_rng(seed),
        **kwargs,
    )


@pytest.mark.parametrize("name", FINITE)
def test_maximize_finds_the_best_point_of_a_finite_space(name):
    """In a space that can be enumerated the best unseen point comes first."""
    space = FINITE[name]
    gp = posterior(space, n=8)
    points = all_points(space)
    values = build_acquisition(gp)(points)
    is_seen = (points[:, None] == gp.U[None]).all(axis=2).any(axis=1)
    found = _maximize(gp, space, exclude=gp.U)
    assert found.values[0] == pytest.approx(values[~is_seen].max(), rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_maximize_finds_the_best_point_of_a_large_finite_space(seed):
    space = parse_space(
        [
            {
                "a": Categorical(list("abcdef")),
                "b": Integer(1, 30),
                "c": Integer(1, 40),
            },
            {"b": Integer(1, 30), "d": Categorical(list("xyz")), "e": [1, 10, 100, 7]},
        ]
    )
    gp = posterior(space, n=30, seed=seed)
    assert space.cardinality > 4096
    best = build_acquisition(gp)(all_points(space)).max()
    assert _maximize(gp, space).values[0] == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_maximize_finds_the_best_point_of_a_continuous_space(seed):
    """No point of a fine grid is better than what is found."""
    space = SPACES["numeric"]
    gp = posterior(space, seed=seed)
    line = np.linspace(0.0, 1.0, 201)
    grid = np.stack([g.ravel() for g in np.meshgrid(line, line)], axis=1)
    best = build_acquisition(gp)(grid).max()
    assert _maximize(gp, space).values[0] >= best - 1e-3


def test_maximize_gives_distinct_candidates_best_first(space, gp):
    """Candidates are rounded, distinct, unseen, valued and in order."""
    found = _maximize(gp, space, exclude=gp.U)
    np.testing.assert_array_equal(space.snap(found.U), found.U)
    assert len(np.unique(found.U, axis=0)) == len(found.U) > 5
    assert (np.diff(found.values) <= 0.0).all()
    np.testing.assert_allclose(
        found.values, build_acquisition(gp)(found.U), rtol=1e-8, atol=1e-8
    )
    assert not (found.U[:, None] == gp.U[None]).all(axis=2).any()


def test_maximize_gives_one_answer_to_one_seed(space, gp):
    """The same seed gives the same candidates to the last bit."""
    first, second = (_maximize(gp, space, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.U, second.U)
    np.testing.assert_array_equal(first.values, second.values)


def test_maximize_finds_as_good_a_point_from_any_seed(space, gp):
    """The value found hardly depends on the seed."""
    values = [_maximize(gp, space, seed=seed).values[0] for seed in range(5)]
    assert np.ptp(values) < 0.05


def test_maximize_is_better_than_its_pool(gp, space):
    """Climbing and exchanging improve on the best of the points looked at first."""
    effort = Effort(n_starts=2, n_rounds=3, n_iterations=30, n_sobol=64, n_local=16)
    U = space.from_unit(np.random.default_rng(1).random((64, space.n_columns)))
    pool_best = build_acquisition(gp)(U).max()
    assert _maximize(gp, space, effort=effort).values[0] >= pool_best


def test_maximize_gives_nothing_of_a_space_used_up():
    """When every point is excluded there is no candidate."""
    space = FINITE["branches"]
    gp = posterior(space, n=8)
    assert len(_maximize(gp, space, exclude=all_points(space)).U) == 0


def test_maximize_finds_the_last_point():
    """The only point that is left of a finite space is the candidate."""
    space = FINITE["branches"]
    gp = posterior(space, n=8)
    points = all_points(space)
    found = _maximize(gp, space, exclude=np.delete(points, 11, axis=0))
    np.testing.assert_array_equal(found.U, points[11:12])


@pytest.mark.parametrize("level", [0, 1, 2])
def test_maximize_holds_a_held_level(level):
    """With a branch held, every candidate is in it."""
    space = SPACES["conditional"]
    gp = posterior(space)
    found = _maximize(gp, space, fixed=(0, level))
    assert len(found.U) > 0
    np.testing.assert_array_equal(found.U[:, 0], level)


def test_maximize_needs_no_parents(space, gp):
    """Without parents the pool is space-filling."""
    found = maximize(
        build_acquisition(gp), space, parents=gp.U[:0], rng=np.random.default_rng(0)
    )
    assert len(found.U) > 0


def test_maximize_keeps_away_from_pending_points():
    """A second candidate with the first one pending is another place."""
    space = SPACES["numeric"]
    gp = posterior(space)
    first = _maximize(gp, space).U[:1]
    acquisition = build_acquisition(gp, pending=first, rng=np.random.default_rng(0))
    second = maximize(
        acquisition, space, parents=gp.U[:5], rng=np.random.default_rng(1)
    ).U[:1]
    assert np.abs(first - second).max() > 0.02


def test_effort_falls_with_the_number_of_trials():
    """More trials mean fewer points, never more."""
    efforts = [Effort.for_trials(n) for n in (10, 300, 301, 800, 801, 5000)]
    assert [e.n_sobol for e in efforts] == sorted(
        [e.n_sobol for e in efforts], reverse=True
    )
    assert efforts[0] == efforts[1] != efforts[2]


def test_maximize_takes_a_hundred_columns():
    """A space of a hundred columns is searched like any other."""
    space = parse_space({f"x{j}": Real(0.0, 1.0) for j in range(100)})
    gp = posterior(space, n=20)
    found = _maximize(gp, space, effort=Effort(n_sobol=256, n_local=64, n_starts=4))
    assert found.U.shape[1] == 100
