"""Keep the folds of a finished trial as a few numbers each.

A search keeps every fold it has run. Most folds differ only in times and scores; as
objects with a dict of scores they would take ten times the memory of these numbers.
"""

from __future__ import annotations

import math
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter, is_
from typing import Any, overload

import numpy as np

from skbayes._protocol import CompactFolds, FoldResult, FoldScore, Trial

#: Rare fields of a fold, with their usual values. Only folds with these are packed.
_USUAL = {
    "error": None,
    "predictions": None,
    "scoring_errors": None,
    "stop": False,
    "is_fatal": False,
    "probabilities": None,
    "response_method": None,
    "response_classes": None,
    "estimator": None,
    "path": None,
    "n_rounds": None,
    "other_code": None,
}
_rare_of = attrgetter(*_USUAL)
_USUAL_VALUES = tuple(_USUAL.values())
#: Positions of the packed numbers of a fold; its scores follow.
_WORKER, _N_SAMPLES, _FIT_TIME, _SCORE_TIME, _STARTED, _WRITTEN, _SCORES = range(7)
_SECONDS = {"fit_time": _FIT_TIME, "score_time": _SCORE_TIME}


@dataclass(frozen=True)
class _Form:
    """The facts that all folds of a trial share; most trials have equal ones.

    Parameters
    ----------
    folds : tuple of int
        Numbers of the trial's folds.
    test, train : tuple of str
        Names of the scores.
    has_train : bool
        Whether the folds have training scores.
    kind : type
        Type of all scores: float or numpy.float64.
    is_multimetric : bool
        Whether the scorer returned a dict of scores, see `FoldResult`.
    is_written : bool
        Whether a journal has written the folds.
    """

    folds: tuple[int, ...]
    test: tuple[str, ...]
    train: tuple[str, ...]
    has_train: bool
    kind: type
    is_multimetric: bool
    is_written: bool

    @cached_property
    def layout(self) -> struct.Struct:
        """Worker, samples, times, when written, then the scores."""
        return struct.Struct(f"=iq{4 + len(self.test) + len(self.train)}d")


class _Workers:
    """Numbers the names of workers; a search has few."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()

    def number(self, name: str) -> int:
        """Return the number of a name; a new name gets the next number."""
        number = self._numbers.get(name)
        if number is None:
            # Searches in other threads may be doing the same.
            with self._lock:
                number = self._numbers.get(name)
                if number is None:
                    number = len(self.names)
                    # Before its number: whoever finds the number looks up the name.
                    self.names.append(name)
                    self._numbers[name] = number
        return number


_workers = _Workers()


class PackedFolds(CompactFolds):
    """A sequence of folds that makes each `FoldResult` on access.

    Parameters
    ----------
    form : _Form
        Facts that all folds of the trial share.
    content : bytes
        Numbers of one fold after the other, see `_Form.layout`.
    """

    __slots__ = ("_content", "_form")

    def __init__(self, form: _Form, content: bytes) -> None:
        self._form = form
        self._content = content

    def __len__(self) -> int:
        return len(self._form.folds)

    @overload
    def __getitem__(self, index: int) -> FoldResult: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[FoldResult, ...]: ...
    def __getitem__(self, index: int | slice) -> FoldResult | tuple[FoldResult, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        # Indexing a range resolves negative indices and raises IndexError.
        place = range(len(self))[index]
        layout = self._form.layout
        numbers = layout.unpack_from(self._content, place * layout.size)
        return self._fold(self._form.folds[place], numbers)

    def __iter__(self) -> Iterator[FoldResult]:
        return map(self._fold, self._form.folds, self._numbers())

    def test_scores_of(self, metric: str) -> Iterable[FoldScore]:
        """Each fold's number and its score, none if there is no such metric."""
        form = self._form
        if metric not in form.test:
            return ()
        place = _SCORES + form.test.index(metric)
        scores = (numbers[place] for numbers in self._numbers())
        return zip(form.folds, scores, strict=True)

    def seconds_of(self, name: str) -> list[float]:
        """Each fold's `fit_time` or `score_time`."""
        return [numbers[_SECONDS[name]] for numbers in self._numbers()]

    @property
    def is_multimetric(self) -> bool:
        """Whether the scorer gave a dict of scores."""
        return self._form.is_multimetric

    def _numbers(self) -> Iterator[tuple[Any, ...]]:
        return self._form.layout.iter_unpack(self._content)

    def _fold(self, fold: int, numbers: tuple[Any, ...]) -> FoldResult:
        form = self._form
        scores = numbers[_SCORES:]
        if form.kind is not float:
            scores = tuple(map(form.kind, scores))
        n_test = len(form.test)
        train = dict(zip(form.train, scores[n_test:], strict=True))
        return FoldResult(
            fold,
            dict(zip(form.test, scores[:n_test], strict=True)),
            train if form.has_train else None,
            numbers[_FIT_TIME],
            numbers[_SCORE_TIME],
            numbers[_N_SAMPLES],
            started=numbers[_STARTED],
            worker=_workers.names[numbers[_WORKER]],
            is_multimetric=form.is_multimetric,
            written=numbers[_WRITTEN] if form.is_written else None,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | PackedFolds):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __getstate__(self) -> tuple[FoldResult, ...]:
        # Numbers of workers are valid in one process only. skops can read this state.
        return tuple(self)

    def __setstate__(self, folds: tuple[FoldResult, ...]) -> None:
        again = packed(folds)
        assert isinstance(again, PackedFolds)
        self._form, self._content = again._form, again._content


def packed(folds: Sequence[FoldResult]) -> Sequence[FoldResult]:
    """Pack folds; return them unchanged if one has a rare field."""
    if not folds:
        return folds
    first = folds[0]
    kind: Any = type(next(iter(first.test_scores.values()), None))
    if kind is not float and kind is not np.float64:
        return folds
    form = _shared(
        tuple([fold.fold for fold in folds]),
        tuple(first.test_scores),
        tuple(first.train_scores or ()),
        first.train_scores is not None,
        kind,
        first.is_multimetric,
        first.written is not None,
    )
    content = []
    for fold in folds:
        if not _has(form, fold):
            return folds
        content.append(form.layout.pack(*_numbers_of(fold)))
    return PackedFolds(form, b"".join(content))


def folds_not_packed(trials: Iterable[Trial]) -> Iterator[FoldResult]:
    """Yield the folds with a rare field, such as an error or a warning.

    Folds that equal candidates share come once.
    """
    rare = {
        id(trial.folds): trial.folds
        for trial in trials
        if not isinstance(trial.folds, PackedFolds)
    }
    return (fold for folds in rare.values() for fold in folds)


@lru_cache(maxsize=1000)
def _shared(*facts: Any) -> _Form:
    """Make a form, or return the one with equal facts: trials share it."""
    return _Form(*facts)


def _has(form: _Form, fold: FoldResult) -> bool:
    """Whether a fold has no rare field and shares the facts of the form."""
    train = fold.train_scores
    return (
        all(map(is_, _rare_of(fold), _USUAL_VALUES))
        and not fold.warnings
        and type(fold.fold) is type(fold.n_test_samples) is int
        and type(fold.fit_time) is type(fold.score_time) is type(fold.started) is float
        and tuple(fold.test_scores) == form.test
        and (train is not None) is form.has_train
        and (train is None or tuple(train) == form.train)
        # NaN is not equal to its copy, so folds with such scores are not packed.
        and all(type(s) is form.kind and math.isfinite(s) for s in _scores_of(fold))
        and fold.is_multimetric is form.is_multimetric
        and (fold.written is not None) is form.is_written
    )


def _scores_of(fold: FoldResult) -> list[float]:
    return [*fold.test_scores.values(), *(fold.train_scores or {}).values()]


def _numbers_of(fold: FoldResult) -> tuple[Any, ...]:
    """The packed numbers of a fold, in the order of `_Form.layout`."""
    return (
        _workers.number(fold.worker),
        fold.n_test_samples,
        fold.fit_time,
        fold.score_time,
        fold.started,
        0.0 if fold.written is None else fold.written,
        *_scores_of(fold),
    )
