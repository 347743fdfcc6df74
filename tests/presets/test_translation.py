"""Are rules of classes found under nested names, and put into conditions on values?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import loguniform, uniform
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import BayesianRidge, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skbayes.presets._translation import rules_for
from skbayes.space._parsing import parse_space
from skbayes.space._ruled_space import with_rules

C = loguniform(0.1, 10)
GAMMA = loguniform(1e-3, 10)


def ruled(estimator, spec):
    """The space of an estimator with what is known of it."""
    space = parse_space(spec)
    return with_rules(space, rules_for(estimator, space))


def active_names(space, point):
    """Parameters that count at a point."""
    active = space.active(space.encode([point]))[0]
    return {c.name for c, counts in zip(space.columns, active, strict=True) if counts}


SVC_SPACE = {"C": C, "gamma": GAMMA, "kernel": ["rbf", "linear"], "degree": [2, 3]}


def test_rules_for_finds_what_does_nothing_beside_searched_values():
    """`gamma` and `degree` count by the kernel."""
    space = ruled(SVC(), SVC_SPACE)
    point = {"C": 1.0, "gamma": 0.1, "kernel": "rbf", "degree": 3}
    assert active_names(space, point) == {"C", "gamma", "kernel"}
    assert active_names(space, point | {"kernel": "linear"}) == {"C", "kernel"}


def test_rules_for_knows_the_estimators_own_values():
    """What is not searched has the value that the estimator has."""
    point = {"C": 1.0, "gamma": 0.1}
    linear = ruled(SVC(kernel="linear"), {"C": C, "gamma": GAMMA})
    assert active_names(linear, point) == {"C"}
    rbf = ruled(SVC(), {"C": C, "gamma": GAMMA})
    assert active_names(rbf, point) == {"C", "gamma"}


@pytest.mark.parametrize(
    ("wrap", "prefix"),
    [
        (lambda svc: Pipeline([("a", StandardScaler()), ("b", svc)]), "b__"),
        (lambda svc: BaggingClassifier(svc), "estimator__"),
        (lambda svc: Pipeline([("m", BaggingClassifier(svc))]), "m__estimator__"),
    ],
    ids=["pipeline", "ensemble", "both"],
)
def test_rules_for_goes_through_nested_names(wrap, prefix):
    """The rules of a class hold wherever its parameters stand."""
    spec = {prefix + name: value for name, value in SVC_SPACE.items()}
    space = ruled(wrap(SVC()), spec)
    point = {"C": 1.0, "gamma": 0.1, "kernel": "linear", "degree": 3}
    nested = {prefix + name: value for name, value in point.items()}
    assert active_names(space, nested) == {prefix + "C", prefix + "kernel"}


def test_rules_for_swapped_steps_are_those_of_the_chosen_step():
    """Parameters that the chosen step does not have are left out of the point."""
    pipe = Pipeline([("model", SVC())])
    spec = {
        "model": [SVC(), RandomForestClassifier(), "passthrough"],
        "model__C": C,
        "model__kernel": ["rbf", "linear"],
        "model__gamma": GAMMA,
        "model__max_depth": [2, 3],
    }
    space = ruled(pipe, spec)
    points = space.decode(space.sample(200, np.random.default_rng(0)))
    by_step = {}
    for point in points:
        step = type(point["model"]).__name__
        by_step.setdefault(step, set()).update(point)
        pipe.set_params(**point)  # raises where a name is not there
    assert by_step["str"] == {"model"}
    assert by_step["RandomForestClassifier"] == {"model", "model__max_depth"}
    assert "model__gamma" in by_step["SVC"]
    assert "model__max_depth" not in by_step["SVC"]
    linear = next(p for p in points if p.get("model__kernel") == "linear")
    assert "model__gamma" not in active_names(space, linear)


def test_rules_for_a_choice_of_pipelines_look_into_them():
    """A step that is itself a pipeline has its own steps."""
    inner = Pipeline([("svc", SVC())])
    spec = {"m": [inner, LogisticRegression()], "m__svc__C": C, "m__C": C}
    space = ruled(Pipeline([("m", inner)]), spec)
    names = {
        type(point["m"]).__name__: set(point)
        for point in space.decode(space.sample(50, np.random.default_rng(0)))
    }
    assert names == {
        "Pipeline": {"m", "m__svc__C"},
        "LogisticRegression": {"m", "m__C"},
    }


def test_rules_for_a_parameter_that_spoils_a_combination_leave_it_out():
    """`max_samples` is not set without bootstrap, and set with it."""
    spec = {"bootstrap": [True, False], "max_samples": uniform(0.3, 0.6)}
    space = ruled(RandomForestClassifier(), spec)
    points = space.decode(space.sample(40, np.random.default_rng(0)))
    assert all(("max_samples" in p) is p["bootstrap"] for p in points)
    assert space.contains({"bootstrap": False})
    assert space.contains({"bootstrap": False, "max_samples": None})
    assert not space.contains({"bootstrap": False, "max_samples": 0.5})


def test_rules_for_choices_that_hold_the_neutral_value_keep_it():
    """Where a list has a value that is not refused, the others are invalid."""
    spec = {"bootstrap": [True, False], "max_samples": [None, 0.5, 0.7]}
    space = ruled(RandomForestClassifier(), spec)
    assert space.cardinality == 4
    assert {"bootstrap": False, "max_samples": None} in list(space.grid())


def test_rules_for_invalid_combinations_make_them_no_points():
    """What the class refuses is neither counted nor contained, and says why."""
    spec = {"penalty": ["l1", "l2"], "loss": ["hinge", "squared_hinge"]}
    space = ruled(LinearSVC(dual=True), spec)
    assert list(space.grid()) == [
        {"loss": "hinge", "penalty": "l2"},
        {"loss": "squared_hinge", "penalty": "l2"},
    ]
    refused = {"penalty": "l1", "loss": "hinge"}
    assert not space.contains(refused)
    assert "LinearSVC refuses" in space.what_keeps_out(refused)


def test_rules_for_chains_of_conditions_are_followed():
    """`nesterovs_momentum` needs sgd and a momentum."""
    spec = {
        "solver": ["adam", "sgd"],
        "momentum": [0.0, 0.9],
        "nesterovs_momentum": [True, False],
    }
    space = ruled(MLPClassifier(), spec)
    assert space.cardinality == 4  # adam; sgd without momentum; with, two ways


def test_rules_for_branches_are_their_own():
    """In a list of dicts every dict is looked at with its own constants."""
    spec = [
        {"kernel": ["linear"], "C": C, "gamma": GAMMA},
        {"kernel": ["rbf"], "C": C, "gamma": GAMMA},
    ]
    space = ruled(SVC(), spec)
    point = {"C": 1.0, "gamma": 0.1}
    assert "gamma" not in active_names(space, point | {"kernel": "linear"})
    assert "gamma" in active_names(space, point | {"kernel": "rbf"})


class SameSVC(SVC):
    """A subclass that fits as its base does."""

    def explain(self):
        """Do something new."""


class OtherSVC(SVC):
    """A subclass that fits in another way."""

    def fit(self, X, y):
        """Fit as it likes."""
        return super().fit(X * self.gamma, y)


def test_rules_for_subclasses_that_fit_as_their_base_are_the_base_s():
    """A subclass with a `fit` of its own has no rules."""
    assert ruled(SameSVC(), SVC_SPACE).has_rules
    assert not ruled(OtherSVC(), SVC_SPACE).has_rules


def test_rules_for_readers_count_what_predictions_do_not_show():
    """A selector that reads fitted attributes sees what predictions do not."""
    spec = {"compute_score": [True, False]}
    assert ruled(BayesianRidge(), spec).has_rules
    nested = {"estimator__compute_score": [True, False]}
    assert not ruled(RFE(BayesianRidge()), nested).has_rules


def test_rules_for_an_estimator_without_parameters_are_none():
    """Nothing is known of what cannot be asked."""
    assert rules_for(object(), parse_space({"a": [1, 2]})) == []
