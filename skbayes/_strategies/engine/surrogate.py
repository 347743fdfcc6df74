"""The model of the scores: what is believed of any point, told in score units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._gp import (
    GaussianProcess,
    fit_hyperparameters,
    layout_of,
    limit_threads,
)
from skbayes._protocol import FloatArray, Params
from skbayes._strategies.model_data import ModelData, model_data
from skbayes._strategies.targets import TrainingData
from skbayes.space import Space


@dataclass(frozen=True)
class Surrogate:
    """A Gaussian process over a search space.

    Parameters
    ----------
    space : Space
        The search space.
    gp : GaussianProcess
        Posterior over encoded points, in transformed units.
    data : ModelData
        What it was fitted to, with the transform of the scores.
    """

    space: Space
    gp: GaussianProcess
    data: ModelData

    def predict(self, params: Sequence[Params]) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the score at some points.

        Parameters
        ----------
        params : sequence of dict
            Points of the space.

        Returns
        -------
        mean, std : arrays of shape (n_points,)
            In the scorer's unit; of the mean over folds, without the noise of a
            single measurement.
        """
        return self.predict_encoded(self.space.encode(list(params)))

    def predict_encoded(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the score at encoded points.

        Parameters
        ----------
        U : array of shape (n_points, n_columns)
            Encoded points.

        Returns
        -------
        mean, std : arrays of shape (n_points,)
            The median, and half of what lies between one deviation to either side.
        """
        with limit_threads():
            mean, variance = self.gp.predict(U)
        std = np.sqrt(variance)
        inverse = self.data.transform.inverse
        return inverse(mean), 0.5 * (inverse(mean + std) - inverse(mean - std))

    def incumbent_idx(self) -> int | None:
        """Row of the data with the best posterior mean among complete ones."""
        if not self.data.is_complete.any():
            return None
        means = np.where(self.data.is_complete, self.gp.mean_at_trials, -np.inf)
        return int(np.argmax(means))


def fit_surrogate(space: Space, data: TrainingData) -> Surrogate | None:
    """Model some scores, on their own scale, with hyperparameters fitted to them alone.

    Parameters
    ----------
    space : Space
        The search space.
    data : TrainingData
        At least one row.

    Returns
    -------
    Surrogate or None
        None if there is nothing to learn.
    """
    model = model_data(data, 0)
    if model is None:
        return None
    layout = layout_of(space)
    rows = layout, model.U, model.targets, model.extra_noise
    with limit_threads():
        hyperparameters = fit_hyperparameters(*rows).hyperparameters
        gp = GaussianProcess(layout, hyperparameters, *rows[1:])
    return Surrogate(space, gp, model)
