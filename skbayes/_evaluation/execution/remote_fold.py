"""Run a fold in another process, and return its result or its error.

This module pickles and unpickles everything that is sent either way. So a class that
cannot be loaded, and an error or a warning that cannot be pickled, are reported as
such; a pool would take them for the end of its worker.
"""

from __future__ import annotations

import pickle
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import joblib
import numpy as np
import sklearn

from skbayes._evaluation.fold.evaluation import FoldSettings
from skbayes._evaluation.fold.fit_problems import run_fold_recording_warnings
from skbayes._joblib.pickling import Pickled, pack_result
from skbayes._protocol import FoldResult


class TaskPart(StrEnum):
    """The parts that a worker is sent, as error messages name them."""

    ANYTHING = "what it was sent"
    VERSIONS = "the versions"
    DATA = "the data"
    SEARCH = "the estimator, the scorer or what is passed to fit"
    TASK = "the candidate's parameters"


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer: texts and pickles only, no objects of the user's.

    Parameters
    ----------
    result : bytes or None
        The pickled `FoldResult`; None if the fold did not begin in time.
    error : bytes or None
        The pickled error, if it can be pickled.
    traceback : str or None
        The traceback of the error; None without one.
    not_loaded : TaskPart or None
        The part that the worker could not load, if that is the error.
    is_fold_only : bool
        Whether the fold ended, and only its result could not be pickled.
    """

    result: bytes | None = None
    error: bytes | None = None
    traceback: str | None = None
    not_loaded: TaskPart | None = None
    is_fold_only: bool = False


class RemoteTraceback(Exception):
    """The traceback of an error in a worker, as the cause of the error here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f'\n"""\n{self.text}"""'


def run_fold_in_time(
    *arguments: Any, deadline: float | None = None
) -> FoldResult | None:
    """Run a fold and record its warnings; None if `deadline` has passed."""
    if deadline is not None and time.monotonic() >= deadline:
        return None
    return run_fold_recording_warnings(*arguments)


def versions() -> dict[str, str]:
    """Versions that must agree in both processes for a pickle to mean the same."""
    return {
        "Python": ".".join(map(str, sys.version_info[:2])),
        "skbayes": sys.modules["skbayes"].__version__,
        "scikit-learn": sklearn.__version__,
        "joblib": ".".join(joblib.__version__.split(".")[:2]),
        "numpy": np.__version__.partition(".")[0],
    }


def run_remotely(
    X: Any,
    y: Any,
    train: Any,
    test: Any,
    search: Pickled,
    task: Pickled,
    expected: Mapping[str, str],
) -> Answer:
    """Run one fold in a worker; never raises."""
    # The stage names the part being opened when an error is raised. Versions come
    # first, because unpickling with other versions may fail in any way, or worse,
    # succeed.
    stage: TaskPart | None = TaskPart.VERSIONS
    try:
        _check_versions(expected)
        stage = TaskPart.DATA
        data = [_opened(part) for part in (X, y, train, test)]
        stage = TaskPart.SEARCH
        run, settings = search.open()
        stage = TaskPart.TASK
        *own, exit_report, deadline = task.open()
        stage = None
        settings = replace(settings, exit_report=exit_report)
        result = run(*data, settings, *own, deadline=deadline)
        other_code = _other_code(settings)
        if result is not None and other_code is not None:
            result = replace(result, other_code=other_code)
    except BaseException as error:
        # Also Ctrl-C, which reaches workers too, and `sys.exit`: the search decides.
        return _failed(error, not_loaded=stage)
    try:
        return Answer(None if result is None else _packed(result))
    except Exception as error:
        return _failed(error, is_fold_only=True)


def _failed(error: BaseException, **circumstances: Any) -> Answer:
    """The answer of a fold without a result."""
    return Answer(
        error=_packed_error(error), traceback=traceback.format_exc(), **circumstances
    )


def _check_versions(expected: Mapping[str, str]) -> None:
    found = versions()
    differing = [name for name in expected if found.get(name) != expected[name]]
    if differing:
        listed = ", ".join(
            f"{name} {expected[name]} here and {found.get(name)} there"
            for name in differing
        )
        raise ImportError(
            f"Versions differ between this process and its workers: {listed}. Install "
            "the same ones on both."
        )


def _other_code(settings: FoldSettings) -> tuple[str, ...] | None:
    """Names of the user's code that this worker has otherwise; None without any."""
    if settings.known_code is None:
        return None
    try:
        parts = settings.known_code.differences(settings.estimator, settings.scorer)
    except Exception:
        # What cannot be read here says nothing about the code that has run.
        return None
    return tuple(parts) or None


def _opened(part: Any) -> Any:
    return part.open() if isinstance(part, Pickled) else part


def _packed(result: FoldResult) -> bytes:
    """Pickle a result; warnings of a class that has no pickle become UserWarning."""
    try:
        packed = pack_result(result)
        # Read here too: some classes can be written but not read again.
        pickle.loads(packed)
    except Exception:
        plain = tuple(
            (UserWarning, f"{category.__name__}: {text}")
            for category, text in result.warnings
        )
        return pack_result(replace(result, warnings=plain))
    return packed


def read_result(answer: Answer) -> FoldResult | None:
    if answer.result is None:
        return None
    result: FoldResult = pickle.loads(answer.result)
    return result


def _packed_error(error: BaseException) -> bytes | None:
    """Pickle an error; None if it cannot be written or read again."""
    try:
        packed = pack_result(error)
        pickle.loads(packed)
    except Exception:
        return None
    return packed


def error_of(answer: Answer) -> BaseException:
    """The error that a worker raised, with its traceback there as the cause."""
    text = answer.traceback or ""
    last = text.strip().rpartition("\n")[2]
    error: BaseException = RuntimeError(last)
    if answer.not_loaded is not None:
        error = RuntimeError(_not_loaded(answer.not_loaded, last))
    elif answer.error is not None:
        try:
            error = pickle.loads(answer.error)
        except Exception as unreadable:
            error.add_note(f"The error itself could not be read: {unreadable!r}")
    error.__cause__ = RemoteTraceback(text)
    return error


def _not_loaded(what: TaskPart, last: str) -> str:
    if what is TaskPart.VERSIONS:
        return f"The workers cannot run this search. {last}"
    return (
        f"A worker could not load {what}: {last}\nWorkers are other processes: they "
        "import classes and functions by name, so define these in a module that is "
        "installed, or on the path, where the workers run; an object that writes its "
        "own state when pickled must be able to read it again before it is fitted. "
        'Else use n_jobs=1, or threads: joblib.parallel_config("threading").'
    )
