"""Out-of-fold predictions of a search, with what is needed to score them anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import column_or_1d

from skbayes._protocol import FloatArray, Status
from skbayes.inspection._reading import IntArray, read_search


@dataclass(frozen=True, eq=False)
class KeptPredictions:
    """What every complete candidate predicted for the samples held out.

    Parameters
    ----------
    metric : str
        The score that decides.
    scorer : callable
        What it is computed by.
    has_own_score : bool
        Whether the scorer is the estimator's own ``score``.
    method : str
        What made the predictions.
    y : array of shape (n_samples, ...)
        The truth.
    tests : tuple of int arrays
        Samples held out in each fold.
    classes : tuple of arrays or None
        Labels each fold was trained on.
    groups : array of shape (n_samples,) or None
        Groups the splitter was given.
    score_params : mapping
        Metadata of the scorer, for all samples.
    candidates : int array of shape (n_candidates,)
        Rows of ``cv_results_``.
    responses : tuple of tuple of arrays
        ``responses[j][k]``: predictions of candidate j on fold k.
    fold_scores : array of shape (n_candidates, n_splits)
        As the search computed them.
    """

    metric: str
    scorer: Any
    has_own_score: bool
    method: str
    y: Any
    tests: tuple[IntArray, ...]
    classes: tuple[Any, ...] | None
    groups: Any
    score_params: Mapping[str, Any]
    candidates: IntArray
    responses: tuple[tuple[Any, ...], ...]
    fold_scores: FloatArray

    @property
    def n_splits(self) -> int:
        """Number of folds."""
        return len(self.tests)

    def score(self, candidate: int, fold: int, rows: IntArray) -> float:
        """Score a candidate on some rows of a fold, which may come several times."""
        kinds = {True: _RecordedClassifier, False: _RecordedRegressor}
        recorded = kinds[self.classes is not None](
            self.method,
            self.responses[candidate][fold],
            None if self.classes is None else self.classes[fold],
        )
        samples = self.tests[fold][rows]
        metadata = {
            name: value if np.isscalar(value) else np.asarray(value)[samples]
            for name, value in self.score_params.items()
            if value is not None
        }
        return float(
            self.scorer(recorded, rows[:, np.newaxis], self.y[samples], **metadata)
        )


class _Recorded(BaseEstimator):
    """Answers with predictions made before; `X` holds the rows asked for."""

    def __init__(self, method: str, response: Any, classes: Any) -> None:
        self.method = method
        self.response = response
        self.classes = classes
        if classes is not None:
            self.classes_ = classes

    def __getattr__(self, name: str) -> Any:
        if name != self.__dict__.get("method"):
            raise AttributeError(
                f"the scorer asks for `{name}`, of which no predictions were kept"
            )

        def answer(X: Any) -> Any:
            return self.response[X[:, 0]]

        answer.__name__ = name  # scikit-learn chooses a method by its own name
        return answer

    def __sklearn_is_fitted__(self) -> bool:
        return True


class _RecordedClassifier(ClassifierMixin, _Recorded):
    """The predictions of a classifier."""


class _RecordedRegressor(RegressorMixin, _Recorded):
    """The predictions of any other estimator."""


def read_predictions(search: Any, *, caller: str) -> KeptPredictions:
    """Read the predictions of all complete candidates.

    Parameters
    ----------
    search : fitted search
        With ``store_predictions=True``.
    caller : str
        Who needs them, for messages.

    Returns
    -------
    KeptPredictions

    Raises
    ------
    ValueError
        If the search kept none, or if they do not tell the score.
    """
    if hasattr(search, "held_out_") and _has_none_that_decides(search):
        raise ValueError(
            f"{caller} needs the one score that decides, for which predictions are "
            f"kept, but this {type(search).__name__} has {sorted(search.scorer_)}, "
            "none of which `refit` names. Name it in `refit`, and fit the search again."
        )
    record = read_search(search, caller=caller)
    held_out = _held_out_of(search, caller, record.owner)
    complete = [
        t
        for t in record.trials
        if t.status is Status.COMPLETE and record.is_complete[t.index]
    ]
    if any(f.predictions is None for t in complete for f in t.folds):
        raise ValueError(
            f"{caller} needs the predictions of every complete candidate, but some of "
            f"this {record.owner} gave none by `{held_out.predict_method}`."
        )
    scorer = search.scorer_
    return KeptPredictions(
        metric=record.metric,
        scorer=scorer[record.metric] if isinstance(scorer, Mapping) else scorer,
        has_own_score=search.scoring is None,
        method=held_out.predict_method,
        y=_flat(held_out.y),
        tests=held_out.tests,
        classes=held_out.classes,
        groups=held_out.groups,
        score_params=held_out.score_params,
        candidates=np.array([t.index for t in complete]),
        responses=tuple(
            tuple(np.asarray(f.predictions) for f in t.folds) for t in complete
        ),
        fold_scores=record.fold_scores[[t.index for t in complete]],
    )


def _held_out_of(search: Any, caller: str, owner: str) -> Any:
    """What predictions were made for; refused if there are none or they say nothing."""
    held_out = getattr(search, "held_out_", None)
    if held_out is None and not hasattr(search, "store_predictions"):
        raise ValueError(
            f"{caller} needs the out-of-fold predictions, which {owner} of "
            f"{type(search).__module__.partition('.')[0]} does not keep. Search with "
            "GridSearchCV, RandomSearchCV or BayesSearchCV of skbayes and "
            "store_predictions=True."
        )
    if held_out is None:
        raise ValueError(
            f"{caller} needs the out-of-fold predictions, which this {owner} "
            "did not keep. Set store_predictions=True and fit it again; without them, "
            "`optimism_corrected_score_` tells the same less precisely."
        )
    if held_out.predict_method is None or held_out.y is None:
        raise ValueError(
            f"{caller} cannot score this {owner} anew: its scorer compares no "
            "predictions with targets."
        )
    return held_out


def _has_none_that_decides(search: Any) -> bool:
    """Whether there are several scores and `refit` names none of them."""
    several = isinstance(search.scorer_, Mapping) and len(search.scorer_) > 1
    return several and not isinstance(search.refit, str)


def _flat(y: Any) -> Any:
    """A column of targets as scikit-learn's metrics see it."""
    y = np.asarray(y)
    return column_or_1d(y) if y.ndim == 2 and y.shape[1] == 1 else y
