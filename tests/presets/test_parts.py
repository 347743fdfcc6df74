"""Are the parts of a model found, and what the user has set in them?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skbayes.presets import register
from skbayes.presets._facts import Facts
from skbayes.presets._parts import Part, main_part, parts_of
from skbayes.presets._registry import registered


class Odd(BaseEstimator):
    """Has defaults of every kind, and one parameter without."""

    values = np.arange(3)

    def __init__(self, needed, a=float("nan"), b=values, c=1, d="deprecated"):
        self.needed = needed
        self.a = a
        self.b = b
        self.c = c
        self.d = d


def part(estimator):
    """The part of a model that has no others."""
    return Part("", estimator, None)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, {"needed"}),
        ({"a": float("nan")}, {"needed", "a"}),  # another NaN is not the default
        ({"b": np.arange(3)}, {"needed", "b"}),  # equality of arrays is no bool
        ({"c": 1.0}, {"needed"}),
        ({"c": 2}, {"needed", "c"}),
        ({"c": None}, {"needed", "c"}),
    ],
)
def test_part_is_set_tells_what_differs_from_its_default(settings, names):
    """What has no default is always set; an unknown name never is."""
    found = part(Odd(1, **settings))
    known = ["needed", *"abcde"]
    assert {name for name in known if found.is_set(name)} == names


def test_part_takes_a_parameter_that_is_there_and_not_deprecated():
    """A class of another package may take any name; scikit-learn's do not."""
    odd = part(Odd(1))
    assert odd.takes("c")
    assert not odd.takes("d")
    assert not odd.takes("e")
    assert not part(SVC()).takes("unknown")

    class Any(BaseEstimator):
        """Takes any name, as LightGBM's classes do."""

        def __init__(self, a=1, **kwargs):
            self.a = a

        def get_params(self, deep=True):
            """Only what was given."""
            return {"a": self.a}

    assert part(Any()).takes("unknown")


def test_part_facts_behind_a_scaler_have_unit_variance():
    """Nothing else changes."""
    facts = Facts(n_samples=3, variance=9.0)
    assert Part("", SVC(), None, is_scaled=True).facts(facts) == Facts(n_samples=3)
    assert part(SVC()).facts(facts) is facts


def test_part_is_known_without_a_space():
    """scikit-learn's classes without anything to tune are known, others are not."""
    assert part(FunctionTransformer()).is_known()
    assert not part(Odd(1)).is_known()
    (found, *_) = parts_of(SVC())
    assert found.known is not None


def test_parts_of_a_pipeline_are_all_its_estimators():
    """The parts have prefixes, the model first; words and classes are none."""
    inner = Pipeline([("scale", StandardScaler()), ("model", SVC())])
    columns = ColumnTransformer([("num", inner, [0]), ("rest", "passthrough", [1])])
    model = Pipeline([("columns", columns), ("skip", "passthrough"), ("last", Ridge())])
    found = {one.prefix: one for one in parts_of(model)}
    assert list(found)[0] == ""
    assert set(found) == {
        *("", "columns", "columns__num", "columns__num__scale"),
        *("columns__num__model", "last"),
    }
    assert found["last"].start == "last__"
    assert found[""].start == ""
    assert found["last"].class_name == "Ridge"


def test_parts_behind_a_scaler_are_scaled():
    """The scaler scales its own pipeline, and all that is inside of a later step."""
    inner = Pipeline([("scale", StandardScaler()), ("model", SVC())])
    model = Pipeline([("first", SVC()), ("pipe", inner), ("last", Ridge())])
    scaled = {one.prefix for one in parts_of(model) if one.is_scaled}
    assert scaled == {"pipe__model"}
    target = TransformedTargetRegressor(Ridge())
    model = Pipeline([("scale", StandardScaler()), ("model", target)])
    scaled = {one.prefix for one in parts_of(model) if one.is_scaled}
    assert scaled == {"model", "model__regressor"}


class AnyAttribute:
    """Has an attribute of every name and no truth value, as plans of skrub."""

    def __getattr__(self, name):
        if name.startswith("__") or name == "get_params":
            raise AttributeError(name)
        return AnyAttribute()

    def __bool__(self):
        raise TypeError("not yet known")


def test_parts_of_a_plan_that_has_any_attribute():
    """Only a list of steps is a pipeline's."""
    (part,) = parts_of(Odd(AnyAttribute()))
    assert part.class_name == "Odd"


@pytest.mark.parametrize(
    ("estimator", "prefix", "name"),
    [
        (SVC(), "", "SVC"),
        (make_pipeline(StandardScaler(), SVC()), "svc", "SVC"),
        (
            Pipeline([("a", make_pipeline(LogisticRegression()))]),
            "a__logisticregression",
            "LogisticRegression",
        ),
    ],
)
def test_main_part_is_the_last_of_all_pipelines(estimator, prefix, name):
    """The part comes with its prefix."""
    found = main_part(estimator)
    assert (found.prefix, found.class_name) == (prefix, name)


def test_main_part_without_an_estimator():
    """A pipeline may end in a word, of which nothing is known."""
    found = main_part(Pipeline([("a", SVC()), ("b", "passthrough")]))
    assert (found.prefix, found.known) == ("b", None)


@pytest.mark.parametrize(
    ("knowledge", "is_its_own"),
    [
        ({"space": {"c": [1, 2]}}, True),
        ({"first_points": [{"c": 2}]}, True),
        ({"idle": {"c": {}}}, False),
    ],
)
def test_parts_of_registered_classes_have_what_is_registered(knowledge, is_its_own):
    """The parts have a space or points; a class with rules only has none."""
    cls = type("Registered", (Odd,), {"__module__": __name__, "__init__": Odd.__init__})
    register(cls, **knowledge)
    (found,) = parts_of(cls(1))
    assert found.is_known() == is_its_own
    assert found.known is (registered(cls) if is_its_own else None)
