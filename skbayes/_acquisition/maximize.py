"""Where an acquisition is greatest, in spaces of any mix of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._acquisition.acquisition import Acquisition
from skbayes._acquisition.ascent import ascend
from skbayes._acquisition.effort import Effort
from skbayes._acquisition.exchange import Neighbourhood
from skbayes._acquisition.listing import all_points
from skbayes._acquisition.pool import Fixed, around, space_filling
from skbayes._acquisition.seen import Seen, hashes
from skbayes._gp.layout import BoolArray, FloatArray, IntArray
from skbayes.space import Space

#: Finite spaces up to this size are looked through whole.
MAX_ENUMERATED = 4096
#: Candidates returned at most.
_N_RETURNED = 64
#: Points looked at first, for each one wanted, before all are sorted.
_N_LOOKED_AT = 4
#: Points of the pool in each branch that lend values to a change of branch.
_N_BEST_DONORS, _N_RANDOM_DONORS = 4, 4
#: An exchange must gain this much (log units) to be made.
_MIN_GAIN = 1e-4
#: Starts this close in every column climb to the same top.
_SAME_TOP = 1e-3


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Points worth trying, best first.

    Parameters
    ----------
    U : array of shape (k, n_columns)
        Distinct points of the space.
    values : array of shape (k,)
        The acquisition there, descending.
    """

    U: FloatArray
    values: FloatArray

    def rows(self, chosen: IntArray | BoolArray) -> Candidates:
        """Some of the points, in the order chosen."""
        return Candidates(self.U[chosen], self.values[chosen])

    def ranked(self, n: int, seen: Seen | None = None) -> Candidates:
        """The `n` best distinct points without those in `seen` or of value -inf."""
        n_top = _N_LOOKED_AT * n
        if n_top < len(self.values):
            top = self.rows(np.argpartition(-self.values, n_top)[:n_top])
            found = top.ranked(n, seen)
            if len(found.values) == n:
                return found
        order = np.argsort(-self.values, kind="stable")
        order = order[self.values[order] > -np.inf]
        if seen is not None:
            order = order[~seen.contains(self.U[order])]
        _, first = np.unique(hashes(self.U[order]), return_index=True)
        return self.rows(order[np.sort(first)][:n])

    @classmethod
    def joined(cls, *parts: Candidates) -> Candidates:
        """All points of `parts`."""
        return cls(
            np.concatenate([part.U for part in parts]),
            np.concatenate([part.values for part in parts]),
        )


def maximize(
    acquisition: Acquisition,
    space: Space,
    *,
    parents: FloatArray,
    rng: np.random.Generator,
    exclude: FloatArray | None = None,
    fixed: tuple[int, int] | None = None,
    effort: Effort | None = None,
) -> Candidates:
    """Find the points where the acquisition is greatest.

    Finite spaces of up to 4,096 points are looked through whole. Otherwise a pool of
    space-filling points and of points around `parents` gives the starts; from there
    climbing in the columns with many values and exchanging single values of the
    others take turns.

    Parameters
    ----------
    acquisition : Acquisition
        What to maximise.
    space : Space
        Where.
    parents : array of shape (k, n_columns)
        The best trials; may be empty.
    rng : Generator
        Source of the pool.
    exclude : array of shape (r, n_columns), default=None
        Points never to return.
    fixed : tuple of (column, level), default=None
        Look only where this categorical column has this level.
    effort : Effort, default=None
        Amounts of work; None goes by the number of trials.

    Returns
    -------
    Candidates
        Up to 64; none only where every point of the space is excluded, or where
        a large finite space has nearly been used up.
    """
    held = None if fixed is None else Fixed(*fixed)
    search = _Search(acquisition, space, Seen(exclude), held)
    if space.cardinality is not None and space.cardinality <= MAX_ENUMERATED:
        return search.evaluate(all_points(space, held)).ranked(_N_RETURNED)
    if effort is None:
        effort = Effort.for_trials(acquisition.gp.n_trials)
    spread, local = search.pool(parents, effort, rng)
    pool = Candidates.joined(spread, local)
    half = effort.n_starts // 2
    starts = Candidates.joined(
        pool.ranked(effort.n_starts - half, search.seen),
        local.ranked(half, search.seen),
    ).ranked(effort.n_starts)
    tops = search.improve(starts, search.donors(pool), effort)
    rest = pool.ranked(_N_RETURNED, search.seen)
    return Candidates.joined(tops, rest).ranked(_N_RETURNED)


class _Search:
    """One search: the acquisition, the space and what must not be found.

    Parameters
    ----------
    acquisition : Acquisition
        What to maximise.
    space : Space
        Where.
    seen : Seen
        Points that count for nothing.
    fixed : Fixed or None
        A column that is held.
    """

    def __init__(
        self, acquisition: Acquisition, space: Space, seen: Seen, fixed: Fixed | None
    ) -> None:
        self.acquisition = acquisition
        self.space = space
        self.seen = seen
        self.fixed = fixed
        self.neighbourhood = Neighbourhood(space, fixed)
        lengthscales = np.exp(acquisition.gp.hyperparameters.log_lengthscales)
        self.metric = np.square(np.minimum(lengthscales, 1.0))

    def evaluate(self, U: FloatArray) -> Candidates:
        """Points with their values, -inf for those seen."""
        values = self.acquisition(U)
        values[self.seen.contains(U)] = -np.inf
        return Candidates(U, values)

    def pool(
        self, parents: FloatArray, effort: Effort, rng: np.random.Generator
    ) -> tuple[Candidates, Candidates]:
        """Points all over the space, and points around the best trials."""
        space, fixed = self.space, self.fixed
        spread = space_filling(space, effort.n_sobol, rng, fixed)
        if not len(parents):
            parents = spread[:1]
        local = around(space, parents, effort.n_local, rng, fixed)
        return (
            Candidates(spread, self.acquisition(spread)),
            Candidates(local, self.acquisition(local)),
        )

    def donors(self, pool: Candidates) -> FloatArray:
        """The best and some other points of the pool in each branch."""
        if not self.neighbourhood.has_root:
            return pool.U[:0]
        order = np.argsort(-pool.values, kind="stable")
        chosen: list[IntArray] = []
        for code in range(int(self.space.n_levels[0])):
            best = order[pool.U[order, 0] == code]
            chosen.append(best[:_N_BEST_DONORS])
            any_rows = np.flatnonzero(pool.U[:, 0] == code)
            chosen.append(any_rows[:_N_RANDOM_DONORS])
        donors: FloatArray = pool.U[np.concatenate(chosen)]
        return donors

    def improve(
        self, starts: Candidates, donors: FloatArray, effort: Effort
    ) -> Candidates:
        """Climb and exchange in turn until neither helps."""
        tops, moving = starts.rows(np.arange(0)), starts
        for _ in range(effort.n_rounds):
            climbed = _distinct_tops(self._climb(moving, effort.n_iterations))
            exchanged = self._exchange(climbed, donors)
            changed = exchanged.values > climbed.values + _MIN_GAIN
            tops = Candidates.joined(tops, exchanged)
            moving = exchanged.rows(changed)
            if not changed.any():
                break
        return tops

    def _climb(self, starts: Candidates, n_iterations: int) -> Candidates:
        """Climb in the columns with many values, then round; never end lower."""
        is_free = self.neighbourhood.is_climbed & self.space.active(starts.U)
        if not is_free.any():
            return starts
        X, _ = ascend(
            self.acquisition.value_and_gradient,
            starts.U,
            is_free,
            self.metric,
            n_iterations,
        )
        ended = self.evaluate(self.space.snap(X))
        better = ended.values > starts.values
        return Candidates(
            np.where(better[:, None], ended.U, starts.U),
            np.where(better, ended.values, starts.values),
        )

    def _exchange(self, tops: Candidates, donors: FloatArray) -> Candidates:
        """The best neighbour of each point, or the point where none is better."""
        U, owner = self.neighbourhood.of(tops.U, donors)
        found = self.evaluate(U)
        order = np.lexsort((-found.values, owner))
        owners, first = np.unique(owner[order], return_index=True)
        best = found.rows(order[first])
        better = best.values > tops.values[owners]
        points, values = tops.U.copy(), tops.values.copy()
        points[owners[better]] = best.U[better]
        values[owners[better]] = best.values[better]
        return Candidates(points, values)


def _distinct_tops(tops: Candidates) -> Candidates:
    """Best point of each group that climbed to the same place, best first."""
    tops = tops.rows(np.argsort(-tops.values, kind="stable"))
    gaps = np.abs(tops.U[:, None, :] - tops.U[None, :, :]).max(axis=2)
    is_copy = np.tril(gaps < _SAME_TOP, k=-1).any(axis=1)
    return tops.rows(~is_copy)
