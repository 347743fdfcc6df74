"""Warn early, or end the search, if the first candidates fail for one cause."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_regressor
from sklearn.exceptions import FitFailedWarning
from sklearn.utils.multiclass import type_of_target

from skbayes._evaluation.fold.failure_causes import (
    NO_NUMBER,
    as_sentence,
    common_cause,
    with_remedy,
)
from skbayes._protocol import FoldResult, Params, Status, Trial
from skbayes._search_progress import SearchProgress
from skbayes._split_parts import n_samples_in
from skbayes._user_warnings import warn_user

if TYPE_CHECKING:
    from skbayes._evaluation.fold.evaluation import Evaluation

#: What a metric says that is undefined for few samples or classes: a score that is NaN,
#: or an error that speaks of them.
_OF_FEW = re.compile(r"\AThe test score |label|class|sample")
#: Fewer candidates may fail for one cause because they are similar.
LEAST_CANDIDATES = 3


class EarlyFailures:
    """Judges the first candidates, once, when all of them have ended.

    It is an observer of the search. If all of them fail on the same folds for one
    cause, it warns. If the untuned estimator fails too, or the scorer gave a number for
    none of them, no candidate is expected to do better, and it raises.

    Parameters
    ----------
    owner : str
        Class of the search.
    evaluation : Evaluation
        Data and folds.
    n_first : int
        Number of candidates to judge.
    is_untuned : callable
        Returns whether parameters are those of the untuned estimator.
    """

    def __init__(
        self,
        owner: str,
        evaluation: Evaluation,
        n_first: int,
        is_untuned: Callable[[Params], bool],
    ) -> None:
        self._owner = owner
        self._evaluation = evaluation
        self._n_first = n_first
        self._is_untuned = is_untuned
        self._failed: dict[int, Trial] = {}
        self._is_over = False

    def on_fold(self, trial: int, params: Params, result: FoldResult) -> None:
        """Do nothing: a candidate is judged when it has ended."""

    def on_trial(self, progress: SearchProgress) -> bool:
        """Collect a candidate, and judge when the first ones are complete.

        Raises
        ------
        ValueError
            If the untuned estimator has failed for the same cause as all others, or the
            scorer gave no number for any.
        """
        trial = progress.trial
        if self._is_over or trial.index >= self._n_first:
            return False
        self._failed[trial.index] = trial
        if trial.status is not Status.FAILED and not self._is_untuned(trial.params):
            # One success shows that the cause is not common to all candidates.
            self._is_over = True
        elif len(self._failed) == self._n_first:
            self._is_over = True
            self._judge([self._failed[i] for i in range(self._n_first)])
        return False

    def _judge(self, first: Sequence[Trial]) -> None:
        untuned = [trial for trial in first if self._is_untuned(trial.params)]
        tuned = [trial for trial in first if not self._is_untuned(trial.params)]
        cause = shared_failure(tuned, self._evaluation)
        if cause is None:
            return
        if untuned and shared_failure(first, self._evaluation) is not None:
            raise ValueError(
                f"{cause}\nThe untuned estimator failed like this, and so did "
                f"{len(tuned)} candidates beside it. {self._owner} ends here: no other "
                "can be expected to do better. The tracebacks are in `trials_`."
            )
        if NO_NUMBER in cause:
            raise ValueError(
                f"{cause}\nIt gave none for the first {len(tuned)} candidates. "
                f"{self._owner} ends here."
            )
        others = " other than the untuned estimator" if untuned else ""
        is_of_fits = all(fold.error is not None for t in tuned for fold in t.folds)
        warn_user(
            f"{cause}\nAll of the first {len(tuned)} candidates{others} failed like "
            f"this. {self._owner} goes on with the next.",
            FitFailedWarning if is_of_fits else UserWarning,
        )


def shared_failure(trials: Sequence[Trial], evaluation: Evaluation) -> str | None:
    """Explain why none of several candidates has a score on the same folds.

    Parameters
    ----------
    trials : sequence of Trial
        At least one.
    evaluation : Evaluation
        Data and folds.

    Returns
    -------
    str or None
        The cause with its remedy, and the folds if not all are affected. None if the
        candidates fail on different folds or for different causes.
    """
    failures = [_failures(trial) for trial in trials]
    # A race runs no further fold of a failed candidate, and each candidate begins with
    # another fold: so a fold counts as failing if no candidate has a score on it.
    has_score = {
        fold.fold
        for trial, found in zip(trials, failures, strict=True)
        for fold in trial.folds
        if fold.fold not in found
    }
    folds = sorted(set().union(*failures) - has_score)
    cause = common_cause(
        text for found in failures for fold, text in found.items() if fold in folds
    )
    if cause is None or not all(found.keys() & set(folds) for found in failures):
        return None
    metric = trials[0].deciding_metric
    is_of_fit = any(f.error is not None for f in trials[0].folds if f.fold in folds)
    head = "" if is_of_fit or metric == "score" else f"Scoring with {metric!r}: "
    text = f"{head}{with_remedy(cause)}"
    if has_score:
        named = ", ".join(map(str, folds))
        which = f"fold {named}" if len(folds) == 1 else f"folds {named}"
        text = (
            f"{as_sentence(text)} It concerns {which} of {evaluation.n_splits}, "
            "counted from 0."
        )
    if not is_of_fit and not _OF_FEW.search(cause):
        return text
    part = "training" if is_of_fit else "test"
    reason = _reason(evaluation, folds, has_score, part)
    # The remedy of the cause may say the same.
    return " ".join([text, *(part for part in reason if part not in text)])


def _failures(trial: Trial) -> dict[int, str]:
    """The failures of a trial by fold."""
    metric = trial.deciding_metric
    found = ((fold.fold, fold.failure(metric)) for fold in trial.folds)
    return {fold: text for fold, text in found if text is not None}


def _reason(
    evaluation: Evaluation, folds: Sequence[int], has_score: set[int], part: str
) -> list[str]:
    """What is wrong with a part of all these folds, and of none that has a score."""
    parts = [evaluation.splits[fold][part == "test"] for fold in folds]
    others = [evaluation.splits[fold][part == "test"] for fold in has_score]
    is_of_numbers = is_regressor(evaluation.settings.estimator)
    if part == "test" and all(n_samples_in(indices) == 1 for indices in parts):
        if any(n_samples_in(indices) == 1 for indices in others):
            return []
        defined = "neg_mean_absolute_error" if is_of_numbers else "accuracy"
        return [
            "The test part has one sample only there: take fewer folds, or a metric "
            f"that is defined for one sample, as in scoring={defined!r}."
        ]
    labels = [_only_label(evaluation, indices) for indices in parts]
    if is_of_numbers or any(label is None for label in labels):
        return []
    if any(_only_label(evaluation, indices) is not None for indices in others):
        return []
    shown = ", ".join(dict.fromkeys(map(str, labels)))
    if _only_label(evaluation, slice(None)) is not None:
        return [f"All of y has one class: {shown}."]
    return [
        f"The {part} part has one class only there: {shown}.",
        "StratifiedKFold keeps all classes in every fold.",
    ]


def _only_label(evaluation: Evaluation, indices: Any) -> Any:
    """The label of all these samples; None if there are several."""
    try:
        y = np.asarray(evaluation.y)
        if y.ndim != 1 or not type_of_target(y).startswith(("binary", "multiclass")):
            return None
        labels = np.unique(y[indices])
    except Exception:
        return None  # a target of another kind
    return labels[0] if len(labels) == 1 else None


def n_first_candidates(n_initial: int, n_total: int | None) -> int:
    """Number of candidates to judge; none if the search ends with them."""
    n_first = max(LEAST_CANDIDATES, n_initial)
    return 0 if n_first >= (n_total or math.inf) else n_first
