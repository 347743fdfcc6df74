"""Are names and values short and distinct?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import f_classif
from sklearn.svm import SVC

from skbayes.inspection._labels import (
    params_label,
    short_names,
    shorten_apart,
    value_label,
    value_labels,
)


def test_short_names_keep_what_tells_them_apart():
    """A name keeps as many last parts as it takes."""
    names = ["pipe__svc__C", "pipe__logreg__C", "pipe__svc__gamma", "tol"]
    assert short_names(names) == ["svc__C", "logreg__C", "gamma", "tol"]


def test_short_names_keep_a_name_that_ends_like_another():
    """`C` beside `svc__C` cannot lose the first part of the other name."""
    assert short_names(["C", "svc__C"]) == ["C", "svc__C"]


def test_short_names_keep_names_whole_that_would_become_equal():
    """Two long names with the same ends are not cut."""
    names = [f"{'a' * 20}{i}{'b' * 20}" for i in range(2)]
    assert short_names(names, 10) == names


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1e-05, "1e-5"),
        (0.123456, "0.123"),
        (np.float64(1500.0), "1500"),
        (2.5e6, "2.5e6"),
        (np.int64(7), "7"),
        (True, "True"),
        (None, "None"),
        ("", "''"),
        ("a\n b", "a b"),
        (SVC(C=3), "SVC"),
        (SVC, "SVC"),
        (f_classif, "f_classif"),
        ((1, 2), "(1, 2)"),
    ],
)
def test_value_label_is_short(value, label):
    """Numbers have three digits, objects their names."""
    assert value_label(value) == label


def test_value_labels_number_what_is_equal():
    """Two estimators of a class have distinct labels."""
    assert value_labels([SVC(C=1), SVC(C=2), None]) == ["SVC (1)", "SVC (2)", "None"]


def test_shorten_apart_leaves_in_what_tells_long_texts_apart():
    """A middle that differs stays; the ends that do not may go."""
    names = [f"category_{i}_with_a_long_name" for i in (0, 5, 12)]
    assert value_labels(names) == ["category_0…", "category_5…", "category_12…"]
    assert shorten_apart(names, 8) == ["cate…0…", "cate…5…", "cate…12…"]
    assert shorten_apart(["x" * 9 + "1", "x" * 9 + "2"], 5) == ["xx…x1", "xx…x2"]
    assert shorten_apart(["alike", "alike"], 9) == ["alike (1)", "alike (2)"]


def test_params_label_is_one_line():
    """What does not fit is left out at the end."""
    params = {"svc__C": 1.25, "svc__kernel": "rbf"}
    names = ["svc__C", "svc__kernel", "svc__gamma"]
    assert params_label(params, names) == "C=1.25, kernel=rbf"
    assert params_label(params, names, 10) == "C=1.25, …"
