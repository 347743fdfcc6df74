"""Out-of-fold predictions of a search, and the data to score them again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.utils.validation import column_or_1d

from skbayes._deciding_metric import metric_that_decided
from skbayes._protocol import FloatArray, IntArray, Status, Trial
from skbayes._stand_in import stand_in
from skbayes.inspection._search_record import read_search


@dataclass(frozen=True, eq=False)
class KeptPredictions:
    """Predictions of every complete candidate for the held-out samples.

    Parameters
    ----------
    metric : str
        Name of the deciding score.
    scorer : callable
        Scorer of the deciding score.
    has_own_score : bool
        Whether the scorer is the estimator's own ``score``.
    is_classifier : bool
        Whether the estimator is a classifier.
    y : array or sparse CSR of shape (n_samples, ...)
        Targets of all samples.
    tests : tuple of int arrays
        Samples held out in each fold.
    classes : tuple of arrays or None
        Labels each fold was trained on.
    groups : array of shape (n_samples,) or None
        Groups that the splitter used.
    score_params : mapping
        Metadata of the scorer, for all samples.
    candidates : int array of shape (n_candidates,)
        Rows of ``cv_results_``.
    methods : tuple of tuple of (str, classes)
        ``methods[j][k]``: the method of candidate j that predicted on fold k, and the
        candidate's ``classes_`` there.
    responses : tuple of tuple of arrays
        ``responses[j][k]``: these predictions; a list of arrays where there is one for
        each output.
    fold_scores : array of shape (n_candidates, n_splits)
        Scores that the search recorded.
    test_share : float or None
        Share of the data that a fold holds out, where the search tells it.
    """

    metric: str
    scorer: Any
    has_own_score: bool
    is_classifier: bool
    y: Any
    tests: tuple[IntArray, ...]
    classes: tuple[Any, ...] | None
    groups: Any
    score_params: Mapping[str, Any]
    candidates: IntArray
    methods: tuple[tuple[tuple[str, Any], ...], ...]
    responses: tuple[tuple[Any, ...], ...]
    fold_scores: FloatArray
    test_share: float | None

    @property
    def n_splits(self) -> int:
        """Number of folds."""
        return len(self.tests)

    def score(self, candidate: int, fold: int, rows: IntArray) -> float:
        """Score a candidate on some rows of a fold; rows may repeat."""
        response = self.responses[candidate][fold]
        method, classes = self.methods[candidate][fold]
        # A scorer calls predict itself; the stand-in replies with the recorded rows.
        # Its features are row numbers, so that the scorer need not know.
        recorded = stand_in(
            methods=(method,),
            respond=lambda _, X: _rows_of(response, X[:, 0]),
            kind="classifier" if self.is_classifier else "regressor",
            classes=classes,
        )
        return self.score_of(recorded, fold, rows)

    def score_of(self, model: Any, fold: int, rows: IntArray) -> float:
        """Score a stand-in model whose features are rows of the fold."""
        samples = self.tests[fold][rows]
        metadata = {
            name: value if np.isscalar(value) else np.asarray(value)[samples]
            for name, value in self.score_params.items()
            if value is not None
        }
        score = self.scorer(model, rows[:, np.newaxis], self.y[samples], **metadata)
        return float(score[self.metric] if isinstance(score, Mapping) else score)


def score_or_nan(score: Callable[..., float], *arguments: Any) -> float:
    """Call a function that scores; NaN where the score is undefined.

    Some scores need both classes among the rows, which a draw may miss.
    """
    with warnings.catch_warnings():
        # scikit-learn warns once for each undefined score, and some versions raise.
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        try:
            return score(*arguments)
        except ValueError:
            return float("nan")


def read_predictions(
    search: Any, *, caller: str, metric: str | None = None
) -> KeptPredictions:
    """Read the predictions of all complete candidates.

    Parameters
    ----------
    search : fitted search
        A search with ``store_predictions=True``.
    caller : str
        Name of the calling function, for messages.
    metric : str or None
        Name of the deciding score; None takes the one that `refit` names, or the only
        one.

    Returns
    -------
    KeptPredictions

    Raises
    ------
    ValueError
        If the search kept no predictions, or the scorer compares no predictions with
        targets.
    """
    if metric is None and hasattr(search, "held_out_") and _decides_none(search):
        raise ValueError(
            f"{caller} needs the one score that decides, for which predictions are "
            f"kept, but this {type(search).__name__} has {sorted(search.scorer_)}, "
            "none of which `refit` names. Name it in `refit`, and fit the search again."
        )
    record = read_search(search, caller=caller, metric=metric)
    held_out = _held_out_of(search, caller, record.owner)
    complete = [
        t
        for t in record.trials
        if t.status is Status.COMPLETE and record.is_complete[t.index]
    ]
    _check_all_kept(complete, caller, record.owner)
    scorer = search.scorer_
    return KeptPredictions(
        metric=record.metric,
        scorer=scorer[record.metric] if isinstance(scorer, Mapping) else scorer,
        has_own_score=search.scoring is None,
        is_classifier=held_out.is_classifier,
        y=_flat(held_out.y),
        tests=held_out.tests,
        classes=held_out.classes,
        groups=held_out.groups,
        score_params=held_out.score_params,
        candidates=np.array([t.index for t in complete]),
        methods=tuple(
            tuple((str(f.response_method), f.response_classes) for f in t.folds)
            for t in complete
        ),
        responses=tuple(tuple(_kept(f.predictions) for f in t.folds) for t in complete),
        fold_scores=record.fold_scores[[t.index for t in complete]],
        test_share=record.test_share,
    )


def _held_out_of(search: Any, caller: str, owner: str) -> Any:
    """Return the held-out samples, or raise an error that names what is missing."""
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
            "did not keep. Set store_predictions=True and fit it again. Without them, "
            "`optimism_corrected_score_` is a less precise estimate."
        )
    if held_out.y is None:
        raise ValueError(_says_nothing(caller, owner))
    return held_out


def _says_nothing(caller: str, owner: str) -> str:
    return (
        f"{caller} cannot score this {owner} anew: its scorer compares no predictions "
        "with targets."
    )


def _check_all_kept(complete: Sequence[Trial], caller: str, owner: str) -> None:
    """Raise ValueError if a complete candidate has no predictions.

    The choice among the others would be another choice than the search's.
    """
    without = [t for t in complete if any(f.predictions is None for f in t.folds)]
    if not without:
        return
    if len(without) == len(complete):
        raise ValueError(_says_nothing(caller, owner))
    raise ValueError(
        f"{caller} needs the predictions of every complete candidate, but "
        f"{len(without)} of the {len(complete)} of this {owner} gave none that its "
        f"scorer compares with targets. The first is {without[0].params}."
    )


def _decides_none(search: Any) -> bool:
    """Whether the search has several scores and `refit` names none of them."""
    return metric_that_decided(search) is None


def _kept(response: Any) -> Any:
    """Convert predictions so that rows can be indexed: array, CSR or list of arrays."""
    to_csr = getattr(response, "tocsr", None)
    if to_csr is not None:
        return to_csr()
    if isinstance(response, list) and np.ndim(response[0]) == 2:
        return [np.asarray(output) for output in response]
    return np.asarray(response)


def _rows_of(response: Any, rows: IntArray) -> Any:
    if isinstance(response, list):
        return [output[rows] for output in response]
    return response[rows]


def _flat(y: Any) -> Any:
    """Flatten a single column of targets, as scikit-learn's metrics do."""
    if issparse(y):
        return y
    y = np.asarray(y)
    return column_or_1d(y) if y.ndim == 2 and y.shape[1] == 1 else y
