"""Does every rule hold: equal bits where a parameter is idle, errors where refused?"""

from __future__ import annotations

import importlib.util
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from skbayes.presets._classes import version_of
from skbayes.presets._predicates import (
    exceeds,
    is_array,
    is_callable,
    is_descending,
    is_given,
    is_integer,
    is_not_one,
    is_not_ward_metric,
    is_positive,
    is_share,
    is_true,
)
from skbayes.presets._records import Idle, passes
from skbayes.presets._tables import rules_table
from tests.presets.fits import class_named, outputs, same

PACKAGES = [
    name
    for name in ("sklearn", "xgboost", "lightgbm", "catboost")
    if importlib.util.find_spec(name)
]
CASES = {
    (name, case["parameter"]): case
    for case in json.loads((Path(__file__).parent / "rule_cases.json").read_text())
    for name in case["classes"].split()
}


def split(text):
    """An analyser of text."""
    return text.split("e")


#: A value that passes each test, by the test and, where that is not enough, the name.
PASSES = {
    is_array: {
        "init": np.eye(3, 6),
        "alphas": np.array([0.1, 0.01]),
        "knots": np.linspace(-6, 8, 4)[:, None] * np.ones((1, 6)),
    },
    is_callable: split,
    is_given: {
        "class_prior": [0.3, 0.7],
        "vocabulary": ["beta", "the", "zeta"],
        "tokenizer": split,
        "preprocessor": str.upper,
        "w_init": np.array([[1.0, 0.5], [0.2, 1.0]]),
        "tol": 0.5,
        "max_samples": 0.5,
        "shrinkage": 0.5,
        "n_clusters": 3,
        "distance_threshold": 1.0,
        "unknown_value": -1,
        "subsample": 0.5,
        "bagging_temperature": 1.0,
        "max_leaves": 10,
    },
    is_integer: {"cv": 3, "n_components": 2, "n_features_to_select": 2},
    is_not_one: 2.0,
    is_not_ward_metric: "manhattan",
    is_positive: 1.0,
    is_share: 0.5,
    is_true: True,
    is_descending: (2, 1),
}


_DART = {"n_estimators": 30, "rate_drop": 0.5, "drop_rate": 0.6}
#: What else has to be so that a parameter can make a difference.
BESIDE = {
    ("XGB", "skip_drop"): _DART,
    ("XGB", "sample_type"): _DART,
    ("XGB", "normalize_type"): _DART,
    ("LGBM", "max_drop"): _DART,
    ("LGBM", "uniform_drop"): _DART,
    ("LGBM", "top_rate"): {"n_estimators": 30, "learning_rate": 0.5},
    ("LGBM", "other_rate"): {"n_estimators": 30, "learning_rate": 0.5},
    ("LGBM", "bagging_seed"): {"subsample": 0.5},
    ("CatBoost", "mvs_reg"): {"subsample": 0.5},
    ("Hist", "n_iter_no_change"): {"max_iter": 100, "min_samples_leaf": 3},
    ("Hist", "scoring"): {"max_iter": 100, "min_samples_leaf": 3},
    ("MLP", "n_iter_no_change"): {"max_iter": 200, "tol": 1e-2},
    ("KBins", "quantile_method"): {"n_bins": 7},
    ("ElasticNet", "random_state"): {"max_iter": 3},
    ("Lasso", "random_state"): {"max_iter": 1},
    ("MiniBatchDictionary", "transform_n_nonzero_coefs"): {"n_components": 5},
    ("Dictionary", "transform_n_nonzero_coefs"): {"n_components": 5},
    ("MeanShift", "min_bin_freq"): {"bandwidth": 1.0},
    ("Spectral", "degree"): {"gamma": 0.1},
    ("Spectral", "coef0"): {"gamma": 0.1},
}


#: What a class needs whatever else is set: scikit-learn 1.6 has 0 for eta0.
ALWAYS = {"SGD": {"eta0": 0.01}}


def needed(cls):
    """What has to be set so that a class can be fitted at all."""
    found = (v for start, v in ALWAYS.items() if cls.__name__.startswith(start))
    return next(found, {})


def beside(cls, name):
    """What else has to be so that a parameter can make a difference."""
    found = (
        others
        for (start, parameter), others in BESIDE.items()
        if parameter == name and cls.__name__.startswith(start)
    )
    return needed(cls) | next(found, {})


def as_taken(cls, setting):
    """A setting by the names that the installed version has."""
    is_older = cls.__name__ in {"LassoCV", "ElasticNetCV"} and (
        version_of("sklearn") < (1, 7)
    )
    if not is_older or not isinstance(setting.get("alphas"), int):
        return setting
    # A number of alphas has a parameter of its own there.
    others = {name: value for name, value in setting.items() if name != "alphas"}
    return others | {"n_alphas": setting["alphas"]}


def rows():
    """Class, version's rule and a name for each rule of each installed package."""
    for package in PACKAGES:
        importlib.import_module(package)
        table = rules_table(package)
        for row in table.rows:
            if not row.versions.hold(version_of(package)):
                continue
            for name in row.classes:
                cls = class_named(package, name)
                if cls is not None:
                    yield cls, row.rule


def settings_of(when):
    """Every combination of values by which a condition holds."""
    values = []
    for key, wanted in when.items():
        if isinstance(key, tuple):
            assert wanted is exceeds
            values.append([{key[0]: 500, key[1]: 100}])
        elif callable(wanted):
            found = PASSES[wanted]
            value = found[key] if isinstance(found, dict) else found
            assert passes(wanted, value)
            values.append([{key: value}])
        else:
            values.append([{key: value} for value in wanted])
    for parts in itertools.product(*values):
        yield {k: v for part in parts for k, v in part.items()}


def value_of(value):
    """Values of a parameter as it takes them: JSON has no tuples."""
    return tuple(value) if isinstance(value, list) else value


IDLE = [
    pytest.param(
        cls, rule, name, id=f"{cls.__name__}-{name}-{'-'.join(map(str, rule.when))}"
    )
    for cls, rule in rows()
    if isinstance(rule, Idle)
    for name in rule.names
]
REFUSED = [
    pytest.param(cls, rule, id=f"{cls.__name__}-{'-'.join(map(str, rule.when))}")
    for cls, rule in rows()
    if not isinstance(rule, Idle)
]


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "rule", "name"), IDLE)
def test_what_is_idle_changes_no_bit(cls, rule, name):
    """Predictions are equal to the last bit whatever an idle parameter is."""
    values = [value_of(v) for v in CASES[cls.__name__, name]["values"]]
    for setting in settings_of(rule.when):
        setting = needed(cls) | setting
        found = [outputs(cls, setting | {name: value}) for value in values]
        assert found[0]
        assert all(same(found[0], other) for other in found[1:]), setting


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cls", "name"),
    [
        pytest.param(cls, name, id=f"{cls.__name__}-{name}")
        for cls, name in dict.fromkeys((p.values[0], p.values[2]) for p in IDLE)
        if CASES[cls.__name__, name]["active"]
    ],
)
def test_what_is_active_changes_predictions(cls, name):
    """Beside other values the same parameter makes a difference."""
    case = CASES[cls.__name__, name]
    values = [value_of(v) for v in case["values"]]
    differs = []
    for setting in case["active"]:
        setting = as_taken(cls, beside(cls, name) | setting)
        found = [outputs(cls, setting | {name: value}) for value in values]
        differs.append(not all(same(found[0], other) for other in found[1:]))
    assert any(differs)


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "rule"), REFUSED)
def test_what_is_refused_raises(cls, rule):
    """A combination that is never proposed cannot be fitted."""
    for setting in settings_of(rule.when):
        with pytest.raises(Exception, match="."):
            outputs(cls, setting)


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "rule"), [p for p in REFUSED if p.values[1].leave])
def test_what_is_left_out_makes_the_rest_fit(cls, rule):
    """Without the parameter that is left out the combination is good."""
    for setting in settings_of(rule.when):
        assert outputs(cls, {k: v for k, v in setting.items() if k != rule.leave})
