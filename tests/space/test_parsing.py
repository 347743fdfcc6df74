"""Is what users write read as promised, and what means nothing refused clearly?"""

from __future__ import annotations

import array
from collections import OrderedDict, UserList

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skbayes.space import Categorical, Integer, Real
from skbayes.space._distributions import Continuous, Discrete
from skbayes.space._lists import Ordinal
from skbayes.space._parsing import parse_space
from tests.space.labels import label


def dimension_of(value):
    """The dimension a value of a space is read as."""
    (branch,) = parse_space({"p": value})._branches
    return branch["p"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1, 10], Categorical([1, 10])),
        ([0.1, 1.0], Categorical([0.1, 1.0])),
        ([1, 10, 100], Ordinal([1, 10, 100])),
        ((1, 10, 100), Ordinal([1, 10, 100])),
        (np.logspace(-3, 3, 7), Ordinal(np.logspace(-3, 3, 7).tolist())),
        (range(1, 5), Ordinal([1, 2, 3, 4])),
        (["a", None, True], Categorical(["a", None, True])),
        (("l1", "l2"), Categorical(["l1", "l2"])),
        (("a", "b", "uniform"), Categorical(["a", "b", "uniform"])),
        (((1, 1), (1, 2)), Categorical([(1, 1), (1, 2)])),
        ((True, False), Categorical([True, False])),
        ((1, None), Categorical([1, None])),
        ((5,), Categorical([5])),
        ((0.5, 1.0, "sqrt"), Categorical([0.5, 1.0, "sqrt"])),
        ((True, 1, "uniform"), Categorical([True, 1, "uniform"])),
        (["passthrough"], Categorical(["passthrough"])),
        ([[1, 2], [3]], Categorical([[1, 2], [3]])),
        (np.array(["a", "b"]), Categorical(["a", "b"])),
        (pd.Series([1, 10, 100], index=[5, 6, 7]), Ordinal([1, 10, 100])),
        (pd.Index(["a", "b"]), Categorical(["a", "b"])),
        (UserList(["a", "b"]), Categorical(["a", "b"])),
        (array.array("d", [1, 2, 3]), Ordinal([1.0, 2.0, 3.0])),
        ((1, 10, "uniform"), Integer(1, 10)),
        ((1, 10, "log-uniform"), Integer(1, 10, "log-uniform")),
        ((1.0, 10, "uniform"), Real(1.0, 10)),
        ((1e-3, 10, "log-uniform"), Real(1e-3, 10, "log-uniform")),
        ((np.int64(1), np.int64(9), np.str_("uniform")), Integer(1, 9)),
        (Real(0, 1), Real(0, 1)),
        (Integer(0, 1), Integer(0, 1)),
        (Categorical([1, 2, 3]), Categorical([1, 2, 3])),
        (stats.randint(1, 9), Integer(1, 8)),
    ],
    ids=label,
)
def test_parse_space_means_what_is_written(value, expected):
    """Every way to write a value gives the dimension the guide promises."""
    assert dimension_of(value) == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (stats.loguniform(1e-3, 1e3), Continuous),
        (stats.norm, Continuous),
        (stats.poisson(3), Discrete),
    ],
)
def test_parse_space_keeps_the_own_prior_of_distributions(value, kind):
    """Frozen distributions are modelled on their cdf; parameterless ones are frozen."""
    assert type(dimension_of(value)) is kind


def test_parse_space_makes_choices_from_arrays_plain():
    """Elements of numpy arrays reach users as Python objects."""
    for given in (np.array([1, 10]), np.array([True, False]), np.array(["a", "b"])):
        choices = dimension_of(given).choices
        assert {type(c) for c in choices} <= {int, bool, str}


def test_parse_space_takes_estimators_for_choices():
    """An estimator in a list is a choice, handed on as it is."""
    svc = SVC()
    assert dimension_of([svc, "passthrough"]).choices[0] is svc


def test_parse_space_takes_any_mapping():
    """An OrderedDict is a dict."""
    assert parse_space(OrderedDict(a=[1, 2])).names == ("a",)


def test_parse_space_messages_name_owner_and_parameter():
    """Owner and parameter in an error are those of the caller."""
    with pytest.raises(ValueError, match="'C' in the `space` parameter of Optimizer"):
        parse_space({"C": []}, owner="Optimizer", parameter="space")


#: As those of scipy 1.15 and later, which draw by ``sample``.
NEW_KIND = type(
    "Normal", (), {name: lambda *_: 0.5 for name in ("icdf", "support", "sample")}
)
#: Two methods are enough to be iterated over.
Indexed = type(
    "Indexed", (), {"__len__": lambda _: 2, "__getitem__": lambda _, i: "ab"[i]}
)
ONLY_RVS = type("OnlyRvs", (), {"rvs": lambda *_, **__: 0.5})()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("rbf", TypeError, r"Got 'rbf' instead. Write \['rbf'\] for a single choice"),
        (b"rbf", TypeError, r"Got b'rbf' instead. Write \[b'rbf'\]"),
        (1.0, TypeError, r"Got 1.0 instead. Write \[1.0\] for a single choice"),
        (None, TypeError, r"Got None instead. Write \[None\] for a single choice"),
        (True, TypeError, r"Write \[True\] for a single choice"),
        (np.array(3), TypeError, r"list of choices, a range or a distribution"),
        (SVC(), TypeError, r"Write \[SVC\(\)\] for a single choice"),
        (NEW_KIND(), TypeError, r"new kind.*a frozen one, such as scipy.stats.norm\("),
        ({1, 2}, TypeError, "Got {1, 2} instead. Turn it into a list"),
        (make_pipeline(SVC()), TypeError, "for a single choice"),
        (RandomForestClassifier(), TypeError, r"Write \[RandomForestClassifier"),
        (Indexed(), TypeError, "Turn it into a list of choices"),
        (np.array(1.0), TypeError, r"Write \[array\(1.\)\] for a single choice"),
        (bytearray(b"ab"), TypeError, r"Write \[bytearray.* for a single choice"),
        ({"a": 1}, TypeError, "Got {'a': 1} instead. Turn it into a list"),
        ((x for x in "ab"), TypeError, "Turn it into a list of choices"),
        ([], ValueError, r"must hold at least one choice. Got \[\] instead. Write \["),
        ((), ValueError, r"must hold at least one choice. Got \(\) instead"),
        (np.array([]), ValueError, "must hold at least one choice"),
        (np.ones((3, 2)), ValueError, r"one-dimensional, its shape is \(3, 2\)"),
        (pd.DataFrame({"a": [1]}), ValueError, "must be one-dimensional"),
        (
            (1, 10),
            ValueError,
            r"must not be a bare pair of numbers. Got \(1, 10\) instead. Write"
            r" \[1, 10\] for two choices, \(1, 10, 'uniform'\) for a range",
        ),
        ((0.1, np.float64(1)), ValueError, r"Write \[0.1, 1.0\] for two choices"),
        ((10, 1, "uniform"), ValueError, r"must be a valid range. Got \(10, 1, 'unif"),
        ((1, 1, "uniform"), ValueError, r"below `high`.* Write \[1\] for a constant"),
        ((0, 1, "log-uniform"), ValueError, "valid range.*>= 1 with prior='log-unif"),
        ((0.0, 1, "log-uniform"), ValueError, "valid range.*> 0 with prior='log-unif"),
        ((-1.0, 1, "log-uniform"), ValueError, "Use prior='uniform', or a positive"),
        ((0, float("inf"), "uniform"), ValueError, "`high` .* must be finite. Got inf"),
        ((float("nan"), 1, "uniform"), ValueError, "`low` .* must be finite. Got nan"),
        (
            (1, 10, "loguniform"),
            ValueError,
            r"\(low, high, 'log-uniform'\) for a range. Got .* Write \(1, 10, 'log-uni"
            r"form'\), or Categorical\(\[1, 10, 'loguniform'\]\) for 3 choices",
        ),
        ((1, 10, "log"), ValueError, "'uniform'.* or .*'log-uniform'"),
        ((1, 10, "log-uniform", 10), ValueError, "for 4 choices"),
        (lambda: 1.0, TypeError, "It is a function; BayesSearchCV needs .* the bounds"),
        (np.random.uniform, TypeError, "write \\(low, high, 'uniform'\\), or a frozen"),
        (Real, TypeError, r"It is a class: write Real\(...\) with its arguments"),
        (stats.loguniform, ValueError, r"Write scipy.stats.loguniform\(a, b\)"),
        (stats.uniform(0, -1), ValueError, "must be a valid distribution.*no number"),
        (stats.uniform([0, 1], 1), ValueError, r"valid distribution.* shape \(2,\)"),
        (stats.dirichlet([1, 2]), TypeError, "the methods cdf, ppf and support"),
        (ONLY_RVS, TypeError, "can be sampled but not modelled.*RandomSearchCV"),
    ],
)
def test_parse_space_refuses_bad_values(value, error, message):
    """Each mistake names the parameter, shows the value and says what to write."""
    with pytest.raises(error, match=message) as caught:
        parse_space({"C": value})
    assert str(caught.value).startswith(
        "The value of 'C' in the `param_distributions` parameter of BayesSearchCV must "
    )
    assert "Got " in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ({}, ValueError, "must name at least one parameter. Got {} instead. Write {'"),
        ([], ValueError, r"must name at least one parameter. Got \[\] instead"),
        ([{}], ValueError, r"must name at least one parameter. Got \[{}\] instead"),
        ("C", TypeError, "must be a dict or a list of dicts. Got 'C' instead"),
        (3, TypeError, "must be a dict or a list of dicts. Got 3 instead"),
        (None, TypeError, "must be a dict or a list of dicts. Got None"),
        (({"C": [1]},), TypeError, "must be a dict or a list of dicts"),
        (
            [("C", (1, 2))],
            TypeError,
            r"entry .* Write \{'name': \(low, high, 'uniform'\)",
        ),
        (
            [{"C": [1]}, 3],
            TypeError,
            "Every entry of the list .* a dict. Got 3 instead",
        ),
        ([("C", [1])], TypeError, r"Every entry .* Got \('C', \[1\]\) instead"),
        ([({"C": [1]}, 5)], TypeError, r"Write \[dict, dict\] and n_iter="),
        ({3: [1]}, TypeError, "The names in the .* must be strings. Got 3 instead"),
        ({None: [1]}, TypeError, "must be strings. Got None instead"),
    ],
)
def test_parse_space_refuses_bad_spaces(spec, error, message):
    with pytest.raises(error, match=message) as caught:
        parse_space(spec)
    assert "`param_distributions` parameter of BayesSearchCV" in str(caught.value)
