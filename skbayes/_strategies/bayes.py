"""The Bayesian engine as a strategy: trials in, a limited number of candidates out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from skbayes._protocol import Params, Status, Trial
from skbayes._strategies.fixed import FixedCandidates
from skbayes._strategies.history import Pending
from skbayes._strategies.optimizer import Optimizer
from skbayes._strategies.proposal import TimeLeft


class BayesStrategy:
    """Candidates from an optimizer, or all of a space that has no more than wanted.

    Parameters
    ----------
    optimizer : Optimizer
        Decides, and is told what trials scored.
    n_iter : int
        How many candidates there will be at most.
    metric : str, default="score"
        Which of a trial's scores is searched for.
    time_left : callable or None, default=None
        Says what is left of a time budget; cheap candidates are preferred then.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        n_iter: int,
        *,
        metric: str = "score",
        time_left: Callable[[], TimeLeft] | None = None,
    ) -> None:
        self.optimizer = optimizer
        self._n_iter = n_iter
        self._metric = metric
        self._time_left = time_left
        self._told: set[int] = set()
        cardinality = optimizer.space.cardinality
        self._all_points: FixedCandidates | None = None
        if cardinality is not None and cardinality <= n_iter:
            self._all_points = FixedCandidates(optimizer.space.grid(), cardinality)

    @property
    def n_candidates(self) -> int:
        """How many candidates there will be at most."""
        if self._all_points is None:
            return self._n_iter
        return self._all_points.n_candidates or 0

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """Up to `n` candidates, as long as there are fewer than `n_iter` in all.

        Parameters
        ----------
        n : int
            How many are wanted.
        pending : sequence of Trial
            Candidates that were not told yet, with their finished folds.

        Returns
        -------
        list of dict
            Fewer than `n`, or none, at the end of the search.
        """
        if self._all_points is not None:
            return self._all_points.ask(n, pending)
        n_begun = len(self._told) + sum(t.index not in self._told for t in pending)
        n_wanted = min(n, self._n_iter - n_begun)
        if n_wanted <= 0:
            return []
        return self.optimizer.ask(
            n_wanted,
            [self._pending(trial) for trial in pending],
            time_left=None if self._time_left is None else self._time_left(),
        )

    def tell(self, trial: Trial) -> None:
        """Take note of a trial that has ended.

        Parameters
        ----------
        trial : Trial
            Complete, stopped after some of its folds, or failed; a stopped one
            without any fold tells nothing.
        """
        self._told.add(trial.index)
        if self._all_points is not None:
            self._all_points.tell(trial)
        folds = trial.scores(self._metric)
        is_run = np.isfinite(folds)
        if trial.status is Status.FAILED or (
            trial.status is Status.COMPLETE and not is_run.all()
        ):
            self.optimizer.tell(trial.params, np.nan, seconds=trial.seconds)
        elif is_run.any():
            self.optimizer.tell(
                trial.params,
                float(folds[is_run].mean()),
                fold_scores=np.where(is_run, folds, np.nan),
                seconds=trial.seconds,
            )

    def expected_improvement(self) -> float | None:
        """Gain that the model expects of the next candidate, in the scorer's unit."""
        if self._all_points is not None:
            return None
        return self.optimizer.expected_improvement()

    def _pending(self, trial: Trial) -> Pending:
        """Convert a running trial to what the optimizer takes."""
        folds = trial.scores(self._metric)
        is_run = np.isfinite(folds)
        # A complete set of scores is waiting to be told; it is no longer partial.
        if not is_run.any() or is_run.all():
            return Pending(trial.params)
        return Pending(trial.params, np.where(is_run, folds, np.nan))
