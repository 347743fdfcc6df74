"""The model of the scores, with predictions in score units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._gp import GaussianProcess, fit_hyperparameters, layout_of, limit_threads
from skbayes._protocol import FloatArray, Params
from skbayes._strategies.engine.model_data import ModelData, model_data
from skbayes._strategies.engine.training_data import TrainingData
from skbayes.space._space import Space


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
        The data it was fitted to, with the transform of the scores.
    """

    space: Space
    gp: GaussianProcess
    data: ModelData

    def predict(self, params: Sequence[Params]) -> tuple[FloatArray, FloatArray]:
        """Median of the score at some points, and half the width of an interval.

        Parameters
        ----------
        params : sequence of dict
            Points of the space.

        Returns
        -------
        median, half_width : arrays of shape (n_points,)
            In the scorer's unit; of the mean over folds, without the noise of a
            single measurement. The interval is the central one of 68 %, so its half
            width is a standard deviation if the scores are not transformed.
        """
        return self.predict_encoded(self.space.encode(list(params)))

    def predict_encoded(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Median of the score at encoded points, and half the width of an interval.

        Parameters
        ----------
        U : array of shape (n_points, n_columns)
            Encoded points.

        Returns
        -------
        median, half_width : arrays of shape (n_points,)
            As in `predict`. The model is normal in transformed units, and a
            transform maps medians and ends of intervals to each other, not means.
        """
        with limit_threads():
            mean, variance = self.gp.predict(U)
        # A monotone transform maps quantiles to quantiles: t^-1(m - s), t^-1(m + s).
        deviation = np.sqrt(variance)
        inverse = self.data.transform.inverse
        low, high = inverse(mean - deviation), inverse(mean + deviation)
        return inverse(mean), 0.5 * (high - low)

    def incumbent_idx(self) -> int | None:
        """Row of the data with the best posterior mean among complete ones."""
        if not self.data.is_complete.any():
            return None
        # By the posterior mean: the best score that was seen may be the luckiest.
        means = np.where(self.data.is_complete, self.gp.mean_at_trials, -np.inf)
        return int(np.argmax(means))


def fit_surrogate(space: Space, data: TrainingData) -> Surrogate | None:
    """Fit a model to some scores alone, with the standardising transform.

    Parameters
    ----------
    space : Space
        The search space.
    data : TrainingData
        Scored points, at least one row.

    Returns
    -------
    Surrogate or None
        None without scores, or if all scores are equal.
    """
    layout = layout_of(space)
    model = model_data(layout, data, 0)
    if model is None:
        return None
    rows = layout, model.U, model.targets, model.extra_noise
    with limit_threads():
        hyperparameters = fit_hyperparameters(*rows).hyperparameters
        gp = GaussianProcess(layout, hyperparameters, *rows[1:])
    return Surrogate(space, gp, model)
