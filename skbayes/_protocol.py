"""Shared records (`FoldResult`, `Trial`) and the `Strategy` protocol.

This module imports nothing from the package, so that the evaluation core and the
strategies can exchange records without importing each other. Scores are
greater-is-better, times are in seconds.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

#: One candidate's parameters: name -> value, as given to ``set_params``.
Params = dict[str, Any]
#: Arrays by the type of their elements; any number of dimensions.
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
#: Number of a fold, and a score of it.
FoldScore = tuple[int, float]

#: The name of the metric of a search with a single scorer.
SINGLE = "score"


class Status(StrEnum):
    """The status of a trial.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> from skbayes.search import Status
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [1, 10]}).fit(X, y)
    >>> [trial.status == Status.COMPLETE for trial in search.trials_]
    [True, True]
    """

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FoldResult:
    """The result of one fold of one candidate.

    Parameters
    ----------
    fold : int
        Number of the split of the cross-validation.
    test_scores : mapping of str to float
        Score of each metric on the held-out part (``"score"`` for a single one), NaN
        if the fit or the metric failed.
    train_scores : mapping of str to float or None, default=None
        The same on the training part, if requested.
    fit_time, score_time : float, default=0.0
        Seconds of fitting and of scoring.
    n_test_samples : int, default=0
        Samples in the held-out part.
    error : str or None, default=None
        Traceback of a failed fit.
    started : float, default=0.0
        Seconds from the start of the search to the start of the fit.
    worker : str, default=""
        The worker that ran it: process id and thread name.
    predictions : object or None, default=None
        Out-of-fold predictions, if they are kept: output of `response_method`.
    scoring_errors : mapping of str to str or None, default=None
        Tracebacks of metrics that failed after a successful fit, under
        ``"test_<metric>"`` and ``"train_<metric>"``; None if none failed.
    is_multimetric : bool, default=False
        Whether the scorer returned a dict of scores and not a number.
    stop : bool, default=False
        Whether a callback inside the fit asked to end the search.
    is_fatal : bool, default=False
        Whether the fold killed its worker, tried to, ran out of memory, or exceeded the
        time limit. The other folds of its candidate are then not run.
    warnings : tuple of (category, text), default=()
        Its warnings, equal ones once; empty if it ran in a thread.
    probabilities : object or None, default=None
        Out-of-fold probabilities of the classes, if they are kept.
    response_method : str or None, default=None
        Method of the fitted estimator that made `predictions`.
    response_classes : object or None, default=None
        Its ``classes_``.
    estimator : object or None, default=None
        Holds the fitted estimator until the search takes it, if estimators are kept.
    written : float or None, default=None
        When a journal wrote it, in seconds since 1970; None for a fold that this
        search has run itself.
    path : mapping of int to FoldResult, default=None
        The results along a path, by value of its parameter: the fit at the largest
        value contains the models of the smaller ones. Each result has its own times.
    n_rounds : int or None, default=None
        Rounds that the fit has kept, where it stopped early by samples of the training
        part, as `early_stopping_set` asks for.
    other_code : tuple of str or None, default=None
        Names of the user's code that its worker had otherwise than the process of the
        search; a journal does not get such a fold.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [1, 10]}, cv=3).fit(X, y)
    >>> fold = search.trials_[0].folds[2]
    >>> fold.fold, dict(fold.test_scores), fold.n_test_samples
    (2, {'score': 0.94}, 50)
    """

    fold: int
    test_scores: Mapping[str, float]
    train_scores: Mapping[str, float] | None = None
    fit_time: float = 0.0
    score_time: float = 0.0
    n_test_samples: int = 0
    error: str | None = None
    started: float = 0.0
    worker: str = ""
    predictions: Any = field(default=None, repr=False)
    scoring_errors: Mapping[str, str] | None = None
    is_multimetric: bool = False
    stop: bool = False
    is_fatal: bool = False
    warnings: tuple[tuple[type[Warning], str], ...] = ()
    probabilities: Any = field(default=None, repr=False)
    response_method: str | None = None
    response_classes: Any = field(default=None, repr=False)
    estimator: Any = field(default=None, repr=False, compare=False)
    written: float | None = field(default=None, compare=False)
    path: Mapping[int, FoldResult] | None = field(default=None, repr=False)
    n_rounds: int | None = None
    other_code: tuple[str, ...] | None = None

    @property
    def errors(self) -> tuple[str, ...]:
        """Tracebacks of the fit and of every failed metric."""
        fit = () if self.error is None else (self.error,)
        return (*fit, *(self.scoring_errors or {}).values())

    def failure(self, metric: str) -> str | None:
        """Explain why a metric has no finite test score.

        Parameters
        ----------
        metric : str
            Name of the score.

        Returns
        -------
        str or None
            The traceback of the fit or of the metric, or a sentence about the score;
            None if it is finite.
        """
        if self.error is not None:
            return self.error
        score = self.test_scores.get(metric, math.nan)
        if math.isfinite(score):
            return None
        # A scorer that failed before it returned names has the single name "score".
        failed = metric if self.is_multimetric else "score"
        explained = f"The test score {metric!r} is {score}."
        if metric not in self.test_scores:
            given = list(self.test_scores) if self.is_multimetric else "a number"
            explained = f"The scorer gave no score {metric!r} there, but {given}."
        return (self.scoring_errors or {}).get(f"test_{failed}", explained)


class CompactFolds(Sequence[FoldResult]):
    """Folds that are kept as numbers, and some that can be had without making them."""

    __slots__ = ()

    @abstractmethod
    def test_scores_of(self, metric: str) -> Iterable[FoldScore]:
        """Each fold's number and its score, none if there is no such metric."""


@dataclass(frozen=True, slots=True, repr=False)
class Trial:
    """One candidate and its evaluated folds.

    Parameters
    ----------
    index : int
        Row of the trial in ``cv_results_``.
    params : dict
        Parameters of the candidate.
    n_splits : int
        Number of folds of a complete trial.
    folds : sequence of FoldResult, default=()
        Finished folds, in fold order. It acts as a tuple, also if the folds are kept
        as numbers and each is made on access.
    status : Status, default="running"
        ``"complete"``, ``"failed"`` (`metric` has no finite score on the test part of
        at least one fold), ``"stopped"`` (a loser, or the search ended first) or
        ``"running"``.
    metric : str or None, default=None
        The deciding metric; None: the first one.
    proposed : dict or None, default=None
        The proposed parameters, if the search has found another value of a parameter in
        `params` on the path; None: `params`.
    repeats : tuple of FoldResult, default=()
        Folds of further repeats of the cross-validation, if the trial was a finalist.
        Their numbers continue from `n_splits`; they count in no score of `folds`.
    rungs : tuple of FoldResult, default=()
        Fits on a part of a fold's training samples, which come before its folds. Their
        numbers continue from the repeats; they count in no score.
    expected : mapping of int to float or None, default=None
        Expected scores of folds with all samples, by fold, of a trial that was stopped
        at a rung.
    path_scores : mapping of int to tuple of float or None, default=None
        Deciding score in each fold at each value of the path among which `params` has
        the best, of a complete trial with a path.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [1, 10]}, cv=3).fit(X, y)
    >>> trial = search.trials_[1]
    >>> trial.params, len(trial.folds), trial.status.value
    ({'C': 10}, 3, 'complete')
    """

    index: int
    params: Params
    n_splits: int
    folds: Sequence[FoldResult] = ()
    status: Status = Status.RUNNING
    metric: str | None = None
    proposed: Params | None = None
    repeats: tuple[FoldResult, ...] = ()
    rungs: tuple[FoldResult, ...] = ()
    expected: Mapping[int, float] | None = None
    path_scores: Mapping[int, tuple[float, ...]] | None = None

    def __setstate__(self, state: list[Any]) -> None:
        """Restore the fields that pickle or skops have kept, in their order.

        skops keeps the status as a text; fields that were added since have none.
        """
        known = fields(self)
        values = [*state, *(one.default for one in known[len(state) :])]
        for one, value in zip(known, values, strict=True):
            kept = Status(value) if one.name == "status" else value
            object.__setattr__(self, one.name, kept)

    @property
    def asked(self) -> Params:
        """The parameters that were proposed."""
        return self.params if self.proposed is None else self.proposed

    @property
    def deciding_metric(self) -> str:
        """The deciding metric: `metric`, or the first one of a fold."""
        if self.metric is not None:
            return self.metric
        return next((name for f in self.folds for name in f.test_scores), SINGLE)

    def __repr__(self) -> str:
        """One line: parameters, status and scores."""
        facts = [f"{self.params}", str(self.status)]
        facts.append(f"{len(self.folds)} of {self.n_splits} folds")
        for metric in self.folds[0].test_scores if self.folds else ():
            known = self.scores(metric)
            known = known[~np.isnan(known)]
            if known.size:
                facts.append(f"{metric}={known.mean():.4g} ± {known.std():.2g}")
        return f"Trial({self.index}: {', '.join(facts)}, {self.seconds:.3g} s)"

    @property
    def error(self) -> str | None:
        """Why it failed: the error of its first fold without a deciding score.

        The traceback of the fit or of that metric, or a sentence about the score.
        """
        metric = self.deciding_metric
        failures = (fold.failure(metric) for fold in self.folds)
        return next((text for text in failures if text is not None), None)

    @property
    def errors(self) -> tuple[str, ...]:
        """Every traceback of its folds, equal ones once.

        Errors of metrics that do not make the trial fail are among them.
        """
        return tuple(dict.fromkeys(text for f in self.folds for text in f.errors))

    @property
    def seconds(self) -> float:
        """Time spent fitting and scoring its `folds`."""
        return sum(f.fit_time + f.score_time for f in self.folds)

    def scores(self, metric: str | None = None) -> FloatArray:
        """Score of each fold.

        Parameters
        ----------
        metric : str or None, default=None
            Name of a score; None: the deciding metric.

        Returns
        -------
        ndarray of shape (n_splits,)
            NaN where a fold was not run or failed.
        """
        metric = self.deciding_metric if metric is None else metric
        out = np.full(self.n_splits, np.nan)
        if isinstance(self.folds, CompactFolds):
            for fold, score in self.folds.test_scores_of(metric):
                out[fold] = score
            return out
        for result in self.folds:
            if result.error is None:
                out[result.fold] = result.test_scores.get(metric, np.nan)
        return out

    def scores_with_repeats(self, metric: str | None = None) -> FloatArray:
        """Score of each fold, and of the folds of its complete repeats.

        Parameters
        ----------
        metric : str or None, default=None
            Name of the score; None: the deciding one.

        Returns
        -------
        ndarray of shape ((1 + n_repeats) * n_splits,)
            A repeat is complete if the deciding score is finite on all of its folds.
        """
        metric = self.deciding_metric if metric is None else metric
        by_fold = {f.fold: f.test_scores for f in self.repeats if f.error is None}
        scores = self.scores(metric).tolist()
        while all(
            math.isfinite(by_fold.get(k, {}).get(self.deciding_metric, math.nan))
            for k in range(len(scores), len(scores) + self.n_splits)
        ):
            folds = range(len(scores), len(scores) + self.n_splits)
            scores += [by_fold[k].get(metric, math.nan) for k in folds]
        return np.array(scores)


class Strategy(Protocol):
    """Proposes candidates: `ask` computes, `tell` only records.

    ``ask`` must not change the result of a later ``ask``: it is a function of the
    trials told, of the pending ones and of the seed.
    """

    @property
    def n_candidates(self) -> int | None:
        """Number of candidates at most; None if it is unknown."""

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """Return up to `n` candidates, fewer or none at the end of the search."""

    def tell(self, trial: Trial) -> None:
        """Record a trial that has ended."""

    def expected_improvement(self) -> float | None:
        """Expected improvement of the next candidate; None without a model."""
