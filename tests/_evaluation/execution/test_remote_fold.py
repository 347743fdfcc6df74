"""Is what goes wrong in a worker told apart, whatever it is?"""

from __future__ import annotations

import math
import pickle
import sys
import threading
import time
import warnings
from dataclasses import replace

import joblib
import numpy as np
import pytest
import sklearn

import skbayes
from skbayes._evaluation.execution.remote_fold import (
    Answer,
    RemoteTraceback,
    TaskPart,
    error_of,
    read_result,
    run_fold_in_time,
    run_remotely,
    versions,
)
from skbayes._evaluation.fold.fit_problems import run_fold_recording_warnings
from skbayes._joblib.pickling import pack
from tests._evaluation.execution.folds import evaluation_of
from tests.search.estimators import Scripted, score_of


def _refuse(text):
    raise ImportError(text)


class Unreadable:
    """Can be pickled, and not read again."""

    def __reduce__(self):
        return _refuse, ("no such class",)


class UnwritableError(Exception):
    """Can be raised, and not pickled."""

    def __init__(self, text):
        super().__init__(text)
        self.lock = threading.Lock()


def unwritable_warning():
    """A class that cannot be pickled, by name or by value."""

    class Unwritable(UserWarning):
        lock = threading.Lock()

    return Unwritable("told to warn")


class Raising(Scripted):
    """Raises what a parameter names."""

    def fit(self, X, y):
        """Raise."""
        if self.act == "error":
            raise UnwritableError("told to fail")
        warnings.warn(unwritable_warning(), stacklevel=2)
        return super().fit(X, y)


def run(evaluation=None, params=None, *, expected=None, **parts):
    """The answer of a worker that is sent these parts."""
    evaluation = evaluation or evaluation_of()
    train, test = evaluation.splits[0]
    own = (params or {}, 0, None, None, None, None, parts.pop("deadline", None))
    sent = {
        "X": evaluation.X,
        "y": evaluation.y,
        "train": train,
        "test": test,
        "search": pack((run_fold_in_time, evaluation.settings)),
        "task": pack(own),
        **parts,
    }
    return run_remotely(**sent, expected=versions() if expected is None else expected)


def test_run_fold_in_time_does_not_begin_late():
    """A fold whose deadline is still to come is run as usual."""
    arguments = (*evaluation_of().arguments({}, 0, None), None)
    assert run_fold_in_time(*arguments, deadline=time.monotonic()) is None
    for deadline in (None, math.inf):
        result = run_fold_in_time(*arguments, deadline=deadline)
        assert result.test_scores == {"score": score_of(0.5, 0)}


def test_run_remotely_answers_with_the_result():
    """Packed data are opened; a fold that came too late has no result."""
    evaluation = evaluation_of()
    answer = run(evaluation, {"quality": 0.25}, X=pack(evaluation.X))
    expected = run_fold_recording_warnings(
        *evaluation.arguments({"quality": 0.25}, 0, None), None
    )
    result = read_result(answer)
    assert result.test_scores == expected.test_scores
    assert result.n_test_samples == expected.n_test_samples == 10
    late = run(deadline=time.monotonic())
    assert (read_result(late), late.traceback) == (None, None)


@pytest.mark.parametrize(
    ("part", "not_loaded"),
    [
        ("X", TaskPart.DATA),
        ("test", TaskPart.DATA),
        ("search", TaskPart.SEARCH),
        ("task", TaskPart.TASK),
    ],
)
def test_run_remotely_names_the_part_that_cannot_be_loaded(part, not_loaded):
    """The message says what to do."""
    answer = run(**{part: pack(Unreadable())})
    assert answer.result is None
    assert answer.not_loaded is not_loaded
    error = error_of(answer)
    message = f"A worker could not load {not_loaded}: ImportError: no such class"
    assert str(error).startswith(message)
    assert 'joblib.parallel_config("threading")' in str(error)


def test_run_remotely_compares_versions_before_it_opens_anything():
    """With other versions a pickle may fail in any way."""
    expected = {**versions(), "numpy": "0", "other": "1"}
    answer = run(search=pack(Unreadable()), expected=expected)
    assert answer.not_loaded is TaskPart.VERSIONS
    here = versions()["numpy"]
    assert str(error_of(answer)).startswith("The workers cannot run this search.")
    assert f"numpy 0 here and {here} there, other 1 here and None there" in str(
        error_of(answer)
    )


def test_run_remotely_answers_with_an_error_that_ends_the_search():
    """The remote traceback is the cause of the error; Ctrl-C reaches workers too."""
    raising = evaluation_of(Scripted("raise"), error_score="raise")
    error = error_of(run(raising))
    assert type(error) is RuntimeError
    assert str(error) == "told to fail"
    assert isinstance(error.__cause__, RemoteTraceback)
    assert "estimators.py" in str(error.__cause__)
    interrupted = error_of(run(evaluation_of(Scripted("interrupt"))))
    assert type(interrupted) is KeyboardInterrupt


def test_error_of_an_unreadable_one_has_its_last_line():
    """An error that could not be written or read comes as a RuntimeError."""
    answer = run(evaluation_of(Raising("error"), error_score="raise"))
    assert answer.error is None
    error = error_of(answer)
    assert type(error) is RuntimeError
    assert str(error).endswith("UnwritableError: told to fail")
    spoilt = Answer(error=b"no pickle", traceback="first\nValueError: last\n")
    error = error_of(spoilt)
    assert str(error) == "ValueError: last"
    assert "The error itself could not be read" in error.__notes__[0]


@pytest.mark.filterwarnings("always:told to warn")
def test_run_remotely_makes_plain_warnings_of_unwritable_ones():
    """A warning that cannot be pickled does not lose the result."""
    result = read_result(run(evaluation_of(Raising())))
    ((category, text),) = result.warnings
    assert category is UserWarning
    assert text == "Unwritable: told to warn"
    assert result.test_scores == {"score": score_of(0.0, 0)}


def test_run_remotely_tells_a_result_that_cannot_be_pickled():
    """The fold has ended: the fault is the candidate's."""

    def run_to_nowhere(*arguments, deadline):
        return Unreadable()

    answer = run(search=pack((run_to_nowhere, evaluation_of().settings)))
    assert answer.is_fold_only
    assert answer.result is None
    assert answer.not_loaded is None


def test_remote_traceback_shows_its_text():
    """`RemoteTraceback` prints as the cause of an error; pickling keeps the text."""
    error = RemoteTraceback("some lines")
    assert str(error) == '\n"""\nsome lines"""'
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_versions_are_as_exact_as_pickles_need():
    """A bug fix of Python or joblib, and a new minor of NumPy, may differ."""
    found = versions()
    assert found["Python"] == "{}.{}".format(*sys.version_info)
    assert found["skbayes"] == skbayes.__version__
    assert found["scikit-learn"] == sklearn.__version__
    assert joblib.__version__.startswith(f"{found['joblib']}.")
    assert found["joblib"].count(".") == 1
    assert np.__version__.startswith(f"{found['numpy']}.")
    assert found["numpy"].isdigit()


class KnownOtherwise:
    """Says that this process has other code; `parts` may be an error."""

    def __init__(self, parts):
        self.parts = parts

    def differences(self, estimator, scorer):
        """The parts."""
        if isinstance(self.parts, Exception):
            raise self.parts
        return self.parts


@pytest.mark.parametrize(
    ("known", "other"),
    [
        (None, None),
        (KnownOtherwise([]), None),
        (KnownOtherwise(["f", "g"]), ("f", "g")),
        (KnownOtherwise(TypeError("unreadable")), None),
    ],
)
def test_run_remotely_says_which_code_is_another(known, other):
    """A fold names the code that its worker has otherwise."""
    evaluation = evaluation_of()
    settings = replace(evaluation.settings, known_code=known)
    answer = run(evaluation, search=pack((run_fold_in_time, settings)))
    assert read_result(answer).other_code == other
