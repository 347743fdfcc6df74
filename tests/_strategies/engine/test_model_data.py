"""When are the steps repeated whose cost grows with the number of trials?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._strategies.engine.model_data import MAX_ROWS, last_renewal


@pytest.mark.parametrize(
    ("n", "interval"),
    [(301, 10), (1999, 10), (2000, 20), (3999, 20), (4000, 40), (10_000, 80)],
)
def test_last_renewal_is_less_often_the_more_trials_there_are(n, interval):
    """The interval doubles with the number of trials."""
    renewals = {last_renewal(k) for k in range(n, n + interval)}
    assert len(renewals) <= 2
    assert all(renewal % interval == 0 for renewal in renewals)


def test_last_renewal_never_goes_back():
    """More trials are never fitted to fewer of them."""
    renewals = [last_renewal(n) for n in range(1, 20_000)]
    assert (np.diff(renewals) >= 0).all()
    assert all(renewal <= n for n, renewal in enumerate(renewals, start=1))


def test_last_renewal_has_the_most_rows_a_posterior_chooses():
    """A posterior of chosen rows is built from these alone, and the others appended."""
    assert last_renewal(MAX_ROWS) == MAX_ROWS
