"""What users hand to an optimizer: taken as the space has it, or refused by name."""

import re

import numpy as np
import pytest

from skbayes import Optimizer, TimeLeft
from skbayes._strategies.optimizer_input import Pending

TREE = {
    "max_depth": [None, 3, 5],
    "min_samples_leaf": (1, 9, "uniform"),
    "ccp_alpha": (1e-4, 1.0, "log-uniform"),
}
#: A point, and in what other types its values may arrive.
POINT = {"max_depth": 3, "min_samples_leaf": 2, "ccp_alpha": 1.0}
EQUAL_POINTS = {
    "floats": {"max_depth": 3.0, "min_samples_leaf": 2.0, "ccp_alpha": 1.0},
    "ints": {"max_depth": 3, "min_samples_leaf": 2, "ccp_alpha": 1},
    "numpy floats": {name: np.float64(value) for name, value in POINT.items()},
    "numpy ints": {name: np.int32(value) for name, value in POINT.items()},
    "single precision": {name: np.float32(value) for name, value in POINT.items()},
}
every_equal_point = pytest.mark.parametrize(
    "equal", EQUAL_POINTS.values(), ids=list(EQUAL_POINTS)
)


def check_is_own(params, expected):
    """Values are equal, and of the types that the space has."""
    assert params == expected
    assert {k: type(v) for k, v in params.items()} == {
        k: type(v) for k, v in expected.items()
    }


class TestOwnValues:
    """Values of any type go out as the space's own."""

    @pytest.mark.parametrize("best", range(4))
    def test_prior_results_of_a_data_frame(self, best):
        """A column of ints with a None in it is one of floats with a NaN."""
        pd = pytest.importorskip("pandas")
        depths, leaves = [None, 3, 5, 3], [1, 2, 3, 9]
        frame = pd.DataFrame(
            {
                "param_max_depth": depths,
                "param_min_samples_leaf": leaves,
                "param_ccp_alpha": [0.1, 0.2, 1.0, 0.5],
                "mean_test_score": [0.9 if row == best else 0.1 for row in range(4)],
            }
        )
        assert frame["param_max_depth"].dtype == np.float64
        optimizer = Optimizer(TREE, prior_results=frame, random_state=0)
        expected = {
            "max_depth": depths[best],
            "min_samples_leaf": leaves[best],
            "ccp_alpha": float(frame["param_ccp_alpha"][best]),
        }
        check_is_own(optimizer.ask(), expected)
        check_is_own(optimizer.recommend(), expected)

    @every_equal_point
    def test_check_initial_params_gives_own_values(self, equal):
        """Initial params are asked for as the space has them."""
        optimizer = Optimizer(TREE, initial_params=[equal], random_state=0)
        check_is_own(optimizer.ask(), POINT)

    @every_equal_point
    def test_points_told(self, equal):
        """Points are recommended as the space has them, and not proposed again."""
        optimizer = Optimizer(TREE, initial_params=[POINT], random_state=0)
        optimizer.tell(equal, 0.5)
        check_is_own(optimizer.recommend(), POINT)
        assert optimizer.ask() != POINT

    @every_equal_point
    def test_points_pending(self, equal):
        """Pending points are known as what was asked for."""
        optimizer = Optimizer(TREE, initial_params=[POINT], random_state=0)
        assert optimizer.ask(pending=[equal]) == optimizer.ask(pending=[POINT])
        assert optimizer.ask(pending=[equal]) != POINT


class TestRefused:
    """Input that makes no sense is named and changes nothing."""

    @pytest.mark.parametrize("n", [True, False, 1.5, -1, "2", np.nan, [1]])
    def test_check_count_refuses_what_is_no_number_of_points(self, n):
        """The number is whole, or None for one point."""
        match = r"`n` parameter of Optimizer.ask must be an integer >= 0 or None. Got "
        with pytest.raises(ValueError, match=match + re.escape(repr(n))):
            Optimizer(TREE).ask(n)

    @pytest.mark.parametrize(
        "pending",
        [POINT, "max_depth", 3, None, iter([POINT])],
        ids=["dict", "str", "int", "None", "iterator"],
    )
    def test_pending_points_are_a_list(self, pending):
        """A single point has to be put in a list."""
        with pytest.raises(TypeError, match="`pending` parameter of .* in a list"):
            Optimizer(TREE).ask(pending=pending)

    @pytest.mark.parametrize("item", [3, "max_depth", Pending(3)])
    def test_pending_point_is_a_dict(self, item):
        with pytest.raises(TypeError, match="given to Optimizer.ask must be a dict"):
            Optimizer(TREE).ask(pending=[item])

    @pytest.mark.parametrize(
        ("lengths", "told"), [((2, 3), None), ((2,), 3), ((3, 3, 2), 3)]
    )
    def test_pending_points_of_unequal_folds(self, lengths, told):
        """The folds are unequal among themselves, or with what was told."""
        optimizer = Optimizer(TREE)
        if told is not None:
            optimizer.tell(POINT, 0.5, fold_scores=[0.5] * told)
        pending = [
            Pending(POINT | {"min_samples_leaf": 3 + i}, np.array([0.5] * n))
            for i, n in enumerate(lengths)
        ]
        match = "`fold_scores` parameter of Pending must have the same length"
        with pytest.raises(ValueError, match=match):
            optimizer.ask(pending=pending)

    @pytest.mark.parametrize(
        ("score", "folds"),
        [
            (0.5, [0.1, 0.2]),
            (np.nan, [0.1, 0.2]),
            (np.nan, [0.1, np.nan]),
            (-np.inf, [0.1, np.nan]),
            (0.5, [np.nan, np.nan]),
        ],
    )
    def test_check_outcome_refuses_folds_that_contradict_the_score(self, score, folds):
        """Nothing of the contradiction is recorded."""
        optimizer = Optimizer(TREE, random_state=0)
        before = optimizer.ask()
        match = r"`fold_scores` parameter of Optimizer.tell must agree with `score`"
        with pytest.raises(ValueError, match=match):
            optimizer.tell(POINT, score, fold_scores=folds)
        assert optimizer.n_told == 0
        assert optimizer.ask() == before

    @pytest.mark.parametrize(
        "left",
        [
            (np.nan, np.nan),
            (np.nan, 0.5),
            (1.0, np.nan),
            (1.0, 2.0),
            (1.0, -0.1),
            (-1.0, 0.5),
            (1.0, 0.5, 0),
            (1.0, 0.5, np.nan),
        ],
    )
    def test_times_that_are_none(self, left):
        """The message shows what was got."""
        with pytest.raises(ValueError, match=r"TimeLeft needs .* Got TimeLeft\("):
            TimeLeft(*left)

    @pytest.mark.parametrize("left", [3.0, (3.0, 0.5), "3 s"])
    def test_what_is_no_time_left(self, left):
        """The time is refused also while it would not be used yet."""
        match = r"`time_left` parameter of Optimizer.ask .* TimeLeft\(seconds, fraction"
        with pytest.raises(TypeError, match=match):
            Optimizer(TREE).ask(time_left=left)
