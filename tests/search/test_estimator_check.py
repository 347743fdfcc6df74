"""Is what is given in place of an estimator told with what to write?"""

from __future__ import annotations

from collections import UserDict

import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes.search import (
    BayesSearchCV,
    GridSearchCV,
    RandomSearchCV,
    _estimator_check,
)
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
every_kind = pytest.mark.parametrize(
    "kind", [GridSearchCV, RandomSearchCV, BayesSearchCV]
)
SPACE = {"C": [1, 2]}


@every_kind
@pytest.mark.parametrize("model", [SVC(C=3), SVC], ids=label)
@pytest.mark.parametrize("space", [SPACE, [SPACE, {"kernel": ["linear"]}]], ids=str)
def test_check_estimator_of_recognises_swapped_arguments(kind, model, space):
    """The message shows the right order."""
    shown = r"SVC\(C=3\)" if isinstance(model, SVC) else r"SVC\(\)"
    message = (
        f"`estimator` parameter of {kind.__name__} .*the estimator comes first; write "
        rf"{kind.__name__}\({shown}, .*'C': \[1, 2\]"
    )
    with pytest.raises(TypeError, match=message):
        kind(space, model).fit(X, y)


@every_kind
@pytest.mark.parametrize(
    ("estimator", "written"),
    [
        ("SVC", r"write SVC\(\)"),
        ("RandomForestClasifier()", r"write RandomForestClassifier\(\)"),
        ("my model", "write the estimator itself"),
        ([("s", StandardScaler()), ("m", SVC())], r"write Pipeline\(\[\('s', Stand"),
        ([StandardScaler(), SVC()], r"write make_pipeline\(StandardScaler\(\), SVC"),
        ((SVC(),), r"Got \(SVC\(\),\) instead; write SVC\(\)"),
        (load_iris, r"write load_iris\(\)"),
        (lambda: SVC(), r"write make_estimator\(\)"),
    ],
    ids=label,
)
def test_check_estimator_of_says_what_to_write_for_what_is_no_estimator(
    kind, estimator, written
):
    """Names, steps and functions are no estimators."""
    message = f"`estimator` parameter of {kind.__name__} must be an .*{written}"
    with pytest.raises(TypeError, match=message):
        kind(estimator, SPACE).fit(X, y)


@every_kind
@pytest.mark.parametrize("estimator", [None, 3, []], ids=str)
def test_check_estimator_of_has_scikit_learns_message_for_other_values(kind, estimator):
    """Nothing better is known of these values."""
    with pytest.raises(ValueError, match="'estimator' parameter .* implementing 'fit'"):
        kind(estimator, SPACE).fit(X, y)


@every_kind
def test_check_estimator_of_tells_to_call_a_class(kind):
    """The message is the same where the space is a class."""
    with pytest.raises(TypeError, match=r"Got the class SVC instead; write SVC\(\)"):
        kind(SVC, SPACE).fit(X, y)


@every_kind
@pytest.mark.parametrize(
    ("space", "written"),
    [
        (UserDict(SPACE), r"write dict\(space\)"),
        ((SPACE, {"kernel": ["linear"]}), "write a list of the dicts"),
        (pd.DataFrame(SPACE), "a list for each parameter"),
        (pd.Series({"C": [1, 2]}), "a list for each parameter"),
    ],
    ids=["mapping", "tuple", "frame", "series"],
)
def test_check_space_of_says_how_to_make_dicts_of_another_container(
    kind, space, written
):
    """scikit-learn says only that it must be a dict or a list."""
    message = rf"`param_\w+` parameter of {kind.__name__} must be a dict or .*{written}"
    with pytest.raises(TypeError, match=message):
        kind(SVC(), space).fit(X, y)


def test_check_space_of_says_which_searches_take_auto():
    """A grid lists its values; the others are suggested some."""
    with pytest.raises(TypeError, match="Got 'auto' .*use RandomSearchCV or Bayes"):
        GridSearchCV(SVC(), "auto").fit(X, y)


def test_check_estimator_of_text_needs_no_list_of_estimators(monkeypatch):
    """Where scikit-learn cannot list its estimators, the message names none."""

    def fails():
        raise RuntimeError("no list")

    monkeypatch.setattr(_estimator_check, "all_estimators", fails)
    with pytest.raises(TypeError, match="'SVC' instead; write the estimator itself"):
        GridSearchCV("SVC", SPACE).fit(X, y)
