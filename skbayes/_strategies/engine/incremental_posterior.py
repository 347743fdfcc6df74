"""The posterior of a long history: trial by trial, from where it was last built anew.

To factorise the covariance of n trials takes n^3 operations, to append one to it n^2.
What comes out must not depend on when suggestions were asked for, not even in the last
bit. So the trials alone decide which of them are appended: those since the last round
number, which is when hyperparameters are fitted again, too.
"""

from __future__ import annotations

import numpy as np

from skbayes._gp import GaussianProcess, Hyperparameters, Layout
from skbayes._strategies.model_data import LONG_HISTORY, RENEW_EVERY, ModelData


class GrownPosterior:
    """Posteriors under one output transform, each grown from the one before.

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
        """Posterior given trials; the same whatever was asked for before.

        Parameters
        ----------
        hyperparameters : Hyperparameters
            Of kernel, noise and warp.
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
        n_built = n - n % RENEW_EVERY if n > LONG_HISTORY else n
        gp = self._latest
        if (
            gp is None
            or n_built != self._n_built
            or not _is_beginning(gp, hyperparameters, data)
        ):
            gp = self._build(hyperparameters, data, n_built)
        for i in range(gp.n_trials, n):
            one = slice(i, i + 1)
            gp = gp.append(data.U[one], data.targets[one], data.extra_noise[one])
        self._n_built, self._latest = n_built, gp
        return gp.with_targets(data.targets)

    def _build(
        self, hyperparameters: Hyperparameters, data: ModelData, n: int
    ) -> GaussianProcess:
        """Posterior given the first n trials, from scratch."""
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
    """Whether a posterior is of the first of these trials, whatever its targets."""
    n = gp.n_trials
    return (
        gp.hyperparameters is hyperparameters
        and n <= len(data.U)
        and np.array_equal(gp.U, data.U[:n])
        and np.array_equal(gp.extra_noise, data.extra_noise[:n])
    )
