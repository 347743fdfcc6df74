"""Out-of-fold predictions of all candidates, and the score of a mean of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray, IntArray, Status, Trial
from skbayes._stand_in import stand_in
from skbayes.ensemble._estimators import aligned, labels_of
from skbayes.inspection._bias_correction.kept_predictions import (
    KeptPredictions,
    read_predictions,
    score_or_nan,
)


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Out-of-fold predictions of every usable candidate.

    An entry is a sample that a fold held out; with repeated folds a sample has several.

    Parameters
    ----------
    kept : KeptPredictions
        The scorer, the truth and the folds.
    candidates : int array of shape (n_candidates,)
        Rows of ``cv_results_``.
    values : array of shape (n_candidates, n_entries, n_outputs)
        Probabilities of the classes, or predicted numbers.
    target : array of shape (n_entries, n_outputs)
        1 for the true class, or the true number.
    sample, fold : int array of shape (n_entries,)
        Sample and fold of each entry.
    classes : array or None
        The class labels; None for regression.
    """

    kept: KeptPredictions
    candidates: IntArray
    values: FloatArray
    target: FloatArray
    sample: IntArray
    fold: IntArray
    classes: Any

    @property
    def entry_weights(self) -> FloatArray:
        """Weight of each entry: ``sample_weight`` of the scorer, else 1."""
        weights = self.kept.score_params.get("sample_weight")
        if weights is None:
            return np.ones(len(self.sample))
        return np.asarray(weights, dtype=float)[self.sample]

    def mean_of(self, weights: FloatArray) -> FloatArray:
        """Weighted mean of the candidates, shape (n_entries, n_outputs)."""
        mean: FloatArray = np.tensordot(weights, self.values, axes=1)
        return mean

    def score(
        self, mean: FloatArray, threshold: float | None, is_counted: Any
    ) -> float:
        """Mean over the folds of the score of some entries; NaN without any."""
        # By fold, then averaged, like the search's own scores: a score of all entries
        # together would differ for rankings and ratios.
        scores = []
        for k in range(self.kept.n_splits):
            own = self.fold == k
            rows = np.flatnonzero(is_counted[own])
            if len(rows):
                model = self._model(mean[own], threshold)
                scores.append(score_or_nan(self.kept.score_of, model, k, rows))
        known = np.array([s for s in scores if np.isfinite(s)])
        return float(known.mean()) if known.size else float("nan")

    def _model(self, mean: FloatArray, threshold: float | None) -> Any:
        """A stand-in for the ensemble whose X is the row numbers of the predictions."""
        if self.classes is None:
            # A scorer expects one column of targets as a vector.
            numbers = mean[:, 0] if mean.shape[1] == 1 else mean
            return stand_in(
                methods=("predict",),
                respond=lambda _, X: numbers[X[:, 0]],
                kind="regressor",
            )
        outputs: dict[str, Callable[[Any], Any]] = {
            "predict": lambda p: labels_of(p, self.classes, threshold),
            "predict_proba": lambda p: p,
            "predict_log_proba": np.log,
        }
        return stand_in(
            methods=tuple(outputs),
            respond=lambda method, X: outputs[method](mean[X[:, 0]]),
            kind="classifier",
            classes=self.classes,
        )


def read_out_of_fold(
    search: Any, *, caller: str, metric: str | None = None
) -> OutOfFold:
    """Read the predictions that an ensemble is made of.

    Raises
    ------
    ValueError
        If the search kept no predictions, or none that can be averaged.
    """
    kept = read_predictions(search, caller=caller, metric=metric)
    trials = [search.trials_[row] for row in kept.candidates]
    if kept.is_classifier:
        usable = [t for t in trials if _has_probabilities(t)]
    else:
        usable = [
            t for t in trials if all(f.response_method == "predict" for f in t.folds)
        ]
    _check_usable(search, kept, usable, caller)
    # Classes of all targets: a fold may have trained without a rare one.
    classes = np.unique(kept.y) if kept.is_classifier else None
    values = np.array([_values(trial, classes) for trial in usable])
    sample = np.concatenate(kept.tests)
    truth = kept.y[sample]
    target = truth[:, None] == classes if classes is not None else truth
    return OutOfFold(
        kept=kept,
        candidates=np.array([t.index for t in usable], dtype=np.intp),
        values=values,
        target=np.asarray(target, dtype=float).reshape(len(sample), -1),
        sample=sample,
        fold=np.repeat(np.arange(kept.n_splits), [len(test) for test in kept.tests]),
        classes=classes,
    )


def _has_probabilities(trial: Trial) -> bool:
    return trial.status is Status.COMPLETE and all(
        fold.probabilities is not None for fold in trial.folds
    )


def _check_usable(
    search: Any, kept: KeptPredictions, usable: list[Trial], caller: str
) -> None:
    if kept.is_classifier and kept.y.ndim != 1:
        raise ValueError(
            f"{caller} averages probabilities of single labels, and the targets of "
            f"this {type(search).__name__} have several."
        )
    if usable:
        return
    if not kept.is_classifier:
        raise ValueError(
            f"{caller} averages numbers that are predicted, and the scorer of this "
            f"{type(search).__name__} judges something else."
        )
    raise ValueError(
        f"{caller} averages probabilities, and no complete candidate of this "
        f"{type(search).__name__} has any. Search over classifiers with "
        "`predict_proba`, and keep them: store_predictions='probabilities'."
    )


def _values(trial: Trial, classes: Any) -> FloatArray:
    """All entries of a candidate, shape (n_entries, n_outputs)."""
    if classes is not None:
        parts = [
            aligned(f.probabilities, f.response_classes, classes) for f in trial.folds
        ]
    else:
        parts = [np.asarray(f.predictions, dtype=float) for f in trial.folds]
        parts = [part.reshape(len(part), -1) for part in parts]
    return np.concatenate(parts)
