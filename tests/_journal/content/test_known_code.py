"""Does a process notice that it has other code than the one that began a search?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import make_scorer

from skbayes._journal.content import known_code
from skbayes._journal.content.content_digest import ContentHasher
from skbayes._journal.content.known_code import KnownCode

SHIFT = 1.0


def shifted_error(y_true, y_pred):
    """A metric of the user's that reads a global."""
    return float(np.abs(y_true - y_pred - SHIFT).mean())


SCORER = make_scorer(shifted_error, greater_is_better=False)


class Own(LinearRegression):
    """An estimator of the user's."""

    def predict(self, X):
        """Predict, with a shift of its own."""
        return super().predict(X) + SHIFT


@pytest.fixture(autouse=True)
def _as_in_a_new_process(monkeypatch):
    monkeypatch.setattr(known_code, "_LATEST", {})


def known(estimator=LinearRegression(), scorer=SCORER, choices=()):  # noqa: B008
    """The code as this process has it now."""
    return KnownCode.of(estimator, scorer, choices, ContentHasher())


def test_known_code_is_that_of_modules_of_the_users():
    """Installed code has versions; code of no module is sent to workers as it is."""
    assert known(scorer=make_scorer(max)) is None
    assert known(scorer=lambda estimator, X, y: 0.0) is None
    names = dict(known().names)
    assert "the global SHIFT of shifted_error" in names
    assert "the global SHIFT of Own.predict" in dict(known(Own()).names)


def test_known_code_differences_of_equal_code_are_none():
    """The same code has no difference."""
    assert list(known().differences(LinearRegression(), SCORER)) == []


@pytest.mark.parametrize("estimator", [LinearRegression(), Own()])
def test_known_code_differences_name_what_was_changed(estimator, monkeypatch):
    """A global that is set here and not there is named."""
    there = known(estimator)
    monkeypatch.setitem(globals(), "SHIFT", 2.0)
    (first, *_) = there.differences(estimator, SCORER)
    assert "the global SHIFT" in first


def test_known_code_differences_are_looked_up_once(monkeypatch):
    """All folds of a search get the answer of the first one."""
    there = known()
    assert list(there.differences(LinearRegression(), SCORER)) == []
    monkeypatch.setitem(globals(), "SHIFT", 2.0)
    assert list(there.differences(LinearRegression(), SCORER)) == []
    other = known()
    assert list(other.differences(LinearRegression(), SCORER)) == []
    assert list(known_code._LATEST) == [other]


def test_known_code_differences_without_a_name_are_called_code():
    """Two wholes differ even if no part can be named."""
    other = replace(known(), digest=b"another")
    assert list(other.differences(LinearRegression(), SCORER)) == ["code"]


def test_known_code_differences_name_what_is_here_alone():
    """Code that only one of the processes has is another, too."""
    there = known(Own())
    names = list(there.differences(LinearRegression(), lambda estimator, X, y: 0.0))
    assert "the global SHIFT of Own.predict" in names


def test_known_code_has_that_of_choices(monkeypatch):
    """A step or a function may be a choice of the space; those without code are not."""
    there = known(scorer=make_scorer(max), choices=[LinearRegression(), Own(), max])
    (choice,) = there.choices
    assert isinstance(choice, Own)
    assert list(there.differences(LinearRegression(), make_scorer(max))) == []
    known_code._LATEST.clear()
    monkeypatch.setitem(globals(), "SHIFT", 2.0)
    (first, *_) = there.differences(LinearRegression(), make_scorer(max))
    assert "the global SHIFT" in first


def test_known_code_has_one_choice_for_each_code():
    """A worker unpickles the choices with each fold, and there may be thousands."""
    many = [Own(fit_intercept=bool(i % 2)) for i in range(9)]
    assert known(choices=many).choices == (many[0],)
