"""What is believed of the hyperparameters before there is a trial."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import Layout, fit_hyperparameters
from skbayes._gp.hyperparameters import (
    ParameterVector,
    default_hyperparameters,
    lengthscale_priors,
    relevance_shifts,
)
from tests._gp.conftest import LAYOUTS, draw

LINEAR, LOGARITHMIC, CATEGORY = range(3)
KINDS = Layout(
    np.array([0, 0, 3]), np.ones((1, 3), dtype=bool), np.array([False, True, False])
)


def test_relevance_shifts_order_the_kinds_of_columns():
    """The shorter the lengthscale that is believed in, the more a column matters."""
    shifts = relevance_shifts(KINDS)
    assert shifts[LOGARITHMIC] < 0 < shifts[LINEAR] < shifts[CATEGORY]


def test_relevance_shifts_of_the_branches_are_like_no_other():
    """The column stands for all that its branches do not share."""
    shifts = relevance_shifts(LAYOUTS["conditional"])
    assert shifts[0] == 0.0
    assert shifts[2] == shifts[4] == relevance_shifts(KINDS)[CATEGORY]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_relevance_shifts_are_the_same_in_prior_and_start(layout):
    """Only the kinds of columns make prior and start differ."""
    shifts = relevance_shifts(layout)
    priors = np.array([prior.mean for prior in lengthscale_priors(layout)])
    starts = default_hyperparameters(layout).log_lengthscales
    np.testing.assert_allclose(priors - shifts, priors[0] - shifts[0])
    np.testing.assert_allclose(starts - shifts, starts[0] - shifts[0])
    vector = ParameterVector(layout, layout.n_levels == 0)
    np.testing.assert_array_equal(vector.mean[: layout.n_columns], priors)


def test_lengthscale_priors_are_outweighed_by_trials():
    """A linear column that matters ends shorter than a logarithmic one."""
    U = draw(KINDS, 60, np.random.default_rng(0))
    y = np.sin(6.0 * U[:, LINEAR])
    fitted = fit_hyperparameters(KINDS, U, (y - y.mean()) / y.std()).hyperparameters
    assert np.argmin(fitted.log_lengthscales) == LINEAR
