"""Does the optimizer find what is there, in spaces and with scores of every kind?"""

import numpy as np
import pytest
from scipy.stats import loguniform, randint

from skbayes._strategies.optimizer import Optimizer
from skbayes.exceptions import SpaceExhausted
from skbayes.space._parsing import parse_space
from tests._strategies.runs import SPACE, run, score


class TestSearch:
    """The search finds the best in spaces and with scores of every kind."""

    def test_a_mixed_optimum_is_found(self):
        """After 30 evaluations the best is near the optimum in all columns."""
        best = max(map(score, run(Optimizer(SPACE, random_state=0), 30)))
        assert best > 0.1 - 0.01

    @pytest.mark.parametrize(
        "f",
        [
            lambda p: 1e300 * score(p),
            lambda p: 1e-300 * score(p),
            lambda p: 1e6 + 1e-3 * score(p),
            lambda p: -np.exp(40 * (p["x"] - 0.3) ** 2),
        ],
        ids=["huge", "tiny", "offset", "blow-up"],
    )
    def test_scores_of_any_scale_are_searched(self, f):
        """The best x found is near 0.3."""
        optimizer = Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0)
        best = max(run(optimizer, 20, f), key=f)
        assert best["x"] == pytest.approx(0.3, abs=0.05)

    def test_a_constant_score_fills_the_space(self):
        """With nothing to learn, points stay distinct and spread."""
        asked = run(
            Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0), 20, lambda _: 0.5
        )
        x = np.sort([p["x"] for p in asked])
        assert np.diff(x).max() < 0.15

    def test_plateaus_are_left(self):
        """A score of two values does no harm, and the rare one is found again."""

        def step(params):
            return float(params["x"] > 0.8)

        asked = run(Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0), 20, step)
        assert len({p["x"] for p in asked}) == 20

    def test_one_hundred_dimensions_work(self):
        """The search is better than a random one after 40 evaluations."""
        space = {f"x{j:02}": (0.0, 1.0, "uniform") for j in range(100)}

        def sphere(params):
            return -sum((v - 0.3) ** 2 for v in list(params.values())[:5])

        optimizer = Optimizer(space, random_state=0)
        best = max(map(sphere, run(optimizer, 40, sphere)))
        parsed = parse_space(space)
        rng = np.random.default_rng(0)
        random = [
            max(map(sphere, parsed.decode(parsed.sample(40, rng)))) for _ in range(20)
        ]
        assert best > np.median(random)

    def test_scipy_distributions_work(self):
        """Distributions are continuous and discrete, also unbounded by construction."""
        space = {"c": loguniform(1e-3, 1e3), "n": randint(1, 50)}

        def f(params):
            return -((np.log10(params["c"]) - 1) ** 2) - (params["n"] - 20) ** 2 / 400

        assert max(map(f, run(Optimizer(space, random_state=0), 25, f))) > -0.1

    def test_all_branches_of_a_conditional_space_are_tried(self):
        """A bad first impression does not lock a branch out for good."""
        space = [
            {"k": ["a"], "x": (0.0, 1.0, "uniform")},
            {"k": ["b"], "y": (0.0, 1.0, "uniform")},
            {"k": ["c"]},
        ]

        def f(params):
            if params["k"] == "a":
                return 0.5 - (params["x"] - 0.5) ** 2
            if params["k"] == "b":
                return 1.0 - 30 * (params["y"] - 0.9) ** 2
            return 0.4

        asked = run(Optimizer(space, random_state=0), 40, f)
        assert {p["k"] for p in asked} == {"a", "b", "c"}
        assert max(map(f, asked)) > 0.9
        assert sum(p["k"] == "c" for p in asked) == 1


class TestFiniteSpaces:
    """Finite spaces end, and no point is proposed twice."""

    def test_every_point_comes_once_and_then_it_is_over(self):
        """The last ask raises, or returns fewer points."""
        optimizer = Optimizer({"a": [1, 2, 3], "b": ["u", "v"]}, random_state=0)
        asked = run(optimizer, 6, lambda p: float(p["a"]))
        assert len({tuple(p.items()) for p in asked}) == 6
        with pytest.raises(SpaceExhausted, match="All 6 points"):
            optimizer.ask()
        assert optimizer.ask(3) == []
        assert optimizer.expected_improvement() == 0.0

    def test_a_batch_is_cut_short(self):
        """An ask for more than there are returns what there is."""
        optimizer = Optimizer({"a": [1, 2, 3]}, random_state=0)
        assert sorted(p["a"] for p in optimizer.ask(5)) == [1, 2, 3]

    def test_a_single_point_can_be_asked_for_once(self):
        """A space of constants has a single point."""
        optimizer = Optimizer({"a": [1]}, random_state=0)
        assert optimizer.ask() == {"a": 1}
        optimizer.tell({"a": 1}, 0.5)
        with pytest.raises(SpaceExhausted, match="search space"):
            optimizer.ask()


class TestFailures:
    """The search goes on elsewhere after failures."""

    def test_if_all_fail_the_space_is_filled(self):
        """Points stay distinct and spread while nothing works."""
        asked = run(
            Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0),
            16,
            lambda _: np.nan,
        )
        assert np.diff(np.sort([p["x"] for p in asked])).max() < 0.2

    def test_where_evaluations_fail_fewer_are_proposed(self):
        """Half of the space fails, next to the optimum."""

        def f(params):
            return np.nan if params["x"] > 0.5 else params["x"] - params["y"]

        space = {"x": (0.0, 1.0, "uniform"), "y": (0.0, 1.0, "uniform")}
        shares = []
        for seed in range(4):
            asked = run(Optimizer(space, n_iter=30, random_state=seed), 30, f)
            shares.append(np.mean([np.isnan(f(p)) for p in asked[10:]]))
            assert np.nanmax([f(p) for p in asked]) > 0.45
        assert np.mean(shares) < 0.45
