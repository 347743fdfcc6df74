"""Is a neglected branch looked into now and then, and only where it may pay?"""

import numpy as np
import pytest

from skbayes._strategies.engine import engine
from skbayes._strategies.engine.branch_exploration import (
    EXPLORE_EVERY,
    MAX_BRANCHES,
    MIN_PROBABILITY,
    neglected_branch,
)
from skbayes._strategies.optimizer import Optimizer

UNIT = (0.0, 1.0, "uniform")


def branches(n):
    """A space of n dicts, each with a parameter of its own."""
    return [{"kind": [f"k{i}"], f"x{i}": UNIT} for i in range(n)]


def told(n_in_each, *, offsets=None, curvature=1.0, **settings):
    """An optimizer with this many scores in each branch, with a peak at 0.3."""
    optimizer = Optimizer(branches(len(n_in_each)), random_state=0, **settings)
    for i, n in enumerate(n_in_each):
        offset = 0.0 if offsets is None else offsets[i]
        for x in np.linspace(0.0, 1.0, n) if n > 1 else [0.5]:
            params = {"kind": f"k{i}", f"x{i}": float(x)}
            optimizer.tell(params, offset - curvature * (x - 0.3) ** 2)
    return optimizer


def chosen(optimizer, seed=0):
    """Number of the dict that is to be searched in, None for all."""
    found = neglected_branch(optimizer.surrogate(), np.random.default_rng(seed))
    if found is None:
        return None
    column, level = found
    assert column == 0
    return level


class TestNeglectedBranch:
    """A neglected branch is one that had few trials, if any did."""

    @pytest.mark.parametrize("n_in_each", [[6, 6], [10, 4], [7, 5, 4], [6, 2, 4]])
    def test_none_is_chosen_while_all_have_half_their_share(self, n_in_each):
        """A branch is not neglected with exactly half of its share."""
        assert chosen(told(n_in_each)) is None

    @pytest.mark.parametrize("neglected", [0, 1, 2])
    def test_the_one_that_had_few_is_chosen(self, neglected):
        """The neglected branch may be anywhere in the list."""
        n_in_each = [9, 9, 9]
        n_in_each[neglected] = 1
        assert chosen(told(n_in_each)) == neglected

    @pytest.mark.parametrize("better", [1, 2])
    def test_of_several_the_most_promising_is_chosen(self, better):
        """The branch whose point did better is the most promising."""
        offsets = [0.0, -0.1, -0.1]
        offsets[better] = 0.1
        assert chosen(told([14, 1, 1], offsets=offsets)) == better

    def test_the_choice_does_not_hang_on_the_points_that_are_drawn(self):
        """Other generators choose the same where it is clear."""
        optimizer = told([14, 1, 1], offsets=[0.0, -0.1, 0.1])
        assert {chosen(optimizer, seed) for seed in range(5)} == {2}

    @pytest.mark.parametrize(("offset", "expected"), [(0.0, 1), (-3.0, None)])
    def test_one_that_is_surely_worse_is_left_alone(self, offset, expected):
        """A branch tried as often is left alone for being worse, not for being old."""
        optimizer = told([30, 5], offsets=[0.0, offset], curvature=0.1)
        assert chosen(optimizer) == expected

    def test_what_is_sure_is_the_models_probability(self):
        """No point of a branch left alone beats the incumbent, by the model."""
        optimizer = told([30, 5], offsets=[0.0, -3.0], curvature=0.1)
        points = [{"kind": "k1", "x1": x} for x in np.linspace(0.0, 1.0, 201)]
        median, half_width = optimizer.surrogate().predict(points)
        # Half widths that leave less than MIN_PROBABILITY beyond them.
        assert MIN_PROBABILITY == 1e-3
        assert (median + 3.1 * half_width).max() < 0.0

    @pytest.mark.parametrize(
        ("n_branches", "is_chosen"),
        [(1, False), (2, True), (MAX_BRANCHES, True), (MAX_BRANCHES + 1, False)],
    )
    def test_one_branch_or_too_many_have_no_floor(self, n_branches, is_chosen):
        """One branch leaves no choice, and too many could not all have their turn."""
        n_in_each = [9, *[1] * (n_branches - 1)]
        if n_branches > 1:
            n_in_each[1:-1] = [5] * (n_branches - 2)
        assert (chosen(told(n_in_each)) is not None) == is_chosen

    def test_without_a_complete_point_there_is_no_floor(self):
        """No branch is known to be worse than another."""
        optimizer = Optimizer(branches(2), random_state=0)
        for i, x in enumerate(np.linspace(0.0, 1.0, 9)):
            params = {"kind": "k0", "x0": float(x)} if i else {"kind": "k1", "x1": 0.5}
            optimizer.tell(params, x, fold_scores=[float(x), np.nan])
        assert chosen(optimizer) is None


def without_floor(monkeypatch):
    """Let it never be a neglected branch's turn."""
    monkeypatch.setattr(engine, "EXPLORE_EVERY", 10**9)


class TestNeglectedBranchTurns:
    """A neglected branch has its turn, which changes nothing else."""

    def neglecting(self, n_told):
        """An optimizer with few scores in one branch, and many in a hard one."""
        space = [{"kind": ["a"], "x": UNIT, "y": UNIT, "z": UNIT}]
        space += [{"kind": ["b"], "w": UNIT}]
        optimizer = Optimizer(space, n_initial_points=5, random_state=0)
        rng = np.random.default_rng(0)
        for point in rng.random((n_told - 2, 3)):
            params = dict(zip("xyz", point.tolist(), strict=True))
            score = -np.square(point - [0.3, 0.6, 0.4]).sum()
            optimizer.tell({"kind": "a"} | params, score)
        for w in (0.1, 0.9):
            optimizer.tell({"kind": "b", "w": w}, -0.4 * w)
        return optimizer

    def test_every_eighth_suggestion_goes_to_it(self, monkeypatch):
        """All other suggestions are where most is to be gained, which is elsewhere."""
        turn = 3 * EXPLORE_EVERY - 1
        n_told = range(turn - 3, turn + 2)
        kinds = [self.neglecting(n).ask()["kind"] for n in n_told]
        assert kinds == ["b" if n == turn else "a" for n in n_told]
        without_floor(monkeypatch)
        assert self.neglecting(turn).ask()["kind"] == "a"

    @pytest.mark.parametrize("n_told", [3 * EXPLORE_EVERY - 2, 3 * EXPLORE_EVERY - 1])
    def test_what_is_expected_to_be_gained_does_not_depend_on_the_turn(
        self, n_told, monkeypatch
    ):
        """Rules that end a search look at the whole space after every trial."""
        expected = self.neglecting(n_told).expected_improvement()
        without_floor(monkeypatch)
        assert self.neglecting(n_told).expected_improvement() == expected
