"""The schedule of hyperparameter fits, which depends on the history alone.

A fit starts from an earlier one, so hyperparameters could depend on when suggestions
were asked for. The schedule excludes that: the fit to the first n observations starts
from a fit to fewer, which started from a fit to fewer still, and so on. Fits of this
chain that have not been computed yet are computed when needed. While fits are cheap a
link is as many observations long as there are output transforms, which are fitted in
turns. Later links grow with n, which keeps the chain short after many results told at
once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from skbayes._gp import Fit, Hyperparameters, Layout, fit_hyperparameters
from skbayes._strategies.engine.model_data import (
    LONG_HISTORY,
    TRANSFORMS,
    ModelData,
    last_renewal,
    model_data,
)
from skbayes._strategies.engine.observation import Observation
from skbayes._strategies.engine.training_data import training_data

#: The first fit has at least this many observations.
FIRST_FIT = 4
#: Up to this many observations every transform is fitted to all of them.
ALL_COUNT_UNTIL = 30
#: Up to this many observations, one of the two transforms is refitted after each,
#: warm-started from its previous fit.
SHORT_LINKS_UNTIL, SHORT_LINK = 100, len(TRANSFORMS)
#: Beyond, fits start from the nearest of checkpoints, which grow by this ratio.
CHECKPOINT_RATIO = 1.1
#: Beyond, until the history is long, each transform is refitted every few trials.
FIT_EVERY = 3
#: Two in this many fits start from the prior's mode too, one for each transform.
RESTART_EVERY = 10
#: Iterations of a fit, and of one in a long history, which starts close to its optimum.
MAX_ITERATIONS, MAX_ITERATIONS_LATE = 50, 15


def last_fit(n: int, transform_idx: int) -> int:
    """Number of observations in the last fit of a transform, given n of them."""
    if n > SHORT_LINKS_UNTIL:
        n = n - n % FIT_EVERY if n <= LONG_HISTORY else last_renewal(n)
    if n > SHORT_LINKS_UNTIL or n <= ALL_COUNT_UNTIL:
        return n
    return n - (n - transform_idx) % SHORT_LINK


def previous_fit(n: int, transform_idx: int, first: int = FIRST_FIT) -> int | None:
    """Number of observations in the fit that the fit to n starts from; None for none.

    No fit has fewer than `first` observations.
    """
    if n <= SHORT_LINKS_UNTIL:
        below = n - SHORT_LINK
    else:
        below = checkpoint = SHORT_LINKS_UNTIL
        while checkpoint < n:
            below = checkpoint
            checkpoint = int(checkpoint * CHECKPOINT_RATIO)
        if below == SHORT_LINKS_UNTIL:
            below = last_fit(below, transform_idx)
    return below if below >= first else None


class HyperparameterSchedule:
    """Hyperparameters of every prefix of a history, fitted when they are needed.

    Parameters
    ----------
    layout : Layout
        The columns of the encoded points.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fitted: dict[tuple[int, int], Fit | None] = {}

    def __getstate__(self) -> dict[str, Any]:
        # As pairs, because file formats based on JSON have no tuples as keys.
        return {"layout": self._layout, "fitted": list(self._fitted.items())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._layout = state["layout"]
        self._fitted = {tuple(key): fit for key, fit in state["fitted"]}

    def hyperparameters(
        self,
        observations: Sequence[Observation],
        transform_idx: int,
        data: ModelData | None = None,
    ) -> Hyperparameters | None:
        """Hyperparameters of the last scheduled fit; None if its scores are constant.

        Parameters
        ----------
        observations : sequence of Observation
            All observations.
        transform_idx : int
            Index of the output transform; each has hyperparameters of its own.
        data : ModelData or None, default=None
            Data of all observations, if the caller has them.

        Returns
        -------
        Hyperparameters or None
            Equal for equal histories, whatever was asked for before.
        """
        # Prior results were all known before the first suggestion: one fit, no chain.
        n_prior = sum(1 for _ in takewhile(lambda o: o.is_prior, observations))
        first = max(FIRST_FIT, n_prior)
        chain: list[int] = []
        n: int | None = last_fit(len(observations), transform_idx)
        while n is not None and (transform_idx, n) not in self._fitted:
            chain.append(n)
            n = previous_fit(n, transform_idx, first)
        start = None if n is None else self._fitted[transform_idx, n]
        for n_fit in reversed(chain):
            known = data if n_fit == len(observations) else None
            start = self._fit(observations[:n_fit], transform_idx, start, known)
            self._fitted[transform_idx, n_fit] = start
            self._forget_before(previous_fit(n_fit, transform_idx) or 0, transform_idx)
        return None if start is None else start.hyperparameters

    def _forget_before(self, n: int, transform_idx: int) -> None:
        """Drop fits that no later one starts from: each has an inverse Hessian."""
        for key in [k for k in self._fitted if k[0] == transform_idx and k[1] < n]:
            del self._fitted[key]

    def _fit(
        self,
        observations: Sequence[Observation],
        transform_idx: int,
        start: Fit | None,
        data: ModelData | None,
    ) -> Fit | None:
        if data is None:
            known = training_data(observations)
            data = model_data(self._layout, known, transform_idx)
        if data is None:
            return start
        n = len(observations)
        return fit_hyperparameters(
            self._layout,
            data.U,
            data.targets,
            data.extra_noise,
            start=start,
            restart=n % RESTART_EVERY < SHORT_LINK,
            max_iterations=(
                MAX_ITERATIONS_LATE
                if start is not None and n > LONG_HISTORY
                else MAX_ITERATIONS
            ),
        )
