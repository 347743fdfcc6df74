"""Does the public optimizer keep its promises: pure asks, checked tells?"""

import pickle
import warnings

import numpy as np
import pytest

from skbayes._strategies.optimizer import Optimizer
from skbayes._strategies.optimizer_input import Pending
from tests._strategies.runs import SPACE, run, score


class TestOptimizerAsk:
    """An ask returns points and changes nothing."""

    @pytest.mark.parametrize("n_told", [0, 3, 11, 12])
    def test_asking_twice_gives_the_same(self, n_told):
        """Both answers agree in the initial design and with either output transform."""
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

    @pytest.mark.parametrize("constant", [True, False])
    def test_points_told_with_fewer_digits_are_not_asked_again(self, constant):
        """A file may hold fewer digits; equal scores teach the model nothing."""
        space = {"x": (0.0, 1.0, "uniform"), "y": (1e-3, 1e3, "log-uniform")}
        first = [{"x": 0.123456789012, "y": 1.0 / 3.0}]
        optimizer = Optimizer(space, initial_params=first, random_state=0)
        told = []
        for _ in range(8):
            params = {name: float(f"{v:.7g}") for name, v in optimizer.ask().items()}
            told.append(tuple(params.values()))
            optimizer.tell(params, 0.0 if constant else -params["x"])
        assert len(set(told)) == len(told)

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
        """The copy is made amid a search, and its file holds no matrices."""
        optimizer = Optimizer(SPACE, random_state=5)
        run(optimizer, 12)
        copy = pickle.loads(pickle.dumps(optimizer))
        assert copy.n_told == 12
        assert run(copy, 4) == run(optimizer, 4)

    def test_seeds_decide(self):
        """The same seed repeats; another one does not, nor does None."""
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
        """Points that were told are not proposed again, either."""
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

    @pytest.mark.parametrize("n_iter", [0, -3, 2.5, "50", True])
    def test_a_bad_budget_is_refused(self, n_iter):
        """A budget is a whole number of evaluations, one at least."""
        with pytest.raises(ValueError, match="The `n_iter` parameter of Optimizer"):
            Optimizer(SPACE, n_iter=n_iter)

    def test_a_pending_point_outside_the_space_is_refused(self):
        """The message names the point."""
        with pytest.raises(ValueError, match=r"Optimizer.ask.*x"):
            Optimizer(SPACE).ask(pending=[{"x": 7.0, "k": "a", "n": 1}])

    def test_values_are_plain_python(self):
        """Neither the design nor the model gives numpy scalars."""
        for params in run(Optimizer(SPACE, random_state=0), 12):
            assert [type(params[name]) for name in ("x", "k", "n")] == [float, str, int]


class TestOptimizerTell:
    """An evaluation is recorded or refused."""

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
        """A later change of the dict changes nothing."""
        optimizer = Optimizer(SPACE)
        params = {"x": 0.5, "k": "a", "n": 3}
        optimizer.tell(params, 1.0)
        params["x"] = 0.9
        assert optimizer.recommend()["x"] == 0.5

    def test_points_not_asked_for_are_taken(self):
        """Such points count, and the model learns from them."""
        optimizer = Optimizer(SPACE, random_state=0)
        for i in range(9):
            params = {"x": i / 8, "k": "b", "n": 6}
            optimizer.tell(params, score(params))
        point = {"x": 0.3, "k": "b", "n": 6}
        median, half_width = optimizer.surrogate().predict([point])
        assert median[0] == pytest.approx(0.1, abs=0.02)
        assert 0 < half_width[0] < 0.1

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
        medians = [o.surrogate().predict([point])[0][0] for o in (twice, once)]
        assert medians[0] == pytest.approx(medians[1], abs=0.02)

    def test_recommend_needs_a_score(self):
        """A failure is no score."""
        optimizer = Optimizer(SPACE, random_state=0)
        optimizer.tell(optimizer.ask(), np.nan)
        with pytest.raises(ValueError, match="at least one complete evaluation"):
            optimizer.recommend()


def test_ask_and_tell_do_not_warn():
    """A search over a mixed space is silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(Optimizer(SPACE, random_state=0), 12)
