"""Maximise an acquisition in spaces of any mix of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._acquisition.acquisition import Acquisition
from skbayes._acquisition.ascent import ascend
from skbayes._acquisition.enumeration import all_points
from skbayes._acquisition.neighbourhood import Neighbourhood
from skbayes._acquisition.raw_candidates import Fixed, around, space_filling
from skbayes._acquisition.seen import Seen, hashes
from skbayes._protocol import BoolArray, FloatArray, IntArray
from skbayes.space._space import Space

#: Finite spaces up to this size are evaluated at every point.
MAX_ENUMERATED = 4096
#: Candidates returned at most: more than one, because the caller may refuse the first.
_N_RETURNED = 64
#: Points sorted first, for each one wanted, before all are.
_N_LOOKED_AT = 4
#: Points of the pool in each branch that crossover takes values from.
_N_BEST_CROSSOVER, _N_RANDOM_CROSSOVER = 4, 4
#: A move to a neighbour must gain this much (log units).
_MIN_GAIN = 1e-4
#: Starts this close in every column climb to the same top.
_SAME_TOP = 1e-3


@dataclass(frozen=True, slots=True)
class Effort:
    """Amounts of work; each evaluation costs more with more trials, so fewer are made.

    Parameters
    ----------
    n_sobol : int
        Points that fill the space, a power of two.
    n_local : int
        Points around the best trials.
    n_starts : int
        Points from which the search climbs.
    n_rounds : int
        Rounds at most of climbing in the continuous columns and of moving to a
        neighbour in the others.
    n_iterations : int
        Evaluations of each climb.
    """

    n_sobol: int = 2048
    n_local: int = 512
    n_starts: int = 10
    n_rounds: int = 3
    n_iterations: int = 30

    @classmethod
    def for_trials(cls, n_trials: int) -> Effort:
        """Effort that keeps a suggestion fast with `n_trials` trials."""
        if n_trials <= 300:
            return cls()
        if n_trials <= 800:
            return cls(n_sobol=1024, n_local=256, n_starts=6)
        return cls(n_sobol=512, n_local=256, n_starts=4, n_iterations=15)


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Points worth trying, best first.

    Parameters
    ----------
    U : array of shape (k, n_columns)
        Distinct points of the space.
    values : array of shape (k,)
        Values of the acquisition at `U`, in descending order.
    """

    U: FloatArray
    values: FloatArray

    def rows(self, chosen: IntArray | BoolArray) -> Candidates:
        return Candidates(self.U[chosen], self.values[chosen])

    def ranked(self, n: int, seen: Seen | None = None) -> Candidates:
        """The `n` best distinct points, without seen points and values of -inf."""
        # A partition of the pool is linear; only if too many of its top are copies or
        # have been seen is the whole pool sorted.
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
        # `first` counts places in the sorted order; sorting it restores that order.
        _, first = np.unique(hashes(self.U[order]), return_index=True)
        return self.rows(order[np.sort(first)][:n])

    @classmethod
    def joined(cls, *parts: Candidates) -> Candidates:
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

    Finite spaces of up to 4,096 points are evaluated at every point. Otherwise a pool
    of space-filling points and of points around `parents` gives the starts. From there
    climbing in the columns with many values takes turns with moves to neighbours in the
    others.

    Parameters
    ----------
    acquisition : Acquisition
        Function to maximise.
    space : Space
        Search space over which the function is maximised.
    parents : array of shape (k, n_columns)
        The best trials; may be empty.
    rng : Generator
        Source of randomness of the pool.
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
    # Half of the starts come from the local points alone: late in a search the best
    # values lie in a region too small for the space-filling points to hit.
    half = effort.n_starts // 2
    starts = Candidates.joined(
        pool.ranked(effort.n_starts - half, search.seen),
        local.ranked(half, search.seen),
    ).ranked(effort.n_starts)
    tops = search.improve(starts, search.crossover_points(pool), effort)
    # The caller may refuse the first ones (rounded to a seen point, branch quota).
    rest = pool.ranked(_N_RETURNED, search.seen)
    return Candidates.joined(tops, rest).ranked(_N_RETURNED)


class _Search:
    """One maximisation: the acquisition, the space and the points to leave out.

    Parameters
    ----------
    acquisition : Acquisition
        Function to maximise.
    space : Space
        Search space over which the function is maximised.
    seen : Seen
        Points with the value -inf.
    fixed : Fixed or None
        A column held at one level.
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
        # Steps of a lengthscale, but never longer than the cube is wide.
        self.metric = np.square(np.minimum(lengthscales, 1.0))

    def evaluate(self, U: FloatArray) -> Candidates:
        """Values at points, -inf where they have been seen."""
        values = self.valued(U).values
        values[self.seen.contains(U)] = -np.inf
        return Candidates(U, values)

    def valued(self, U: FloatArray) -> Candidates:
        """Values at points, -inf where the space's rules forbid them."""
        values = self.acquisition(U)
        if self.space.has_rules:
            values[~self.space.valid(U)] = -np.inf
        return Candidates(U, values)

    def pool(
        self, parents: FloatArray, effort: Effort, rng: np.random.Generator
    ) -> tuple[Candidates, Candidates]:
        """Space-filling points, and points around the best trials."""
        space, fixed = self.space, self.fixed
        spread = space_filling(space, effort.n_sobol, rng, fixed)
        if not len(parents):
            parents = spread[:1]
        local = around(space, parents, effort.n_local, rng, fixed)
        return self.valued(spread), self.valued(local)

    def crossover_points(self, pool: Candidates) -> FloatArray:
        """The best and some other points of the pool for each value of each gate.

        A neighbour in another branch needs values for columns the point does not have;
        uniform ones would nearly always be bad and hide that the branch is good.
        """
        gates = self.neighbourhood.gates
        if not gates:
            return pool.U[:0]
        order = np.argsort(-pool.values, kind="stable")
        chosen: list[IntArray] = []
        for gate in gates:
            for position in self.neighbourhood.positions[gate]:
                best = order[pool.U[order, gate] == position]
                chosen.append(best[:_N_BEST_CROSSOVER])
                any_rows = np.flatnonzero(pool.U[:, gate] == position)
                chosen.append(any_rows[:_N_RANDOM_CROSSOVER])
        crossover: FloatArray = pool.U[np.concatenate(chosen)]
        return crossover

    def improve(
        self, starts: Candidates, crossover: FloatArray, effort: Effort
    ) -> Candidates:
        """Climb and move to neighbours in turn until neither gains."""
        tops, moving = starts.rows(np.arange(0)), starts
        for _ in range(effort.n_rounds):
            climbed = _distinct_tops(self._climb(moving, effort.n_iterations))
            exchanged = self._exchange(climbed, crossover)
            changed = exchanged.values > climbed.values + _MIN_GAIN
            tops = Candidates.joined(tops, exchanged)
            # A point that no neighbour improved is at a local maximum of both moves.
            moving = exchanged.rows(changed)
            if not changed.any():
                break
        return tops

    def _climb(self, starts: Candidates, n_iterations: int) -> Candidates:
        """Climb in the columns with many values, then round to points of the space."""
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
        # Rounding, or a seen point, may undo the gain: then the start is kept.
        better = ended.values > starts.values
        return Candidates(
            np.where(better[:, None], ended.U, starts.U),
            np.where(better, ended.values, starts.values),
        )

    def _exchange(self, tops: Candidates, crossover: FloatArray) -> Candidates:
        """The best neighbour of each point, or the point where none is better."""
        U, owner = self.neighbourhood.of(tops.U, crossover)
        found = self.evaluate(U)
        # Sorted by owner, then by value: the first of each owner is its best neighbour.
        order = np.lexsort((-found.values, owner))
        owners, first = np.unique(owner[order], return_index=True)
        best = found.rows(order[first])
        better = best.values > tops.values[owners]
        points, values = tops.U.copy(), tops.values.copy()
        points[owners[better]] = best.U[better]
        values[owners[better]] = best.values[better]
        return Candidates(points, values)


def _distinct_tops(tops: Candidates) -> Candidates:
    """Best point of each group that climbed to the same top, best first."""
    tops = tops.rows(np.argsort(-tops.values, kind="stable"))
    gaps = np.abs(tops.U[:, None, :] - tops.U[None, :, :]).max(axis=2)
    is_copy = np.tril(gaps < _SAME_TOP, k=-1).any(axis=1)
    return tops.rows(~is_copy)
