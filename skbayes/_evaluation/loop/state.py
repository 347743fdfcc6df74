"""The state of a running search, shared by the parts of the loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from skbayes._deciding_metric import metric_or_first
from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._protocol import FoldResult, Params, Status, Trial


@dataclass
class SearchState:
    """Open candidates, ended ones, and the deciding metric.

    Parameters
    ----------
    n_splits : int
        Folds of a complete trial.
    metric : str or None
        The deciding metric, if folds have one of this name; else their first one.
    duplicates : Duplicates
        Finds equal candidates.
    """

    n_splits: int
    metric: str | None
    duplicates: Duplicates
    open: dict[int, OpenTrial] = field(default_factory=dict)
    ended: dict[int, Trial] = field(default_factory=dict)
    n_opened: int = 0
    #: Whether a candidate is complete, or the first one has ended without being so.
    has_outcome: bool = False
    is_metric_settled: bool = False

    def settle_metric(self, result: FoldResult) -> None:
        """Take the metric's name from the first successful fold, once."""
        # A failed fold or scorer has no names of metrics, or a placeholder.
        if self.is_metric_settled or result.errors:
            return
        self.metric = metric_or_first(self.metric, result.test_scores)
        self.is_metric_settled = True

    def first_like(self, trial: OpenTrial | Trial) -> int | None:
        """Number of the first equal candidate; None if this is the first."""
        return self.duplicates.first_of(trial, self._params_of)

    def _params_of(self, index: int) -> Params:
        under_way = self.open.get(index)
        return self.ended[index].asked if under_way is None else under_way.params

    def end(self, trial: Trial) -> None:
        """Move a trial from the open to the ended ones."""
        self.open.pop(trial.index, None)
        self.ended[trial.index] = trial
        self.has_outcome |= trial.index == 0 or trial.status is Status.COMPLETE
