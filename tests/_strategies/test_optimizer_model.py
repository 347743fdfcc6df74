"""Beginning, model and time: what the optimizer starts from and what it tells."""

import numpy as np
import pytest

from skbayes._gp import GaussianProcess, NotPositiveDefiniteError
from skbayes._strategies.engine import incremental_posterior
from skbayes._strategies.engine.proposal import TimeLeft
from skbayes._strategies.optimizer import Optimizer
from skbayes.space._parsing import parse_space
from tests._strategies.runs import SPACE, run, score


class TestBeginning:
    """A search begins with initial points and prior results."""

    def test_initial_params_come_first_in_their_order(self):
        """Each point comes once, before the design, and is counted in it."""
        first = [{"x": 0.1, "k": "a", "n": 1}, {"x": 0.2, "k": "b", "n": 2}]
        optimizer = Optimizer(SPACE, initial_params=[*first, first[0]], random_state=0)
        assert optimizer.ask(3)[:2] == first
        assert run(optimizer, 2) == first

    def test_more_initial_params_than_initial_points_are_all_tried(self):
        first = [{"x": i / 20, "k": "a", "n": 1} for i in range(12)]
        optimizer = Optimizer(SPACE, initial_params=first, n_initial_points=3)
        assert run(optimizer, 12) == first

    @pytest.mark.parametrize(
        ("params", "error", "match"),
        [
            ([{"x": 0.1, "k": "a"}], ValueError, "position 0 .*n"),
            ([{"x": 0.1, "k": "a", "n": 99}], ValueError, "position 0 .*n"),
            ([{"x": 0.1, "k": "a", "n": 1, "q": 2}], ValueError, "position 0 .*q"),
            ({"x": 0.1}, TypeError, "list of dicts.* put a single dict in a list"),
            ([3], TypeError, "list of dicts.* Got 3 at position 0"),
        ],
    )
    def test_bad_initial_params_are_refused(self, params, error, match):
        """The message names the parameter and the position."""
        with pytest.raises(error, match=match):
            Optimizer(SPACE, initial_params=params)

    def test_prior_results_are_learned_from_and_not_counted(self):
        """The best prior result is tried first; no initial design is needed."""
        rng = np.random.default_rng(0)
        space = parse_space(SPACE)
        prior = [(p, score(p)) for p in space.decode(space.sample(40, rng))]
        optimizer = Optimizer(SPACE, prior_results=prior, random_state=0)
        assert optimizer.n_told == 0
        best, best_score = max(prior, key=lambda row: row[1])
        asked = run(optimizer, 5)
        assert asked[0] == best
        assert max(map(score, asked)) >= best_score
        assert np.mean([score(p) for p in asked]) > np.median([s for _, s in prior])

    def test_initial_params_come_before_the_best_prior_result(self):
        """What the user wants tried is tried first."""
        first = {"x": 0.9, "k": "a", "n": 1}
        prior = [({"x": 0.3, "k": "b", "n": 6}, 0.1)]
        optimizer = Optimizer(SPACE, initial_params=[first], prior_results=prior)
        assert optimizer.ask(2) == [first, prior[0][0]]

    def test_prior_points_of_a_finite_space_are_still_to_be_tried(self):
        """An earlier search does not use up today's space."""
        prior = [({"a": i}, float(i)) for i in (1, 2, 3)]
        optimizer = Optimizer({"a": [1, 2, 3]}, prior_results=prior, random_state=0)
        assert run(optimizer, 1, lambda p: p["a"]) == [{"a": 3}]
        assert len(optimizer.ask(5)) == 2


class TestNumericalTrouble:
    """A covariance that cannot be factorised does not end a search."""

    def test_the_default_hyperparameters_step_in(self, monkeypatch):
        """The prior's hyperparameters are used if those fitted cannot be."""
        optimizer = Optimizer(SPACE, random_state=0)
        run(optimizer, 9)
        made = []

        def refuse_once(*args):
            made.append(args[1])
            if len(made) == 1:
                raise NotPositiveDefiniteError
            return GaussianProcess(*args)

        monkeypatch.setattr(incremental_posterior, "GaussianProcess", refuse_once)
        assert optimizer.surrogate() is not None
        assert len(made) == 2

    def test_else_the_space_is_filled(self, monkeypatch):
        """The next point without any model is one that fills the space."""
        optimizer = Optimizer(SPACE, random_state=0)
        asked = run(optimizer, 9)

        def refuse(*args):
            raise NotPositiveDefiniteError

        monkeypatch.setattr(incremental_posterior, "GaussianProcess", refuse)
        assert optimizer.surrogate() is None
        assert optimizer.ask() not in asked


class TestInspection:
    """An optimizer shows its model, its recommendation and the gain to expect."""

    def test_there_is_no_model_at_first(self):
        """There is nothing to learn: no model, no expected improvement."""
        optimizer = Optimizer(SPACE, random_state=0)
        assert optimizer.surrogate() is None
        assert optimizer.expected_improvement() is None
        optimizer.tell(optimizer.ask(), 0.5)
        assert optimizer.surrogate() is None

    def test_predictions_are_in_score_units(self):
        """Medians are near the scores of told points, and intervals are narrow."""
        optimizer = Optimizer(SPACE, random_state=0)
        asked = run(optimizer, 25, lambda p: 1000 * score(p))
        median, half_width = optimizer.surrogate().predict(asked)
        truth = np.array([1000 * score(p) for p in asked])
        np.testing.assert_allclose(median, truth, atol=0.1 * truth.std())
        assert half_width.max() < 0.3 * truth.std()

    def test_expected_improvement_falls_in_score_units(self):
        """The improvement is positive, scales with the scores, and shrinks."""
        early, late, scaled = (
            Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0) for _ in range(3)
        )

        def f(params):
            return -((params["x"] - 0.3) ** 2)

        run(early, 6, f)
        run(late, 20, f)
        # A power of two: scaling is exact, and both searches take the same path.
        run(scaled, 20, lambda p: 1024 * f(p))
        assert early.expected_improvement() > late.expected_improvement() > 0
        assert late.expected_improvement() < 1e-3
        assert scaled.expected_improvement() == pytest.approx(
            1000 * late.expected_improvement(), rel=0.2
        )

    def test_the_recommendation_averages_noise_out(self):
        """A lucky outlier does not win against good neighbours."""
        optimizer = Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0)
        rng = np.random.default_rng(0)
        for x in np.linspace(0, 1, 41):
            noisy = -((x - 0.3) ** 2) + 0.02 * rng.standard_normal()
            optimizer.tell({"x": float(x)}, noisy)
        assert optimizer.recommend()["x"] == pytest.approx(0.3, abs=0.12)


class TestTimeBudget:
    """Durations matter when time is short, and only then."""

    @staticmethod
    def told():
        optimizer = Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0)
        for x in np.linspace(0, 1, 12):
            optimizer.tell(
                {"x": float(x)}, np.sin(12 * x), seconds=float(np.exp(8 * x))
            )
        return optimizer

    def test_cheap_points_are_preferred_early(self):
        """One of two equal peaks is cheap, and refined while much time is left."""
        optimizer = self.told()
        cheap = optimizer.ask(time_left=TimeLeft(seconds=1e9, fraction=1.0))
        assert cheap["x"] < 0.5

    def test_what_takes_too_long_is_not_begun(self):
        """A point that would not end in time is not proposed."""
        optimizer = self.told()
        short = optimizer.ask(time_left=TimeLeft(seconds=5.0, fraction=0.0))
        assert np.exp(8 * short["x"]) < 10

    def test_without_durations_nothing_changes(self):
        """Costs cannot be weighed if no duration was told."""
        optimizer = Optimizer(SPACE, random_state=0)
        run(optimizer, 9)
        assert optimizer.ask() == optimizer.ask(time_left=TimeLeft(1.0, 1.0))
