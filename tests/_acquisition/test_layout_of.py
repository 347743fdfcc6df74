"""Does the surrogate see the columns the space has?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import layout_of
from tests._acquisition.conftest import SPACES


@pytest.mark.parametrize("name", SPACES)
def test_layout_has_the_kinds_of_the_columns(name):
    """Levels and conditions are those of the space, for every branch."""
    space = SPACES[name]
    layout = layout_of(space)
    np.testing.assert_array_equal(layout.n_levels, space.n_levels)
    np.testing.assert_array_equal(layout.is_conditional, space.is_conditional)
    np.testing.assert_array_equal(layout.is_logarithmic, space.is_logarithmic)


def test_activity_is_that_of_the_space():
    """Columns are active in the layout where they are in the space."""
    space = SPACES["conditional"]
    U = space.sample(30, np.random.default_rng(0))
    np.testing.assert_array_equal(layout_of(space).activity(U), space.active(U))
