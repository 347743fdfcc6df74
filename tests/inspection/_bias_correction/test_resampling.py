"""Are units drawn without replacement, and stay groups and classes whole?"""

from __future__ import annotations

import numpy as np

from skbayes.inspection._bias_correction.resampling import Units


def test_draws_are_without_replacement():
    """As many units as a bootstrap sample has different ones, of each stratum alike."""
    strata = np.repeat([0, 1], [100, 10])
    drawn = Units(np.arange(110), strata).draw(200, np.random.default_rng(0))
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert (drawn[:, :100].sum(axis=1) == 63).all()
    assert (drawn[:, 100:].sum(axis=1) == 6).all()
    assert len(np.unique(drawn, axis=0)) == 200
