"""Does the model of the scores say what they are, in their own unit?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.inspection._model.score_model import mild_transform


@pytest.mark.parametrize("share_of_disasters", [0.0, 0.05])
def test_only_disasters_are_compressed(share_of_disasters):
    """Scores are taken linearly, but for a few that are far below all others."""
    scores = np.linspace(0.0, 1.0, 100)
    n_bad = int(100 * share_of_disasters)
    scores[:n_bad] = -1e6
    transform = mild_transform(scores)
    targets = transform.forward(scores)
    np.testing.assert_allclose(targets.mean(), 0.0, atol=1e-9)
    np.testing.assert_allclose(targets.std(), 1.0, atol=1e-9)
    steps = np.diff(targets[n_bad:])
    np.testing.assert_allclose(steps, steps[0])
    np.testing.assert_allclose(transform.inverse(targets), scores, rtol=1e-6, atol=1e-9)
    assert np.ptp(targets) < 20.0
