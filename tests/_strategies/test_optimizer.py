"""Does the public optimizer keep its promises: pure asks, checked tells?"""

import pickle
import warnings

import numpy as np
import pytest
from scipy.stats import loguniform, randint

from skbayes._gp import GaussianProcess, NotPositiveDefiniteError
from skbayes._strategies import engine
from skbayes._strategies.optimizer import Optimizer, Pending
from skbayes._strategies.proposal import TimeLeft
from skbayes.exceptions import SpaceExhausted
from skbayes.space import parse_space

SPACE = {"x": (0.0, 1.0, "uniform"), "k": ["a", "b"], "n": (1, 9, "uniform")}


def score(params):
    bonus = 0.1 if params.get("k", "b") == "b" else 0.0
    return bonus - (params["x"] - 0.3) ** 2 - 0.01 * (params.get("n", 5) - 6) ** 2


def run(optimizer, n, f=score):
    asked = []
    for _ in range(n):
        asked.append(optimizer.ask())
        optimizer.tell(asked[-1], f(asked[-1]))
    return asked


class TestAsk:
    """What comes back, and that nothing changes by asking."""

    @pytest.mark.parametrize("n_told", [0, 3, 11, 12])
    def test_asking_twice_gives_the_same(self, n_told):
        """In the initial design and with either output transform."""
        optimizer = Optimizer(SPACE, random_state=0)
        run(optimizer, n_told)
        assert optimizer.ask() == optimizer.ask()
        assert optimizer.ask(3) == optimizer.ask(3)

    def test_other_asks_in_between_do_not_matter(self):
        """Extra asks, models and batches leave the next suggestion as it is."""
        plain, curious = (Optimizer(SPACE, random_state=0) for _ in range(2))
        for _ in range(14):
            params = plain.ask()
            curious.ask(2, pending=[params])
            curious.surrogate()
            curious.expected_improvement()
            assert curious.ask() == params
            plain.tell(params, score(params))
            curious.tell(params, score(params))

    def test_told_at_once_is_as_told_one_by_one(self):
        """A history gives the same suggestion, asked along the way or not."""
        optimizer = Optimizer(SPACE, random_state=3)
        asked = run(optimizer, 13)
        silent = Optimizer(SPACE, random_state=3)
        for params in asked:
            silent.tell(params, score(params))
        assert silent.ask() == optimizer.ask()

    @pytest.mark.parametrize("n_told", [2, 9])
    def test_a_batch_is_a_sequence_with_pending_points(self, n_told):
        """The second of a batch is what is asked for with the first pending."""
        optimizer = Optimizer(SPACE, random_state=1)
        run(optimizer, n_told)
        first, second, third = optimizer.ask(3)
        assert optimizer.ask() == first
        assert optimizer.ask(pending=[first]) == second
        assert optimizer.ask(1, pending=[first, second]) == [third]

    def test_a_pickled_copy_goes_on_as_the_original(self):
        """In the middle of a search, and its file holds no matrices."""
        optimizer = Optimizer(SPACE, random_state=5)
        run(optimizer, 12)
        copy = pickle.loads(pickle.dumps(optimizer))
        assert copy.n_told == 12
        assert run(copy, 4) == run(optimizer, 4)

    def test_seeds_decide(self):
        """The same seed repeats, another one does not, nor does None."""
        same = [run(Optimizer(SPACE, random_state=7), 10) for _ in range(2)]
        assert same[0] == same[1]
        assert run(Optimizer(SPACE, random_state=8), 2) != same[0][:2]
        assert run(Optimizer(SPACE), 3) != run(Optimizer(SPACE), 3)

    @pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng])
    def test_generators_are_drawn_from_once(self, make):
        """Equal states repeat; the caller's generator moves on, so that two differ."""
        first, again = (Optimizer(SPACE, random_state=make(4)).ask() for _ in range(2))
        assert first == again
        shared = make(4)
        assert (
            Optimizer(SPACE, random_state=shared).ask()
            != Optimizer(SPACE, random_state=shared).ask()
        )

    def test_pending_points_are_not_proposed_again(self):
        """Nor are points that were told."""
        optimizer = Optimizer({"a": list("uvwxyz"), "b": [1, 2]}, random_state=0)
        seen = []
        for i in range(12):
            seen.append(optimizer.ask(pending=seen[-1:]))
            if i > 0:
                optimizer.tell(seen[-2], float(i))
        assert len({(p["a"], p["b"]) for p in seen}) == 12

    def test_finished_folds_of_pending_points_are_used(self):
        """A running point that does badly so far draws fewer suggestions near it."""
        told = {"x": (0.0, 1.0, "uniform")}
        optimizer = Optimizer(told, random_state=0)
        for x in np.linspace(0, 1, 8):
            optimizer.tell({"x": float(x)}, x, fold_scores=[x - 0.01, x + 0.01])
        running = {"x": 0.95}
        good = optimizer.ask(pending=[Pending(running, np.array([1.5, np.nan]))])
        bad = optimizer.ask(pending=[Pending(running, np.array([-1.5, np.nan]))])
        assert good != bad

    @pytest.mark.parametrize("n", [-1, 1.5, "2"])
    def test_a_bad_number_is_refused(self, n):
        """The message names the parameter."""
        with pytest.raises(ValueError, match="`n` parameter of Optimizer.ask"):
            Optimizer(SPACE).ask(n)

    def test_a_pending_point_outside_the_space_is_refused(self):
        """It is named."""
        with pytest.raises(ValueError, match=r"Optimizer.ask.*x"):
            Optimizer(SPACE).ask(pending=[{"x": 7.0, "k": "a", "n": 1}])

    def test_values_are_plain_python(self):
        """No numpy scalars, in the design or from the model."""
        for params in run(Optimizer(SPACE, random_state=0), 12):
            assert [type(params[name]) for name in ("x", "k", "n")] == [float, str, int]


class TestTell:
    """What is recorded, and what is refused."""

    @pytest.mark.parametrize(
        ("params", "match"),
        [
            ({"x": 0.5, "k": "a"}, "n"),
            ({"x": 0.5, "k": "a", "n": 3, "zeta": 1}, "zeta"),
            ({"x": 1.5, "k": "a", "n": 3}, "x"),
            ({"x": 0.5, "k": "c", "n": 3}, "k"),
            ({"x": np.nan, "k": "a", "n": 3}, "x"),
        ],
    )
    def test_a_point_outside_the_space_is_refused(self, params, match):
        """The message names the parameter that is missing, unknown or outside."""
        optimizer = Optimizer(SPACE)
        with pytest.raises(ValueError, match=f"Optimizer.tell.*{match}"):
            optimizer.tell(params, 1.0)
        assert optimizer.n_told == 0

    def test_what_is_no_dict_is_refused(self):
        """A list of values is not a point."""
        with pytest.raises(TypeError, match="must be a dict"):
            Optimizer(SPACE).tell([0.5, "a", 3], 1.0)

    def test_a_refused_score_changes_nothing(self):
        """An error leaves the history as it was."""
        optimizer = Optimizer(SPACE, random_state=0)
        params = optimizer.ask()
        with pytest.raises(ValueError, match="Got inf"):
            optimizer.tell(params, np.inf)
        assert optimizer.n_told == 0
        assert optimizer.ask() == params

    def test_the_callers_dict_is_copied(self):
        """Changing it later changes nothing."""
        optimizer = Optimizer(SPACE)
        params = {"x": 0.5, "k": "a", "n": 3}
        optimizer.tell(params, 1.0)
        params["x"] = 0.9
        assert optimizer.recommend()["x"] == 0.5

    def test_points_not_asked_for_are_taken(self):
        """They count, and the model learns from them."""
        optimizer = Optimizer(SPACE, random_state=0)
        for i in range(9):
            params = {"x": i / 8, "k": "b", "n": 6}
            optimizer.tell(params, score(params))
        mean, std = optimizer.surrogate().predict([{"x": 0.3, "k": "b", "n": 6}])
        assert mean[0] == pytest.approx(0.1, abs=0.02)
        assert 0 < std[0] < 0.1

    def test_repeats_are_averaged(self):
        """Two measurements of a point count as one of their mean."""
        twice, once = (Optimizer(SPACE, random_state=0) for _ in range(2))
        for optimizer in (twice, once):
            for i in range(8):
                params = {"x": i / 8, "k": "a", "n": 3}
                optimizer.tell(params, score(params))
        point = {"x": 0.9, "k": "b", "n": 6}
        twice.tell(point, 0.1)
        twice.tell(point, 0.3)
        once.tell(point, 0.2)
        means = [o.surrogate().predict([point])[0][0] for o in (twice, once)]
        assert means[0] == pytest.approx(means[1], abs=0.02)

    def test_recommend_needs_a_score(self):
        """A failure is none."""
        optimizer = Optimizer(SPACE, random_state=0)
        optimizer.tell(optimizer.ask(), np.nan)
        with pytest.raises(ValueError, match="at least one complete evaluation"):
            optimizer.recommend()


class TestSearch:
    """That it finds what is there, in spaces and with scores of every kind."""

    def test_a_mixed_optimum_is_found(self):
        """After 30 evaluations the best is near the optimum in all columns."""
        best = max(map(score, run(Optimizer(SPACE, random_state=0), 30)))
        assert best > 0.1 - 0.01

    @pytest.mark.parametrize(
        "f",
        [
            lambda p: 1e12 * score(p),
            lambda p: 1e-12 * score(p),
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
        """Better than random search after 40 evaluations."""
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
        """Continuous and discrete, also unbounded by construction."""
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
    """That they end, and that no point is proposed twice."""

    def test_every_point_comes_once_and_then_it_is_over(self):
        """The last ask raises, or returns fewer."""
        optimizer = Optimizer({"a": [1, 2, 3], "b": ["u", "v"]}, random_state=0)
        asked = run(optimizer, 6, lambda p: float(p["a"]))
        assert len({tuple(p.items()) for p in asked}) == 6
        with pytest.raises(SpaceExhausted, match="All 6 points"):
            optimizer.ask()
        assert optimizer.ask(3) == []
        assert optimizer.expected_improvement() == 0.0

    def test_a_batch_is_cut_short(self):
        """Asked for more than there are, it returns what there is."""
        optimizer = Optimizer({"a": [1, 2, 3]}, random_state=0)
        assert sorted(p["a"] for p in optimizer.ask(5)) == [1, 2, 3]

    def test_a_single_point_can_be_asked_for_once(self):
        """A space of constants."""
        optimizer = Optimizer({"a": [1]}, random_state=0)
        assert optimizer.ask() == {"a": 1}
        optimizer.tell({"a": 1}, 0.5)
        with pytest.raises(SpaceExhausted, match="search space"):
            optimizer.ask()


class TestFailures:
    """That the search goes on, elsewhere."""

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
        asked = run(Optimizer(space, random_state=0), 30, f)
        assert np.mean([np.isnan(f(p)) for p in asked[10:]]) < 0.5
        assert np.nanmax([f(p) for p in asked]) > 0.4


class TestBeginning:
    """Initial points and prior results."""

    def test_initial_params_come_first_in_their_order(self):
        """Each once, before the design, and counted in it."""
        first = [{"x": 0.1, "k": "a", "n": 1}, {"x": 0.2, "k": "b", "n": 2}]
        optimizer = Optimizer(SPACE, initial_params=[*first, first[0]], random_state=0)
        assert optimizer.ask(3)[:2] == first
        assert run(optimizer, 2) == first

    def test_more_initial_params_than_initial_points_are_all_tried(self):
        """They are not cut to the number of initial points."""
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
        """The best of them is tried first; no initial design is needed."""
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
    """That a covariance which cannot be factorised does not end a search."""

    def test_the_default_hyperparameters_step_in(self, monkeypatch):
        """If those fitted cannot be used, the prior's are."""
        optimizer = Optimizer(SPACE, random_state=0)
        run(optimizer, 9)
        made = []

        def refuse_once(*args):
            made.append(args[1])
            if len(made) == 1:
                raise NotPositiveDefiniteError
            return GaussianProcess(*args)

        monkeypatch.setattr(engine, "GaussianProcess", refuse_once)
        assert optimizer.surrogate() is not None
        assert len(made) == 2

    def test_else_the_space_is_filled(self, monkeypatch):
        """Without any model the next point is one that fills the space."""
        optimizer = Optimizer(SPACE, random_state=0)
        asked = run(optimizer, 9)

        def refuse(*args):
            raise NotPositiveDefiniteError

        monkeypatch.setattr(engine, "GaussianProcess", refuse)
        assert optimizer.surrogate() is None
        assert optimizer.ask() not in asked


class TestInspection:
    """The model, what is recommended and what is still to be gained."""

    def test_there_is_no_model_at_first(self):
        """Nothing to learn: no model, no expected improvement."""
        optimizer = Optimizer(SPACE, random_state=0)
        assert optimizer.surrogate() is None
        assert optimizer.expected_improvement() is None
        optimizer.tell(optimizer.ask(), 0.5)
        assert optimizer.surrogate() is None

    def test_predictions_are_in_score_units(self):
        """Means are near the scores of told points, deviations small."""
        optimizer = Optimizer(SPACE, random_state=0)
        asked = run(optimizer, 25, lambda p: 1000 * score(p))
        mean, std = optimizer.surrogate().predict(asked)
        truth = np.array([1000 * score(p) for p in asked])
        np.testing.assert_allclose(mean, truth, atol=0.1 * truth.std())
        assert std.max() < 0.3 * truth.std()

    def test_expected_improvement_falls_in_score_units(self):
        """It is positive, scales with the scores, and gets small as the search ends."""
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
    """That durations matter when time is short, and only then."""

    @staticmethod
    def told():
        optimizer = Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0)
        for x in np.linspace(0, 1, 12):
            optimizer.tell(
                {"x": float(x)}, np.sin(12 * x), seconds=float(np.exp(8 * x))
            )
        return optimizer

    def test_cheap_points_are_preferred_early(self):
        """Two equal peaks: the cheap one is refined while much time is left."""
        optimizer = self.told()
        cheap = optimizer.ask(time_left=TimeLeft(seconds=1e9, fraction=1.0))
        assert cheap["x"] < 0.5

    def test_what_takes_too_long_is_not_begun(self):
        """A point that would not end in time is not proposed."""
        optimizer = self.told()
        short = optimizer.ask(time_left=TimeLeft(seconds=5.0, fraction=0.0))
        assert np.exp(8 * short["x"]) < 10

    def test_without_durations_nothing_changes(self):
        """Time left is of no use if no duration was told."""
        optimizer = Optimizer(SPACE, random_state=0)
        run(optimizer, 9)
        assert optimizer.ask() == optimizer.ask(time_left=TimeLeft(1.0, 0.5))


def test_nothing_warns():
    """A search over a mixed space is silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(Optimizer(SPACE, random_state=0), 12)
