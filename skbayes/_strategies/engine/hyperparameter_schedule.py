"""Which hyperparameters belong to a history: the schedule of fits.

A fit starts from an earlier one, so hyperparameters would depend on when suggestions
were asked for. They must not: they are defined by the history alone. A fit to the
first n observations starts from one to fewer, which was started from one to fewer
still, and so on; whatever of this chain was not computed yet is computed when it is
needed. While fits are cheap a link is as many observations long as there are output
transforms, which are fitted in turns; later links grow with n, which keeps the chain
short after many results told at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from skbayes._gp import Fit, Hyperparameters, Layout, fit_hyperparameters
from skbayes._strategies.history import Observation
from skbayes._strategies.model_data import (
    LONG_HISTORY,
    RENEW_EVERY,
    TRANSFORMS,
    ModelData,
    model_data,
)
from skbayes._strategies.targets import training_data

#: The first fit is to at least so many observations.
FIRST_FIT = 4
#: Up to so many observations each counts, and every transform is fitted to all.
ALL_COUNT_UNTIL = 30
#: Up to so many each is followed by the fit of one transform, which starts from the fit
#: of the same transform before.
SHORT_LINKS_UNTIL, SHORT_LINK = 100, len(TRANSFORMS)
#: Beyond, fits start from the nearest of checkpoints that grow by this ratio.
CHECKPOINT_RATIO = 1.1
#: Then, in a history that is not long yet, a fit of each every so many.
FIT_EVERY = 3
#: Two in so many fits also start from the mode of the prior: one for each transform.
RESTART_EVERY = 10
#: Iterations of a fit, and of one in a long history, which starts close.
MAX_ITERATIONS, MAX_ITERATIONS_LATE = 50, 15


def last_fit(n: int, transform_idx: int) -> int:
    """Return how many of n observations the last fit of a transform was made to."""
    if n > SHORT_LINKS_UNTIL:
        n -= n % (FIT_EVERY if n <= LONG_HISTORY else RENEW_EVERY)
    if n > SHORT_LINKS_UNTIL or n <= ALL_COUNT_UNTIL:
        return n
    return n - (n - transform_idx) % SHORT_LINK


def previous_fit(n: int, transform_idx: int, first: int = FIRST_FIT) -> int | None:
    """Return how many observations the fit to n starts from, None for no start.

    There are no fits to fewer than `first` observations.
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


class RefitPath:
    """Hyperparameters of every prefix of a history, fitted when they are needed.

    Parameters
    ----------
    layout : Layout
        The columns of the encoded points.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fitted: dict[tuple[int, int], Fit | None] = {}

    def hyperparameters(
        self,
        observations: Sequence[Observation],
        transform_idx: int,
        data: ModelData | None = None,
    ) -> Hyperparameters | None:
        """Fitted to the prefix that the schedule says, None if that is constant.

        Parameters
        ----------
        observations : sequence of Observation
            All that was told.
        transform_idx : int
            Which output transform; each has hyperparameters of its own.
        data : ModelData or None, default=None
            Of all observations, where the caller has it.

        Returns
        -------
        Hyperparameters or None
            The same for the same history, whatever was asked for before.
        """
        # What was known before the first suggestion needs no chain of its own.
        first = max(FIRST_FIT, sum(o.is_prior for o in observations))
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
        """Drop fits that no later one starts from: each holds a Hessian."""
        for key in [k for k in self._fitted if k[0] == transform_idx and k[1] < n]:
            del self._fitted[key]

    def _fit(
        self,
        observations: Sequence[Observation],
        transform_idx: int,
        start: Fit | None,
        data: ModelData | None,
    ) -> Fit | None:
        """One fit of the chain."""
        if data is None:
            data = model_data(training_data(observations), transform_idx)
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
