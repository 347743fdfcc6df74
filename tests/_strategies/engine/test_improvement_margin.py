"""How much a point must promise: unit tests of the margin, and what it does."""

import numpy as np
import pytest

from skbayes import Optimizer
from skbayes._strategies.engine.improvement_margin import (
    MARGIN_AT_START,
    MARGIN_PER_TIE,
    MAX_TIE_MARGIN,
    improvement_margin,
    share_of_budget_left,
)


class TestImprovementMargin:
    """An improvement has to exceed a margin."""

    TARGETS = np.array([-1.0, 0.5, 0.0, 2.0])

    @pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
    def test_falls_with_the_budget(self, share):
        """The margin is proportional to what is left and to the targets' spread."""
        expected = MARGIN_AT_START * share * self.TARGETS.std()
        assert improvement_margin(self.TARGETS, share) == pytest.approx(expected)
        assert improvement_margin(10 * self.TARGETS, share) == pytest.approx(
            10 * expected
        )

    @pytest.mark.parametrize("n_ties", [1, 3, 9, 50])
    def test_grows_with_ties_up_to_a_limit(self, n_ties):
        """Each trial that ties with the best counts, when nothing else does."""
        targets = np.append(self.TARGETS, np.full(n_ties, 2.0))
        expected = min(MARGIN_PER_TIE * n_ties, MAX_TIE_MARGIN) * targets.std()
        assert improvement_margin(targets, 0.0) == pytest.approx(expected)

    def test_ties_below_the_best_do_not_count(self):
        """Plateaus that nobody searches are harmless."""
        assert improvement_margin(np.array([0.0, 0.0, 0.0, 1.0]), 0.0) == 0.0


class TestShareOfBudgetLeft:
    """A share of the budget is left."""

    def test_of_a_known_number(self):
        """The share falls from 1 to 0, and never below."""
        shares = [share_of_budget_left(n, 20, 5) for n in (0, 5, 20, 30)]
        assert shares == [1.0, 0.75, 0.0, 0.0]

    def test_of_an_unknown_number(self):
        """The share is 1 until the first model, then falls for ever."""
        shares = [share_of_budget_left(n, None, 10) for n in (0, 10, 20, 1000)]
        assert shares == [1.0, 1.0, 0.5, 0.01]

    def test_of_an_unknown_number_after_few_initial_points(self):
        """The share is 1 for eight evaluations, however few came before a model."""
        shares = [share_of_budget_left(n, None, 4) for n in (4, 8, 16)]
        assert shares == [1.0, 1.0, 0.5]


def suggestion(n_iter, n_told=12):
    """What follows after scores with a sharp peak at 0.3, most of them near it."""
    optimizer = Optimizer(
        {"x": (0.0, 1.0, "uniform"), "z": (0.0, 1.0, "uniform")},
        n_iter=n_iter,
        random_state=0,
    )
    rng = np.random.default_rng(0)
    for x, z in 0.3 + 0.1 * rng.standard_normal((n_told, 2)):
        optimizer.tell({"x": x, "z": z}, -((x - 0.3) ** 2 + (z - 0.3) ** 2))
    return np.array([*optimizer.ask().values()])


def test_improvement_margin_searches_farther_with_much_budget_left():
    """The best region is refined at the end; long before, another is looked at."""
    early, late = suggestion(n_iter=1000), suggestion(n_iter=13)
    assert np.abs(late - 0.3).max() < 0.1
    assert np.abs(early - 0.3).max() > np.abs(late - 0.3).max()


def test_improvement_margin_leaves_a_plateau_of_ties():
    """One branch gives the same score everywhere: the others get their share."""
    space = [
        {"kind": ["flat"], "a": (0.0, 1.0, "uniform")},
        {"kind": ["hilly"], "b": (0.0, 1.0, "uniform")},
    ]
    optimizer = Optimizer(space, n_iter=40, random_state=0)
    hilly = []
    for _ in range(40):
        params = optimizer.ask()
        is_flat = params["kind"] == "flat"
        optimizer.tell(params, 0.5 if is_flat else -abs(params["b"] - 0.9) + 0.52)
        hilly += [] if is_flat else [params["b"]]
    assert len(hilly) >= 15
    assert min(abs(b - 0.9) for b in hilly) < 0.02
