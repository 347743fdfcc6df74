"""The surrogate model: a Gaussian process on arrays.

Notation used throughout:

=================== ================= ==============================================
symbol              shape             meaning
=================== ================= ==============================================
``n``, ``m``        ()                number of trials; number of points to predict at
``n_columns``       ()                columns of the encoded points
``U``               (n, n_columns)    encoded points: numeric columns in [0, 1],
                                      categorical ones as codes, inactive ones 0.5
                                      and -1
``y``               (n,)              targets: transformed scores, greater is better
``extra_noise``     (n,)              known noise variance beyond the learned one
``Z``               (n, p)            embedded points, distances in lengthscales
                                      times the root of 5
``log_u``, ``w``    (n, n_numeric)    log of the numeric columns; warped columns
``theta``           (n_theta,)        hyperparameters as one vector
``K``               (m, n)            kernel values with the trials
``noise``           (n,)              diagonal added to the trials' kernel matrix
``Linv``            (n, n)            inverse of its lower Cholesky factor
``V``               (m, n)            ``K Linv'``; squares sum to variance explained
``Q``               (m, n)            ``V Linv``: ``K`` times the inverse matrix
``alpha``           (n,)              weights of the trials in the posterior mean
``prior_mean``      ()                constant mean of the latent function
=================== ================= ==============================================
"""

from skbayes._gp.cost import CostModel, fit_cost
from skbayes._gp.fit import Fit, fit_hyperparameters
from skbayes._gp.hyperparameters import Hyperparameters, default_hyperparameters
from skbayes._gp.layout import Layout, layout_of
from skbayes._gp.linalg import NotPositiveDefiniteError
from skbayes._gp.regressor import GaussianProcess
from skbayes._gp.subsets import RowChoice, choose_rows
from skbayes._gp.threads import limit_threads
from skbayes._gp.transforms import (
    FAILED_VARIANCE,
    OutputTransform,
    fit_standardisation,
    fit_yeo_johnson,
)

__all__ = [
    "FAILED_VARIANCE",
    "CostModel",
    "Fit",
    "GaussianProcess",
    "Hyperparameters",
    "Layout",
    "NotPositiveDefiniteError",
    "OutputTransform",
    "RowChoice",
    "choose_rows",
    "default_hyperparameters",
    "fit_cost",
    "fit_hyperparameters",
    "fit_standardisation",
    "fit_yeo_johnson",
    "layout_of",
    "limit_threads",
]
