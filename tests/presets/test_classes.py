"""Are the rules of a class found, and those of a base that it behaves as?"""

from __future__ import annotations

import sys
import types

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge
from sklearn.svm import SVC, LinearSVC

from skbayes.presets import register
from skbayes.presets._classes import (
    behaves_as,
    meaning_of_nothing,
    package_of,
    rules_of,
    version_of,
)
from skbayes.presets._records import Idle


class Renamed(SVC):
    """Adds a method and overrides one that changes no fit."""

    def score(self, X, y, sample_weight=None):
        """Score otherwise."""
        return 0.0

    def shown(self):
        """A method that the base does not have."""


class Fitting(SVC):
    """Overrides what decides the fit."""

    def fit(self, X, y, sample_weight=None):
        """Fit as ever."""
        return super().fit(X, y, sample_weight)


class Below(Fitting):
    """Inherits the fit of its own base."""


def test_rules_of_subclasses_that_behave_as_their_base():
    """Any number of classes may lie between; a class with its own fit has none."""
    assert rules_of(SVC)
    assert rules_of(Renamed) == rules_of(SVC)
    assert rules_of(Fitting) == rules_of(Below) == ()
    assert rules_of(BaseEstimator) == rules_of(object) == ()


def test_behaves_as_looks_at_what_is_overridden():
    """A class behaves as itself; new methods change nothing of the base's."""
    assert behaves_as(SVC, SVC)
    assert behaves_as(Renamed, SVC)
    assert not behaves_as(Fitting, SVC)
    assert not behaves_as(Below, SVC)
    assert behaves_as(Below, Fitting)
    routed = type("Routed", (SVC,), {"set_fit_request": lambda self: self})
    assert behaves_as(routed, SVC)


def test_rules_of_a_registered_class_replace_those_of_the_table():
    """Only that class is replaced; without any rules, the next base's hold."""
    cls = type("Own", (LinearSVC,), {"__module__": __name__})
    cls.__init__ = LinearSVC.__init__
    register(cls, idle={"verbose": {}})
    assert rules_of(cls) == (Idle(("verbose",), {}),)
    assert rules_of(LinearSVC) != rules_of(cls)
    register(cls)
    assert rules_of(cls) == rules_of(LinearSVC)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.6.1", (1, 6, 1)),
        ("2.0.0rc1", (2, 0, 0)),
        ("1.7.dev0", (1, 7, 0)),
        ("4", (4,)),
        (None, ()),
    ],
)
def test_version_of_a_package_is_read_as_numbers(monkeypatch, text, numbers):
    """A version has three numbers at most; a package without one has none."""
    module = types.ModuleType("some_package")
    if text is not None:
        module.__version__ = text
    monkeypatch.setitem(sys.modules, "some_package", module)
    assert version_of("some_package") == numbers
    assert version_of("never_imported") == ()


def test_package_of_is_the_first_part():
    """The part is of the class's own module, not of its bases'."""
    assert package_of(SVC) == "sklearn"
    assert package_of(Renamed) == "tests"
    assert package_of(int) == "builtins"


def test_meaning_of_nothing_is_that_of_the_nearest_package():
    """A subclass has that of its base; an unknown name stands for nothing."""

    class XGB(BaseEstimator):
        __module__ = "xgboost.sklearn"

    class Mine(XGB):
        __module__ = "mine"

    assert meaning_of_nothing(XGB, "booster") == "gbtree"
    assert meaning_of_nothing(Mine, "booster") == "gbtree"
    assert meaning_of_nothing(XGB, "unknown") is None
    assert meaning_of_nothing(Ridge, "booster") is None
    assert meaning_of_nothing(object, "booster") is None
