"""Data, folds and settings of a search, fixed once for all candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from skbayes._compat import metric_names
from skbayes._evaluation.sharing.hooks import SharedFold
from skbayes._evaluation.sharing.plan import SharingPlan
from skbayes._evaluation.stopping.stopping_set import StoppingSet
from skbayes._fold_statistics import held_out_share
from skbayes._protocol import Params


class KnownCode(Protocol):
    """The user's code of an estimator and a scorer, as one process has it."""

    def differences(self, estimator: Any, scorer: Any) -> Sequence[str]:
        """Names of the parts that this process has otherwise."""


@dataclass(frozen=True)
class FoldSettings:
    """Settings that all folds of a search share, except the data.

    Parameters
    ----------
    estimator : estimator
        Unfitted estimator; every fold fits a clone.
    scorer : callable
        Returns a number, or several by name.
    fit_params, score_params : mapping
        Passed to ``fit`` and to the scorer, sliced to the samples in use.
    return_train_score : bool
        Whether to score on the training part too.
    error_score : float or "raise"
        ``"raise"``: a fit or a metric that fails raises. A number stands in the table
        of results only: the record of a failed fold has NaN.
    raises_if_not_set : bool
        Whether parameters that cannot be set raise, and a scorer that gives no number;
        else they count as a failed fit and a failed score.
    kept_scorer : callable or None
        Scorer whose input is kept: the out-of-fold output of the method that it calls
        on the fitted candidate. None keeps nothing.
    keep_probabilities : bool
        Whether the probabilities of classifiers are kept too.
    keep_estimators : bool
        Whether the fitted estimator is returned with the scores.
    caller : estimator or None
        The search, for the callbacks of scikit-learn.
    origin : float
        Monotonic time at which the search began.
    fit_timeout : float or None
        Seconds a fold may take.
    exit_report : str or None
        File for the traceback of a fold that exceeds `fit_timeout` and does not stop,
        written when its process is ended. None: the process is not ended.
    stopping : StoppingSet or None
        Rule that holds out a part of the training samples for early stopping.
    known_code : KnownCode or None
        The user's code by which a journal knows the folds. A worker compares its own.
    """

    estimator: Any
    scorer: Any
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    return_train_score: bool = False
    error_score: Any = float("nan")
    raises_if_not_set: bool = False
    kept_scorer: Any = None
    keep_probabilities: bool = False
    keep_estimators: bool = False
    caller: Any = None
    origin: float = 0.0
    fit_timeout: float | None = None
    exit_report: str | None = None
    stopping: StoppingSet | None = None
    known_code: KnownCode | None = None


@dataclass(frozen=True)
class Evaluation:
    """Data, folds and settings, fixed once for a whole search.

    Parameters
    ----------
    X, y : array-like
        The user's data.
    splits : sequence of (train, test)
        Index arrays; every candidate sees the same ones.
    settings : FoldSettings
        Settings that all folds share.
    sharing : SharingPlan or None
        The work that candidates share between their fits, if any.
    repeats : sequence of (train, test)
        Further repeats of the cross-validation for finalists, `n_splits` folds each.
    rungs : sequence of (train, test)
        Folds with a part of their training samples; numbered on from the repeats.
    """

    X: Any
    y: Any
    splits: Sequence[tuple[Any, Any]]
    settings: FoldSettings
    sharing: SharingPlan | None = None
    repeats: Sequence[tuple[Any, Any]] = ()
    rungs: Sequence[tuple[Any, Any]] = ()

    @property
    def n_splits(self) -> int:
        """Folds of a complete trial."""
        return len(self.splits)

    @property
    def test_share(self) -> float | None:
        """Share of the data that a fold holds out."""
        return held_out_share(self.splits)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the scorer's metrics, if they are known before the first fold."""
        return metric_names(self.settings.scorer)

    def split(self, fold: int) -> tuple[Any, Any]:
        """Training and test part of a fold, repeat or rung, which are numbered on."""
        n_splits = self.n_splits
        return self.splits[fold] if fold < n_splits else self.further[fold - n_splits]

    @property
    def further(self) -> Sequence[tuple[Any, Any]]:
        """Training and test parts that only some candidates have."""
        return (*self.repeats, *self.rungs)

    def arguments(self, params: Params, fold: int, context: Any) -> tuple[Any, ...]:
        """Arguments of `run_fold`; X and y come first, where dask looks for data."""
        train, test = self.split(fold)
        shared = self.shared(params, fold)
        arguments = (self.settings, params, fold, context, shared)
        return (self.X, self.y, train, test, *arguments)

    def shared(self, params: Params, fold: int) -> SharedFold | None:
        """Identity of the work that this fold shares with other candidates, if any."""
        return None if self.sharing is None else self.sharing.fold(params, fold)
