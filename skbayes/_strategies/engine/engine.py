"""From a history to the next point: initial points, then the model, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

import numpy as np

from skbayes._acquisition import Candidates
from skbayes._gp import (
    GaussianProcess,
    NotPositiveDefiniteError,
    default_hyperparameters,
    fit_cost,
    layout_of,
)
from skbayes._protocol import FloatArray, Params
from skbayes._strategies.branch_floor import FLOOR_EVERY, neglected_branch
from skbayes._strategies.exploration import share_of_budget_left
from skbayes._strategies.grown_posterior import GrownPosterior
from skbayes._strategies.history import Observation, n_folds_told
from skbayes._strategies.initial_design import unseen_points
from skbayes._strategies.model_data import TRANSFORMS, model_data
from skbayes._strategies.proposal import FoldCost, TimeLeft, propose
from skbayes._strategies.refit_path import RefitPath
from skbayes._strategies.surrogate import Surrogate
from skbayes._strategies.targets import training_data
from skbayes.space import Space

#: What generators are made for, beside the root entropy (0: the initial design).
SUGGESTION_STREAM = 1


class Engine:
    """Suggests points; a function of what it is given, apart from caches.

    Parameters
    ----------
    space : Space
        The search space.
    seed : int
        Root entropy.
    n_initial : int
        Evaluations before the first model.
    n_iter : int or None
        How many evaluations there will be; None where that is not known.
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
        self._path = RefitPath(self._layout)
        self._grown = self._new_posteriors()
        self._latest: dict[int, tuple[int, Surrogate | None]] = {}

    def _new_posteriors(self) -> list[GrownPosterior]:
        """One for each transform, of no trials yet."""
        return [GrownPosterior(self._layout) for _ in TRANSFORMS]

    def __getstate__(self) -> dict[str, object]:
        """Everything but the latest posteriors, which can be had again."""
        return self.__dict__ | {"_latest": {}, "_grown": self._new_posteriors()}

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
            What was told, prior results first.
        running : sequence of Observation
            Points being evaluated, with the folds of them that have ended.
        time_left : TimeLeft or None
            Given under a time budget.

        Returns
        -------
        dict or None
            None when every point of a finite space was told or is running.
        """
        seen = {o.key for o in history if not o.is_prior} | {o.key for o in running}
        for params in self._first:
            if self._space.key(params) not in seen:
                return dict(params)
        if len(history) + len(running) >= self._n_initial:
            transform_idx = (len(history) + len(running)) % len(TRANSFORMS)
            surrogate = self.surrogate(history, running, transform_idx)
            if surrogate is not None:
                share_left = self._share_left(history, running, time_left)
                candidates = self.candidates(
                    surrogate, history, running, share_left, time_left, has_floor=True
                )
                for row in candidates.U:
                    (params,) = self._space.decode(row[None, :])
                    if self._space.key(params) not in seen:
                        return params
        return next(unseen_points(self._space, self._seed, seen), None)

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
            As of `suggest`; finished folds of what is running count.
        transform_idx : int
            Which of the transforms.

        Returns
        -------
        Surrogate or None
            None if there is nothing to learn yet.
        """
        begun = [o for o in running if o.fold_scores is not None]
        n, latest = self._latest.get(transform_idx, (-1, None))
        if not begun and n == len(history):
            return latest
        surrogate = self._build(history, begun, transform_idx) if history else None
        if not begun:
            self._latest[transform_idx] = (len(history), surrogate)
        return surrogate

    def candidates(
        self,
        surrogate: Surrogate,
        history: Sequence[Observation],
        running: Sequence[Observation],
        share_left: float = 0.0,
        time_left: TimeLeft | None = None,
        *,
        has_floor: bool = False,
    ) -> Candidates:
        """Find the points with the largest expected improvement, best first.

        Parameters
        ----------
        surrogate : Surrogate
            The model.
        history, running : sequence of Observation
            As of `suggest`.
        share_left : float, default=0.0
            Of the budget; the more, the more a point must promise.
        time_left : TimeLeft or None
            Given under a time budget.
        has_floor : bool, default=False
            Whether it may be the turn of a neglected branch.

        Returns
        -------
        Candidates
            None of them told or running.
        """
        index = len(history) + len(running)
        pending = self._encoded(running)
        told = self._encoded([o for o in history if not o.is_prior])
        rng = np.random.default_rng([self._seed, SUGGESTION_STREAM, index])
        is_turn = has_floor and index % FLOOR_EVERY == FLOOR_EVERY - 1
        return propose(
            surrogate,
            pending=pending,
            exclude=np.vstack([told, pending]),
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
        """Fit hyperparameters to what was told, condition on it and what has begun."""
        data = model_data(training_data([*history, *begun]), transform_idx)
        hyperparameters = self._path.hyperparameters(
            history, transform_idx, None if begun else data
        )
        if hyperparameters is None or data is None:
            return None
        for tried in (hyperparameters, default_hyperparameters(self._layout)):
            with suppress(NotPositiveDefiniteError):
                # Folds under way change from one suggestion to the next.
                gp = (
                    GaussianProcess(
                        self._layout, tried, data.U, data.targets, data.extra_noise
                    )
                    if begun
                    else self._grown[transform_idx].given(tried, data)
                )
                return Surrogate(self._space, gp, data)
        return None

    def _share_left(
        self,
        history: Sequence[Observation],
        running: Sequence[Observation],
        time_left: TimeLeft | None,
    ) -> float:
        """Share of the budget that is left: of evaluations or of time, the lesser."""
        n_begun = sum(not o.is_prior for o in history) + len(running)
        share = share_of_budget_left(n_begun, self._n_iter, self._n_initial)
        return share if time_left is None else min(share, time_left.fraction)

    def _encoded(self, observations: Sequence[Observation]) -> FloatArray:
        """Their points, shape (n_observations, n_columns), also if there are none."""
        rows = [o.encoded for o in observations]
        return np.array(rows).reshape(len(rows), self._space.n_columns)

    def _fold_cost(
        self, history: Sequence[Observation], time_left: TimeLeft
    ) -> FoldCost | None:
        """Model the seconds a fold takes, None while no duration is known."""
        data = training_data(history)
        is_known = np.isfinite(data.seconds_per_fold)
        if not is_known.any():
            return None
        model = fit_cost(
            self._layout, data.U[is_known], data.seconds_per_fold[is_known]
        )
        return FoldCost(model, n_folds_told(history) or 1, time_left)


def best_of(observations: Sequence[Observation], n: int) -> list[Params]:
    """Return the points with the n best scores, best first."""
    scored = sorted(
        (o for o in observations if not o.is_failed), key=lambda o: -o.score
    )
    return [o.params for o in islice(scored, n)]
