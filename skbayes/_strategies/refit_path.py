"""Which hyperparameters belong to a history: the schedule of fits.

A fit starts from an earlier one, so hyperparameters would depend on when suggestions
were asked for. They must not: they are defined by the history alone. A fit to the
first n observations starts from one to fewer, which was started from one to fewer
still, and so on; whatever of this chain was not computed yet is computed when it is
needed. While fits are cheap a link is two observations long, which is how often each
of two output transforms has its turn; later links grow with n, which keeps the chain
short after many results told at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from skbayes._gp import Fit, Hyperparameters, Layout, fit_hyperparameters
from skbayes._strategies.history import Observation
from skbayes._strategies.model_data import ModelData, model_data
from skbayes._strategies.targets import training_data

#: The first fit is to at least so many observations.
FIRST_FIT = 4
#: Up to so many a fit starts from the fit to this many fewer.
SHORT_LINKS_UNTIL, SHORT_LINK = 100, 2
#: Beyond, fits start from the nearest of checkpoints that grow by this ratio.
CHECKPOINT_RATIO = 1.1
#: Up to these many observations, a fit every so many.
FIT_EVERY = ((100, 1), (300, 3))
FIT_EVERY_BEYOND = 10
#: Two in so many fits also start from the mode of the prior: one for each transform.
RESTART_EVERY = 10
#: Iterations of a fit up to `MANY_OBSERVATIONS`, and beyond, where it starts close.
MAX_ITERATIONS, MAX_ITERATIONS_LATE = 50, 15
MANY_OBSERVATIONS = 300


def last_fit(n: int) -> int:
    """Return how many of n observations the last scheduled fit was made to."""
    for limit, every in FIT_EVERY:
        if n <= limit:
            return n - n % every
    return n - n % FIT_EVERY_BEYOND


def previous_fit(n: int) -> int | None:
    """Return how many observations the fit to n starts from, None for no start."""
    if n <= SHORT_LINKS_UNTIL:
        return n - SHORT_LINK if n - SHORT_LINK >= FIRST_FIT else None
    below = checkpoint = SHORT_LINKS_UNTIL
    while checkpoint < n:
        below = checkpoint
        checkpoint = int(checkpoint * CHECKPOINT_RATIO)
    return below


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
        chain: list[int] = []
        n: int | None = last_fit(len(observations))
        while n is not None and (transform_idx, n) not in self._fitted:
            chain.append(n)
            n = previous_fit(n)
        start = None if n is None else self._fitted[transform_idx, n]
        for n_fit in reversed(chain):
            known = data if n_fit == len(observations) else None
            start = self._fit(observations[:n_fit], transform_idx, start, known)
            self._fitted[transform_idx, n_fit] = start
        return None if start is None else start.hyperparameters

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
                MAX_ITERATIONS if n <= MANY_OBSERVATIONS else MAX_ITERATIONS_LATE
            ),
        )
