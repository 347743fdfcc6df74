"""The posterior of a long history, extended trial by trial.

Factorising the covariance of n trials costs n^3 operations, appending one trial n^2.
The result must not depend on when suggestions were asked for, not even in its last bit.
So the number of trials alone decides which of them are appended: those since the last
renewal (`last_renewal`), which is also when hyperparameters are refitted.
"""

from __future__ import annotations

import numpy as np

from skbayes._gp import GaussianProcess, Hyperparameters, Layout
from skbayes._strategies.engine.model_data import (
    LONG_HISTORY,
    MAX_ROWS,
    ModelData,
    last_renewal,
)


class IncrementalPosterior:
    """Posteriors under one output transform, each extended from the one before.

    Parameters
    ----------
    layout : Layout
        The columns of the encoded points.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._n_built = 0
        self._latest: GaussianProcess | None = None

    def given(
        self, hyperparameters: Hyperparameters, data: ModelData
    ) -> GaussianProcess:
        """Posterior given trials; independent of earlier calls.

        Parameters
        ----------
        hyperparameters : Hyperparameters
            Hyperparameters of kernel, noise and warp.
        data : ModelData
            The trials, oldest first.

        Returns
        -------
        GaussianProcess

        Raises
        ------
        NotPositiveDefiniteError
            If the covariance cannot be factorised.
        """
        n = len(data.U)
        # Beyond the most rows that are chosen there are those since the last renewal.
        n_built = last_renewal(min(n, MAX_ROWS)) if n > LONG_HISTORY else n
        gp = self._latest
        if (
            gp is None
            or n_built != self._n_built
            or not _is_beginning(gp, hyperparameters, data)
        ):
            gp = self._build(hyperparameters, data, n_built)
        # One by one even if several are new: appending k at once rounds differently.
        for i in range(gp.n_trials, n):
            one = slice(i, i + 1)
            gp = gp.append(data.U[one], data.targets[one], data.extra_noise[one])
        self._n_built, self._latest = n_built, gp
        # Transformed targets change with every trial; the factorisation stays.
        return gp.with_targets(data.targets)

    def _build(
        self, hyperparameters: Hyperparameters, data: ModelData, n: int
    ) -> GaussianProcess:
        return GaussianProcess(
            self._layout,
            hyperparameters,
            data.U[:n],
            data.targets[:n],
            data.extra_noise[:n],
        )


def _is_beginning(
    gp: GaussianProcess, hyperparameters: Hyperparameters, data: ModelData
) -> bool:
    """Whether a posterior is one of the first of these trials, with any targets."""
    n = gp.n_trials
    return (
        gp.hyperparameters is hyperparameters
        and n <= len(data.U)
        and np.array_equal(gp.U, data.U[:n])
        and np.array_equal(gp.extra_noise, data.extra_noise[:n])
    )
