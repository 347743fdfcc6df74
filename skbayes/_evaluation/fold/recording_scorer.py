"""Scorers that record their errors and their time.

A metric may return no number for a candidate. This counts as an error of that metric,
as if it had raised; other metrics and other candidates keep their scores.
"""

from __future__ import annotations

import math
import numbers
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from skbayes._compat import MultimetricScorer, is_multimetric
from skbayes._evaluation.fold.failure_causes import NO_NUMBER
from skbayes._short_text import one_line


class ScorerNotes:
    """Errors and times of a scorer.

    Parameters
    ----------
    errors : dict of str to str
        Tracebacks as text, under ``"test_<metric>"`` and ``"train_<metric>"``.
    began : float or None
        Monotonic time of the first call.
    seconds : float
        Duration of the first call.
    """

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.began: float | None = None
        self.seconds = 0.0
        self._n_calls = 0

    @contextmanager
    def call(self) -> Iterator[str]:
        """Time a call and yield its part: the first call scores the test part.

        scikit-learn's own times are differences of the wall clock, which may be set.
        """
        began = time.monotonic()
        self._n_calls += 1
        is_first = self._n_calls == 1
        if is_first:
            self.began = began
        try:
            yield "test" if is_first else "train"
        finally:
            if is_first:
                self.seconds = time.monotonic() - began


class _RecordingMultimetricScorer(MultimetricScorer):  # type: ignore[misc]
    """Keeps the tracebacks of failed metrics, and its times."""

    def __init__(
        self, scorer: Any, seen: Callable[[Any], None] | None, raises: bool
    ) -> None:
        self.__dict__.update(scorer.__dict__)
        self.seen = seen
        self.raises = raises
        self.notes = ScorerNotes()

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        _show_samples(self.seen, args)
        with self.notes.call() as part:
            scores: dict[str, Any] = super().__call__(*args, **kwargs)
        # A failed metric returns its traceback in place of a number.
        given = {n: s for n, s in scores.items() if not isinstance(s, str)}
        scores |= _errors_of_metrics(given, self.raises)
        self.notes.errors |= {
            f"{part}_{name}": text
            for name, text in scores.items()
            if isinstance(text, str)
        }
        return scores


class _RecordingScorer:
    """Keeps the traceback of a failed scorer; scikit-learn only warns."""

    def __init__(
        self,
        scorer: Any,
        seen: Callable[[Any], None] | None,
        raises: bool,
        raises_if_no_number: bool,
    ) -> None:
        self._scorer = scorer
        self.seen = seen
        self.raises = raises
        self.raises_if_no_number = raises or raises_if_no_number
        self.notes = ScorerNotes()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        _show_samples(self.seen, args)
        with self.notes.call() as part:
            try:
                scores = self._scorer(*args, **kwargs)
            except Exception:
                self.notes.errors[f"{part}_score"] = traceback.format_exc()
                raise
        if not isinstance(scores, dict):
            return self._number(scores, part)
        errors = _errors_of_metrics(scores, self.raises)
        self._note(part, errors)
        return scores | dict.fromkeys(errors, math.nan)

    def _number(self, score: Any, part: str) -> Any:
        """The only score; NaN in place of what is no number."""
        if score is np.ma.masked:
            return math.nan
        # scikit-learn raises for what is returned here and is no number.
        if self.raises_if_no_number or _is_score(score):
            return score
        self._note(part, {"score": f"The {NO_NUMBER}. {_got(score)}"})
        return math.nan

    def _note(self, part: str, errors: dict[str, str]) -> None:
        self.notes.errors |= {f"{part}_{name}": text for name, text in errors.items()}
        for text in errors.values():
            warnings.warn(f"Scoring failed. {text}", UserWarning, stacklevel=3)

    def __repr__(self) -> str:
        return repr(self._scorer)


def _show_samples(seen: Callable[[Any], None] | None, args: tuple[Any, ...]) -> None:
    # A scorer is called with estimator, X and y.
    if seen is not None:
        seen(args[1])


def _errors_of_metrics(scores: dict[str, Any], raises: bool) -> dict[str, str]:
    """Describe the metrics that returned no number; raise on one if `raises`."""
    errors: dict[str, str] = {}
    for name, score in scores.items():
        if _is_score(score):
            continue
        errors[name] = f"The metric {name!r} in the {NO_NUMBER}. {_got(score)}"
        if raises:
            raise ValueError(errors[name])
    return errors


def _got(score: Any) -> str:
    return f"Got {one_line(score, 80)} of type {type(score).__name__} instead."


def _is_score(score: Any) -> bool:
    if score is np.ma.masked:
        return False
    if hasattr(score, "item"):
        # An array of one number, as scikit-learn takes it.
        with suppress(ValueError):
            score = score.item()
    if not isinstance(score, numbers.Number):
        return False
    try:
        float(score)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return False
    return True


def recording_scorer(
    scorer: Any,
    seen: Callable[[Any], None] | None = None,
    *,
    raises: bool = False,
    raises_if_no_number: bool = False,
) -> Any:
    """Wrap a scorer, so that it records errors and times in `notes`.

    It also calls `seen` with the samples to score. With `raises`, a score that is not a
    number ends the fold; else it is an error of its metric. With `raises_if_no_number`,
    the only score ends it in any case, as in scikit-learn.
    """
    if is_multimetric(scorer):
        return _RecordingMultimetricScorer(scorer, seen, raises)
    return _RecordingScorer(scorer, seen, raises, raises_if_no_number)
