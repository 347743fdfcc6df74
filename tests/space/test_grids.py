"""Do grid and random search accept what scikit-learn does, and refuse the rest well?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.model_selection import ParameterGrid, ParameterSampler

from skbayes.space import Categorical, Integer, Real
from skbayes.space._grids import check_param_distributions, check_param_grid
from skbayes.space._parsing import parse_space
from tests.space.labels import label

GRIDS = [
    {"C": [1, 10], "gamma": (0.1, 1), "k": ["rbf", None]},
    {"C": np.logspace(-2, 2, 5), "n": range(3)},
    [{"C": [1]}, {}, {"C": (1, 10, 100), "k": [(1, 1), (1, 2)]}],
    {"a": [stats.norm], "b": [[1, 2], {"x": 1}], "c": [True, 1, 1.0]},
    {},
    [{}],
]
SEQUENCE_OF_GRIDS = ({"C": [1, 10]}, {"C": [5]})


@pytest.mark.parametrize("spec", [*GRIDS, SEQUENCE_OF_GRIDS], ids=label)
def test_check_param_grid_leaves_grids_of_scikit_learn(spec):
    """What ParameterGrid accepts is handed on as the very same object."""
    assert check_param_grid(spec) is spec
    assert len(list(ParameterGrid(check_param_grid(spec)))) > 0


@pytest.mark.parametrize(
    "spec",
    [
        *GRIDS[:4],
        {"C": stats.loguniform(1e-3, 1e3), "k": ("l1", "l2")},
        {"C": stats.norm, "table": np.ones((3, 2))},
        [{"C": stats.norm()}, {"C": (1, 10)}, {}],
        {"C": Real(0, 1), "n": Integer(1, 5)},
    ],
    ids=label,
)
def test_check_param_distributions_leaves_those_of_scikit_learn(spec):
    """What ParameterSampler accepts is handed on as the very same object."""
    assert check_param_distributions(spec) is spec
    assert len(list(ParameterSampler(spec, 2, random_state=0))) == 2


def test_check_param_distributions_translates_ranges():
    """A range becomes a dimension to draw from; other tuples stay choices."""
    given = {"C": (1e-3, 1e3, "log-uniform"), "n": (1, 5, "uniform"), "p": (1, 10)}
    spec = check_param_distributions(given)
    assert spec == {
        "C": Real(1e-3, 1e3, "log-uniform"),
        "n": Integer(1, 5),
        "p": (1, 10),
    }
    assert given["n"] == (1, 5, "uniform")
    for params in ParameterSampler(spec, 20, random_state=0):
        assert 1e-3 <= params["C"] <= 1e3
        assert params["n"] in (1, 2, 3, 4, 5)
        assert params["p"] in (1, 10)


@pytest.mark.parametrize("check", [check_param_grid, check_param_distributions])
def test_check_param_grid_makes_categorical_and_series_lists(check):
    """A Categorical and a series are choices, and drawn from as a list."""
    svc = object()
    spec = [{"a": Categorical(["x", svc])}, {"b": pd.Series([1, 2], index=[7, 8])}]
    assert check(spec) == [{"a": ["x", svc]}, {"b": [1, 2]}]
    assert check({"a": Categorical([1, 2])}) == {"a": [1, 2]}


@pytest.mark.parametrize(
    "value",
    [
        stats.norm(),
        stats.uniform,
        Real(1e-3, 1.0),
        Integer(1, 5),
        (1, 10, "uniform"),
        (1e-3, 1e3, "log-uniform"),
    ],
    ids=label,
)
def test_check_param_grid_refuses_ranges_and_distributions(value):
    """The error says which search takes ranges and what a grid takes."""
    message = (
        "'C' in the `param_grid` parameter of GridSearchCV must be a list of choices"
        ".* use RandomSearchCV or BayesSearchCV.*, or write the values to try, such as"
    )
    with pytest.raises(TypeError, match=message):
        check_param_grid({"C": value})


def test_check_param_grid_shows_what_to_write_for_a_range():
    """The example in the message is made of the range's ends."""
    with pytest.raises(TypeError, match=r"such as \[1, 10\]"):
        check_param_grid({"C": (1, 10, "uniform")})
    with pytest.raises(TypeError, match=r"such as \[0.5, 2.0\]"):
        check_param_grid({"C": Real(0.5, 2.0)})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            stats.loguniform,
            r"'C' .*with its parameters.* Write scipy.stats.loguniform\(a, b\)",
        ),
        (
            stats.uniform(5, -3),
            "'C' .*must be a valid distribution.*its median is no number",
        ),
    ],
    ids=["family", "invalid"],
)
def test_check_param_distributions_refuses_what_draws_nothing(value, message):
    """The error has the name of the parameter, and comes before the first draw."""
    with pytest.raises(ValueError, match=message):
        check_param_distributions({"C": value})


@pytest.mark.parametrize(
    ("value", "message", "written"),
    [
        (
            (1, 10, "log"),
            r"must be \(low, high, 'uniform'\) or",
            "1, 10, 'log-uniform'",
        ),
        ((10, 1, "uniform"), "valid range.*`low` .* below `high`", "10, 1, 'uniform'"),
        ((0, 9, "log-uniform"), "valid range.*`low` .* >= 1", "0, 9, 'log-uniform'"),
    ],
)
def test_check_param_distributions_refuses_a_wrong_range(value, message, written):
    """A grid takes no range, so that it does not say how to write a valid one."""
    with pytest.raises(ValueError, match=message):
        check_param_distributions({"C": value})
    message = rf"list of choices.* BayesSearchCV with \({written}\), or write the val"
    with pytest.raises(TypeError, match=message):
        check_param_grid({"C": value})


@pytest.mark.parametrize("check", [check_param_grid, check_param_distributions])
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("rbf", TypeError, r"needs to be a list .* got 'rbf' .* Write \['rbf'\]"),
        (b"rbf", TypeError, r"needs to be a list or a numpy array.* Write \[b'rbf'\]"),
        (1, TypeError, r"Parameter grid for parameter 'C' .* Write \[1\] for"),
        (None, TypeError, r"Parameter grid for parameter 'C' .* Write \[None\] for"),
        ({1, 2}, TypeError, "needs to be a list .* Turn it into a list of choices"),
        ([], ValueError, r"need to be a non-empty sequence, got: \[\]. Write \[choice"),
        ((), ValueError, r"need to be a non-empty sequence, got: \(\)"),
        (np.array([]), ValueError, "need to be a non-empty sequence"),
    ],
    ids=label,
)
def test_check_param_grid_refuses_bad_values(check, value, error, message):
    """A value that is no choices is refused in scikit-learn's words and ours."""
    with pytest.raises(error, match=message):
        check({"C": value})


@pytest.mark.parametrize(
    ("bad", "theirs"),
    [
        ({"C": 1}, ParameterGrid),
        ({"C": "1,2,3"}, ParameterGrid),
        ({"C": []}, ParameterGrid),
        ({"C": np.ones((3, 2))}, ParameterGrid),
        ({"C": stats.norm()}, ParameterGrid),
        ([{"foo": [0]}, 0], ParameterGrid),
        (0, ParameterGrid),
        ({"foo": 0}, lambda spec: ParameterSampler(spec, 1)),
        ([{"foo": [0]}, 0], lambda spec: ParameterSampler(spec, 1)),
        (0, lambda spec: ParameterSampler(spec, 1)),
    ],
    ids=label,
)
def test_check_param_grid_errors_begin_as_scikit_learns(bad, theirs):
    """Whoever catches or matches scikit-learn's errors still does."""
    is_grid = theirs is ParameterGrid
    with pytest.raises((TypeError, ValueError), match="Parameter") as expected:
        theirs(bad)
    with pytest.raises((TypeError, ValueError), match="Parameter") as got:
        (check_param_grid if is_grid else check_param_distributions)(bad)
    assert got.type is expected.type
    # scikit-learn's older and newer releases end in a full stop or not
    assert str(got.value).startswith(str(expected.value).rstrip("."))


@pytest.mark.parametrize("check", [check_param_grid, check_param_distributions])
@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ("C", TypeError, "a dict or a list, got: 'C' of type str. Write param_"),
        (None, TypeError, "a dict or a list, got: None of type NoneType"),
        ([[1, 2]], TypeError, r"is not a dict \(\[1, 2\]\). Write param_"),
        ([], ValueError, r"must hold at least one dict. Got \[\] instead"),
        ({1: [1, 2]}, TypeError, "names in the .* must be strings. Got 1 instead"),
    ],
    ids=label,
)
def test_check_param_grid_refuses_bad_specs(check, spec, error, message):
    """What is no dict or list of dicts is refused, and the error says what to write."""
    with pytest.raises(error, match=message):
        check(spec)


@pytest.mark.parametrize("spec", [{}, [{}], [{}, {}]], ids=label)
def test_check_param_distributions_needs_a_parameter(spec):
    """There is nothing to draw from an empty dict."""
    message = "`param_distributions` parameter of RandomSearchCV must name at least one"
    with pytest.raises(ValueError, match=message):
        check_param_distributions(spec)


def test_check_param_grid_messages_name_the_caller():
    """Owner and parameter in an error are those of the caller."""
    with pytest.raises(TypeError, match="`grid` parameter of MySearch must be a list"):
        check_param_grid({"C": Real(0, 1)}, owner="MySearch", parameter="grid")
    with pytest.raises(ValueError, match="`space` parameter of MySearch must name"):
        check_param_distributions({}, owner="MySearch", parameter="space")


@pytest.mark.parametrize(
    "check", [check_param_grid, check_param_distributions, parse_space]
)
def test_check_param_grid_refuses_a_table_of_choices(check):
    """Its items are columns or their names, and no values of a parameter."""
    with pytest.raises(ValueError, match="must be one-dimensional, its shape is .2, 1"):
        check({"C": pd.DataFrame({"a": [1, 2]})})


def test_check_param_grid_takes_values_out_of_an_array_of_arrow():
    """Its items are scalars of Arrow, which no estimator takes."""
    arrow = pytest.importorskip("pyarrow")
    values = {"C": arrow.array([0.5, 2.0])}
    assert check_param_grid(values) == {"C": [0.5, 2.0]}
    assert check_param_distributions(values) == {"C": [0.5, 2.0]}
    assert parse_space(values).branches[0]["C"].choices == (0.5, 2.0)


class OwnGenerator:
    """Draws from a generator of its own, whatever the seed of the search."""

    def rvs(self):
        """One value."""
        return 0.5


class GivenGenerator(OwnGenerator):
    """Draws from the generator it is given."""

    def rvs(self, size=None, **settings):
        """One value of the generator."""
        return settings["random_state"].uniform()


def test_check_param_distributions_refuses_rvs_without_a_generator():
    """scikit-learn's error would name neither the parameter nor what to write."""
    expected = r"(?s)'C'.*rvs\(random_state=.*Write rvs\(self, random_state=None\)"
    with pytest.raises(TypeError, match=expected):
        check_param_distributions({"C": OwnGenerator()})
    given = GivenGenerator()
    assert check_param_distributions({"C": given})["C"] is given
