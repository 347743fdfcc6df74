"""Does a process notice that it has other code than the one that began a search?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import make_scorer

from skbayes._journal.content import known_code
from skbayes._journal.content.content_digest import ContentHasher
from skbayes._journal.content.known_code import WHOLE, KnownCode, digests_of_code

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


def known(estimator=LinearRegression(), scorer=SCORER):  # noqa: B008
    """The code as this process has it now."""
    return KnownCode.of(estimator, scorer, ContentHasher())


def test_known_code_of_installed_code_is_none():
    """Nothing is compared where nothing is the user's own."""
    assert known(scorer=make_scorer(max)) is None
    assert known() is not None


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
    there = known()
    named = dict(there.digests) | {WHOLE: "another"}
    other = KnownCode(tuple(named.items()))
    assert list(other.differences(LinearRegression(), SCORER)) == ["code"]


def test_digests_of_code_have_the_whole_and_each_name():
    """Code without pieces adds nothing to the whole."""
    reader = ContentHasher()
    own, none = (reader.read(one).code for one in (SCORER, LinearRegression()))
    assert digests_of_code([own, none]) == digests_of_code([own])
    assert WHOLE in digests_of_code([none])
    assert any("SHIFT" in name for name in digests_of_code([own]))
