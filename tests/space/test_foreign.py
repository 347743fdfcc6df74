"""Are dimensions of other packages read as what they are, in all three searches?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import ParameterSampler

from skbayes.space import Categorical, Integer, Real
from skbayes.space._grids import check_param_distributions, check_param_grid
from skbayes.space._lists import Ordinal
from skbayes.space._parsing import parse_space


@dataclass
class SkoptLike:
    """Two ends, a prior, a type, and an `rvs` that draws lists."""

    low: Any
    high: Any
    prior: str = "uniform"
    dtype: Any = float
    base: int = 10

    def rvs(self, n_samples=1, random_state=None):
        """Draw a list, as scikit-optimize does."""
        return [self.low] * n_samples


@dataclass
class SkoptCategoryLike:
    """Categories and weights."""

    categories: tuple
    prior: Any = None

    def rvs(self, n_samples=None, random_state=None):
        """Draw a list."""
        return [self.categories[0]]


@dataclass
class FloatDistribution:
    """As Optuna's, which has no `rvs`."""

    low: float
    high: float
    log: bool = False
    step: float | None = None


@dataclass
class IntDistribution:
    """As Optuna's."""

    low: int
    high: int
    log: bool = False
    step: int = 1


@dataclass
class OneOf:
    """As Optuna's categorical distribution and ConfigSpace's hyperparameter."""

    choices: tuple


@dataclass
class Outcomes:
    """As skrub's `choose_from`."""

    outcomes: list


@dataclass
class NumericChoice:
    """As skrub's `choose_float` and `choose_int`, with `rvs` as scipy's."""

    low: float
    high: float
    log: bool = False
    to_int: bool = False

    def rvs(self, size=None, random_state=None):
        """Draw one number."""
        return self.low


class Steps(NumericChoice, Sequence):
    """As skrub's with `n_steps`: a sequence that can be drawn from."""

    def __len__(self):
        return 3

    def __getitem__(self, item):
        return np.geomspace(self.low, self.high, 3)[item]


@dataclass
class InSteps:
    """A range in so many steps that is no sequence."""

    low: Any
    high: Any
    n_steps: int
    log: bool = False


@dataclass
class Bounds:
    """As ConfigSpace's uniform hyperparameters."""

    lower: Any
    upper: Any
    log: bool = False


@dataclass
class Normal(Bounds):
    """As ConfigSpace's normal hyperparameter: bounds, but no uniform density."""

    mu: float = 0.0
    sigma: float = 1.0


@dataclass
class Constant:
    """As ConfigSpace's."""

    value: Any
    default_value: Any


RANGES = [
    (SkoptLike(1, 10), Real(1, 10)),
    (SkoptLike(1e-3, 1e3, "log-uniform"), Real(1e-3, 1e3, "log-uniform")),
    (SkoptLike(1, 10, dtype=np.int64), Integer(1, 10)),
    (SkoptLike(1, 10, "log-uniform", dtype="int64"), Integer(1, 10, "log-uniform")),
    (FloatDistribution(1, 2), Real(1, 2)),
    (FloatDistribution(1e-3, 2, log=True), Real(1e-3, 2, "log-uniform")),
    (IntDistribution(1, 10), Integer(1, 10)),
    (IntDistribution(1, 100, log=True), Integer(1, 100, "log-uniform")),
    (NumericChoice(0.1, 1, log=True), Real(0.1, 1, "log-uniform")),
    (NumericChoice(1, 9, to_int=True), Integer(1, 9)),
    (Bounds(0.5, 2.0, log=True), Real(0.5, 2.0, "log-uniform")),
    (Bounds(np.int64(1), np.int64(20)), Integer(1, 20)),
]
LISTS = [
    (SkoptCategoryLike(("a", "b")), Categorical(["a", "b"])),
    (SkoptCategoryLike((1, 2, 4), [0.2, 0.2, 0.6]), Ordinal([1, 2, 4])),
    (OneOf(("a", None)), Categorical(["a", None])),
    (Outcomes([True, False]), Categorical([True, False])),
    (Constant("x", "x"), Categorical(["x"])),
    (FloatDistribution(0.1, 0.4, step=0.1), Ordinal([0.1, 0.2, 0.3, 0.4])),
    (IntDistribution(1, 10, step=4), Ordinal([1, 5, 9])),
    (InSteps(1.0, 100.0, 3, log=True), Ordinal([1.0, 10.0, 100.0])),
    (InSteps(1, 9, 3), Ordinal([1, 5, 9])),
    (Steps(1.0, 100.0, log=True), Ordinal([1.0, 10.0, 100.0])),
]
by_class = {"ids": lambda value: type(value).__name__}


def dimension_of(value):
    """What a Bayesian search reads."""
    (branch,) = parse_space({"p": value})._branches
    return branch["p"]


@pytest.mark.parametrize(("value", "expected"), RANGES + LISTS, **by_class)
def test_read_range_gives_parse_space_attributes(value, expected):
    """A Bayesian search takes all ranges and choices."""
    assert dimension_of(value) == expected


@pytest.mark.parametrize(("value", "expected"), RANGES, **by_class)
def test_read_range_is_refused_by_check_param_grid(value, expected):
    """A grid has no ranges, whoever describes them."""
    with pytest.raises(TypeError, match="cannot enumerate a range or a distribution"):
        check_param_grid({"p": value})


@pytest.mark.parametrize(("value", "expected"), LISTS, **by_class)
def test_read_choices_gives_check_param_grid_lists(value, expected):
    """Choices and steps are a grid's."""
    assert list(check_param_grid({"p": value})["p"]) == list(expected.values())


@pytest.mark.parametrize(("value", "expected"), RANGES + LISTS, **by_class)
def test_draws_single_values_for_check_param_distributions(value, expected):
    """A random search draws values of the dimension, never lists of one."""
    spec = check_param_distributions({"p": value, "other": Real(0, 1)})
    for params in ParameterSampler(spec, 5, random_state=0):
        assert expected.contains(params["p"])


def test_draws_single_values_leaves_what_draws_as_scipy_does():
    """The candidates stay scikit-learn's to the last bit."""
    for value in (NumericChoice(0.1, 1), Steps(1.0, 100.0)):
        assert check_param_distributions({"p": value})["p"] is value


@pytest.mark.parametrize(
    "value",
    [
        type("Tune", (), {"lower": 0.1, "upper": 1.0, "sampler": None})(),
        Normal(-5.0, 5.0),
    ],
    ids=["no scale", "normal"],
)
def test_read_range_takes_no_more_than_is_said(value):
    """Two ends without a scale, or with another density, are no uniform range."""
    with pytest.raises(TypeError, match="must be a list of choices, a range or a dis"):
        parse_space({"p": value})


def test_read_range_names_the_parameter_of_a_range_that_is_none():
    """Reversed ends and steps of zero are told as in a range of ours."""
    with pytest.raises(ValueError, match="'p' in the .* valid range.*must be below"):
        parse_space({"p": FloatDistribution(2.0, 1.0)})
    with pytest.raises(ValueError, match="'p' in the .* step .* must be > 0. Got 0"):
        parse_space({"p": FloatDistribution(1.0, 2.0, step=0.0)})


def test_read_range_of_scikit_optimize():
    """The test takes the real package, whose attributes the classes above repeat."""
    space = pytest.importorskip("skopt.space")
    assert dimension_of(space.Real(1, 10)) == Real(1, 10)
    log = space.Integer(1, 100, prior="log-uniform", transform="normalize")
    assert dimension_of(log) == Integer(1, 100, "log-uniform")
    assert dimension_of(space.Categorical(["a", "b"])) == Categorical(["a", "b"])
    drawn = check_param_distributions({"p": space.Real(1, 10)})
    assert all(1 <= p["p"] <= 10 for p in ParameterSampler(drawn, 5, random_state=0))


def test_read_range_of_optuna():
    """The test takes the real package."""
    optuna = pytest.importorskip("optuna.distributions")
    log = optuna.FloatDistribution(1e-3, 1, log=True)
    assert dimension_of(log) == Real(1e-3, 1, "log-uniform")
    stepped = optuna.FloatDistribution(0, 1, step=0.25)
    assert dimension_of(stepped) == Ordinal([0.0, 0.25, 0.5, 0.75, 1.0])
    assert dimension_of(optuna.IntDistribution(1, 9)) == Integer(1, 9)
    assert dimension_of(optuna.CategoricalDistribution(["a", None])).choices == (
        "a",
        None,
    )


def test_read_range_of_skrub():
    """The test takes the real package."""
    skrub = pytest.importorskip("skrub")
    log = skrub.choose_float(0.1, 1, log=True, name="c")
    assert dimension_of(log) == Real(0.1, 1, "log-uniform")
    assert dimension_of(skrub.choose_int(1, 9, name="n")) == Integer(1, 9)
    assert dimension_of(skrub.choose_bool(name="b")) == Categorical([True, False])
    assert dimension_of(skrub.choose_from(["x", "y"], name="f")).choices == ("x", "y")
    stepped = skrub.choose_float(0.01, 1.0, log=True, n_steps=3, name="s")
    assert dimension_of(stepped).choices == pytest.approx((0.01, 0.1, 1.0))
    assert check_param_grid({"C": stepped})["C"] is stepped
    assert check_param_distributions({"C": log})["C"] is log


def test_read_range_of_config_space():
    """The test takes the real package."""
    config_space = pytest.importorskip("ConfigSpace")
    log = config_space.Float("a", (0.1, 2), log=True)
    assert dimension_of(log) == Real(0.1, 2, "log-uniform")
    assert dimension_of(config_space.Integer("a", (1, 20))) == Integer(1, 20)
    assert dimension_of(config_space.Categorical("c", ["x", "y"])).choices == ("x", "y")
    assert dimension_of(config_space.Constant("k", 3)) == Categorical([3])
