"""The cause of a failure is one line, whatever the traceback looks like."""

from __future__ import annotations

import asyncio
import re
import traceback

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, get_scorer
from sklearn.svm import SVC, LinearSVC

from skbayes._evaluation.fold.failure_causes import (
    cause_of,
    common_cause,
    ends_fit_only,
    with_remedy,
)


def traceback_of(function):
    """The traceback of what a call raises."""
    try:
        function()
    except Exception:
        return traceback.format_exc()
    raise AssertionError("nothing was raised")


def failing(message, *notes):
    """The traceback of an error with a message and notes."""

    def fail():
        error = RuntimeError(message)
        for note in notes:
            error.add_note(note)
        raise error

    return traceback_of(fail)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (failing("told to fail"), "RuntimeError: told to fail"),
        (failing("two\n  lines"), "RuntimeError: two lines"),
        (failing("told to", "write this"), "RuntimeError: told to write this"),
        (failing("x" * 400), "RuntimeError: " + "x" * 285 + "…"),
        ("The test score 'auc' is nan.", "The test score 'auc' is nan."),
        ("A pool broke.\nThe worker died.", "The worker died."),
        ('  File "a.py", line 3 in fit\nFitTimeout: too long', "FitTimeout: too long"),
        ("", ""),
    ],
)
def test_cause_of_is_kind_and_message(text, cause):
    """The cause has the notes too, in one line, and is cut where it is long."""
    assert cause_of(text) == cause


def test_cause_of_a_chain_is_the_error_that_came_out():
    """The cause is not the error that this one was raised from."""

    def fail():
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error

    assert cause_of(traceback_of(fail)) == "ValueError: outer"


def test_common_cause_may_differ_in_numbers():
    """Folds have other numbers of samples; another message is another cause."""
    of_folds = [failing(f"67 samples, {n} needed") for n in (3, 4)]
    assert common_cause(of_folds) == "RuntimeError: 67 samples, 3 needed"
    assert common_cause([*of_folds, failing("none at all")]) is None
    assert common_cause([]) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "got 1D array instead: array=[-0.1 2.]",
            "got 1D array instead: array=[1e-05]",
        ),
        (
            "could not convert string to float: 'a'",
            "could not convert string to float: b",
        ),
        (
            "unknown categories ['a', 'b'] in column 0",
            "unknown categories ['c'] in column 0",
        ),
        ("ill-conditioned: rcond=1.2e-17", "ill-conditioned: rcond=-3.4e-18"),
    ],
)
def test_common_cause_may_differ_in_what_it_tells_of_the_data(one, other):
    """Each fold begins with another sample."""
    assert common_cause([failing(one), failing(other)]) == f"RuntimeError: {one}"
    assert common_cause([failing(one), failing(f"Not {other}")]) is None


WORDS = np.array(["yes", "no"] * 10)
THREE = np.arange(20) % 3
X = np.arange(20.0).reshape(-1, 1)
ENDLESS = np.where(X > 15, np.inf, X)
HOLES = np.where(X > 15, np.nan, X)
CLASSIFIER = SVC().fit(X, THREE)


def score(scoring, y, kind=SVC):
    """Score a classifier of these labels."""
    return get_scorer(scoring)(kind().fit(X, y), X, y)


@pytest.mark.parametrize(
    ("function", "remedy"),
    [
        (lambda: SVC().fit(HOLES, THREE), "SimpleImputer"),
        (lambda: LinearRegression().fit(X, HOLES[:, 0]), "without a target"),
        (lambda: SVC().fit(ENDLESS, THREE), "no imputer or scaler"),
        (lambda: Ridge().fit(X, THREE, HOLES[:, 0]), "without a weight"),
        (lambda: SVC().fit(WORDS[:, None], THREE), "OneHotEncoder"),
        (lambda: SVC().fit(X[:, 0], THREE), r"X.reshape\(-1, 1\)"),
        (lambda: SVC().fit(X), r"Pass the target: fit\(X, y\)"),
        (lambda: get_scorer("f1")(CLASSIFIER, X), r"Pass the target: fit\(X, y\)"),
        (lambda: SVC().fit(X, None), r"Pass the target: fit\(X, y\)"),
        (lambda: score("f1", THREE), "scoring='f1_macro'"),
        (lambda: score("roc_auc", THREE), "roc_auc_ovr"),
        (
            lambda: get_scorer("neg_log_loss")(LinearSVC().fit(X, THREE), X, THREE),
            "CalibratedClassifierCV",
        ),
        (lambda: accuracy_score(X[:, 0] / 3, X[:, 0] / 3), "scoring='neg_mean_sq"),
        (lambda: accuracy_score(THREE, X[:, 0] / 3), "scoring='neg_mean_sq"),
        (lambda: score("f1", WORDS), r"make_scorer\(f1_score, pos_label=...\)"),
        (lambda: f1_score(WORDS, WORDS), r"\. Say which.*encode y as 0 and 1"),
        (lambda: brier_score_loss(WORDS, np.ones(20)), r"\. Say which.*pos_label"),
        (lambda: SVC().fit(X, np.zeros(20)), "StratifiedKFold"),
    ],
)
def test_with_remedy_says_what_helps(function, remedy):
    """The errors are those that scikit-learn really raises."""
    cause = cause_of(traceback_of(function), longest=None)
    told = with_remedy(cause)
    assert re.search(remedy, told), told
    assert told.startswith(cause[:200])


def test_with_remedy_adds_nothing_to_what_it_does_not_know():
    """A guess would mislead."""
    assert with_remedy("RuntimeError: told to fail") == "RuntimeError: told to fail"


class PanicException(BaseException):
    """As pyo3 defines it in each library that is written in Rust."""


@pytest.mark.parametrize(
    ("error", "is_of_fit"),
    [
        (SystemExit(3), True),
        (PanicException("index out of bounds"), True),
        (KeyboardInterrupt(), False),
        (asyncio.CancelledError(), False),
        (GeneratorExit(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_ends_fit_only_tells_a_panic_from_an_interrupt(error, is_of_fit):
    """A panic fails the fit; what interrupts the program does not."""
    assert ends_fit_only(error) is is_of_fit
