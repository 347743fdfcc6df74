"""The Bayesian engine as a strategy: trials in, a limited number of candidates out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np

from skbayes._fold_statistics import LARGEST_SUMMAND, bounded_scores
from skbayes._protocol import Params, Status, Trial
from skbayes._strategies.engine.located_point import LocatedPoint, located
from skbayes._strategies.engine.observation import Observation, observed
from skbayes._strategies.engine.proposal import TimeLeft
from skbayes._strategies.fixed import FixedCandidates
from skbayes._strategies.optimizer import Optimizer
from skbayes._values import is_same, stands_for
from skbayes.space._space import Space


def stands_apart(untuned: Params | None, space: Space) -> bool:
    """Whether the untuned estimator is a candidate beside the points of the space.

    True if it is outside, or sets a value that the search chooses along the path of
    each point.
    """
    if untuned is None:
        return False
    if not space.contains(untuned):
        return True
    point = space.canonical(untuned)
    return not all(is_same(point[name], untuned[name]) for name in point)


class BayesStrategy:
    """Candidates from an optimizer, or every point of a space that is small enough.

    Parameters
    ----------
    optimizer : Optimizer
        Proposes points, and learns from the scores of trials.
    n_iter : int
        Number of candidates at most.
    untuned : dict or None, default=None
        Parameters of the untuned estimator, the first candidate. It counts in `n_iter`.
    untuned_point : dict or None, default=None
        Point of the space that the optimizer learns the untuned estimator's score for.
        None is the point that the parameters are, if they are one; otherwise the
        optimizer does not learn from the untuned estimator.
    n_initial : int, default=0
        Number of candidates before the first model.
    time_left : callable or None, default=None
        Returns what is left of a time budget; cheap candidates are then preferred.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        n_iter: int,
        *,
        untuned: Params | None = None,
        untuned_point: Params | None = None,
        n_initial: int = 0,
        time_left: Callable[[], TimeLeft] | None = None,
    ) -> None:
        self.optimizer = optimizer
        self.n_initial = n_initial
        self._n_iter = n_iter
        #: Parameters of the untuned estimator, None if it is no candidate.
        self.untuned = untuned
        self._untuned_point = untuned_point
        self._time_left = time_left
        self._told: set[int] = set()
        self._has_told_untuned = False
        #: What candidates that are not told were asked for as, and their points.
        self._pending_points: dict[int, tuple[Params, LocatedPoint | None]] = {}
        space = optimizer.space
        #: Whether the untuned estimator is a candidate beside the points of the space.
        self._is_apart = stands_apart(untuned, space)
        self._all_points: FixedCandidates | None = None
        # A space with no more points than the budget is run through: nothing is left to
        # choose, and no model is fitted.
        n_points = space.cardinality
        if n_points is not None and n_points + self._is_apart <= n_iter:
            first = [] if untuned is None else [untuned]
            others = (point for point in space.grid() if not self.is_untuned(point))
            self._all_points = FixedCandidates(
                chain(first, others), n_points + self._is_apart
            )

    @property
    def is_adaptive(self) -> bool:
        """Whether candidates depend on scores; not if every point is tried."""
        return self._all_points is None

    def accepts(self, params: Params) -> bool:
        """Whether a candidate of another search may be told to this strategy."""
        return self.optimizer.space.contains(params) or self.is_untuned(params)

    def proposed(self, params: Params) -> Params:
        """The proposed parameters, given those found on their path."""
        space = self.optimizer.space
        return space.canonical(params) if space.contains(params) else params

    def is_untuned(self, params: Params) -> bool:
        """Whether these are the parameters of the untuned estimator."""
        own, space = self.untuned, self.optimizer.space
        if own is None or own.keys() != params.keys():
            return False
        if not self._is_apart and space.contains(params):
            return space.key(own) == space.key(params)
        return all(stands_for(own[name], params[name]) for name in own)

    @property
    def n_candidates(self) -> int:
        """Number of candidates at most."""
        if self._all_points is None:
            return self._n_iter
        return self._all_points.n_candidates or 0

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """Up to `n` candidates, as long as there are fewer than `n_iter` in all.

        Parameters
        ----------
        n : int
            Number of candidates.
        pending : sequence of Trial
            Candidates not told yet, with their finished folds.

        Returns
        -------
        list of dict
            Fewer than `n`, or none, at the end of the search.
        """
        if self._all_points is not None:
            return self._all_points.ask(n, pending)
        # A stopped trial that was told may be pending again with more folds: it counts
        # once.
        n_begun = len(self._told) + sum(t.index not in self._told for t in pending)
        n_wanted = min(n, self._n_iter - n_begun)
        if n_wanted <= 0:
            return []
        if self._lacks_untuned(pending):
            first = dict(self.untuned or {})
            return [first, *self._ask_optimizer(n_wanted - 1, pending)]
        return self._ask_optimizer(n_wanted, pending)

    def _lacks_untuned(self, pending: Sequence[Trial]) -> bool:
        if self.untuned is None or self._has_told_untuned:
            return False
        return not any(self.is_untuned(trial.asked) for trial in pending)

    def _ask_optimizer(self, n: int, pending: Sequence[Trial]) -> list[Params]:
        """Ask the optimizer; pending candidates outside the space are not passed on."""
        if n == 0:
            return []
        return self.optimizer.ask(
            n,
            [
                _running(trial, point)
                for trial in pending
                if (point := self._located(trial)) is not None
            ],
            time_left=None if self._time_left is None else self._time_left(),
        )

    def _located(self, trial: Trial) -> LocatedPoint | None:
        """The point of a candidate that is not told, looked up once."""
        asked, point = self._pending_points.get(trial.index, (None, None))
        if asked is not trial.asked:
            params, space = self._point_of(trial), self.optimizer.space
            if params is not None:
                (point,) = located(space, [space.canonical(params)])
            self._pending_points[trial.index] = trial.asked, point
        return point

    def _point_of(self, trial: Trial) -> Params | None:
        """The point of the space that a candidate is; None if it is none."""
        if self._is_apart and self.is_untuned(trial.asked):
            return self._untuned_point
        return trial.params if self.optimizer.space.contains(trial.asked) else None

    def tell(self, trial: Trial) -> None:
        """Tell the optimizer a trial that has ended.

        Parameters
        ----------
        trial : Trial
            Complete, stopped after some of its folds, or failed; a stopped one
            without any fold is not passed on.
        """
        self._told.add(trial.index)
        self._pending_points.pop(trial.index, None)
        self._has_told_untuned |= self.is_untuned(trial.asked)
        if self._all_points is not None:
            self._all_points.tell(trial)
        point = self._point_of(trial)
        if point is None:
            return
        folds = bounded_scores(trial.scores(), LARGEST_SUMMAND)
        for fold, score in (trial.expected or {}).items():
            folds[fold] = score
        is_run = np.isfinite(folds)
        # One fold without a score makes the candidate a failure, like in `cv_results_`.
        if trial.status is Status.FAILED or (
            trial.status is Status.COMPLETE and not is_run.all()
        ):
            self.optimizer.tell(point, np.nan, seconds=trial.seconds)
        elif is_run.any():
            self.optimizer.tell(
                point,
                float(folds[is_run].mean()),
                fold_scores=np.where(is_run, folds, np.nan),
                seconds=trial.seconds if trial.folds else None,
            )

    def expected_improvement(self) -> float | None:
        """Expected improvement of the next candidate, in the scorer's unit."""
        if self._all_points is not None:
            return None
        return self.optimizer.expected_improvement()


def _running(trial: Trial, point: LocatedPoint) -> Observation:
    """Convert a running trial to the optimizer's type."""
    folds = bounded_scores(trial.scores(), LARGEST_SUMMAND)
    is_run = np.isfinite(folds)
    # A trial with all folds waits to be told in its turn; until then its point is
    # pending without scores, so that the order of arrival does not matter.
    if not is_run.any() or is_run.all():
        return observed(point, np.nan)
    scores = np.where(is_run, folds, np.nan)
    return observed(point, float(np.nanmean(scores)), scores)
