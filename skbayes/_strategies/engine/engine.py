"""Suggest the next point: from a list, from the model, or from the design."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

import numpy as np

from skbayes._acquisition import Candidates
from skbayes._gp import (
    GaussianProcess,
    Layout,
    NotPositiveDefiniteError,
    default_hyperparameters,
    fit_cost,
    layout_of,
)
from skbayes._protocol import Params
from skbayes._strategies.engine.branch_exploration import (
    EXPLORE_EVERY,
    neglected_branch,
)
from skbayes._strategies.engine.excluded_points import ExcludedPoints, ObservedPoints
from skbayes._strategies.engine.hyperparameter_schedule import HyperparameterSchedule
from skbayes._strategies.engine.improvement_margin import share_of_budget_left
from skbayes._strategies.engine.incremental_posterior import IncrementalPosterior
from skbayes._strategies.engine.initial_design import InitialDesign
from skbayes._strategies.engine.located_point import located
from skbayes._strategies.engine.model_data import TRANSFORMS, model_data, row_choice
from skbayes._strategies.engine.observation import Observation, n_folds_told
from skbayes._strategies.engine.proposal import FoldCost, TimeLeft, propose
from skbayes._strategies.engine.surrogate import Surrogate
from skbayes._strategies.engine.training_data import TrainingTable
from skbayes.space._space import Space

#: Second seed of the generators of suggestions; the initial design has 0.
SUGGESTION_STREAM = 1


class Engine:
    """Suggests points as a function of its arguments, apart from caches.

    Parameters
    ----------
    space : Space
        The search space.
    seed : int
        Root entropy.
    n_initial : int
        Evaluations before the first model.
    n_iter : int or None
        Number of evaluations; None if it is not known.
    first : sequence of dict
        Points suggested before all others.
    """

    def __init__(
        self,
        space: Space,
        *,
        seed: int,
        n_initial: int,
        n_iter: int | None,
        first: Sequence[Params],
    ) -> None:
        self._space = space
        self._seed = seed
        self._n_initial = n_initial
        self._n_iter = n_iter
        self._first = tuple(first)
        self._layout = layout_of(space)
        self._schedule = HyperparameterSchedule(self._layout)
        self._caches = _Caches(space, seed, first, self._layout)

    def __getstate__(self) -> dict[str, object]:
        """Everything except caches, which can be built again from the history."""
        return {k: v for k, v in self.__dict__.items() if k != "_caches"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._caches = _Caches(self._space, self._seed, self._first, self._layout)

    def suggest(
        self,
        history: Sequence[Observation],
        running: Sequence[Observation],
        time_left: TimeLeft | None = None,
    ) -> Params | None:
        """Find the point to evaluate next.

        Parameters
        ----------
        history : sequence of Observation
            Evaluations told, prior results first.
        running : sequence of Observation
            Points being evaluated, with their finished folds.
        time_left : TimeLeft or None
            Rest of a time budget.

        Returns
        -------
        dict or None
            None when every point of a finite space was told or is running.
        """
        known = self._known_points(history, running)
        for point in self._caches.first:
            if point not in known:
                return dict(point.params)
        if len(history) + len(running) >= self._n_initial:
            # By the number of begun points, so that the turn does not depend on which
            # of them finishes first.
            transform_idx = (len(history) + len(running)) % len(TRANSFORMS)
            surrogate = self.surrogate(history, running, transform_idx)
            if surrogate is not None:
                share_left = self._share_left(len(known.encoded), time_left)
                candidates = self._propose(
                    surrogate,
                    history,
                    running,
                    known,
                    share_left,
                    time_left,
                    may_explore_branch=True,
                )
                for row in candidates.U:
                    (point,) = located(self._space, self._space.decode(row[None, :]))
                    if point not in known:
                        return point.params
        unseen = next(self._caches.design.unseen(known), None)
        return None if unseen is None else dict(unseen.params)

    def _known_points(
        self, history: Sequence[Observation], running: Sequence[Observation]
    ) -> ExcludedPoints:
        """The points that were told or are running, without prior results."""
        self._caches.told.read(history)
        return ExcludedPoints(self._space, self._caches.told, running)

    def surrogate(
        self,
        history: Sequence[Observation],
        running: Sequence[Observation],
        transform_idx: int,
    ) -> Surrogate | None:
        """Model the scores under one output transform.

        Parameters
        ----------
        history, running : sequence of Observation
            Ended and running evaluations, as in `suggest`; finished folds of running
            points count.
        transform_idx : int
            Index of the output transform.

        Returns
        -------
        Surrogate or None
            None if there is nothing to learn yet.
        """
        begun = [o for o in running if o.fold_scores is not None]
        n, latest = self._caches.latest.get(transform_idx, (-1, None))
        if not begun and n == len(history):
            return latest
        surrogate = self._build(history, begun, transform_idx) if history else None
        # With finished folds of running points the model is valid for this moment only.
        if not begun:
            self._caches.latest[transform_idx] = (len(history), surrogate)
        return surrogate

    def candidates(
        self,
        surrogate: Surrogate,
        history: Sequence[Observation],
        running: Sequence[Observation],
    ) -> Candidates:
        """Find the points with the largest expected improvement, best first.

        Parameters
        ----------
        surrogate : Surrogate
            Model of the scores.
        history, running : sequence of Observation
            Ended and running evaluations, as in `suggest`.

        Returns
        -------
        Candidates
            Without points that were told or are running, and without a margin.
        """
        known = self._known_points(history, running)
        return self._propose(surrogate, history, running, known)

    def _propose(
        self,
        surrogate: Surrogate,
        history: Sequence[Observation],
        running: Sequence[Observation],
        known: ExcludedPoints,
        share_left: float = 0.0,
        time_left: TimeLeft | None = None,
        *,
        may_explore_branch: bool = False,
    ) -> Candidates:
        """Find the points with the largest expected improvement, best first.

        The more of the budget is left, the larger is the margin of the improvement.
        """
        index = len(history) + len(running)
        begun = known.encoded
        # A generator of its own for each suggestion, so that it depends on the history
        # alone and not on how often `ask` was called before.
        rng = np.random.default_rng([self._seed, SUGGESTION_STREAM, index])
        is_turn = may_explore_branch and index % EXPLORE_EVERY == EXPLORE_EVERY - 1
        return propose(
            surrogate,
            pending=begun[len(begun) - len(running) :],
            exclude=begun,
            share_left=share_left,
            rng=rng,
            fixed=neglected_branch(surrogate, rng) if is_turn else None,
            cost=None if time_left is None else self._fold_cost(history, time_left),
        )

    def _build(
        self,
        history: Sequence[Observation],
        begun: Sequence[Observation],
        transform_idx: int,
    ) -> Surrogate | None:
        """Fit hyperparameters to the history; condition on it and on begun points."""
        known = self._caches.known.data(history, begun)
        data = model_data(self._layout, known, transform_idx, self._caches.choice)
        hyperparameters = self._schedule.hyperparameters(
            history, transform_idx, None if begun else data
        )
        if hyperparameters is None or data is None:
            return None
        # With too short or too long lengthscales the covariance may have no factor; the
        # prior's mode always gives a model.
        for tried in (hyperparameters, default_hyperparameters(self._layout)):
            with suppress(NotPositiveDefiniteError):
                # Begun points change between suggestions: nothing to build on.
                gp = (
                    GaussianProcess(
                        self._layout, tried, data.U, data.targets, data.extra_noise
                    )
                    if begun
                    else self._caches.posteriors[transform_idx].given(tried, data)
                )
                return Surrogate(self._space, gp, data)
        return None

    def _share_left(self, n_begun: int, time_left: TimeLeft | None) -> float:
        """Share of the budget left: of evaluations or of time, the smaller one."""
        share = share_of_budget_left(n_begun, self._n_iter, self._n_initial)
        return share if time_left is None else min(share, time_left.fraction)

    def _fold_cost(
        self, history: Sequence[Observation], time_left: TimeLeft
    ) -> FoldCost | None:
        """Model of the seconds of a fold; None while no duration is known."""
        data = self._caches.known.data(history)
        is_known = np.isfinite(data.seconds_per_fold)
        if not is_known.any():
            return None
        model = fit_cost(
            self._layout, data.U[is_known], data.seconds_per_fold[is_known]
        )
        return FoldCost(model, n_folds_told(history) or 1, time_left)


class _Caches:
    """Caches between suggestions; all can be computed anew from the history.

    Parameters
    ----------
    space : Space
        The search space.
    seed : int
        Root entropy.
    first : sequence of dict
        Points suggested before all others.
    layout : Layout
        The columns of the encoded points.
    """

    def __init__(
        self, space: Space, seed: int, first: Sequence[Params], layout: Layout
    ) -> None:
        self.first = located(space, first)
        self.design = InitialDesign(space, seed)
        self.told = ObservedPoints(space)
        self.known = TrainingTable()
        self.choice = row_choice(layout)
        self.posteriors = [IncrementalPosterior(layout) for _ in TRANSFORMS]
        #: Number of observations and the model of them, by output transform.
        self.latest: dict[int, tuple[int, Surrogate | None]] = {}


def best_of(observations: Sequence[Observation], n: int) -> list[Params]:
    """Return the points with the n best scores, best first."""
    scored = sorted(
        (o for o in observations if not o.is_failed), key=lambda o: -o.score
    )
    return [o.params for o in islice(scored, n)]
