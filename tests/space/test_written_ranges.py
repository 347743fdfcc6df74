"""Is a range read as one, and what only looks like one refused with what to write?"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from skbayes.space import Categorical, Integer, Real
from skbayes.space._grids import check_param_distributions, check_param_grid
from skbayes.space._parsing import parse_space
from skbayes.space._place import Place
from skbayes.space._written_ranges import parse_range
from tests.space.labels import label

EVERY_CHECK = pytest.mark.parametrize(
    "check", [parse_space, check_param_distributions, check_param_grid]
)


@EVERY_CHECK
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([0.01, 1000.0, "log-uniform"], "(0.01, 1000.0, 'log-uniform')"),
        ([1, 10, "uniform"], "(1, 10, 'uniform')"),
        (["0.01", "1000", "log-uniform"], "(0.01, 1000, 'log-uniform')"),
        ([0.01, "1e3", "loguniform"], "(0.01, 1000.0, 'log-uniform')"),
        (["log_uniform", 0.01, 10], "(0.01, 10, 'log-uniform')"),
        ([0.01, 10, "Log-Uniform", 10], "(0.01, 10, 'log-uniform')"),
        (np.array([0.01, 10, "uniform"]), "(0.01, 10, 'uniform')"),
        (pd.Series([0.01, 10.0, "uniform"]), "(0.01, 10.0, 'uniform')"),
        ([(0.01, 10.0, "uniform")], "(0.01, 10.0, 'uniform')"),
        ([[0.01, 10.0, "log-uniform"], None], "(0.01, 10.0, 'log-uniform')"),
        (("0.01", "10.0", "uniform"), "(0.01, 10.0, 'uniform')"),
        ((1e-3, "1e3", "log-uniform"), "(0.001, 1000.0, 'log-uniform')"),
        (("uniform", 0.5, 2), "(0.5, 2, 'uniform')"),
        ((0.5, "log-uniform", 2), "(0.5, 2, 'log-uniform')"),
        ([0.5, "uniform", 2], "(0.5, 2, 'uniform')"),
        ([(0.5, "uniform", 2)], "(0.5, 2, 'uniform')"),
        ([Decimal("0.5"), Fraction(5, 2), "uniform"], "(0.5, 2.5, 'uniform')"),
        ((0.5, 2.0, "unifrm"), "(0.5, 2.0, 'uniform')"),
        ([0.5, 2.0, "log-unifrm"], "(0.5, 2.0, 'log-uniform')"),
        ((0.5, 2.0, "unif"), "(0.5, 2.0, 'uniform')"),
        ((1, 10, "int"), "(1, 10, 'uniform')"),
        ((1, 10, int), "(1, 10, 'uniform')"),
        ((1, 10, float), "(1.0, 10.0, 'uniform')"),
        (("real", 1, 10), "(1.0, 10.0, 'uniform')"),
        ([1, 10, "integer"], "(1, 10, 'uniform')"),
        ((1, 10, "logint"), "(1, 10, 'log-uniform')"),
        ((False, True, "uniform"), "[False, True] for two choices"),
        ((date(2020, 1, 1), date(2021, 1, 1), "uniform"), "list all values to try"),
        ((np.datetime64(1, "D"), np.datetime64(9, "D"), "log-uniform"), "list all"),
    ],
    ids=label,
)
def test_refuse_range_like_refuses_what_reads_like_a_range(check, value, written):
    """All three searches refuse the word before it could become a candidate."""
    with pytest.raises((TypeError, ValueError), match="value of 'C' in the") as caught:
        check({"C": value})
    assert written in str(caught.value)


@EVERY_CHECK
@pytest.mark.parametrize(
    "value",
    [
        [0.5, 1.0, "sqrt"],
        [0.1, 1, "scale"],
        [0.5, 1, "log"],
        ["uniform", "distance"],
        ["a", "b", "uniform"],
        ["a", "uniform", "b"],
        [1, 2, 3, "uniform", 5],
        [True, False, "uniform"],
        Categorical([0.01, 1000.0, "log-uniform"]),
    ],
    ids=label,
)
def test_refuse_range_like_leaves_other_lists(check, value):
    """Words beside numbers are choices where they name no prior, or say so."""
    check({"C": value})


class Span:
    """A range of another package."""

    low, high, log = 0.1, 2.0, True


@EVERY_CHECK
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([Real(0.1, 1.0)], "Write it without the list, Categorical"),
        ([Integer(1, 9), None], "Write a single one without the list"),
        ((Real(0.1, 1.0),), "Write it without the list"),
        ([Span()], "Write it without the list"),
        (np.ma.masked_array([1, 2], [False, True]), r"masked.* method compressed\(\)"),
    ],
    ids=["real", "integer", "tuple", "foreign", "masked"],
)
def test_refuse_range_like_refuses_what_is_no_choice(check, value, told):
    """A dimension is no value of a parameter, and neither is a masked entry."""
    with pytest.raises(ValueError, match=f"(?s)value of 'C' in the.*{told}"):
        check({"C": value})


def test_refuse_range_like_tells_of_all_ranges_of_json():
    """All ranges are told in one error, so that one round mends them."""
    text = '{"C": [0.01, 1000.0, "log-uniform"], "gamma": [1e-4, 1, "log-uniform"]}'
    with pytest.raises(ValueError, match=r"(?s)'C' .*0\.01.*\n.*'gamma' .*0\.0001"):
        parse_space(json.loads(text))


@EVERY_CHECK
@pytest.mark.parametrize(
    "value",
    [
        "(0.01, 1000, log-uniform)",
        "loguniform(0.01, 1000)",
        {"low": 0.01, "high": 1000, "prior": "log-uniform"},
        {"min": 0.01, "max": "1e3", "log": True},
        {"min": 0.01, "max": 1000, "distribution": "log_uniform_values"},
        {"type": "float", "lower": 0.01, "upper": 1000, "scale": "log"},
        {"log-uniform": [0.01, 1000]},
        {"$loguniform": {"low": 0.01, "high": 1000}},
    ],
    ids=label,
)
def test_how_to_write_texts_and_dicts_that_describe_a_range(check, value):
    """YAML keeps a tuple as text; other tools describe a range by a dict."""
    with pytest.raises(
        TypeError, match=r"describes a range: write \(0.01, 1000"
    ) as seen:
        check({"C": value})
    assert "'log-uniform')." in str(seen.value)


@EVERY_CHECK
def test_how_to_write_a_dict_that_lists_choices(check):
    """Files of sweeps have such dicts."""
    with pytest.raises(TypeError, match=r"lists choices: write \['rbf', 'poly'\]"):
        check({"kernel": {"values": ["rbf", "poly"]}})


@EVERY_CHECK
@pytest.mark.parametrize(
    "text", ["0.1, 10", "[0.1, 10]", "0.1..10", "0.1-10", "1e-1 to 10", "(.1; 10)"]
)
def test_how_to_write_a_text_of_two_numbers(check, text):
    """It may be a range or two choices, and is no single choice."""
    told = r"Write \[0.1, 10\] for two choices, \(0.1, 10, 'uniform'\) for a range"
    with pytest.raises(TypeError, match=told):
        check({"C": text})


@EVERY_CHECK
def test_how_to_write_the_text_of_a_list(check):
    """Files of settings have such texts."""
    with pytest.raises(TypeError, match=r"lists choices: write \['rbf', 'poly'\]"):
        check({"kernel": "['rbf', 'poly']"})


@EVERY_CHECK
@pytest.mark.parametrize(
    "value",
    [
        ["$log_uniform", 0.1, 10.0],
        ["log-uniform(0.1, 10.0)"],
    ],
    ids=label,
)
def test_refuse_range_like_knows_the_words_of_other_libraries(check, value):
    """A scale beside two numbers is no choice, and neither is a range in a text."""
    with pytest.raises(ValueError, match=r"\(0.1, 10.0, 'log-uniform'\)"):
        check({"C": value})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ((1, 5, "float"), r"Write \(1.0, 5.0, 'uniform'\)"),
        (("int", 1, 5), r"Write \(1, 5, 'uniform'\)"),
    ],
    ids=label,
)
def test_parse_range_refuses_types_as_priors(value, told):
    """The word beside the ends would be a choice."""
    with pytest.raises(ValueError, match=told):
        parse_space({"C": value})


def test_refuse_bare_pair_tells_of_all_pairs_at_once():
    """Nine pairs take one round, not nine, also over the dicts of a list."""
    names = [f"p{i}" for i in range(9)]
    with pytest.raises(ValueError, match="'p0' in the .* must not be a bare") as caught:
        parse_space([dict.fromkeys(names[:5], (1, 10)), dict.fromkeys(names, (0.5, 1))])
    assert all(f"'{name}'" in str(caught.value) for name in names)
    assert "(1, 10, 'uniform') for a range of integers" in str(caught.value)
    assert "(1.0, 10.0, 'uniform') for one of real numbers" in str(caught.value)
    assert "(0.5, 1, 'uniform') for a range." in str(caught.value)


def test_refuse_bare_pair_keeps_the_kind_of_errors():
    """Two wrong types are a TypeError, a type and a value a ValueError."""
    with pytest.raises(TypeError, match=r"(?s)'a'.*\n.*'b'"):
        parse_space({"a": 1, "b": 2})
    with pytest.raises(ValueError, match=r"(?s)'a'.*\n.*'b'"):
        parse_space({"a": 1, "b": (1, 2)})


@pytest.mark.parametrize("flag", [True, np.True_])
def test_parse_range_refuses_a_flag_for_a_prior(flag):
    """Elsewhere `log=True` is written so; here it would be one of three choices."""
    with pytest.raises(ValueError, match=r"Write \(0\.01, 10, 'log-uniform'\) for a"):
        parse_space({"C": (0.01, 10, flag)})
    with pytest.raises(ValueError, match=r"Write \(1, 3, 'uniform'\) for a range, \[1"):
        parse_space({"C": (1, 3, False)})


@pytest.mark.parametrize("value", [(1, True, False), (0.5, None, True), (1, 2, 3)])
def test_parse_range_leaves_other_choices(value):
    """Choices of several kinds are no range."""
    assert len(parse_space({"C": value}).columns) == 1


def test_refuse_range_like_says_what_a_grid_takes():
    """A grid has no ranges: it takes values, or another search takes the range."""
    with pytest.raises(ValueError, match=r"such as \[0.01, 10\], or give .* RandomSe"):
        check_param_grid({"C": [0.01, 10, "log-uniform"]})


def test_parse_range_takes_arrays_without_dimensions():
    """Arithmetic with arrays makes such ends."""
    ends = np.array(0.5), np.array(2.0)
    space = parse_space({"C": (*ends, "uniform")})
    assert space.branches[0]["C"] == Real(0.5, 2.0, "uniform")


def test_parse_range_takes_whole_floats():
    """Integer(1e2, 1e5) is a range of integers; half a number is none."""
    assert Integer(1e2, 1e5) == Integer(100, 100_000)
    assert type(Integer(1e2, 1e5, "log-uniform").low) is int
    assert Integer(np.float64(1), np.int64(3)).values() == range(1, 4)
    with pytest.raises(TypeError, match="`low` .* Integer must be an int. Got 0.5"):
        Integer(0.5, 10)


def test_parse_range_of_mixed_ends_is_real():
    """One float makes the range one of real numbers."""
    space = parse_space({"C": (1, 10.0, "uniform")})
    assert space.columns[0].dimension == Real(1, 10.0)


def test_parse_range_takes_exact_numbers_for_floats():
    """A Decimal and a Fraction are numbers, which no range was made of before."""
    written = (Decimal("0.5"), Fraction(5, 2), "log-uniform")
    found = parse_range(written, Place("BayesSearchCV", "param_distributions", "C"))
    assert found == Real(0.5, 2.5, "log-uniform")
