"""Is the name found that was meant, and none where none was?"""

from __future__ import annotations

import pytest

from skbayes._did_you_mean import closest_name, closest_param, hint, is_typing_error

NAMES = ["svc__C", "svc__gamma", "scale__with_mean", "verbose"]


@pytest.mark.parametrize(
    ("word", "names", "found"),
    [
        ("ROC_AUC", ["roc_auc", "r2"], "roc_auc"),
        ("rocauc", iter(["r2", "roc_auc"]), "roc_auc"),
        ("acuracy", ["balanced_accuracy", "accuracy"], "accuracy"),
        ("c", ["c", "C"], "C"),
        ("xyz", ["accuracy"], None),
        ("", ["accuracy"], None),
        ("accuracy", [], None),
        (3, ["3"], None),
        (None, ["None"], None),
    ],
)
def test_closest_name_looks_at_letters_of_any_case(word, names, found):
    """Nothing is closest to what is like no name, or is no string."""
    assert closest_name(word, names) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("C", "svc__C"),  # without its step
        ("clf__gamma", "svc__gamma"),  # under another step's name
        ("svc_gamma", "svc__gamma"),  # with one underscore
        ("SVC.Gamma", "svc__gamma"),  # as other libraries write it
        ("svc__gama", "svc__gamma"),  # misspelt
        ("svc__with_men", "scale__with_mean"),  # misspelt under the wrong step
        ("svd__gama", "svc__gamma"),  # both misspelt
        ("verbos", "verbose"),  # without any step
        ("svc__tolerance", None),
    ],
)
def test_closest_param_finds_what_was_meant(name, found):
    """The last part is compared first, then what is beside it, then anything."""
    assert closest_param(name, iter(NAMES)) == found


def test_closest_param_of_several_takes_the_most_similar():
    """Several steps have a parameter of that name."""
    names = ["scale__copy", "impute__copy"]
    assert closest_param("imputer__copy", names) == "impute__copy"
    assert closest_param("scaler__copy", names) == "scale__copy"


def test_closest_name_leaves_out_what_is_no_text():
    """A scorer's dict may have numbers for names."""
    assert closest_name("accuracy2", [1, None, "accuracy"]) == "accuracy"
    assert closest_name("accuracy", [1, 2]) is None


@pytest.mark.parametrize(
    ("name", "meant", "found"),
    [
        ("learning_rat", "learning_rate", True),
        ("model__learning_rates", "model__learning_rate", True),
        ("max_detph", "max_depth", True),
        ("num_leaf", "num_leaves", False),  # LightGBM knows both
        ("lightgbm_model__num_leaf", "lightgbm_model__num_leaves", False),
        ("lambda", "reg_lambda", False),
        ("alpha_1", "alpha_2", False),
        ("a__learning_rate", "b__learning_rate", False),
    ],
)
def test_is_typing_error_knows_a_slip_from_another_name(name, meant, found):
    """A letter too few, too many or misplaced in the last part of the name."""
    assert is_typing_error(name, meant) == found


def test_hint_is_a_question_or_nothing():
    """The hint follows a sentence, hence the blank before it."""
    assert hint("C") == " Did you mean 'C'?"
    assert hint(None) == ""
