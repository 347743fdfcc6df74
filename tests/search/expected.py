"""What several tests of searches expect."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sklearn.exceptions import FitFailedWarning


@contextmanager
def failed_fits_are_warned_about():
    """Expect the two warnings that a search with failed fits gives."""
    with (
        pytest.warns(UserWarning, match="scores are non-finite"),
        pytest.warns(FitFailedWarning, match="fits failed out of a total of"),
    ):
        yield
